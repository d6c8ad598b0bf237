using System.Text;
using System.Text.Json;

namespace HitlReview.Core.Showing;

/// <summary>
/// A line about a payload for a list: its values with their names, without what the sentence about it says already, so that rows which
/// differ look different.
/// </summary>
public static class PayloadPreview
{
    const int MaxValue = 60;

    /// <summary>The line.</summary>
    /// <param name="start">How the payload begins, as JSON that may be cut.</param>
    /// <param name="action">What the row says of it beside this line.</param>
    /// <param name="max">How long it may be, in UTF-16 code units; it is cut after a value.</param>
    public static string Of(string start, IReadOnlyList<SentencePart> action, int max)
    {
        var said = action.Where(part => part.IsInput).Select(part => part.Text).ToHashSet(StringComparer.Ordinal);
        var line = new StringBuilder();
        foreach (var (name, value) in Leaves(start))
        {
            if (line.Length >= max)
                break;
            if (said.Contains(value))
                continue;
            line.Append(line.Length > 0 ? " · " : "").Append(name).Append(name.Length > 0 ? " " : "")
                .Append(TextStart.Marked(value, MaxValue));
        }
        return line.Length > 0 ? line.ToString() : TextStart.Marked(start, max);
    }

    static List<(string Name, string Value)> Leaves(string start)
    {
        var leaves = new List<(string, string)>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: false, new(new() { MaxDepth = 128 }));
        var name = "";
        try
        {
            while (leaves.Count < 40 && reader.Read())
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString()!;
                        break;
                    case JsonTokenType.String:
                        leaves.Add((name, reader.GetString()!));
                        break;
                    case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null:
                        leaves.Add((name, Encoding.UTF8.GetString(reader.ValueSpan)));
                        break;
                }
        }
        catch (JsonException)
        {
            // Cut off within a value; what came before it is there.
        }
        return leaves;
    }
}
