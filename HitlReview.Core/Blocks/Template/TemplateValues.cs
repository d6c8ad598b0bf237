using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fluid;
using Fluid.Values;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.Template;

/// <summary>JSON as values of a template. Numbers and objects keep their text: what is put into the result is what came in.</summary>
static class TemplateValues
{
    const int WorkPerItem = 4;
    const int WorkPerComparedByte = 4;

    /// <summary>Makes a value of JSON; lists down to the last item, objects as they are asked for their members.</summary>
    /// <param name="value">The JSON.</param>
    /// <param name="budget">Pays for it, and for all that is done with it later.</param>
    public static FluidValue From(JsonElement value, TemplateBudget budget)
    {
        budget.SpendText(value.ValueKind switch
        {
            JsonValueKind.String or JsonValueKind.Number => Bytes(value),
            JsonValueKind.Array => (long)WorkPerItem * value.GetArrayLength(),
            _ => 1,
        });
        return value.ValueKind switch
        {
            JsonValueKind.Object => new ObjectValue(value, budget),
            JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Select(item => From(item, budget))]),
            JsonValueKind.String => new StringValue(value.GetString()),
            JsonValueKind.Number => new ExactNumber(value.GetRawText()),
            JsonValueKind.True => BooleanValue.True,
            JsonValueKind.False => BooleanValue.False,
            _ => NilValue.Instance,
        };
    }

    /// <summary>How much text a value that is no list has, at most.</summary>
    public static int Length(FluidValue value) => value switch
    {
        ObjectValue json => json.Size,
        { Type: FluidValues.String } or ExactNumber => value.ToStringValue().Length,
        _ => 1,
    };

    static int Bytes(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;

    /// <summary>The JSON text of a value; that of what came in as JSON is unchanged.</summary>
    public static string ToJson(FluidValue value) => value switch
    {
        ObjectValue or ExactNumber => value.ToStringValue(),
        ArrayValue array => $"[{string.Join(',', array.Values.Select(ToJson))}]",
        { Type: FluidValues.Nil or FluidValues.Empty or FluidValues.Blank } => "null",
        { Type: FluidValues.Boolean } => value.ToBooleanValue() ? "true" : "false",
        { Type: FluidValues.Number } => value.ToNumberValue().ToString(CultureInfo.InvariantCulture),
        _ => JsonText.Encode(value.ToStringValue()),
    };

    /// <summary>
    /// A number with the digits it came with. Templates calculate with decimals, so beyond those it counts as the nearest.
    /// </summary>
    sealed class ExactNumber(string text) : FluidValue
    {
        readonly JsonDecimal _exact = JsonDecimal.Read(text);
        decimal? _nearest;

        public override FluidValues Type => FluidValues.Number;

        public override bool Equals(FluidValue other) =>
            other is ExactNumber number
                ? _exact == number._exact
                : other.Type == FluidValues.Number && ToNumberValue() == other.ToNumberValue();

        public override bool Equals(object? obj) => obj is FluidValue value && Equals(value);

        public override int GetHashCode() => _exact.GetHashCode();

        public override bool ToBooleanValue() => true;

        // Read once: a number may have a million digits and be compared with each of a thousand others.
        public override decimal ToNumberValue() =>
            _nearest ??= decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
                : _exact.IsNegative ? decimal.MinValue : decimal.MaxValue;

        public override string ToStringValue() => text;

        public override object ToObjectValue() => ToNumberValue();

        public override ValueTask WriteToAsync(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) =>
            new(writer.WriteAsync(text));

        [Obsolete("Replaced by WriteToAsync in the base class.")]
        public override void WriteTo(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) => writer.Write(text);
    }

    /// <summary>An object, whose members are taken out as they are asked for; put into the text it is its JSON.</summary>
    sealed class ObjectValue(JsonElement json, TemplateBudget budget) : FluidValue
    {
        // Taken out once: an object may be compared with each of a thousand others.
        JsonText? _text;

        JsonText Text => _text ??= JsonParts.Part(json);

        public int Size { get; } = Bytes(json);

        public override FluidValues Type => FluidValues.Dictionary;

        public override bool Equals(FluidValue other)
        {
            if (other is not ObjectValue compared)
                return false;
            budget.SpendText((long)WorkPerComparedByte * (Size + compared.Size));
            return JsonText.SameValue(Text, compared.Text);
        }

        public override bool Equals(object? obj) => obj is FluidValue value && Equals(value);

        public override int GetHashCode()
        {
            budget.SpendText((long)WorkPerComparedByte * Size);
            return Text.ValueKey.GetHashCode(StringComparison.Ordinal);
        }

        public override bool ToBooleanValue() => true;

        public override decimal ToNumberValue() => 0;

        public override string ToStringValue() => Text.Text;

        public override object ToObjectValue() => this;

        public override bool Contains(FluidValue value) => TryGet(value.ToStringValue(), out _);

        public override ValueTask<FluidValue> GetValueAsync(string name, TemplateContext context) =>
            new(TryGet(name, out var member) ? From(member, budget)
                : name == "size" ? NumberValue.Create(json.GetPropertyCount())
                : NilValue.Instance);

        public override ValueTask<FluidValue> GetIndexAsync(FluidValue index, TemplateContext context)
        {
            budget.SpendValue(index);
            return GetValueAsync(index.ToStringValue(), context);
        }

        // A loop over an object goes over its members as [name, value].
        public override IEnumerable<FluidValue> Enumerate(TemplateContext context)
        {
            foreach (var member in json.EnumerateObject())
            {
                budget.SpendItems(1);
                budget.SpendText(member.Name.Length);
                yield return new ArrayValue([new StringValue(member.Name), From(member.Value, budget)]);
            }
        }

        // The members are gone over from one end to the other.
        bool TryGet(string name, out JsonElement member)
        {
            budget.SpendText((long)json.GetPropertyCount() + name.Length);
            return json.TryGetProperty(name, out member);
        }

        public override ValueTask WriteToAsync(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) =>
            new(writer.WriteAsync(ToStringValue()));

        [Obsolete("Replaced by WriteToAsync in the base class.")]
        public override void WriteTo(TextWriter writer, TextEncoder encoder, CultureInfo cultureInfo) => writer.Write(ToStringValue());
    }
}
