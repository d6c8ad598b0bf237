using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>A part of the sentence about an action.</summary>
/// <param name="Text">Our words, or a value.</param>
/// <param name="IsInput">True for a value from the payload, which is shown as such: it could say anything.</param>
public sealed record SentencePart(string Text, bool IsInput);

/// <summary>Says in words what an approval lets happen: our words from the block, values from the payload, and nothing of what the agent says about it.</summary>
public static partial class ActionSentence
{
    /// <summary>The sentence about a review.</summary>
    /// <param name="review">The review.</param>
    /// <param name="block">Its block; null where an outside agent asks, or where the block is no longer there.</param>
    public static IReadOnlyList<SentencePart> Of(ReviewSummary review, Block? block) => block switch
    {
        not null => Fill(block, review.PayloadStart),
        null when review.BlockId is not null => [new(Texts.ActionOfMissingBlock, false)],
        null when review.AskedBy is { } agent => With(Texts.ActionOfAgent, agent, review.NodeId),
        null => With(Texts.ActionOfSomebody, review.NodeId),
    };

    /// <summary>Shows a sentence: values are set apart from our words, and a cut shows.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="maxValue">Where a value is cut, in UTF-16 code units; the payload shows it whole.</param>
    public static RenderFragment Show(IReadOnlyList<SentencePart> sentence, int maxValue = 300) => builder =>
    {
        foreach (var part in sentence)
        {
            builder.OpenRegion(0);
            if (part.IsInput)
            {
                builder.OpenElement(0, "span");
                builder.AddAttribute(1, "class", "input");
                builder.AddContent(2, Visible.Text(part.Text, maxValue));
                builder.CloseElement();
            }
            else
                builder.AddContent(3, part.Text);
            builder.CloseRegion();
        }
    };

    /// <summary>A sentence for where there can be no markup.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="maxValue">Where a value is cut, in UTF-16 code units.</param>
    public static string Plain(IReadOnlyList<SentencePart> sentence, int maxValue) =>
        string.Concat(sentence.Select(part => part.IsInput ? Visible.Plain(part.Text, maxValue) : part.Text));

    /// <summary>The sentence with values in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    static List<SentencePart> With(string text, params ReadOnlySpan<string> values)
    {
        var parts = new List<SentencePart>();
        foreach (var (at, piece) in Place().Split(text).Index())
            if (piece.Length > 0)
                parts.Add(at % 2 == 0 ? new(piece, false) : new(values[int.Parse(piece, CultureInfo.InvariantCulture)], true));
        return parts;
    }

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();

    static List<SentencePart> Fill(Block block, string payloadStart)
    {
        var parts = new List<SentencePart>();
        var given = Members(payloadStart);
        var rest = block.ActionInWords.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open)
        {
            if (open > 0)
                parts.Add(new(rest[..open].ToString(), false));
            var close = rest.IndexOf('}');
            var pin = rest[(open + 1)..close].ToString();
            parts.Add(new(given.TryGetValue(pin, out var value) ? value : Default(block, pin), true));
            rest = rest[(close + 1)..];
        }
        if (rest.Length > 0)
            parts.Add(new(rest.ToString(), false));
        return parts;
    }

    static string Default(Block block, string pin) =>
        block.InputSchema.Text.Root.GetProperty("properties").TryGetProperty(pin, out var schema) && schema.TryGetProperty("default", out var byDefault)
            ? byDefault.ValueKind == JsonValueKind.String ? byDefault.GetString()! : byDefault.GetRawText()
            : Texts.ActionValueMissing;

    /// <summary>The members of an object as plain text, as far as its text is there.</summary>
    static Dictionary<string, string> Members(string start)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(start);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new(new() { MaxDepth = 128 }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return members;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!reader.Read())
                    break;
                var from = (int)reader.TokenStartIndex;
                if (reader.TokenType == JsonTokenType.String)
                    members[name] = reader.GetString()!;
                else if (reader.TrySkip())
                    members[name] = Readable(Encoding.UTF8.GetString(bytes.AsSpan(from..(int)reader.BytesConsumed)));
                else
                    members[name] = Encoding.UTF8.GetString(bytes.AsSpan(from..));
            }
        }
        catch (JsonException)
        {
            // The cut went through an escape or a character; what came before it is there.
        }
        return members;
    }

    /// <summary>A list of texts reads as one; all else as it is written.</summary>
    static string Readable(string json)
    {
        if (!json.StartsWith('['))
            return json;
        using var parsed = JsonDocument.Parse(json, new() { MaxDepth = 128 });
        return parsed.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? string.Join(", ", parsed.RootElement.EnumerateArray().Select(item => item.GetString()))
            : json;
    }
}
