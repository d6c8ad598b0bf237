using System.Linq.Expressions;

namespace HitlReview.Core.Executions;

/// <summary>How a list of executions sees where one stands.</summary>
public enum ExecutionStanding
{
    /// <summary>It waits for a person.</summary>
    review,

    /// <summary>It runs, or is about to.</summary>
    under_way,

    /// <summary>It came to its end and nothing in it failed.</summary>
    done,

    /// <summary>It failed, or something in it did or was rejected.</summary>
    with_losses,

    /// <summary>It was stopped.</summary>
    stopped,
}

/// <summary>Which executions stand where: of one, and as a condition for queries. The two say the same.</summary>
static class ExecutionStandings
{
    /// <summary>Where one stands, by its status and whether something in it failed or was rejected.</summary>
    public static ExecutionStanding Of(ExecutionStatus status, bool hasLosses) => status switch
    {
        ExecutionStatus.REVIEW => ExecutionStanding.review,
        ExecutionStatus.TERMINATED => ExecutionStanding.stopped,
        ExecutionStatus.FAILED => ExecutionStanding.with_losses,
        ExecutionStatus.COMPLETED => hasLosses ? ExecutionStanding.with_losses : ExecutionStanding.done,
        _ => ExecutionStanding.under_way,
    };

    /// <summary>Those that stand there.</summary>
    public static Expression<Func<GraphExecution, bool>> Are(ExecutionStanding standing) => standing switch
    {
        ExecutionStanding.review => e => e.Status == ExecutionStatus.REVIEW,
        ExecutionStanding.stopped => e => e.Status == ExecutionStatus.TERMINATED,
        ExecutionStanding.done => e => e.Status == ExecutionStatus.COMPLETED && e.FailedNodeCount == 0 && e.RejectedNodeCount == 0,
        ExecutionStanding.with_losses => e => e.Status == ExecutionStatus.FAILED
            || (e.Status == ExecutionStatus.COMPLETED && (e.FailedNodeCount > 0 || e.RejectedNodeCount > 0)),
        _ => e => e.Status == ExecutionStatus.INCOMPLETE || e.Status == ExecutionStatus.QUEUED || e.Status == ExecutionStatus.RUNNING,
    };
}
