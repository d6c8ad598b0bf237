using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using static HitlReview.Core.Executions.ExecutionStatus;

namespace HitlReview.Core.Executions;

/// <summary>All that can happen to a graph execution.</summary>
public enum ExecutionMove
{
    /// <summary>The engine takes it up.</summary>
    Start,

    /// <summary>Nothing can run until a person acts.</summary>
    Pause,

    /// <summary>A person acted: something can run again.</summary>
    Resume,

    /// <summary>Nothing is left to run.</summary>
    Complete,

    /// <summary>It failed as a whole.</summary>
    Fail,

    /// <summary>Its user or an admin stopped it.</summary>
    Stop,
}

/// <summary>All that can happen to a node execution.</summary>
public enum NodeMove
{
    /// <summary>Its last missing input arrived.</summary>
    Ready,

    /// <summary>Its action became a review.</summary>
    Ask,

    /// <summary>A person decided its review.</summary>
    Decide,

    /// <summary>Its block runs; for a sensitive block this is the claim.</summary>
    Start,

    /// <summary>Its block has run.</summary>
    Complete,

    /// <summary>Its block failed, its input was refused, or its review was rejected.</summary>
    Fail,

    /// <summary>The execution was stopped before it ran, or while it ran.</summary>
    Stop,

    /// <summary>The process died while a block without side effects ran: it may run again.</summary>
    Again,

    /// <summary>The process died after the claim: whether the action took effect is not known.</summary>
    Lose,

    /// <summary>A person settled an unknown outcome.</summary>
    Settle,
}

