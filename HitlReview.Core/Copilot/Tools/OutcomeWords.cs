using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Copilot.Tools;

/// <summary>What a model is told of a call that was held for a person, once its end is known.</summary>
static class OutcomeWords
{
    const string NothingRan = "Nothing has run. Don't try to reach the same effect in another way; ask the user how to go on.";

    /// <summary>It was approved, and has run or failed.</summary>
    public static CallOutcome Ran(Claim claim, Review review, ActionEnd end)
    {
        var approved = $"The user approved {Call(review.NodeExecId)}";
        var edited = review.OriginalPayload is null ? ""
            : $" The user changed its input before approving it; what ran is: {ForeignText.Cut(claim.Input.Text)}";
        var outcome = end switch
        {
            { Output.Text: { } output } => new CallOutcome(
                CallEnd.ran, $"{approved}, and it has run.{edited} Its output: {ForeignText.Mark(claim.Block, output)}"),
            { Output: not null } => new(CallEnd.ran, $"{approved}.{edited} {end.Error}"),
            { Stopped: true } when claim.Block.IsSensitiveAction => new(
                CallEnd.unknown, $"{approved}, but the chat was stopped while it ran: whether it took effect is not known.{edited}"),
            _ => new(CallEnd.failed, $"{approved}, but it failed.{edited} {ForeignText.MarkFailure(claim.Block, end.Error)}"),
        };
        // Where its end can't be written, its record stays.
        return end.Fault is null ? outcome with { Used = review } : outcome;
    }

    /// <summary>It was rejected.</summary>
    public static CallOutcome Rejected(Review review) => new(CallEnd.rejected, review.ReviewMessage is { } said
        ? $"The user rejected {Call(review.NodeExecId)} and said: {said}\n{NothingRan}"
        : $"The user rejected {Call(review.NodeExecId)}. {NothingRan}");

    /// <summary>The chat was stopped before anybody decided, or before what was approved had run.</summary>
    public static CallOutcome Cancelled(string reviewId) =>
        new(CallEnd.cancelled, $"As the user has stopped the chat, {Call(reviewId)} was cancelled. {NothingRan}");

    /// <summary>It was approved but can't run any more.</summary>
    public static CallOutcome CannotRun(string reviewId, string why) =>
        new(CallEnd.cannot_run, $"The user approved {Call(reviewId)}, but it can't run: {why} Nothing has run.");

    /// <summary>It was decided, and used, before the chat knew that it was held.</summary>
    public static CallOutcome Elsewhere(string reviewId) => new(
        CallEnd.elsewhere, $"Meanwhile {Call(reviewId)} was decided and used elsewhere; what became of it isn't known here.");

    /// <summary>Nobody knows whether it took effect.</summary>
    public static CallOutcome Unknown(string reviewId) => new(
        CallEnd.unknown,
        $"The user approved {Call(reviewId)}, and it was started, but HitlReview was cut off while it ran: whether it took effect is not "
        + "known. Don't call it again; a person settles it.");

    /// <summary>A person has found out that it took effect.</summary>
    public static CallOutcome Settled(string reviewId, Review? used, string? output) => new(
        CallEnd.settled, $"A person has found out that {Call(reviewId)}, of which that was not known, took effect."
            + (output is null ? "" : $" Its output, as that person says: {ForeignText.Cut(output)}"))
    {
        Used = used,
    };

    /// <summary>A person has found out that it took no effect.</summary>
    public static CallOutcome AskedAgain(string reviewId, string again) => new(
        CallEnd.asked_again,
        $"It was not known whether {Call(reviewId)} took effect. A person wants it asked again: it waits for approval as review '{again}', "
        + "and nothing has run yet.");

    static string Call(string reviewId) => $"the held call of review '{reviewId}'";
}
