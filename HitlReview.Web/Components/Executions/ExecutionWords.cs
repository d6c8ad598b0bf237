using HitlReview.Core.Executions;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Web.Components.Executions;

/// <summary>What every page says about an execution in the same words.</summary>
public static class ExecutionWords
{
    /// <summary>How many node executions failed or were rejected; null if none.</summary>
    public static string? Losses(GraphExecution execution)
    {
        var failed = execution.FailedNodeCount > 0 ? $"{PayloadView.Count(execution.FailedNodeCount, "node")} failed" : null;
        var rejected = execution.RejectedNodeCount > 0 ? $"{PayloadView.Count(execution.RejectedNodeCount, "node")} rejected" : null;
        return failed is null && rejected is null ? null : string.Join(", ", new[] { failed, rejected }.OfType<string>());
    }

    /// <summary>What a stop did.</summary>
    public static string Of(StopResult result)
    {
        var cancelled = result.CancelledReviews == 0 ? "No review was waiting." : $"{PayloadView.Count(result.CancelledReviews, "waiting review")} cancelled.";
        return result.InFlight == 0
            ? $"Stopped. {cancelled}"
            : $"Stopped. {cancelled} {PayloadView.Count(result.InFlight, "action")} had started already: {(result.InFlight == 1 ? "it was" : "they were")} asked to cancel, and what became of {(result.InFlight == 1 ? "it" : "them")} is shown below as it is observed.";
    }
}
