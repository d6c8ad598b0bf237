namespace HitlReview.Core;

/// <summary>The state of a graph execution or of a node execution.</summary>
public enum ExecutionStatus
{
    /// <summary>A node execution whose inputs have not all arrived.</summary>
    INCOMPLETE,

    /// <summary>Ready to run.</summary>
    QUEUED,

    /// <summary>Running.</summary>
    RUNNING,

    /// <summary>Waiting for a person.</summary>
    REVIEW,

    /// <summary>Nothing is left to run. Final.</summary>
    COMPLETED,

    /// <summary>Failed. Final.</summary>
    FAILED,

    /// <summary>Stopped by its user or an admin. Final.</summary>
    TERMINATED,
}

/// <summary>What is true of the statuses.</summary>
public static class ExecutionStatuses
{
    /// <summary>The statuses that nothing leads out of.</summary>
    public static IReadOnlyList<ExecutionStatus> Final { get; } =
        [ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.TERMINATED];

    /// <summary>True if nothing leads out of it.</summary>
    public static bool IsFinal(this ExecutionStatus status) => Final.Contains(status);
}
