using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Executions;

/// <summary>What every page says about an execution in the same words.</summary>
static class ExecutionWords
{
    /// <summary>How many node executions failed or were rejected; null if none.</summary>
    public static string? Losses(GraphExecution execution)
    {
        var failed = execution.FailedNodeCount > 0
            ? Say.Count(execution.FailedNodeCount, Texts.LostFailed_One, Texts.LostFailed_Many)
            : null;
        var rejected = execution.RejectedNodeCount > 0
            ? Say.Count(execution.RejectedNodeCount, Texts.LostRejected_One, Texts.LostRejected_Many)
            : null;
        return failed is null && rejected is null ? null : string.Join(", ", new[] { failed, rejected }.OfType<string>());
    }

    /// <summary>Where an execution stands, as a list sees it.</summary>
    public static string Of(ExecutionStanding standing) => standing switch
    {
        ExecutionStanding.review => Texts.StateReview,
        ExecutionStanding.under_way => Texts.StandingUnderWay,
        ExecutionStanding.done => Texts.StateCompleted,
        ExecutionStanding.with_losses => Texts.StandingWithLosses,
        _ => Texts.StateStopped,
    };

    /// <summary>How long an execution that has ended took; empty for one that has not, or never ran.</summary>
    public static string Duration(GraphExecution execution) =>
        execution is not { StartedAt: { } started, EndedAt: { } ended } || ended < started ? "" : Time.Span(ended - started);

    /// <summary>What a stop did.</summary>
    public static string Of(StopResult result)
    {
        var stopped = result.CancelledReviews == 0
            ? Texts.StoppedNoReviews
            : Say.Count(result.CancelledReviews, Texts.StoppedReviews_One, Texts.StoppedReviews_Many);
        return result.InFlight == 0
            ? stopped
            : $"{stopped} {Say.Count(result.InFlight, Texts.StoppedInFlight_One, Texts.StoppedInFlight_Many)}";
    }
}
