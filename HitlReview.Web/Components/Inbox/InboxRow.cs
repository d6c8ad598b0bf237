using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What a list shows of a review. It doesn't keep the payload, of which there may be a megabyte.</summary>
/// <param name="Review">The review, without its payload.</param>
/// <param name="Action">What would run.</param>
/// <param name="Preview">The first of the payload's values.</param>
public sealed record InboxRow(ReviewSummary Review, IReadOnlyList<SentencePart> Action, string Preview)
{
    const int PreviewLength = 160;

    /// <summary>The review's id.</summary>
    public string Id => Review.NodeExecId;

    /// <summary>Set once it has left the list but still holds its place, because the list must not move under the hand.</summary>
    public DecidedAs? Ended { get; init; }

    /// <summary>What became of the action of a decided review; null where it isn't known here.</summary>
    public ActionOutcome? Outcome { get; init; }

    /// <summary>What a list shows of this review.</summary>
    public static InboxRow Of(ReviewSummary review, BlockRegistry blocks)
    {
        var action = ActionSentence.Of(review, blocks.Find(review.BlockId));
        return new(
            review with { PayloadStart = "" },
            [.. action.Select(part => part with { Text = TextStart.Marked(part.Text, PreviewLength) })],
            PayloadPreview.Of(review.PayloadStart, action, PreviewLength));
    }
}
