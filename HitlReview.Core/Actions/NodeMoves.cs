using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using static HitlReview.Core.ExecutionStatus;

namespace HitlReview.Core.Actions;

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

/// <summary>
/// The only moves of a node execution there are, and the only code that makes them: each is one statement whose condition comes from this
/// table and which carries all that comes with the move.
/// </summary>
public static class NodeMoves
{
    static readonly Dictionary<NodeMove, (ExecutionStatus[] From, ExecutionStatus To)> Table = new()
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

    /// <summary>Moves a node execution and tells the listeners once it is committed.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="node">The node execution; its own status is not looked at, the row's is.</param>
    /// <param name="move">What happens to it.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <param name="with">What else becomes of it, in the same statement.</param>
    /// <returns>False if it was in no status from which this move starts; nothing is changed then.</returns>
    public static async Task<bool> MoveAsync(
        WriteTransaction tx, NodeExecution node, NodeMove move, CancellationToken ct,
        Action<UpdateSettersBuilder<NodeExecution>>? with = null)
    {
        var (from, to) = Table[move];
        var now = tx.Now;
        var moved = await tx.Db.NodeExecutions
            .Where(n => n.Id == node.Id && from.Contains(n.Status))
            .ExecuteUpdateAsync(set =>
            {
                set.SetProperty(n => n.Status, to);
                if (move == NodeMove.Start)
                    set.SetProperty(n => n.StartedAt, n => n.StartedAt ?? now);
                if (move == NodeMove.Settle)
                    set.SetProperty(n => n.Outcome, (NodeOutcome?)null);
                if (to.IsFinal())
                    set.SetProperty(n => n.EndedAt, now);
                with?.Invoke(set);
            }, ct) == 1;
        if (moved)
            tx.Tell(new NodeExecutionChanged(node.UserId, node.GraphExecId, node.Id, to));
        return moved;
    }

    /// <summary>Writes a node execution that comes to be while it runs, and tells the listeners once it is committed.</summary>
    internal static async Task BeginAsync(WriteTransaction tx, NodeExecution running, CancellationToken ct)
    {
        tx.Db.Add(running);
        await tx.Db.SaveChangesAsync(ct);
        tx.Tell(new NodeExecutionChanged(running.UserId, running.GraphExecId, running.Id, running.Status));
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
    /// Ends the node executions of an execution or chat that was stopped or has failed, but for actions in flight: their end is recorded
    /// when it is observed. What was not handed on yet leads nowhere any more.
    /// </summary>
    /// <returns>How many actions are in flight.</returns>
    internal static async Task<int> StopAllAsync(WriteTransaction tx, string graphExecId, CancellationToken ct)
    {
        var (from, to) = Table[NodeMove.Stop];
        var now = tx.Now;
        var nodes = tx.Db.NodeExecutions.Where(n => n.GraphExecId == graphExecId);
        await nodes.Where(n => n.DeliveryTurn != null).ExecuteUpdateAsync(set => set.SetProperty(n => n.DeliveryTurn, (int?)null), ct);
        var stopped = nodes.Where(n => from.Contains(n.Status) && !(n.Status == RUNNING && n.ClaimedAt != null));
        foreach (var node in await stopped.OrderBy(n => n.Ordinal).Select(n => new { n.Id, n.UserId }).ToListAsync(ct))
            tx.Tell(new NodeExecutionChanged(node.UserId, graphExecId, node.Id, to));
        await stopped.ExecuteUpdateAsync(set => set
            .SetProperty(n => n.Error, n => n.Status == RUNNING ? BlockRun.Cancelled : n.Error)
            .SetProperty(n => n.Status, to).SetProperty(n => n.EndedAt, now), ct);
        return await nodes.CountAsync(n => n.Status == RUNNING && n.ClaimedAt != null, ct);
    }
}
