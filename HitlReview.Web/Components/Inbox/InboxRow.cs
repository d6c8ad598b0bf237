using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What a list shows of a review. It doesn't keep the payload, of which there may be a megabyte.</summary>
/// <param name="Review">The review, without its payload.</param>
/// <param name="Action">What would run.</param>
/// <param name="Values">The first of the payload's values.</param>
public sealed record InboxRow(ReviewSummary Review, IReadOnlyList<SentencePart> Action, IReadOnlyList<PreviewValue> Values)
{
    /// <summary>The review's id.</summary>
    public string Id => Review.NodeExecId;

    /// <summary>What of the payload is shown, which depends on the rows beside it.</summary>
    public string Preview { get; private init; } = "";

    /// <summary>
    /// What became of it, in words, once it has left the list but still holds its place: the list must not move under the hand.
    /// </summary>
    public string? Ended { get; init; }

    /// <summary>What became of the action of a decided review; null where it isn't known here.</summary>
    public ActionOutcome? Outcome { get; init; }

    /// <summary>True if something in it could fool a reader, or if nobody has looked yet.</summary>
    public bool HasWarnings => Review.Warnings is not 0;

    /// <summary>Rows of one kind read alike but for their values.</summary>
    public (string?, string?, string?) Kind =>
        Review.BlockId is { } block ? (block, null, null) : (null, Review.AskedByKeyId, Review.NodeId);

    /// <summary>What a list shows of this review; what of the payload, once it stands beside others.</summary>
    public static InboxRow Of(ReviewSummary review, BlockRegistry blocks) => new(
        review with { PayloadStart = "" },
        [.. ActionSentence.Of(review, blocks.Find(review.BlockId))
            .Select(part => part with { Text = TextStart.Marked(part.Text, PayloadPreview.MaxText) })],
        PayloadPreview.ValuesOf(review.PayloadStart));

    /// <summary>The same row beside others of its kind.</summary>
    public InboxRow Beside(PayloadPreview alike)
    {
        var preview = alike.Of(Values, Action, PayloadPreview.MaxText);
        return preview == Preview ? this : this with { Preview = preview };
    }
}
