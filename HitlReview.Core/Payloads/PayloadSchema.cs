using System.Globalization;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;

namespace HitlReview.Core.Payloads;

/// <summary>
/// A JSON Schema that payloads are checked against. It describes an object; the properties are the pins of a block. Safe for concurrent
/// use.
/// </summary>
public sealed class PayloadSchema
{
    /// <summary>The most members that are called unknown.</summary>
    const int MostUnknown = 100;

    static readonly HashSet<string> s_shallow = ["type", "title", "description", "default"];
    static readonly HashSet<string> s_ofParts = [
        "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "maxProperties"];

    // The validator takes its time to start up, and most schemas are never needed: each is made when the first payload comes.
    readonly Lazy<JsonSchema> _schema;

    PayloadSchema(JsonText text)
    {
        Text = text;
        // Completes at once: nothing in our schemas refers to another document.
        _schema = new(() => JsonSchema.FromJsonAsync(text.Text).GetAwaiter().GetResult());
        Properties = JsonParts.Member(text, "properties") is { } properties
            ? [.. JsonParts.Members(properties, "properties").Select(p => p.Key)]
            : [];
        Required = JsonParts.Member(text, "required") is { } required
            ? [.. JsonParts.Items(required, "required").Select(name => name.Root.GetString()!)]
            : [];
    }

    /// <summary>The schema as JSON text.</summary>
    public JsonText Text { get; }

    /// <summary>The names of the object's properties, in the schema's order.</summary>
    public IReadOnlyList<string> Properties { get; }

    /// <summary>Those of them that must be there.</summary>
    public IReadOnlyList<string> Required { get; }

    /// <summary>Reads a schema of our own; schemas are never taken from a caller.</summary>
    /// <exception cref="RefusedException">It is not JSON.</exception>
    public static PayloadSchema Parse(string schemaJson) => new(JsonText.Parse(schemaJson, "schema"));

    /// <summary>Checks a payload.</summary>
    /// <returns>The faults, none if it keeps to the schema.</returns>
    public IReadOnlyList<SchemaFault> Validate(JsonText payload) => Validate(payload, complete: true);

    /// <summary>Checks the members that an object has, while others may still be missing.</summary>
    /// <returns>The faults, none if what is there keeps to the schema.</returns>
    public IReadOnlyList<SchemaFault> ValidatePart(JsonText payload) => Validate(payload, complete: false);

    List<SchemaFault> Validate(JsonText payload, bool complete)
    {
        if (payload.Root.ValueKind != JsonValueKind.Object)
            return [new(JsonPath.Root, "must be an object")];
        var faults = new List<SchemaFault>();
        foreach (var error in _schema.Value.Validate(Token(payload.Root, Text.Root)))
            if (complete || error.Kind != ValidationErrorKind.PropertyRequired
                || !Required.Contains(PathOf(error)[(JsonPath.Root.Length + 1)..]))
                faults.AddRange(Faults(error));
        return faults;
    }

    static IEnumerable<SchemaFault> Faults(ValidationError error) =>
        // The fault of an item or of a member without a name in the schema lies inside it.
        error is ChildSchemaValidationError child
        && child.Kind is ValidationErrorKind.ArrayItemNotValid or ValidationErrorKind.AdditionalPropertiesNotValid
            ? child.Errors.Values.SelectMany(inner => inner).SelectMany(Faults)
            : [new(JsonPath.Shorten(PathOf(error)), Sentence(error))];

    // The validator says "#/to[0]".
    static string PathOf(ValidationError error) => error.Path is ['#', '/', _, ..] ? $"{JsonPath.Root}.{error.Path[2..]}" : JsonPath.Root;

    static string Sentence(ValidationError error)
    {
        var schema = error.Schema;
        return error.Kind switch
        {
            ValidationErrorKind.StringExpected => "must be a string",
            ValidationErrorKind.NumberExpected => "must be a number",
            ValidationErrorKind.IntegerExpected => "must be an integer",
            ValidationErrorKind.BooleanExpected => "must be true or false",
            ValidationErrorKind.ObjectExpected => "must be an object",
            ValidationErrorKind.ArrayExpected => "must be an array",
            ValidationErrorKind.NullExpected => "must be null",
            ValidationErrorKind.PropertyRequired => "is missing",
            ValidationErrorKind.NoAdditionalPropertiesAllowed => "is unknown",
            ValidationErrorKind.StringTooShort => $"must have at least {schema.MinLength} characters",
            ValidationErrorKind.StringTooLong => $"must have at most {schema.MaxLength} characters",
            ValidationErrorKind.NumberTooSmall => schema.Minimum is { } minimum
                ? Invariant($"must be at least {minimum}")
                : Invariant($"must be more than {schema.ExclusiveMinimum}"),
            ValidationErrorKind.NumberTooBig => schema.Maximum is { } maximum
                ? Invariant($"must be at most {maximum}")
                : Invariant($"must be less than {schema.ExclusiveMaximum}"),
            ValidationErrorKind.TooFewItems => $"must have at least {schema.MinItems} items",
            ValidationErrorKind.TooManyItems => $"must have at most {schema.MaxItems} items",
            ValidationErrorKind.TooManyProperties => $"must have at most {schema.MaxProperties} members",
            ValidationErrorKind.NotInEnumeration => $"must be one of {string.Join(", ", schema.Enumeration)}",
            _ => $"does not keep to the schema ({error.Kind})",
        };
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Converted here and not by a parser, which would read dates into strings and refuse or round numbers. And only as far as the schema
    // looks: of a value that may be anything, a payload full of small members would cost twenty times its size.
    static JToken Token(JsonElement value, JsonElement? schema) => value.ValueKind switch
    {
        JsonValueKind.Object => LooksInto(schema) ? Members(value, schema) : new JObject(),
        JsonValueKind.Array => LooksInto(schema) ? Items(value, schema) : new JArray(),
        // Of lengths JSON Schema counts characters, the validator halves of them.
        JsonValueKind.String => JValue.CreateString(LooksInto(schema) ? OneUnitEach(value.GetString()!) : ""),
        JsonValueKind.Number => Number(value.GetRawText()),
        JsonValueKind.True => new JValue(true),
        JsonValueKind.False => new JValue(false),
        _ => JValue.CreateNull(),
    };

    /// <summary>The text, with a single unit for each character that has two: no pattern and no choice in our schemas has one.</summary>
    static string OneUnitEach(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDBFF'))
            return text;
        var units = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            units.Append(rune.IsBmp ? (char)rune.Value : (char)Rune.ReplacementChar.Value);
        return units.ToString();
    }

    static JObject Members(JsonElement value, JsonElement? schema)
    {
        var others = Below(schema, "additionalProperties");
        var named = Keyword(schema, "properties");
        var isClosed = Keyword(schema, "additionalProperties") is { ValueKind: JsonValueKind.False };
        var unknown = 0;
        var token = new JObject();
        foreach (var member in value.EnumerateObject().Take(Most(schema, "maxProperties")))
        {
            JsonElement own = default;
            var isNamed = named is { } properties && properties.TryGetProperty(member.Name, out own);
            if (isNamed || !isClosed || unknown++ < MostUnknown)
                token.Add(member.Name, Token(member.Value, isNamed && others is not null ? own : others));
        }
        return token;
    }

    static JArray Items(JsonElement value, JsonElement? schema)
    {
        var items = Below(schema, "items");
        return new(value.EnumerateArray().Take(Most(schema, "maxItems")).Select(item => Token(item, items)));
    }

    // One more than there may be is enough to be refused. The validator would write a fault for each of half a million.
    static int Most(JsonElement? schema, string keyword) => Keyword(schema, keyword) is { } most ? most.GetInt32() + 1 : int.MaxValue;

    /// <summary>True unless the schema takes any content of the right type. Null looks at everything.</summary>
    static bool LooksInto(JsonElement? schema) =>
        schema is not { } known
        || known.ValueKind == JsonValueKind.Object && known.EnumerateObject().Any(keyword => !s_shallow.Contains(keyword.Name));

    /// <summary>What the parts of a value are looked at with: with all of it, where a keyword isn't known to leave them alone.</summary>
    static JsonElement? Below(JsonElement? schema, string keyword) =>
        schema is not { } known || known.EnumerateObject().Any(k => !s_shallow.Contains(k.Name) && !s_ofParts.Contains(k.Name))
            ? null
            : Keyword(schema, keyword) ?? default(JsonElement);

    static JsonElement? Keyword(JsonElement? schema, string name) =>
        schema is { } known && known.TryGetProperty(name, out var value) ? value : null;

    // An integer beyond 64 bits becomes the nearest one within: the validator can't take it, and no limit in our schemas lies there.
    static JValue Number(string text)
    {
        var number = JsonDecimal.Read(text);
        return !number.IsInteger ? new(number.ToComparable())
            : new(long.TryParse(number.ToPlain(maxLength: 20), CultureInfo.InvariantCulture, out var integer) ? integer
                : number.IsNegative ? long.MinValue : long.MaxValue);
    }
}
