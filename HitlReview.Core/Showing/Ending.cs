using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Showing;

/// <summary>How a review ended, in the few words of a row; <see cref="Course"/> tells it step by step.</summary>
public static class Ending
{
    /// <summary>Said of an action that may or may not have taken effect.</summary>
    public static string Unknown => Words.OutcomeUnknown;

    /// <summary>How a review was decided.</summary>
    public static string Of(DecidedAs how) => how switch
    {
        DecidedAs.approved => Words.Decided_approved,
        DecidedAs.edited => Words.Decided_edited,
        DecidedAs.rejected => Words.Decided_rejected,
        DecidedAs.auto_approved => Words.Decided_auto_approved,
        _ => Words.Decided_cancelled,
    };

    /// <summary>How a review of a list was decided, and with which API key where it was one.</summary>
    public static string Verdict(ReviewSummary review) =>
        review.ReviewedWith is { } key ? Say.With(Words.DecidedWithKey, Of(How(review)), Visible.Plain(key, 60)) : Of(How(review));

    /// <summary>How a review of a list was decided.</summary>
    public static DecidedAs How(ReviewSummary review) => review switch
    {
        { Status: ReviewStatus.REJECTED, ReviewedBy: null } => DecidedAs.cancelled,
        { Status: ReviewStatus.REJECTED } => DecidedAs.rejected,
        { AutoApproved: true } => DecidedAs.auto_approved,
        { WasEdited: true } => DecidedAs.edited,
        _ => DecidedAs.approved,
    };

    /// <summary>What happened then; null where nothing more is to be expected. "Approved" never stands in for "ran".</summary>
    /// <param name="review">The review.</param>
    /// <param name="outcome">What became of its action; null where it isn't known.</param>
    public static (string Words, CourseTone Tone)? Outcome(ReviewSummary review, ActionOutcome? outcome) => (review, outcome) switch
    {
        (_, { IsUnknown: true }) => (Unknown, CourseTone.Bad),
        (_, { IsRejected: true }) => (Words.OutcomeNotRun, CourseTone.Bad),
        (_, { Status: ExecutionStatus.COMPLETED }) when review.DeliveredAt is not null => (Words.OutcomeRan, CourseTone.Good),
        (_, { Status: ExecutionStatus.FAILED }) => (Words.OutcomeFailed, CourseTone.Bad),
        (_, { Status: ExecutionStatus.TERMINATED }) => (Words.OutcomeStopped, CourseTone.Bad),
        (_, { Status: ExecutionStatus.RUNNING }) => (Words.OutcomeRunning, CourseTone.Open),
        ({ Status: ReviewStatus.REJECTED }, _) => null,
        ({ DeliveredAt: not null, Origin: ReviewOrigin.Agent }, _) => (Words.OutcomeTaken, CourseTone.Done),
        ({ Processed: true, DeliveredAt: null }, _) => (Words.OutcomeWithdrawn, CourseTone.Bad),
        ({ Processed: false }, _) => (Words.OutcomeNotYet, CourseTone.Open),
        _ => null,
    };
}
