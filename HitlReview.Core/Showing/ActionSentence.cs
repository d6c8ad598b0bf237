using System.Text;
using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Showing;

/// <summary>
/// Says in words what an approval lets happen: our words from the block, values from the payload, and nothing of what the agent says about
/// it.
/// </summary>
public static class ActionSentence
{
    /// <summary>The sentence about a review.</summary>
    /// <param name="review">The review.</param>
    /// <param name="block">Its block; null where an outside agent asks, or where the block is no longer there.</param>
    public static IReadOnlyList<SentencePart> Of(Review review, Block? block) =>
        Of(block, review.BlockId, review.AskedBy, review.NodeId, review.Payload);

    /// <summary>The same from how its payload begins. Of a value that lies further down it says that and nothing else.</summary>
    /// <inheritdoc cref="Of(Review, Block?)"/>
    public static IReadOnlyList<SentencePart> Of(ReviewSummary review, Block? block) =>
        Of(block, review.BlockId, review.AskedBy, review.NodeId, review.PayloadStart);

    static IReadOnlyList<SentencePart> Of(Block? block, string? blockId, string? askedBy, string nodeId, string payload) => block switch
    {
        not null => Fill(block, payload),
        null when blockId is not null => [new(Words.ActionOfMissingBlock, false)],
        null when askedBy is not null => Sentence.With(Words.ActionOfAgent, askedBy, nodeId),
        null => Sentence.With(Words.ActionOfSomebody, nodeId),
    };

    static List<SentencePart> Fill(Block block, string payload)
    {
        var parts = new List<SentencePart>();
        var (given, isWhole) = Members(payload);
        var rest = block.ActionInWords.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open)
        {
            if (open > 0)
                parts.Add(new(rest[..open].ToString(), false));
            var close = rest.IndexOf('}');
            var pin = rest[(open + 1)..close].ToString();
            parts.Add(given.TryGetValue(pin, out var value) ? new(value, true)
                : isWhole ? Default(block, pin) : new(Words.ActionValueFurther, false));
            rest = rest[(close + 1)..];
        }
        if (rest.Length > 0)
            parts.Add(new(rest.ToString(), false));
        return parts;
    }

    static SentencePart Default(Block block, string pin) =>
        block.InputSchema.Text.Root.GetProperty("properties").TryGetProperty(pin, out var schema)
            && schema.TryGetProperty("default", out var byDefault)
            ? new(byDefault.ValueKind == JsonValueKind.String ? byDefault.GetString()! : byDefault.GetRawText(), true)
            : new(Words.ActionValueMissing, false);

    /// <summary>The members of an object as plain text, as far as its text is there, and whether that is all of it.</summary>
    static (IReadOnlyDictionary<string, string> Members, bool IsWhole) Members(string start)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(start);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new(new() { MaxDepth = 128 }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return (members, reader.TokenType != JsonTokenType.None);
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
                {
                    // Cut off within it: what the reader would find next are members of its own.
                    members[name] = Encoding.UTF8.GetString(bytes.AsSpan(from..));
                    break;
                }
            }
        }
        catch (JsonException)
        {
            // The cut went through an escape or a character; what came before it is there.
        }
        return (members, reader is { TokenType: JsonTokenType.EndObject, CurrentDepth: 0 });
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
