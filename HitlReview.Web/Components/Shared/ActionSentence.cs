using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Shared;

/// <summary>A part of the sentence about an action.</summary>
/// <param name="Text">Our words, or a value.</param>
/// <param name="IsInput">True for a value from the payload, which is shown as such: it could say anything.</param>
public sealed record SentencePart(string Text, bool IsInput);

/// <summary>Says in words what an approval lets happen: our words from the block, values from the payload, and nothing of what the agent says about it.</summary>
public static class ActionSentence
{
    /// <summary>The sentence about a review.</summary>
    /// <param name="review">The review.</param>
    /// <param name="block">Its block; null where an outside agent asks, or where the block is no longer there.</param>
    public static IReadOnlyList<SentencePart> Of(Review review, Block? block) => block switch
    {
        not null => Fill(block, JsonText.Trusted(review.Payload)),
        null when review.BlockId is not null => [new("Run a block that is not installed", false)],
        null => [new("Let an outside agent run ", false), new(review.NodeId, true)],
    };

    static List<SentencePart> Fill(Block block, JsonText payload)
    {
        var parts = new List<SentencePart>();
        var rest = block.ActionInWords.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open)
        {
            if (open > 0)
                parts.Add(new(rest[..open].ToString(), false));
            var close = rest.IndexOf('}');
            parts.Add(new(Value(block, payload, rest[(open + 1)..close].ToString()), true));
            rest = rest[(close + 1)..];
        }
        if (rest.Length > 0)
            parts.Add(new(rest.ToString(), false));
        return parts;
    }

    static string Value(Block block, JsonText payload, string pin)
    {
        if (payload.Root.ValueKind == JsonValueKind.Object && payload.Root.TryGetProperty(pin, out var value))
            return Plain(value);
        return block.InputSchema.Text.Root.GetProperty("properties").TryGetProperty(pin, out var schema) && schema.TryGetProperty("default", out var byDefault) ? Plain(byDefault) : "(none)";
    }

    static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => string.Join(", ", value.EnumerateArray().Select(item => item.GetString())),
        _ => value.GetRawText(),
    };
}
