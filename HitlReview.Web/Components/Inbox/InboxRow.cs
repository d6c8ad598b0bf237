using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the list shows of a review. It doesn't keep the payload, of which there may be a megabyte.</summary>
/// <param name="NodeExecId">The review.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Action">What would run.</param>
/// <param name="Preview">How the payload begins.</param>
/// <param name="Origin">Who asks.</param>
/// <param name="GraphExecId">The execution.</param>
/// <param name="GraphId">The graph, if the asker named one.</param>
/// <param name="Editable">Whether the payload may be changed.</param>
public sealed record InboxRow(string NodeExecId, DateTimeOffset CreatedAt, IReadOnlyList<SentencePart> Action, string Preview, ReviewOrigin Origin, string GraphExecId, string? GraphId, bool Editable)
{
    const int PreviewLength = 160;

    /// <summary>Set once it waits no longer but still holds its place, because the list must not move under the hand.</summary>
    public ReviewStatus? Ended { get; init; }

    /// <summary>What the list shows of this review.</summary>
    public static InboxRow Of(Review review, BlockRegistry blocks) => new(
        review.NodeExecId,
        review.CreatedAt,
        [.. ActionSentence.Of(review, blocks.Find(review.BlockId)).Select(part => part with { Text = Start(part.Text) })],
        Start(review.Payload),
        review.Origin,
        review.GraphExecId,
        review.GraphId,
        review.Editable);

    /// <summary>The order of the list: newest first.</summary>
    public static int Compare(InboxRow a, InboxRow b) =>
        a.CreatedAt != b.CreatedAt ? b.CreatedAt.CompareTo(a.CreatedAt) : string.CompareOrdinal(b.NodeExecId, a.NodeExecId);

    static string Start(string text) => text.Length > PreviewLength ? PayloadView.Start(text, PreviewLength) + "…" : text;
}
