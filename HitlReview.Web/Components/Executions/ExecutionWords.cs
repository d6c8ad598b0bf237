using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;

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
