using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Showing;

/// <summary>A value of a payload for a line about it.</summary>
/// <param name="Place">Where it is, to find the same one in other payloads.</param>
/// <param name="Name">The name it has there; of a list's items that of the list.</param>
/// <param name="Text">The text of a string, or else the JSON, cut at <see cref="PayloadPreview.MaxText"/>.</param>
public sealed record PreviewValue(string Place, string Name, string Text);

/// <summary>
/// A line about a payload for a list: its values with their names, those first in which it differs from others of its kind, and without
/// what the sentence about it shows already, so that rows which differ look different.
/// </summary>
/// <param name="alike">The values of the payloads of a kind.</param>
public sealed class PayloadPreview(IReadOnlyCollection<IReadOnlyList<PreviewValue>> alike)
{
    /// <summary>How much of a value is kept, and of the sentence about a payload as well, in UTF-16 code units.</summary>
    public const int MaxText = 160;

    const int MaxShown = 60, MaxName = 60, MaxValues = 40, MaxKept = 2_000;

    // So much of a sentence, and of a value, is in sight on a phone.
    const int InSight = 30;

    // How many payloads have a value at its place, and for each place whose values differ how many characters all of them begin with.
    readonly Dictionary<(string Place, string Text), int> _shared = alike.SelectMany(values => values)
        .CountBy(value => (value.Place, value.Text)).ToDictionary();

    readonly Dictionary<string, int> _differing = Differing(alike);

    /// <summary>The line.</summary>
    /// <param name="values">The payload's values.</param>
    /// <param name="action">What the row says of it beside this line.</param>
    /// <param name="max">How long it may be, in UTF-16 code units; it is cut after a value.</param>
    public string Of(IReadOnlyList<PreviewValue> values, IReadOnlyList<SentencePart> action, int max)
    {
        var line = new StringBuilder();
        var chosen = values.Where(value => !IsSaid(value, action)).ToList();
        // What the sentence says too far behind is said again where nothing else tells this one from the others as well.
        var rarest = chosen.Count == 0 ? int.MaxValue : chosen.Min(Shared);
        chosen.AddRange(values.Where(value =>
            IsSaid(value, action) && _differing.ContainsKey(value.Place) && Shared(value) < rarest && !IsInSight(value, action)));
        foreach (var value in (chosen.Count > 0 ? chosen : values).OrderBy(Shared))
        {
            if (line.Length >= max)
                break;
            line.Append(line.Length > 0 ? " · " : "").Append(value.Name).Append(value.Name.Length > 0 ? " " : "")
                .Append(TextStart.Marked(FromWhereItDiffers(value.Text, _differing.GetValueOrDefault(value.Place)), MaxShown));
        }
        return line.ToString();
    }

    int Shared(PreviewValue value) => _shared.GetValueOrDefault((value.Place, value.Text), 1);

    static bool IsSaid(PreviewValue value, IReadOnlyList<SentencePart> action) =>
        action.Any(part => part.IsInput && part.Text == value.Text);

    /// <summary>True if what is a value's own is in the part of the sentence that a phone shows.</summary>
    bool IsInSight(PreviewValue value, IReadOnlyList<SentencePart> action) =>
        action.TakeWhile(part => !(part.IsInput && part.Text == value.Text)).Sum(part => part.Text.Length)
            + _differing.GetValueOrDefault(value.Place) < InSight;

    /// <summary>What many have in common at their start is left out up to the word in which they differ.</summary>
    static string FromWhereItDiffers(string text, int common)
    {
        if (common < InSight || common >= text.Length)
            return text;
        var from = text.LastIndexOfAny([' ', '/', '\n', ',', ';', '&', '?'], common - 1, InSight / 2) + 1;
        from = from == 0 ? common : from;
        return "…" + text[(char.IsLowSurrogate(text[from]) ? from - 1 : from)..];
    }

    static Dictionary<string, int> Differing(IReadOnlyCollection<IReadOnlyList<PreviewValue>> alike)
    {
        var differing = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var same in alike.SelectMany(values => values).GroupBy(value => value.Place, StringComparer.Ordinal))
        {
            var texts = same.Select(value => value.Text).Distinct(StringComparer.Ordinal).ToList();
            if (texts.Count > 1)
                differing[same.Key] = texts.Skip(1).Min(text => text.AsSpan().CommonPrefixLength(texts[0]));
            else if (same.Count() < alike.Count)
                differing[same.Key] = 0;
        }
        return differing;
    }

    /// <summary>The values of a payload that a line can be made of: the first, and of a payload without any the payload itself.</summary>
    /// <param name="start">How the payload begins, as JSON that may be cut.</param>
    public static IReadOnlyList<PreviewValue> ValuesOf(string start)
    {
        var values = new List<PreviewValue>();
        var kept = 0;
        // The names down to here, and of lists how many items there were.
        var above = new Stack<(string Place, string Name, int Items)>([("", "", -1)]);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: false, new(new() { MaxDepth = 128 }));
        var name = "";
        try
        {
            while (values.Count < MaxValues && kept < MaxKept && reader.Read())
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        // A name of 16 KB would be part of each place below it.
                        name = TextStart.Marked(reader.GetString()!, MaxName);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        above.Pop();
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        var (place, called) = Next(above, name);
                        above.Push((place, called, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                        break;
                    default:
                        (place, called) = Next(above, name);
                        var text = reader.TokenType == JsonTokenType.String
                            ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
                        values.Add(new(place, called, TextStart.Marked(text, MaxText)));
                        kept += Math.Min(text.Length, MaxText) + place.Length;
                        break;
                }
        }
        catch (JsonException)
        {
            // Cut off within a value; what came before it is there.
        }
        return values.Count > 0 ? values : [new("", "", TextStart.Marked(start, MaxText))];
    }

    /// <summary>Where the next value is, and what it is called.</summary>
    static (string Place, string Name) Next(Stack<(string Place, string Name, int Items)> above, string name)
    {
        if (above.Peek().Items < 0)
            return ($"{above.Peek().Place}.{name}", name);
        var list = above.Pop();
        above.Push(list with { Items = list.Items + 1 });
        return ($"{list.Place}[{list.Items}]", list.Name);
    }
}