/// <summary>The only moves there are, and the only code that makes them: each is one statement whose condition comes from this table.</summary>
public static class Transitions
{
    static readonly Dictionary<ExecutionMove, (ExecutionStatus[] From, ExecutionStatus To)> Executions = new()
    {
        [ExecutionMove.Start] = ([QUEUED], RUNNING),
        [ExecutionMove.Pause] = ([RUNNING], REVIEW),
        [ExecutionMove.Resume] = ([REVIEW], QUEUED),
        [ExecutionMove.Complete] = ([RUNNING], COMPLETED),
        [ExecutionMove.Fail] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], FAILED),
        [ExecutionMove.Stop] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], TERMINATED),
    };

    static readonly Dictionary<NodeMove, (ExecutionStatus[] From, ExecutionStatus To)> Nodes = new()
    {
        [NodeMove.Ready] = ([INCOMPLETE], QUEUED),
        [NodeMove.Ask] = ([QUEUED], REVIEW),
        [NodeMove.Decide] = ([REVIEW], QUEUED),
        [NodeMove.Start] = ([QUEUED], RUNNING),
        [NodeMove.Complete] = ([RUNNING], COMPLETED),
        [NodeMove.Fail] = ([QUEUED, RUNNING, REVIEW], FAILED),
        [NodeMove.Stop] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], TERMINATED),
        [NodeMove.Again] = ([RUNNING], QUEUED),
        [NodeMove.Lose] = ([RUNNING], REVIEW),
        [NodeMove.Settle] = ([REVIEW], COMPLETED),
    };

    /// <summary>The statuses that nothing leads out of.</summary>
    public static IReadOnlyList<ExecutionStatus> Final { get; } = [COMPLETED, FAILED, TERMINATED];

    /// <summary>True if nothing leads out of it.</summary>
    public static bool IsFinal(this ExecutionStatus status) => Final.Contains(status);

    /// <summary>Moves a graph execution, writes the audit event and tells the listeners once it is committed.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="execution">The execution; its own status is not looked at, the row's is.</param>
    /// <param name="move">What happens to it.</param>
    /// <param name="by">Who makes it happen; null for the engine itself.</param>
    /// <param name="reason">Goes to the audit trail.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>False if it was in no status from which this move starts; nothing is changed then.</returns>
    public static async Task<bool> MoveAsync(WriteTransaction tx, GraphExecution execution, ExecutionMove move, Caller? by, string? reason, CancellationToken ct)
    {
        var (from, to) = Executions[move];
        var now = tx.Now;
        DateTimeOffset? ended = to.IsFinal() ? now : null;
        var moved = await tx.Db.GraphExecutions
            .Where(e => e.Id == execution.Id && from.Contains(e.Status))
            .ExecuteUpdateAsync(set =>
            {
                set.SetProperty(e => e.Status, to).SetProperty(e => e.UpdatedAt, now).SetProperty(e => e.Revision, e => e.Revision + 1);
                if (move == ExecutionMove.Start)
                    set.SetProperty(e => e.StartedAt, e => e.StartedAt ?? now);
                if (ended is not null)
                    set.SetProperty(e => e.EndedAt, ended);
                if (reason is not null)
                    set.SetProperty(e => e.Error, reason);
            }, ct) == 1;
        if (!moved)
            return false;
        tx.Audit(AuditEntry.By(by, AuditActions.ExecutionMoved) with
        {
            OwnerId = execution.UserId,
            GraphExecId = execution.Id,
            Detail = reason is null ? to.ToString() : $"{to}: {reason}",
        });
        tx.Publish(new ExecutionChanged(execution.UserId, execution.Id, to, execution.AskedByKeyId));
        return true;
    }

    /// <summary>Moves a node execution and tells the listeners once it is committed.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="node">The node execution; its own status is not looked at, the row's is.</param>
    /// <param name="move">What happens to it.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <param name="with">What else becomes of it, in the same statement.</param>
    /// <returns>False if it was in no status from which this move starts; nothing is changed then.</returns>
    public static async Task<bool> MoveAsync(
        WriteTransaction tx, NodeExecution node, NodeMove move, CancellationToken ct, Action<UpdateSettersBuilder<NodeExecution>>? with = null)
    {
        var (from, to) = Nodes[move];
        var now = tx.Now;
        var moved = await tx.Db.NodeExecutions
            .Where(n => n.Id == node.Id && from.Contains(n.Status))
            .ExecuteUpdateAsync(set =>
            {
                set.SetProperty(n => n.Status, to);
                if (move == NodeMove.Start)
                    set.SetProperty(n => n.StartedAt, n => n.StartedAt ?? now);
                if (to.IsFinal())
                    set.SetProperty(n => n.EndedAt, now);
                with?.Invoke(set);
            }, ct) == 1;
        if (moved)
            tx.Publish(new NodeExecutionChanged(node.UserId, node.GraphExecId, node.Id, to));
        return moved;
    }

    /// <summary>Writes a node execution that comes to be while it runs, and tells the listeners once it is committed.</summary>
    internal static async Task BeginAsync(WriteTransaction tx, NodeExecution running, CancellationToken ct)
    {
        tx.Db.Add(running);
        await tx.Db.SaveChangesAsync(ct);
        tx.Publish(new NodeExecutionChanged(running.UserId, running.GraphExecId, running.Id, running.Status));
    }

    /// <summary>Moves a node execution to the end that its run had.</summary>
    /// <returns>False if it doesn't run any more; nothing is changed then.</returns>
    internal static Task<bool> EndAsync(WriteTransaction tx, NodeExecution node, Block block, ActionEnd end, CancellationToken ct)
    {
        NodeOutcome? outcome = end.Stopped && block.IsSensitiveAction ? NodeOutcome.unknown : null;
        return MoveAsync(tx, node, end.Output is not null ? NodeMove.Complete : end.Stopped ? NodeMove.Stop : NodeMove.Fail, ct, set => set
            .SetProperty(n => n.Output, end.Output?.Text?.Text).SetProperty(n => n.Error, end.Error).SetProperty(n => n.Outcome, outcome));
    }

    /// <summary>
    /// Stops all node executions of a graph execution at once, but for actions in flight, and tells the listeners once it is committed.
    /// </summary>
    public static async Task StopNodesAsync(WriteTransaction tx, string graphExecId, CancellationToken ct)
    {
        var (from, to) = Nodes[NodeMove.Stop];
        var now = tx.Now;
        var stopped = tx.Db.NodeExecutions.Where(n => n.GraphExecId == graphExecId && from.Contains(n.Status)
            && !(n.Status == RUNNING && n.ClaimedAt != null));
        foreach (var node in await stopped.OrderBy(n => n.Ordinal).Select(n => new { n.Id, n.UserId }).ToListAsync(ct))
            tx.Publish(new NodeExecutionChanged(node.UserId, graphExecId, node.Id, to));
        await stopped.ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, to).SetProperty(n => n.EndedAt, now), ct);
    }
}
