using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Payload;

namespace HitlReview.Web.Components.Reviews;

/// <summary>How a step of a course looks.</summary>
public enum CourseTone
{
    /// <summary>It happened.</summary>
    Done,

    /// <summary>It has not happened yet.</summary>
    Open,

    /// <summary>It went well to its end.</summary>
    Good,

    /// <summary>It did not.</summary>
    Bad,
}

/// <summary>One observed step.</summary>
/// <param name="Words">What happened.</param>
/// <param name="At">When; null while it hasn't.</param>
/// <param name="Tone">How it looks.</param>
/// <param name="Detail">Somebody's words about it; hostile text.</param>
public sealed record CourseStep(string Words, DateTimeOffset? At, CourseTone Tone, string? Detail = null);

/// <summary>The course of a review as it was observed: asked, decided, delivered, started, ended. "Approved" never stands in for "ran".</summary>
public static class Course
{
    /// <summary>The steps so far, and the one that is awaited.</summary>
    /// <param name="caller">Who looks: "you" is them.</param>
    /// <param name="review">The review.</param>
    /// <param name="node">The node execution that runs the action; null where HitlReview doesn't run it.</param>
    public static IReadOnlyList<CourseStep> Of(Caller caller, Review review, NodeExecution? node)
    {
        var steps = new List<CourseStep> { new(Asked(review), review.CreatedAt, CourseTone.Done) };
        if (review.Status == ReviewStatus.WAITING)
            return [.. steps, new(Texts.CourseWaiting, null, CourseTone.Open)];

        steps.Add(new(Verdict(caller, review), review.ReviewedAt, review.Status == ReviewStatus.APPROVED ? CourseTone.Done : CourseTone.Bad, review.ReviewMessage));
        if (review.DeliveredAt is { } delivered)
            steps.Add(new(review.Origin == ReviewOrigin.Agent ? Texts.CourseTakenByAgent : Texts.CourseTakenByExecution, delivered, CourseTone.Done));
        else if (review is { Processed: true, Status: ReviewStatus.APPROVED })
            return [.. steps, new(Texts.CourseWithdrawn, review.UpdatedAt, CourseTone.Bad)];
        else if (!review.Processed)
            return [.. steps, new(review.Origin == ReviewOrigin.Agent ? Texts.CourseNotTakenByAgent : Texts.CourseNotTaken, null, CourseTone.Open)];

        if (review.Origin == ReviewOrigin.Agent)
            return review.Status == ReviewStatus.APPROVED ? [.. steps, new(Texts.CourseAgentUnobserved, null, CourseTone.Open)] : steps;
        return node is null ? steps : [.. steps, .. Run(node)];
    }

    /// <summary>Who decided what, for a sentence.</summary>
    public static string Verdict(Caller caller, Review review) => review switch
    {
        { Status: ReviewStatus.WAITING } => Texts.VerdictWaiting,
        { AutoApproved: true } => Texts.VerdictAutoApproved,
        { Status: ReviewStatus.REJECTED, ReviewedBy: null } => Texts.VerdictCancelled,
        { ReviewedWith: { } key } => Say.With(review switch
        {
            { Status: ReviewStatus.REJECTED } => Texts.VerdictRejectedWithKey,
            { WasEdited: true } => Texts.VerdictEditedWithKey,
            _ => Texts.VerdictApprovedWithKey,
        }, Visible.Plain(key)),
        { Status: ReviewStatus.REJECTED } => IsYou(caller, review) ? Texts.VerdictRejectedByYou : Texts.VerdictRejectedByOwner,
        { WasEdited: true } => IsYou(caller, review) ? Texts.VerdictEditedByYou : Texts.VerdictEditedByOwner,
        _ => IsYou(caller, review) ? Texts.VerdictApprovedByYou : Texts.VerdictApprovedByOwner,
    };

    static string Asked(Review review) =>
        review.AskedBy is { } agent ? Say.With(Texts.CourseAskedByAgent, Visible.Plain(agent)) : Texts.CourseAsked;

    static bool IsYou(Caller caller, Review review) => review.ReviewedBy == caller.UserId;

    static IEnumerable<CourseStep> Run(NodeExecution node)
    {
        if ((node.ClaimedAt ?? node.StartedAt) is { } started && !node.Rejected)
            yield return new(Texts.CourseStarted, started, CourseTone.Done);
        yield return node switch
        {
            { Outcome: NodeOutcome.unknown } => new(Texts.CourseOutcomeUnknown, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.COMPLETED } => new(Texts.CourseFinished, node.EndedAt, CourseTone.Good),
            { Status: ExecutionStatus.FAILED, Rejected: true } => new(Texts.CourseDidNotRun, node.EndedAt, CourseTone.Bad),
            { Status: ExecutionStatus.FAILED } => new(Texts.CourseFailed, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.TERMINATED, ClaimedAt: null } => new(Texts.CourseStoppedBefore, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.TERMINATED } => new(Texts.CourseStoppedWhile, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.RUNNING } => new(Texts.CourseRunning, null, CourseTone.Open),
            _ => new(Texts.CourseNotStarted, null, CourseTone.Open),
        };
    }
}
