using System.Linq.Expressions;

namespace HitlReview.Core.Executions;

/// <summary>One run of a graph.</summary>
public sealed class GraphExecution : IAsked
{
    /// <summary>The <c>graph_exec_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The graph it runs.</summary>
    public required string GraphId { get; init; }

    /// <summary>The version it runs, from start to end.</summary>
    public required int GraphVersion { get; init; }

    /// <summary>Where it stands.</summary>
    public required ExecutionStatus Status { get; set; }

    /// <summary>The API key that started it; null where a person did.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called then.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The safe mode of the Human In The Loop block as it was at the start.</summary>
    public required bool HumanInTheLoopSafeMode { get; init; }

    /// <summary>The safe mode of sensitive blocks as it was at the start.</summary>
    public required bool SensitiveActionSafeMode { get; init; }

    /// <summary>
    /// The inputs given at the start: JSON, node id to pin to value. Empty where it was read by <see cref="WithoutInputs"/>.
    /// </summary>
    public required string Inputs { get; init; }

    /// <summary>Why it failed as a whole, or the reason of a cancellation.</summary>
    public string? Error { get; set; }

    /// <summary>How many node executions failed, rejected ones not counted.</summary>
    public int FailedNodeCount { get; set; }

    /// <summary>How many node executions failed because their review was rejected.</summary>
    public int RejectedNodeCount { get; set; }

    /// <summary>Counts the engine's transactions on it. Touching it takes the row's lock, which orders a claim against a stop.</summary>
    public long Revision { get; set; }

    /// <summary>How many bytes of UTF-8 the inputs and outputs of its node executions take.</summary>
    public long KeptBytes { get; set; }

    /// <summary>When it was started by its user.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first ran.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When its status last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it reached a final status.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Reads executions to show them: their inputs, of up to 10 MB each, are for who runs them.</summary>
    internal static Expression<Func<GraphExecution, GraphExecution>> WithoutInputs { get; } = e => new()
    {
        Id = e.Id,
        UserId = e.UserId,
        AskedByKeyId = e.AskedByKeyId,
        AskedBy = e.AskedBy,
        GraphId = e.GraphId,
        GraphVersion = e.GraphVersion,
        Status = e.Status,
        HumanInTheLoopSafeMode = e.HumanInTheLoopSafeMode,
        SensitiveActionSafeMode = e.SensitiveActionSafeMode,
        Inputs = "",
        Error = e.Error,
        FailedNodeCount = e.FailedNodeCount,
        RejectedNodeCount = e.RejectedNodeCount,
        Revision = e.Revision,
        KeptBytes = e.KeptBytes,
        CreatedAt = e.CreatedAt,
        StartedAt = e.StartedAt,
        UpdatedAt = e.UpdatedAt,
        EndedAt = e.EndedAt,
    };
}
