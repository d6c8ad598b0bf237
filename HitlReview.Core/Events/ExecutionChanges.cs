namespace HitlReview.Core.Events;

/// <summary>The status of an execution changed.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphExecId">The execution.</param>
/// <param name="Status">Its status now.</param>
/// <param name="AskedByKeyId">The API key that started it; null where a person did.</param>
public sealed record ExecutionChanged(string UserId, string GraphExecId, ExecutionStatus Status, string? AskedByKeyId = null)
    : Change(UserId, AskedByKeyId);

/// <summary>The state of a node execution changed.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphExecId">The execution it belongs to.</param>
/// <param name="NodeExecId">The node execution.</param>
/// <param name="Status">Its status now.</param>
public sealed record NodeExecutionChanged(string UserId, string GraphExecId, string NodeExecId, ExecutionStatus Status) : Change(UserId);
