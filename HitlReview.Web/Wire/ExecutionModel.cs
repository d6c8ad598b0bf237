using System.Text;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Wire;

/// <summary>What a stop found.</summary>
sealed record StoppedModel(ExecutionStatus Status, int CancelledReviews, int InFlight)
{
    public static StoppedModel Of(StopResult result) => new(result.Status, result.CancelledReviews, result.InFlight);
}

/// <summary>An execution without its node executions.</summary>
sealed record ExecutionSummary(
    string GraphExecId,
    string GraphId,
    int GraphVersion,
    ExecutionStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int FailedNodeCount,
    int RejectedNodeCount,
    string? Error)
{
    public static ExecutionSummary Of(GraphExecution e) =>
        new(
            e.Id, e.GraphId, e.GraphVersion, e.Status, e.CreatedAt, e.StartedAt, e.EndedAt, e.FailedNodeCount, e.RejectedNodeCount,
            e.Error);
}

/// <summary>
/// An execution with its node executions, in the order in which they came to be. `truncated` if any of the `node_execution_count` node
/// executions, or an input or output of one, was left out.
/// </summary>
sealed record ExecutionModel(
    string GraphExecId,
    string GraphId,
    int GraphVersion,
    ExecutionStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int FailedNodeCount,
    int RejectedNodeCount,
    string? Error,
    IReadOnlyList<NodeExecutionModel> NodeExecutions,
    int NodeExecutionCount,
    bool Truncated)
{
    public static ExecutionModel Of(ExecutionDetail detail)
    {
        var e = detail.Execution;
        return new(
            e.Id, e.GraphId, e.GraphVersion, e.Status, e.CreatedAt, e.StartedAt, e.EndedAt, e.FailedNodeCount, e.RejectedNodeCount, e.Error,
            [.. detail.Nodes.Select(node => NodeExecutionModel.Of(e.Id, node))], detail.NodeCount, detail.IsTruncated);
    }
}

/// <summary>
/// A node execution. `output` is an object of pins and lists of values. Sizes are in bytes; where `input` or `output` is null although it
/// has a size, it was left out, and `whole_at` says where it is.
/// </summary>
sealed record NodeExecutionModel(
    string NodeExecId,
    string NodeId,
    string BlockId,
    ExecutionStatus Status,
    JsonText? Input,
    JsonText? Output,
    string? Error,
    NodeOutcome? Outcome,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int InputSize,
    int? OutputSize,
    string? WholeAt)
{
    public static NodeExecutionModel Of(NodeExecution n) => new(
        n.Id, n.NodeId, n.BlockId, n.Status, JsonText.Trusted(n.Input), Text(n.Output), n.Error, n.Outcome, n.StartedAt, n.EndedAt,
        Encoding.UTF8.GetByteCount(n.Input), n.Output is null ? null : Encoding.UTF8.GetByteCount(n.Output), null);

    public static NodeExecutionModel Of(string graphExecId, NodePart n) => new(
        n.Id, n.Run.NodeId, n.BlockId, n.Run.Status, Text(n.Input), Text(n.Output), n.Error, n.Run.Outcome, n.Run.StartedAt, n.Run.EndedAt,
        n.InputBytes, n.OutputBytes, n.IsWhole ? null : Address(graphExecId, n.Id));

    /// <summary>Where a node execution is read whole.</summary>
    public static string Address(string graphExecId, string nodeExecId) =>
        $"/api/executions/{Uri.EscapeDataString(graphExecId)}/nodes/{Uri.EscapeDataString(nodeExecId)}";

    static JsonText? Text(string? stored) => stored is null ? null : JsonText.Trusted(stored);
}
