using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Tests.Core.Copilot;
using HitlReview.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Actions;

public sealed class ActionRunOnSqlite() : ActionRunSpec(new SqliteStore());

public sealed class ActionRunOnPostgres() : ActionRunSpec(new PostgresStore());

/// <summary>What becomes of a claimed action whose end can't be written as it was.</summary>
public abstract class ActionRunSpec(TestStore store) : CopilotSpec(store)
{
    ActionRun Actions => Store.Get<ActionRun>();

    Task<Claim> ClaimAsync() => Queue.WriteAsync(tx => Claim.TakeNewAsync(tx, new()
    {
        Id = "act-1",
        GraphExecId = Chat.GraphExecId,
        UserId = Rosa.Id,
        NodeId = "n",
        BlockId = Shout.Id.ToString(),
        Ordinal = 0,
        Status = ExecutionStatus.RUNNING,
        Input = """{"to":"all"}""",
        CreatedAt = tx.Now,
        StartedAt = tx.Now,
        ClaimedAt = tx.Now,
    }, Shout, HitlReview.Core.Payloads.JsonText.Trusted("""{"to":"all"}"""), Rosa.Caller(), Ct), Ct);

    async Task<NodeExecution> RunAsync()
    {
        await using var db = Store.Db();
        return await db.NodeExecutions.AsNoTracking().SingleAsync(n => n.Id == "act-1", Ct);
    }

    [Fact, Invariant(5)]
    public async Task An_end_of_which_nothing_can_be_made_is_known_all_the_same()
    {
        var claim = await ClaimAsync();
        var end = await Actions.RunAsync(claim, (tx, end) => end.Fault is null
            ? throw new InvalidOperationException("What follows is broken.")
            : NodeMoves.EndAsync(tx, claim.Node, claim.Block, end, Ct), Ct, Ct, Ct);

        Assert.IsType<InvalidOperationException>(end!.Fault);
        Assert.Single(Shout.Ran);
        var run = await RunAsync();
        Assert.Equal((ExecutionStatus.FAILED, null, "It ran, but its end can't be recorded (InvalidOperationException)."),
            (run.Status, run.Outcome, run.Error));
        await using var db = Store.Db();
        Assert.Equal(run.Error, (await db.AuditEvents.SingleAsync(e => e.Action == AuditActions.ActionEnded, Ct)).Detail);
    }

    [Fact, Invariant(5)]
    public async Task What_the_database_refuses_is_not_tried_again_once_the_process_ends()
    {
        var claim = await ClaimAsync();
        using var shutdown = new CancellationTokenSource();
        var refused = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Actions.RunAsync(claim, async (_, _) =>
        {
            refused++;
            await shutdown.CancelAsync();
            throw new SqliteException("The disk is full.", 13);
        }, Ct, Ct, shutdown.Token));

        Assert.Equal(1, refused);
        Assert.Single(Shout.Ran);
        Assert.Equal(ExecutionStatus.RUNNING, (await RunAsync()).Status);
    }

    [Fact, Invariant(5)]
    public async Task What_the_database_refuses_is_tried_again_while_the_process_only_is_to_end()
    {
        var claim = await ClaimAsync();
        using var ending = new CancellationTokenSource();
        var refused = 0;

        var running = Actions.RunAsync(claim, async (tx, end) =>
        {
            if (refused++ == 0)
            {
                await ending.CancelAsync();
                throw new SqliteException("The disk is full.", 13);
            }
            await NodeMoves.EndAsync(tx, claim.Node, claim.Block, end, Ct);
        }, Ct, ending.Token, Ct);
        await Store.Clock.WaitForTimerAsync(ActionRun.RetryAfter);
        Store.Clock.Advance(ActionRun.RetryAfter);
        await running;

        Assert.Equal(ExecutionStatus.COMPLETED, (await RunAsync()).Status);
    }

    [Fact, Invariant(5)]
    public async Task An_end_whose_commit_was_lost_is_recorded_once()
    {
        var claim = await ClaimAsync();
        var tried = 0;

        var running = Actions.RunAsync(claim, async (tx, end) =>
        {
            if (tried++ == 0)
                throw new SqliteException("The line is cut.", 13);
            await NodeMoves.EndAsync(tx, claim.Node, claim.Block, end, Ct);
        }, Ct, Ct, Ct);
        await Store.Clock.WaitForTimerAsync(ActionRun.RetryAfter);
        // As if the first had been committed and its answer lost.
        await using (var db = Store.Db())
            await db.NodeExecutions.Where(n => n.Id == "act-1")
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, ExecutionStatus.COMPLETED), Ct);
        Store.Clock.Advance(ActionRun.RetryAfter);
        await running;

        await using var after = Store.Db();
        Assert.Equal((1, 0), (tried, await after.AuditEvents.CountAsync(e => e.Action == AuditActions.ActionEnded, Ct)));
    }
}
