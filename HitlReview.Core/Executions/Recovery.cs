using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>
/// Picks up at start what the process left behind when it last ended, and from then on whatever lost its wake-up. The only process that
/// serves the database runs it.
/// </summary>
public sealed partial class Recovery(
    Store store, CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, InFlight inFlight, Stopping stopping, IExecutionWaker waker,
    IOptions<ExecutionOptions> options, IHostApplicationLifetime host, TimeProvider clock, ILogger<Recovery> log) : BackgroundService
{
    /// <summary>How many executions in REVIEW one look is at.</summary>
    internal const int Portion = 10_000;

    // Some tens of milliseconds each.
    const int PortionsASweep = 5;

    ListCursor? _lookedUpTo;
    bool _hasSeenAll;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.WhenServing.WaitAsync(cancellationToken);
        await inFlight.SettleLostAsync(null, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await host.WhenStartedAsync(stoppingToken);

        using var timer = new PeriodicTimer(options.Value.SweepEvery, clock);
        do
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the next time may go well; without one what lost its wake-up would stand still for ever.
                SweepFailed(log, e);
            }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>
    /// Wakes every execution that has something to do. Waking one that is awake does no harm, and tells its activation that it is still
    /// needed.
    /// </summary>
    internal async Task SweepAsync(CancellationToken ct)
    {
        await stopping.StopDisabledAsync(ct);
        while (await queue.WriteAsync(tx => ReviewCounts.ForgetEmptyAsync(tx, ct), ct))
            ct.ThrowIfCancellationRequested();
        await using var db = await contexts.CreateDbContextAsync(ct);
        // The first time at all: what the process that ended left behind is among them.
        for (var looked = 0; looked < PortionsASweep || !_hasSeenAll; looked++)
            if (!await ResumeStrandedAsync(db, ct))
            {
                _hasSeenAll = true;
                break;
            }
        foreach (var id in await db.GraphExecutions
            .Where(e => e.Status == ExecutionStatus.QUEUED || e.Status == ExecutionStatus.RUNNING).Select(e => e.Id).ToListAsync(ct))
            waker.Wake(id);
    }

    /// <summary>
    /// A REVIEW execution in which no review waits and no outcome is to be settled has nobody to wait for: it must go on. Looks at the next
    /// of those in REVIEW, so that a million of them take many short looks and not a long one.
    /// </summary>
    /// <returns>False at the end of them; the next look begins anew.</returns>
    async Task<bool> ResumeStrandedAsync(HitlDbContext db, CancellationToken ct)
    {
        var inReview = db.GraphExecutions.Where(e => e.Status == ExecutionStatus.REVIEW);
        if (_lookedUpTo is { } place)
            inReview = inReview.Where(Paging.Beyond<GraphExecution>(e => e.UpdatedAt, e => e.Id, place, descending: false));
        var portion = inReview.InOrder(e => e.UpdatedAt, e => e.Id, descending: false).Take(Portion);
        var last = await portion.Skip(Portion - 1).Select(e => new { e.UpdatedAt, e.Id }).FirstOrDefaultAsync(ct);
        var stranded = await portion
            .Where(e => !db.Set<Review>().Any(r => r.GraphExecId == e.Id && r.UserId == e.UserId && r.Status == ReviewStatus.WAITING)
                && !db.Set<NodeExecution>().Any(n => n.GraphExecId == e.Id && n.Status == ExecutionStatus.REVIEW && n.Outcome != null))
            .Select(GraphExecution.WithoutInputs).ToListAsync(ct);
        foreach (var execution in stranded)
            try
            {
                Stranded(log, execution.Id);
                await queue.WriteAsync(tx => ResumeAsync(tx, execution, ct), ct, execution.UserId);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // It must not keep those behind it from being looked at.
                SweepFailed(log, e);
            }
        _lookedUpTo = last is null ? null : new(last.UpdatedAt, last.Id);
        return last is not null;
    }

    /// <summary>
    /// Its nodes in REVIEW go back to the gate, which finds what was decided, or asks. Not so an action whose outcome is to be settled: it
    /// must not come near a claim again.
    /// </summary>
    static async Task ResumeAsync(WriteTransaction tx, GraphExecution execution, CancellationToken ct)
    {
        foreach (var node in await tx.Db.NodeExecutions
            .Where(n => n.GraphExecId == execution.Id && n.Status == ExecutionStatus.REVIEW && n.Outcome == null).ToListAsync(ct))
            await NodeMoves.MoveAsync(tx, node, NodeMove.Decide, ct);
        await Transitions.MoveAsync(tx, execution, ExecutionMove.Resume, null, null, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{GraphExecId} was in REVIEW with nothing waiting; it goes on")]
    static partial void Stranded(ILogger log, string graphExecId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for executions whose wake-up got lost failed; the next sweep tries again")]
    static partial void SweepFailed(ILogger log, Exception cause);
}
