namespace HitlReview.Core.Executions;

/// <summary>What an admin's list of executions is narrowed to. What isn't set doesn't narrow.</summary>
public sealed record AdminExecutionFilter
{
    /// <summary>Everything.</summary>
    public static AdminExecutionFilter None { get; } = new();

    /// <summary>Only those that are stuck, whatever their status: see <see cref="StuckOptions"/>.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Only those that have not ended.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Their status.</summary>
    public ExecutionStatus? Status { get; init; }

    /// <summary>Where they stand.</summary>
    public ExecutionStanding? Standing { get; init; }

    /// <summary>Found in the name of the owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Found in the name of the graph, in its id or in that of the execution.</summary>
    public string? Graph { get; init; }

    /// <summary>Found in the name of the agent that started them.</summary>
    public string? Agent { get; init; }

    /// <summary>How long ago they were started, at least.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The latest time at which they were started.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The time at which they are looked at, for what is stuck and how old they are; null for each time anew.</summary>
    public DateTimeOffset? Now { get; init; }
}
