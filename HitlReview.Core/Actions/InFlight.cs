using System.Collections.Concurrent;
using HitlReview.Core.Audit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Actions;

/// <summary>
/// Knows which node executions this process runs, and settles those that the database says are running although nothing runs them: their
/// process died, or the database went away between their claim and their end.
/// </summary>
public sealed partial class InFlight(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, IEnumerable<IRunKind> kinds, ILogger<InFlight> log)
{
    // In one transaction: a commit each takes longer than the work, and nothing is served before all are settled.
    const int Portion = 100;

    readonly ConcurrentDictionary<string, byte> _running = [];

    /// <summary>Takes a node execution in hand; to be called before it is claimed.</summary>
    /// <returns>Null if this process has it in hand already; else to be disposed once its end is recorded.</returns>
    internal IDisposable? Take(string nodeExecId) => _running.TryAdd(nodeExecId, 0) ? new Hold(this, nodeExecId) : null;

    /// <summary>A block without side effects runs again; the outcome of a claimed action is not known.</summary>
    /// <param name="graphExecId">The execution to look at; null for all, as long as nothing runs yet.</param>
    /// <param name="ct">Gives up between two of them.</param>
    internal async Task SettleLostAsync(string? graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var running = await db.NodeExecutions.AsNoTracking()
            .Where(n => n.Status == ExecutionStatus.RUNNING && (graphExecId == null || n.GraphExecId == graphExecId))
            .OrderBy(n => n.GraphExecId).ThenBy(n => n.Ordinal).Select(n => n.Id).ToListAsync(ct);
        // One that ended since it was read is no longer RUNNING, so that nothing is made of it.
        foreach (var portion in running.Where(id => !_running.ContainsKey(id)).Chunk(Portion))
            await queue.WriteAsync(async tx =>
            {
                foreach (var id in portion)
                    await SettleAsync(tx, id, ct);
            }, ct);
    }

    async Task SettleAsync(WriteTransaction tx, string nodeExecId, CancellationToken ct)
    {
        var node = await tx.Db.NodeExecutions.SingleAsync(n => n.Id == nodeExecId, ct);
        if (node.ClaimedAt is null)
        {
            await NodeMoves.MoveAsync(tx, node, NodeMove.Again, ct);
            return;
        }
        // Of a stopped execution nobody waits for it any more, but that its outcome is unknown is still said.
        var ended = await kinds.OfAsync(tx, node.UserId, node.GraphExecId, ct) is { } kind
            && await kind.WhyEndedAsync(tx, node.GraphExecId, ct) is not null;
        if (!await NodeMoves.MoveAsync(tx, node, ended ? NodeMove.Stop : NodeMove.Lose, ct, set => set
            .SetProperty(n => n.Outcome, NodeOutcome.unknown)
            .SetProperty(n => n.Error, "HitlReview was cut off while this action ran: it may or may not have taken effect.")))
            return;
        NodeTrail.Record(tx, null, AuditActions.OutcomeUnknown, node, JsonText.Trusted(node.Input));
        OutcomeUnknown(log, node.Id, node.GraphExecId);
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The outcome of {NodeExecId} in {GraphExecId} is unknown: HitlReview was cut off while it ran")]
    static partial void OutcomeUnknown(ILogger log, string nodeExecId, string graphExecId);

    sealed class Hold(InFlight owner, string nodeExecId) : IDisposable
    {
        public void Dispose() => owner._running.TryRemove(nodeExecId, out _);
    }
}
