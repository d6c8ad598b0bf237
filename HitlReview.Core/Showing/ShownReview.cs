using System.Security.Cryptography;
using System.Text.Json;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Showing;

/// <summary>
/// What a person is shown of a review and decides on, as data: every surface only draws it, so that none words it differently. What became
/// of it is its <see cref="Course"/>.
/// </summary>
public sealed record ShownReview
{
    ShownReview()
    {
    }

    /// <summary>What would run.</summary>
    public required IReadOnlyList<SentencePart> Action { get; init; }

    /// <summary>On whose behalf, and from where.</summary>
    public required IReadOnlyList<SentencePart> Source { get; init; }

    /// <summary>What the agent says about it, if anything; hostile text.</summary>
    public required string? Instructions { get; init; }

    /// <summary>What in the payload or in the agent's words could fool a reader, each in a sentence.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>The payload, of which nothing may be left out; see <see cref="PayloadNode"/> and <see cref="PayloadFolds"/>.</summary>
    public required JsonText Payload { get; init; }

    /// <summary>The hash of the payload.</summary>
    public required string PayloadHash { get; init; }

    /// <summary>
    /// The schema of the payload, which titles its parts; null where there is none: an outside agent's, or one that is data only.
    /// </summary>
    public required PayloadSchema? Schema { get; init; }

    /// <summary>
    /// SHA-256 over all of it, lower-case hex. What was shown differently, if only in a word or in the title of a field, has another.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>
    /// The payload that a press is about, by its hash; null where the person was shown something else than this. Such a press is refused.
    /// </summary>
    /// <param name="digest">The digest of what they were shown.</param>
    public string? HashFor(string digest) => digest == Digest ? PayloadHash : null;

    /// <summary>What is shown of a review. It costs a look at the whole payload.</summary>
    /// <param name="review">The review.</param>
    /// <param name="payload">Its payload, read.</param>
    /// <param name="block">Its block; null where an outside agent asks, or where the block is no longer there.</param>
    /// <param name="graphName">The name of its graph; null where it has none.</param>
    public static ShownReview Of(Review review, JsonText payload, Block? block, string? graphName)
    {
        var action = ActionSentence.Of(review, block);
        var source = ReviewSource.Of(review.Origin, review.AskedBy, graphName);
        var warnings = PayloadWarnings.For(payload, review.Instructions, review.AfterReading);
        var schema = block is { IsGraphOnly: false } ? block.InputSchema : null;
        return new()
        {
            Action = action,
            Source = source,
            Instructions = review.Instructions,
            Warnings = warnings,
            Payload = payload,
            PayloadHash = review.PayloadHash,
            Schema = schema,
            Digest = DigestOf(action, source, review.Instructions, warnings, review.PayloadHash, schema?.Text.Text),
        };
    }

    // As JSON, so that no two different ones have the same bytes.
    static string DigestOf(params ReadOnlySpan<object?> shown) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(shown.ToArray())));
}
