using System.Globalization;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Showing;

/// <summary>A value of a payload as a table shows it.</summary>
/// <param name="Text">The text of a string, or else the JSON. A string that could be taken for something else stands in its quotes.</param>
/// <param name="IsText">True for a string.</param>
public sealed record ComparedValue(string Text, bool IsText);

/// <summary>Where some payloads are the same and where they differ. Every value of every payload is in one of the two.</summary>
/// <param name="Same">The paths and values that all have.</param>
/// <param name="Columns">The paths of those that differ or that some lack.</param>
/// <param name="Rows">The differing values of each payload, by path.</param>
public sealed record Comparison(
    IReadOnlyList<(string Path, ComparedValue Value)> Same, IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyDictionary<string, ComparedValue>> Rows)
{
    /// <summary>The most columns that a person can take in. Payloads that differ in more are shown whole, in one column.</summary>
    public const int MaxColumns = 40;

    const string Whole = "$";

    // Of no more characters a decimal keeps each digit, also of a sum.
    const int MaxSummed = 22;

    /// <summary>Compares payloads, down to the last member of objects; lists are compared as they are.</summary>
    /// <param name="payloads">The payloads.</param>
    public static Comparison Of(IReadOnlyList<JsonText> payloads)
    {
        var flat = payloads.Select(Flat).ToList();
        var paths = flat.SelectMany(values => values.Keys).Distinct(StringComparer.Ordinal).ToList();
        var same = paths.Where(path =>
            flat.TrueForAll(values => values.TryGetValue(path, out var value) && value == flat[0].GetValueOrDefault(path))).ToList();
        var columns = paths.Except(same, StringComparer.Ordinal).ToList();
        if (columns.Count > MaxColumns)
        {
            same = [];
            columns = [Whole];
            flat = [.. payloads.Select(payload => new Dictionary<string, string>(StringComparer.Ordinal) { [Whole] = payload.Text })];
        }
        return new(
            [.. same.Select(path => (path, Value(flat[0][path])))],
            columns,
            [.. flat.Select(values => columns.Where(values.ContainsKey)
                .ToDictionary(column => column, column => Value(values[column]), StringComparer.Ordinal))]);
    }

    /// <summary>
    /// What the numbers of a column add up to, exactly; null where they aren't all numbers, where they are names rather than amounts, or
    /// where they are of different currencies, which add up to nothing.
    /// </summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <param name="rows">The places of the payloads that count.</param>
    public decimal? SumOf(string column, IReadOnlyCollection<int> rows)
    {
        if (rows.Count < 2 || column.EndsWith("id", StringComparison.OrdinalIgnoreCase)
            || Columns.Any(other => other != column && rows.All(row => Rows[row].GetValueOrDefault(other) is { Text: var text }
                && text.Length == 3 && text.All(char.IsAsciiLetterUpper))))
            return null;
        decimal sum = 0;
        foreach (var row in rows)
        {
            if (!Rows[row].TryGetValue(column, out var value) || value.Text.Length > MaxSummed || !decimal.TryParse(
                value.IsText ? value.Text.Trim('"') : value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var number))
                return null;
            sum += number;
        }
        return sum;
    }

    static Dictionary<string, string> Flat(JsonText payload)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(payload.Root, "$");
        return values;

        void Add(JsonElement element, string path)
        {
            if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any())
                foreach (var member in element.EnumerateObject())
                    Add(member.Value, JsonPath.Exact(path, member.Name));
            else
                values[path] = element.GetRawText();
        }
    }

    static ComparedValue Value(string json)
    {
        if (json[0] != '"')
            return new(json, false);
        using var parsed = JsonDocument.Parse(json);
        var text = parsed.RootElement.GetString()!;
        var isPlain = text.Length > 0 && !char.IsAsciiDigit(text[0]) && !"-{[\" ".Contains(text[0], StringComparison.Ordinal)
            && text is not ("true" or "false" or "null");
        return new(isPlain ? text : json, true);
    }
}
