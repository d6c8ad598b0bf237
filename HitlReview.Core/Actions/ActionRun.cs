using System.Data.Common;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Actions;

/// <summary>
/// Runs what was claimed and records its end, for whoever asked. The one thing that happens outside a transaction is the block itself,
/// between the claim and the record.
/// </summary>
public sealed partial class ActionRun(CommitQueue queue, TimeProvider clock, ILogger<ActionRun> log)
{
    /// <summary>How long to wait before a write is tried again that the database refused.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Runs it once.</summary>
    /// <param name="claim">What was claimed.</param>
    /// <param name="settle">Moves the node execution to its end, and makes of it what follows, in the transaction that records it.</param>
    /// <param name="stop">Asks the block to stop, because its execution or chat was stopped.</param>
    /// <param name="ending">
    /// The process is to end: asks a block to stop that runs again at the next start. What was claimed for good is left to finish.
    /// </param>
    /// <param name="shutdown">The process ends: gives up recording.</param>
    /// <returns>Its end, recorded; null if it is to run again.</returns>
    internal async Task<ActionEnd?> RunAsync(
        Claim claim, Func<WriteTransaction, ActionEnd, Task> settle, CancellationToken stop, CancellationToken ending,
        CancellationToken shutdown)
    {
        var (node, block) = (claim.Node, claim.Block);
        if (claim.IsForGood)
            ActionClaimed(log, node.Id);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, claim.IsForGood ? CancellationToken.None : ending);
        var end = await BlockRun.RunAsync(
            block, claim.Input, new(node.UserId, node.GraphExecId, node.Id, claim.StartedAt), log, either.Token);
        if (end.Stopped && !stop.IsCancellationRequested)
            return null;
        if (claim.IsForGood)
            ActionReturned(log, node.Id);
        return await RecordAsync(claim, end, settle, shutdown);
    }

    /// <summary>
    /// What has happened is recorded as soon as the database takes it: the action must not run again, nor its outcome be unknown, because
    /// its end could not be written at once.
    /// </summary>
    async Task<ActionEnd> RecordAsync(
        Claim claim, ActionEnd end, Func<WriteTransaction, ActionEnd, Task> settle, CancellationToken shutdown)
    {
        for (var isAgain = false; ;)
            try
            {
                await queue.WriteAsync(tx => WriteAsync(tx, end, isAgain), CancellationToken.None, claim.Node.UserId);
                return end;
            }
            catch (DbException e)
            {
                isAgain = true;
                EndNotRecorded(log, claim.Node.Id, e);
                await Task.Delay(RetryAfter, clock, shutdown);
            }
            catch (Exception e) when (end.Fault is null)
            {
                // What follows from the end can't be written; but the node execution must not look as if it still ran.
                EndNotRecorded(log, claim.Node.Id, e);
                end = new(null, $"It ran, but its end can't be recorded ({e.GetType().Name}).", Stopped: false) { Fault = e };
            }

        async Task WriteAsync(WriteTransaction tx, ActionEnd end, bool isAgain)
        {
            // A commit that the database failed at may have taken place.
            if (isAgain && !await tx.Db.NodeExecutions.AnyAsync(
                n => n.Id == claim.Node.Id && n.Status == ExecutionStatus.RUNNING, CancellationToken.None))
                return;
            if (claim.IsForGood)
                NodeTrail.Record(tx, null, AuditActions.ActionEnded, claim.Node, claim.Input, end.Error ?? "completed");
            await settle(tx, end);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} claimed; it runs now")]
    static partial void ActionClaimed(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} returned; its end is not yet recorded")]
    static partial void ActionReturned(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of {NodeExecId} could not be recorded; trying again")]
    static partial void EndNotRecorded(ILogger log, string nodeExecId, Exception cause);
}
