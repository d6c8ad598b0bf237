using System.Runtime.ExceptionServices;
using System.Text;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>
/// The steps of a graph execution. Each is one transaction whose conditions hold whoever runs it and however often: the grain above it
/// only decides when.
/// </summary>
public sealed partial class ExecutionEngine(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, InFlight inFlight, ActionRun actions,
    IOptions<ExecutionOptions> options, IOptions<LimitOptions> limits, ILogger<ExecutionEngine> log)
{
    readonly RunRoom _room = new();

    /// <summary>Takes an execution up if it has something to do.</summary>
    /// <returns>The node executions that have something to do now; null if the execution has ended or waits for a person.</returns>
    public async Task<IReadOnlyList<ReadyNode>?> TakeUpAsync(string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var execution = await db.GraphExecutions.Select(GraphExecution.WithoutInputs).FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
        if (execution?.Status == ExecutionStatus.QUEUED)
        {
            await queue.WriteAsync(tx => Transitions.MoveAsync(tx, execution, ExecutionMove.Start, null, null, ct), ct, execution.UserId);
            execution = await db.GraphExecutions.Select(GraphExecution.WithoutInputs).FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
        }
        if (execution?.Status != ExecutionStatus.RUNNING)
            return null;
        var ready = await db.NodeExecutions.Where(n => n.GraphExecId == graphExecId && n.Status == ExecutionStatus.QUEUED)
            .OrderBy(n => n.Ordinal)
            .Select(n => new ReadyNode(n.Id, n.BlockId, HitlDbContext.OctetLength(n.Input) ?? 0)).ToListAsync(ct);
        var delivering = await db.NodeExecutions.Where(n => n.GraphExecId == graphExecId && n.DeliveryTurn != null)
            .OrderBy(n => n.DeliveryTurn)
            .Select(n => new ReadyNode(n.Id, n.BlockId, HitlDbContext.OctetLength(n.Output) ?? 0)).FirstOrDefaultAsync(ct);
        return delivering is null ? ready : [delivering, .. ready];
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
        var definition = GraphCheck.WithInputs(GraphDefinition.FromJson(graph.Definition), JsonText.Trusted(execution.Inputs), blocks);
        return new(execution, definition, blocks);
    }

    /// <summary>
    /// Runs one queued node execution as far as it can go: to its end, or to the review it has to wait for. Of one that has run, hands on
    /// what is left of its output.
    /// </summary>
    /// <param name="plan">What its execution runs.</param>
    /// <param name="ready">The node execution.</param>
    /// <param name="stop">Asks a running block to stop, because its execution was stopped.</param>
    /// <param name="ending">
    /// The process is to end: nothing is claimed any more, and a block without side effects is asked to stop; it runs again at the next
    /// start. A sensitive one is left to finish.
    /// </param>
    /// <param name="shutdown">The process ends: what could not be recorded yet is given up.</param>
    public async Task RunNodeAsync(
        ExecutionPlan plan, ReadyNode ready, CancellationToken stop, CancellationToken ending, CancellationToken shutdown)
    {
        using var hold = inFlight.Take(ready.Id);
        if (hold is null)
            return;
        using var given = CancellationTokenSource.CreateLinkedTokenSource(stop, ending);
        using var room = await EnterAsync(plan, ready, given.Token);
        if (room is null || await FindNodeAsync(plan, ready.Id, ending) is not { } node)
            return;
        if (node.DeliveryTurn is not null)
        {
            await DeliverAsync(plan, node, ending);
            return;
        }
        var ct = CancellationToken.None;
        var block = blocks.Find(node.BlockId);
        var input = JsonText.Trusted(node.Input);
        if (await WhyNotAsync(plan, node, block, input, ct) is { } fault)
        {
            await queue.WriteAsync(tx => FailAsync(tx, plan, node, fault, rejected: false, ct), ct, node.UserId);
            return;
        }

        Claim? claim;
        try
        {
            claim = await queue.WriteAsync(tx =>
            {
                // Here too: it may have waited for its turn, or is done a second time.
                ending.ThrowIfCancellationRequested();
                return PassGateAsync(tx, plan, node, block!, input, ct);
            }, ending, node.UserId);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return;
        }
        catch (RefusedException refused)
        {
            // It can't wait for room to ask: nothing would tell it of any, and its execution would seem to run for ever.
            await queue.WriteAsync(
                tx => FailAsync(tx, plan, node, $"It can't be asked about: {refused.Message}", rejected: false, ct), ct, node.UserId);
            return;
        }
        if (claim is null)
            return;
        var end = await actions.RunAsync(claim, (tx, end) => EndAsync(tx, plan, claim, end, ct), stop, ending, shutdown);
        // What follows from the end can't be written, so the execution fails as a whole.
        if (end?.Fault is { } broke)
            ExceptionDispatchInfo.Throw(broke);
    }

    async Task EndAsync(WriteTransaction tx, ExecutionPlan plan, Claim claim, ActionEnd end, CancellationToken ct)
    {
        if (end.Output is not null)
            await CompleteAsync(tx, plan, claim.Node, NodeMove.Complete, end.Output, ct);
        else if (await NodeMoves.EndAsync(tx, claim.Node, claim.Block, end, ct) && !end.Stopped)
            await CountAsync(tx, plan, rejected: false, ct);
    }

    /// <returns>Null if it was stopped before there was room.</returns>
    async Task<IDisposable?> EnterAsync(ExecutionPlan plan, ReadyNode ready, CancellationToken ct)
    {
        try
        {
            return await _room.EnterAsync(plan.Execution.UserId, ready, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
    }

    async Task<NodeExecution?> FindNodeAsync(ExecutionPlan plan, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.NodeExecutions.AsNoTracking().FirstOrDefaultAsync(n => n.Id == nodeExecId && n.GraphExecId == plan.Execution.Id,
            ct);
    }

    /// <summary>Hands on what is left of an output, a portion at a time, until all is handed on or the execution has ended.</summary>
    async Task DeliverAsync(ExecutionPlan plan, NodeExecution node, CancellationToken ending)
    {
        var emission = new Emission(plan, node.NodeId, JsonText.Trusted(node.Output!));
        while (!ending.IsCancellationRequested
            && await queue.WriteAsync(
                tx => DeliverAsync(tx, plan, node, emission, CancellationToken.None), CancellationToken.None, node.UserId))
            PortionDelivered(log, node.Id);
    }

    /// <returns>True if more is left.</returns>
    async Task<bool> DeliverAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution node, Emission emission, CancellationToken ct)
    {
        var delivered = await new Delivery(tx, plan, node, emission, options.Value).PortionAsync(ct);
        if (delivered.Overrun is { } overrun)
            await FailExecutionAsync(tx, plan.Execution, overrun, ct);
        return delivered.HasMore;
    }

    /// <summary>Says what keeps a node from running, before anybody is asked about it.</summary>
    static async ValueTask<string?> WhyNotAsync(
        ExecutionPlan plan, NodeExecution node, Block? block, JsonText input, CancellationToken ct) =>
        block is null
            ? $"The block '{node.BlockId}' no longer exists."
            : await Gate.WhyNotAsync(block, input, plan.MustAsk(block) ? () => plan.Request(node, block, input) : null, ct);

    /// <summary>Lets an execution come to rest if nothing in it is ready or running: it waits for a person, or it is complete.</summary>
    /// <returns>False if there is something to run.</returns>
    public Task<bool> RestAsync(ExecutionPlan plan, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            var counts = await tx.Db.NodeExecutions.Where(n => n.GraphExecId == plan.Execution.Id)
                .GroupBy(n => n.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            if (counts.ContainsKey(ExecutionStatus.QUEUED) || counts.ContainsKey(ExecutionStatus.RUNNING)
                || await tx.Db.NodeExecutions.AnyAsync(n => n.GraphExecId == plan.Execution.Id && n.DeliveryTurn != null, ct))
                return false;
            if (counts.ContainsKey(ExecutionStatus.REVIEW))
                await Transitions.MoveAsync(tx, plan.Execution, ExecutionMove.Pause, null, null, ct);
            else
                await Transitions.MoveAsync(tx, plan.Execution, ExecutionMove.Complete, null, null, ct);
            return true;
        }, ct, plan.Execution.UserId);

    /// <summary>Takes care of what looks as if it ran although nothing runs it any more.</summary>
    public Task SettleLostAsync(string graphExecId, CancellationToken ct) => inFlight.SettleLostAsync(graphExecId, ct);

    /// <summary>Ends an execution that can't go on: what it waits for is cancelled, what has not run doesn't.</summary>
    public Task FailExecutionAsync(string graphExecId, string reason, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
            await FailExecutionAsync(tx, await tx.Db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, ct), reason, ct), ct);

    // Of an execution that runs and whose owner is not disabled; tells whether its asker stands: a person, or a key that works.
    const string Entry = $"""
        UPDATE graph_executions SET revision = revision + 1
        WHERE id = @id AND status = 'RUNNING'
          AND EXISTS (SELECT 1 FROM "AspNetUsers" u WHERE u."Id" = graph_executions.user_id AND {Standing.Enabled})
        RETURNING asked_by_key_id IS NULL
          OR EXISTS (SELECT 1 FROM api_keys k WHERE k.id = graph_executions.asked_by_key_id AND {Standing.KeyWorks})
        """;

    const string OwnerIsDisabled = $"""
        SELECT EXISTS (SELECT 1 FROM graph_executions e JOIN "AspNetUsers" u ON u."Id" = e.user_id
                       WHERE e.id = @id AND NOT {Standing.Enabled})
        """;

    /// <summary>
    /// Decides in one transaction whether a node may run now, must ask, or has been answered; and claims it if it may run.
    /// </summary>
    /// <returns>What the block receives; null if it doesn't run now.</returns>
    async Task<Claim?> PassGateAsync(
        WriteTransaction tx, ExecutionPlan plan, NodeExecution node, Block block, JsonText input, CancellationToken ct)
    {
        // The row's lock orders this against a stop: whichever comes second sees the other. After a stop nothing is claimed, nor for
        // somebody disabled.
        var tomorrow = tx.Now.AddDays(1);
        if (await tx.FirstAsync<bool?>(
            Entry, r => r.GetBoolean(0), ct, ("id", node.GraphExecId), ("now", tx.Now), ("tomorrow", tomorrow)) is not { } askerStands)
        {
            if (await tx.FirstAsync(OwnerIsDisabled, r => r.GetBoolean(0), ct, ("id", node.GraphExecId), ("tomorrow", tomorrow)))
                await GraphRuns.StopDisabledAsync(tx, plan.Execution, ct);
            return null;
        }

        BlockAnswer? answer = null;
        var review = await ReviewMoves.FindAsync(tx, node.UserId, node.Id, ct);
        // What was switched off or approved ahead is not for a key that has ended: a person is asked about what it started.
        if (review is null && (plan.MustAsk(block) || (!askerStands && block.Asks)))
        {
            var request = plan.Request(node, block, input);
            if (!plan.MustAsk(block))
                Gate.RequireShowable(request);
            if ((await Gate.PassAsync(tx, node.UserId, ReviewOrigin.Graph, request, null, limits.Value, ct)).Review is not null)
            {
                ReviewInserted(log, node.Id);
                await NodeMoves.MoveAsync(tx, node, NodeMove.Ask, ct);
                return null;
            }
            answer = new(Approved: true, request.Payload, AutoApprovals.Message);
        }
        else if (review is not null)
        {
            if (await ReviewMoves.TakeUpAsync(tx, node.UserId, node.Id, ReviewOrigin.Graph, null, null, ct) is not { } decided)
            {
                // Waiting: it was asked before. Taken up: its action was claimed before, and is never run again on the old approval.
                await NodeMoves.MoveAsync(tx, node, NodeMove.Ask, ct,
                    review.Processed ? set => set.SetProperty(n => n.Outcome, NodeOutcome.unknown) : null);
                return null;
            }
            answer = new(decided.Status == ReviewStatus.APPROVED, JsonText.Trusted(decided.Payload), decided.ReviewMessage);
        }

        if (answer is not null && block.Answered(answer) is { } outputs)
        {
            if (await NodeMoves.MoveAsync(tx, node, NodeMove.Start, ct))
                await CompleteAsync(tx, plan, node, NodeMove.Complete, ComposedOutput.Of(outputs), ct);
            return null;
        }
        if (answer is { Approved: false })
        {
            await FailAsync(tx, plan, node,
                answer.Message is { } message ? $"Rejected by the reviewer: {message}" : "Rejected by the reviewer.", rejected: true, ct);
            return null;
        }
        var claim = await Claim.TakeAsync(tx, node, block, answer?.Payload ?? input, ct);
        // An approved edit is what runs, also where it makes the execution larger than it may become by itself.
        if (claim is not null && block.IsSensitiveAction)
            await tx.ExecuteAsync("UPDATE graph_executions SET kept_bytes = kept_bytes + @more WHERE id = @id", ct,
                ("more", (long)Encoding.UTF8.GetByteCount(claim.Input.Text) - Encoding.UTF8.GetByteCount(node.Input)),
                ("id", node.GraphExecId));
        return claim;
    }

    /// <summary>Records what a node put out, and hands on the first portion of it, which is mostly all.</summary>
    /// <returns>Null, or why the output can't be kept; what does not fit into the execution fails it as a whole.</returns>
    internal async Task<string?> CompleteAsync(
        WriteTransaction tx, ExecutionPlan plan, NodeExecution node, NodeMove move, ComposedOutput output, CancellationToken ct)
    {
        // The row's lock orders this against a stop.
        var (kept, ended) = await tx.FirstAsync(
            "UPDATE graph_executions SET revision = revision + 1 WHERE id = @id RETURNING kept_bytes, ended_at IS NOT NULL",
            r => (r.GetInt64(0), r.GetBoolean(1)), ct, ("id", node.GraphExecId));
        var bytes = output.Text is null ? 0 : (long)Encoding.UTF8.GetByteCount(output.Text.Text);
        var overrun = output.Text is not null && kept + bytes > options.Value.MaxExecutionBytes ? options.Value.TooManyBytes : null;
        if ((output.Problem ?? overrun) is { } problem)
        {
            var error = ComposedOutput.NotKeptFor(problem);
            if (!await NodeMoves.MoveAsync(tx, node, move, ct, set => set.SetProperty(n => n.Error, error)))
                return null;
            if (overrun is not null)
                await FailExecutionAsync(tx, plan.Execution, overrun, ct);
            return error;
        }

        var text = output.Text!;
        var emission = new Emission(plan, node.NodeId, text);
        // What an action of a stopped execution emits is recorded, but leads nowhere.
        int? turn = ended || emission.Pins.Count == 0
            ? null
            : 1 + (await tx.Db.NodeExecutions.Where(n => n.GraphExecId == node.GraphExecId && n.DeliveryTurn != null)
                .MaxAsync(n => n.DeliveryTurn, ct) ?? 0);
        // Of one that was lost it said so.
        if (!await NodeMoves.MoveAsync(tx, node, move, ct, set => set
            .SetProperty(n => n.Output, text.Text).SetProperty(n => n.Error, (string?)null).SetProperty(n => n.DeliveryTurn, turn)))
            return null;
        await tx.ExecuteAsync("UPDATE graph_executions SET kept_bytes = kept_bytes + @bytes WHERE id = @id", ct,
            ("bytes", bytes), ("id", node.GraphExecId));
        if (turn is not null)
            await DeliverAsync(tx, plan, node, emission, ct);
        return null;
    }

    static async Task FailAsync(
        WriteTransaction tx, ExecutionPlan plan, NodeExecution node, string error, bool rejected, CancellationToken ct)
    {
        if (!await NodeMoves.MoveAsync(tx, node, NodeMove.Fail, ct,
            set => set.SetProperty(n => n.Error, error).SetProperty(n => n.Rejected, rejected)))
            return;
        await CountAsync(tx, plan, rejected, ct);
    }

    /// <summary>Counts a node execution that failed or was rejected.</summary>
    static Task<int> CountAsync(WriteTransaction tx, ExecutionPlan plan, bool rejected, CancellationToken ct) =>
        tx.Db.GraphExecutions.Where(e => e.Id == plan.Execution.Id).ExecuteUpdateAsync(set =>
        {
            if (rejected)
                set.SetProperty(e => e.RejectedNodeCount, e => e.RejectedNodeCount + 1);
            else
                set.SetProperty(e => e.FailedNodeCount, e => e.FailedNodeCount + 1);
        }, ct);

    static async Task FailExecutionAsync(WriteTransaction tx, GraphExecution execution, string reason, CancellationToken ct)
    {
        if (!await Transitions.MoveAsync(tx, execution, ExecutionMove.Fail, null, reason, ct))
            return;
        await GraphRuns.EndAsync(tx, execution, $"Execution failed: {reason}", null, ct);
    }
}
