using System.Data.Common;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>
/// The steps of a graph execution. Each is one transaction whose conditions hold whoever runs it and however often: the grain above it
/// only decides when. The one thing that happens outside a transaction is the block itself, between a claim and the record of its end.
/// </summary>
public sealed partial class ExecutionEngine(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, InFlight inFlight,
    IOptions<ExecutionOptions> options, IOptions<LimitOptions> limits, TimeProvider clock, ILogger<ExecutionEngine> log)
{
    /// <summary>How long to wait before a write is tried again that the database refused.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Takes an execution up if it has something to do.</summary>
    /// <returns>The node executions that can run now; null if the execution has ended or waits for a person.</returns>
    public async Task<IReadOnlyList<NodeExecution>?> TakeUpAsync(string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var execution = await db.GraphExecutions.AsNoTracking().FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
        if (execution?.Status == ExecutionStatus.QUEUED)
        {
            await queue.WriteAsync(tx => Transitions.MoveAsync(tx, execution, ExecutionMove.Start, null, null, ct), ct);
            execution = await db.GraphExecutions.AsNoTracking().FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
        }
        return execution?.Status == ExecutionStatus.RUNNING
            ? await db.NodeExecutions.AsNoTracking().Where(n => n.GraphExecId == graphExecId && n.Status == ExecutionStatus.QUEUED).OrderBy(n => n.Ordinal).ToListAsync(ct)
            : null;
    }

    /// <summary>Reads what an execution runs: its graph at the version of its start, with the inputs of its start.</summary>
    public async Task<ExecutionPlan> PlanAsync(string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await PlanAsync(db, graphExecId, ct);
    }

    internal async Task<ExecutionPlan> PlanAsync(HitlDbContext db, string graphExecId, CancellationToken ct)
    {
        var execution = await db.GraphExecutions.AsNoTracking().SingleAsync(e => e.Id == graphExecId, ct);
        var graph = await db.Graphs.AsNoTracking().SingleAsync(g => g.Id == execution.GraphId && g.Version == execution.GraphVersion, ct);
        return new(execution, GraphCheck.WithInputs(GraphDefinition.FromJson(graph.Definition), JsonText.Trusted(execution.Inputs), blocks), blocks);
    }

    /// <summary>Runs one queued node execution as far as it can go: to its end, or to the review it has to wait for.</summary>
    /// <param name="plan">What its execution runs.</param>
    /// <param name="node">The node execution.</param>
    /// <param name="stop">Asks a running block to stop, because its execution was stopped.</param>
    /// <param name="shutdown">Asks a block without side effects to stop, because the process ends; it runs again at the next start. A sensitive one is left to finish.</param>
    public async Task RunNodeAsync(ExecutionPlan plan, NodeExecution node, CancellationToken stop, CancellationToken shutdown)
    {
        using var hold = inFlight.Take(node.Id);
        if (hold is null)
            return;
        var ct = CancellationToken.None;
        var block = blocks.Find(node.BlockId);
        var input = JsonText.Trusted(node.Input);
        if (WhyNot(plan, node, block, input) is { } fault)
        {
            await queue.WriteAsync(tx => FailAsync(tx, plan, node, fault, rejected: false, ct), ct);
            return;
        }

        Claim? claim;
        try
        {
            claim = await queue.WriteAsync(tx => PassGateAsync(tx, plan, node, block!, input, ct), ct);
        }
        catch (RefusedException refused)
        {
            // It can't wait for room to ask: nothing would tell it of any, and its execution would seem to run for ever.
            await queue.WriteAsync(tx => FailAsync(tx, plan, node, $"It can't be asked about: {refused.Message}", rejected: false, ct), ct);
            return;
        }
        if (claim is null)
            return;
        if (block!.IsSensitiveAction)
            ActionClaimed(log, node.Id);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, block.IsSensitiveAction ? CancellationToken.None : shutdown);
        var end = await BlockRun.RunAsync(block, claim.Input, new(node.UserId, node.GraphExecId, node.Id, claim.StartedAt), log, either.Token);
        if (end.Stopped && !stop.IsCancellationRequested)
            return;
        if (block.IsSensitiveAction)
            ActionReturned(log, node.Id);

        await RecordAsync(plan, node, async tx =>
        {
            if (block.IsSensitiveAction)
                tx.Audit(new(AuditActions.ActionEnded, null, Surface.Engine)
                {
                    OwnerId = node.UserId,
                    GraphExecId = node.GraphExecId,
                    NodeExecId = node.Id,
                    PayloadHashAfter = claim.Input.Hash,
                    Detail = end.Error ?? "completed",
                });
            if (end.Outputs is not null)
                await CompleteAsync(tx, plan, node, NodeMove.Complete, end.Outputs, ct);
            else if (end.Stopped)
                await CancelledAsync(tx, node, end.Error!, unknown: block.IsSensitiveAction, ct);
            else
                await FailAsync(tx, plan, node, end.Error!, rejected: false, ct);
        }, shutdown);
    }

    /// <summary>What has happened is recorded as soon as the database takes it: the action must not run again because its end could not be written at once.</summary>
    async Task RecordAsync(ExecutionPlan plan, NodeExecution node, Func<WriteTransaction, Task> record, CancellationToken shutdown)
    {
        while (true)
            try
            {
                await queue.WriteAsync(record, CancellationToken.None);
                return;
            }
            catch (DbException e)
            {
                EndNotRecorded(log, node.Id, e);
                await Task.Delay(RetryAfter, clock, shutdown);
            }
            catch (Exception e)
            {
                // What follows from the end can't be written, so the execution fails as a whole; the node must not look as if it still ran.
                await queue.WriteAsync(tx => FailAsync(tx, plan, node, $"It ran, but its end can't be recorded ({e.GetType().Name}).", rejected: false, CancellationToken.None), CancellationToken.None);
                throw;
            }
    }

    /// <summary>Says what keeps a node from running, before anybody is asked about it.</summary>
    static string? WhyNot(ExecutionPlan plan, NodeExecution node, Block? block, JsonText input)
    {
        if (block is null)
            return $"The block '{node.BlockId}' no longer exists.";
        if (block.Check(input) is { Count: > 0 } faults)
            return SchemaFault.Describe(faults);
        if (!plan.MustAsk(block))
            return null;
        try
        {
            JsonText.Parse(plan.Request(node, block, input).Payload.Text, "The payload");
            return null;
        }
        catch (RefusedException e)
        {
            return $"It can't be shown for review: {e.Message}";
        }
    }

    /// <summary>Lets an execution come to rest if nothing in it is ready or running: it waits for a person, or it is complete.</summary>
    /// <returns>False if there is something to run.</returns>
    public Task<bool> RestAsync(ExecutionPlan plan, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            var counts = await tx.Db.NodeExecutions.Where(n => n.GraphExecId == plan.Execution.Id)
                .GroupBy(n => n.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            if (counts.ContainsKey(ExecutionStatus.QUEUED) || counts.ContainsKey(ExecutionStatus.RUNNING))
                return false;
            if (counts.ContainsKey(ExecutionStatus.REVIEW))
                await Transitions.MoveAsync(tx, plan.Execution, ExecutionMove.Pause, null, null, ct);
            else
                await Transitions.MoveAsync(tx, plan.Execution, ExecutionMove.Complete, null, null, ct);
            return true;
        }, ct);

    /// <summary>Takes care of what looks as if it ran although nothing runs it any more.</summary>
    public Task SettleLostAsync(string graphExecId, CancellationToken ct) => inFlight.SettleLostAsync(graphExecId, ct);

    /// <summary>Ends an execution that can't go on: what it waits for is cancelled, what has not run doesn't.</summary>
    public Task FailExecutionAsync(string graphExecId, string reason, CancellationToken ct) =>
        queue.WriteAsync(async tx => await FailExecutionAsync(tx, await tx.Db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, ct), reason, ct), ct);

    sealed record Claim(JsonText Input, DateTimeOffset StartedAt);

    /// <summary>Decides in one transaction whether a node may run now, must ask, or has been answered; and claims it if it may run.</summary>
    /// <returns>What the block receives; null if it doesn't run now.</returns>
    async Task<Claim?> PassGateAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution node, Block block, JsonText input, CancellationToken ct)
    {
        // The row's lock orders this against a stop: whichever comes second sees the other. After a stop nothing is claimed.
        if (await tx.ExecuteAsync("UPDATE graph_executions SET revision = revision + 1 WHERE id = @id AND status = 'RUNNING'", ct, ("id", node.GraphExecId)) == 0)
            return null;

        var inTheLoop = block is HumanInTheLoopBlock;
        var review = await ReviewRow.FindAsync(tx, node.Id, ct);
        if (review is null && plan.MustAsk(block))
        {
            var request = plan.Request(node, block, input);
            if (!await AutoApprovals.UseAsync(tx, node.UserId, request, ct))
            {
                await ReviewGate.GetOrCreateAsync(tx, request.ToReview(node.UserId, ReviewOrigin.Graph, tx.Now), null, limits.Value, ct);
                ReviewInserted(log, node.Id);
                await Transitions.MoveAsync(tx, node, NodeMove.Ask, ct);
                return null;
            }
            if (inTheLoop)
            {
                await AnswerAsync(tx, plan, node, HumanInTheLoopBlock.Decided(approved: true, request.Payload, AutoApprovals.Message), ct);
                return null;
            }
        }
        else if (review is not null)
        {
            if (await ReviewGate.TakeUpAsync(tx, node.Id, node.UserId, ReviewOrigin.Graph, null, null, ct) is not { } decided)
            {
                // Waiting: it was asked before. Taken up: its action was claimed before, and is never run again on the old approval.
                await Transitions.MoveAsync(tx, node, NodeMove.Ask, ct);
                if (review.Processed)
                    await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Outcome, NodeOutcome.unknown), ct);
                return null;
            }
            var approved = decided.Status == ReviewStatus.APPROVED;
            if (inTheLoop)
            {
                await AnswerAsync(tx, plan, node, HumanInTheLoopBlock.Decided(approved, JsonText.Trusted(decided.Payload), decided.ReviewMessage), ct);
                return null;
            }
            if (!approved)
            {
                await FailAsync(tx, plan, node, decided.ReviewMessage is { } message ? $"Rejected by the reviewer: {message}" : "Rejected by the reviewer.", rejected: true, ct);
                return null;
            }
            input = JsonText.Trusted(decided.Payload);
        }

        if (!await Transitions.MoveAsync(tx, node, NodeMove.Start, ct))
            return null;
        if (block.IsSensitiveAction)
        {
            var now = tx.Now;
            await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.ClaimedAt, now).SetProperty(n => n.Input, input.Text), ct);
            tx.Audit(new(AuditActions.ActionClaimed, null, Surface.Engine) { OwnerId = node.UserId, GraphExecId = node.GraphExecId, NodeExecId = node.Id, PayloadHashAfter = input.Hash, Detail = block.Name });
        }
        return new(input, node.StartedAt ?? tx.Now);
    }

    /// <summary>A Human In The Loop node has its answer: it starts and completes in one go.</summary>
    async Task AnswerAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        if (await Transitions.MoveAsync(tx, node, NodeMove.Start, ct))
            await CompleteAsync(tx, plan, node, NodeMove.Complete, outputs, ct);
    }

    internal async Task CompleteAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution node, NodeMove move, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        if (!await Transitions.MoveAsync(tx, node, move, ct))
            return;
        string text;
        try
        {
            text = Delivery.OutputText(outputs);
        }
        catch (RefusedException e)
        {
            await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Error, $"It ran, but its output can't be kept: {e.Message}"), ct);
            return;
        }
        await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Output, text), ct);
        // What an action of a stopped execution emits is recorded, but leads nowhere.
        if (await tx.Db.GraphExecutions.AnyAsync(e => e.Id == node.GraphExecId && !Transitions.Final.Contains(e.Status), ct)
            && await Delivery.DeliverAsync(tx, plan, node, outputs, options.Value.MaxNodeExecutions, ct) is { } overrun)
            await FailExecutionAsync(tx, plan.Execution, overrun, ct);
    }

    static async Task FailAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution node, string error, bool rejected, CancellationToken ct)
    {
        if (!await Transitions.MoveAsync(tx, node, NodeMove.Fail, ct))
            return;
        await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Error, error).SetProperty(n => n.Rejected, rejected), ct);
        await tx.Db.GraphExecutions.Where(e => e.Id == plan.Execution.Id).ExecuteUpdateAsync(set =>
        {
            if (rejected)
                set.SetProperty(e => e.RejectedNodeCount, e => e.RejectedNodeCount + 1);
            else
                set.SetProperty(e => e.FailedNodeCount, e => e.FailedNodeCount + 1);
        }, ct);
    }

    static async Task CancelledAsync(WriteTransaction tx, NodeExecution node, string error, bool unknown, CancellationToken ct)
    {
        await Transitions.MoveAsync(tx, node, NodeMove.Stop, ct);
        NodeOutcome? outcome = unknown ? NodeOutcome.unknown : null;
        await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Error, error).SetProperty(n => n.Outcome, outcome), ct);
    }

    static async Task FailExecutionAsync(WriteTransaction tx, GraphExecution execution, string reason, CancellationToken ct)
    {
        if (!await Transitions.MoveAsync(tx, execution, ExecutionMove.Fail, null, reason, ct))
            return;
        await ReviewGate.CancelAsync(tx, execution.UserId, execution.Id, $"Execution failed: {reason}", null, ct);
        await Stopping.EndNodesAsync(tx, execution.Id, ct);
    }
}
