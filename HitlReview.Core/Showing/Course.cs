using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Showing;

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

/// <summary>
/// The course of a review as it was observed: asked, decided, delivered, started, ended. "Approved" never stands in for "ran".
/// </summary>
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
            return [.. steps, new(Words.CourseWaiting, null, CourseTone.Open)];

        var tone = review.Status == ReviewStatus.APPROVED ? CourseTone.Done : CourseTone.Bad;
        steps.Add(new(Verdict(caller, review), review.ReviewedAt, tone, review.ReviewMessage));
        var isAgents = review.Origin == ReviewOrigin.Agent;
        if (review.DeliveredAt is { } delivered)
            steps.Add(new(isAgents ? Words.CourseTakenByAgent : Words.CourseTakenByExecution, delivered, CourseTone.Done));
        else if (review is { Processed: true, Status: ReviewStatus.APPROVED })
            return [.. steps, new(Words.CourseWithdrawn, review.UpdatedAt, CourseTone.Bad)];
        else if (!review.Processed)
            return [.. steps, new(isAgents ? Words.CourseNotTakenByAgent : Words.CourseNotTaken, null, CourseTone.Open)];

        if (isAgents)
            return review.Status == ReviewStatus.APPROVED ? [.. steps, new(Words.CourseAgentUnobserved, null, CourseTone.Open)] : steps;
        return node is null ? steps : [.. steps, .. Run(node)];
    }

    /// <summary>Who decided what, for a sentence.</summary>
    public static string Verdict(Caller caller, Review review) => review switch
    {
        { Status: ReviewStatus.WAITING } => Words.VerdictWaiting,
        { AutoApproved: true } => Words.VerdictAutoApproved,
        { Status: ReviewStatus.REJECTED, ReviewedBy: null } => Words.VerdictCancelled,
        { ReviewedWith: { } key } => Say.With(review switch
        {
            { Status: ReviewStatus.REJECTED } => Words.VerdictRejectedWithKey,
            { WasEdited: true } => Words.VerdictEditedWithKey,
            _ => Words.VerdictApprovedWithKey,
        }, Visible.Plain(key)),
        { Status: ReviewStatus.REJECTED } => IsYou(caller, review) ? Words.VerdictRejectedByYou : Words.VerdictRejectedByOwner,
        { WasEdited: true } => IsYou(caller, review) ? Words.VerdictEditedByYou : Words.VerdictEditedByOwner,
        _ => IsYou(caller, review) ? Words.VerdictApprovedByYou : Words.VerdictApprovedByOwner,
    };

    static string Asked(Review review) =>
        review.AskedBy is { } agent ? Say.With(Words.CourseAskedByAgent, Visible.Plain(agent)) : Words.CourseAsked;

    static bool IsYou(Caller caller, Review review) => review.ReviewedBy == caller.UserId;

    static IEnumerable<CourseStep> Run(NodeExecution node)
    {
        if ((node.ClaimedAt ?? node.StartedAt) is { } started && !node.Rejected)
            yield return new(Words.CourseStarted, started, CourseTone.Done);
        yield return node switch
        {
            { Outcome: NodeOutcome.unknown } => new(Words.CourseOutcomeUnknown, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.COMPLETED } => new(Words.CourseFinished, node.EndedAt, CourseTone.Good),
            { Status: ExecutionStatus.FAILED, Rejected: true } => new(Words.CourseDidNotRun, node.EndedAt, CourseTone.Bad),
            { Status: ExecutionStatus.FAILED } => new(Words.CourseFailed, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.TERMINATED, ClaimedAt: null } =>
                new(Words.CourseStoppedBefore, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.TERMINATED } => new(Words.CourseStoppedWhile, node.EndedAt, CourseTone.Bad, node.Error),
            { Status: ExecutionStatus.RUNNING } => new(Words.CourseRunning, null, CourseTone.Open),
            _ => new(Words.CourseNotStarted, null, CourseTone.Open),
        };
    }
}
