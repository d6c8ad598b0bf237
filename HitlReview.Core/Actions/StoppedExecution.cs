namespace HitlReview.Core.Actions;

/// <summary>
/// Remembers that an execution which HitlReview does not run itself was stopped: requests for it are refused from then on.
/// </summary>
public sealed class StoppedExecution
{
    /// <summary>The user whose execution it was. Two users may use the same id without noticing each other.</summary>
    public required string UserId { get; init; }

    /// <summary>The agent's own id of the execution.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>When it was stopped.</summary>
    public required DateTimeOffset StoppedAt { get; init; }
}
