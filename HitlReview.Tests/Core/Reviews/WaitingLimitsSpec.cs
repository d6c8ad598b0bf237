using HitlReview.Core;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Reviews;

public sealed class WaitingLimitsOnSqlite() : WaitingLimitsSpec(new SqliteStore());

public sealed class WaitingLimitsOnPostgres() : WaitingLimitsSpec(new PostgresStore());

/// <summary>How much may wait for one user, and what becomes of who asks for more.</summary>
public abstract class WaitingLimitsSpec(TestStore store) : CoreSpec(store)
{
    const string TooMany = "3 reviews wait already, and more may not at a time (Limits:WaitingReviews). "
        + "Decide some of them, or stop what asks.";

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<LimitOptions>(limits => (limits.WaitingReviews, limits.WaitingBytes, limits.ChatSessions) = (3, 2_000_000, 2));
    }

    async Task FillAsync()
    {
        foreach (var id in (string[])["a", "b", "c"])
            await AskAsync(id);
    }

    /// <summary>Asserts that what is counted is what there is.</summary>
    async Task CountedAsync()
    {
        await using var db = Store.Db();
        var counted = await db.Database.SqlQuery<long>(
            $"SELECT reviews * 1000000000 + bytes AS \"Value\" FROM waiting_totals WHERE user_id = 'rosa'").SingleAsync(Ct);
        var there = await db.Database.SqlQuery<long>($"""
            SELECT count(*) * 1000000000 + coalesce(sum(octet_length(payload) + coalesce(octet_length(instructions), 0)), 0) AS "Value"
            FROM reviews WHERE user_id = 'rosa' AND status = 'WAITING'
            """).SingleAsync(Ct);
        Assert.Equal(there, counted);
    }

    [Fact, Invariant(10)]
    public async Task One_more_than_may_wait_is_refused_and_changes_nothing_and_nobody_else_notices()
    {
        await FillAsync();

        Assert.Equal(TooMany, await RefusedAsync(Refusal.Conflict, () => AskAsync("d")));

        Assert.Null(await FindAsync("d"));
        Assert.False((await Agents.RequestAsync(Rosa, Request("a"), Ct)).Created);
        await AskAsync(Request("bens", "run-9"), Ben);
        await CountedAsync();
    }

    [Fact]
    public async Task What_is_decided_or_stopped_makes_room_again()
    {
        await FillAsync();
        await DecideAsync(Approve("a", edit: """{"to":"somebody whose name is longer"}"""), Reject("b"));
        await CountedAsync();
        await AskAsync(Request("d", "run-2") with { Instructions = "Grüße" });
        await AskAsync("e", "run-2");
        await RefusedAsync(Refusal.Conflict, () => AskAsync("f"));

        await Stopping.StopAsync(Rosa, "run-2", Ct);

        await CountedAsync();
        await AskAsync("g");
        await AskAsync("h");
        await RefusedAsync(Refusal.Conflict, () => AskAsync("i"));
        await CountedAsync();
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_as_many_are_let_in_as_there_is_room_for()
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(async () =>
        {
            try
            {
                await AskAsync($"act-{i}");
                return true;
            }
            catch (RefusedException e) when (e.Refusal == Refusal.Conflict)
            {
                return false;
            }
        }, Ct)));

        Assert.Equal(3, asked.Count(let => let));
        await CountedAsync();
    }

    [Fact]
    public async Task More_bytes_than_may_wait_are_refused_too()
    {
        var large = $"\"{new string('é', 450_000)}\"";
        await AskAsync(Request("a", payload: large));
        await AskAsync(Request("b", payload: large));

        var refused = await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("c", payload: large)));
        Assert.StartsWith("With this one the waiting reviews would have more than 2,000,000 bytes", refused, StringComparison.Ordinal);

        await AskAsync("d");
        await CountedAsync();
    }

    [Fact]
    public async Task What_a_standing_approval_answers_does_not_wait_and_does_not_count()
    {
        await AskAsync("a");
        await DecideAsync(Approve("a") with { AutoApproveFuture = true });
        await FillAsyncWithout("b", "c", "d");

        var review = await AskAsync("e");

        Assert.Equal((ReviewStatus.APPROVED, true), (review.Status, review.AutoApproved));
        await CountedAsync();

        async Task FillAsyncWithout(params string[] ids)
        {
            foreach (var id in ids)
                await AskAsync(Request(id, "run-2"));
        }
    }

    [Fact, Invariant(6)]
    public async Task A_node_that_can_not_ask_fails_and_its_execution_goes_on_to_its_end()
    {
        await FillAsync();
        var graph = new GraphSketch().Probe("act", """{"data":1}""").Pass("behind").Link("act.data", "behind.data")
            .Pass("beside", """{"data":2}""");
        var id = await Engine.StartAsync(Rosa, graph);

        await Engine.RunAsync(id);

        var (execution, nodes) = await Engine.ReadAsync(id);
        Assert.Equal((ExecutionStatus.COMPLETED, 1), (execution.Status, execution.FailedNodeCount));
        Assert.Equal(["act FAILED", "beside COMPLETED"], nodes.Select(n => $"{n.NodeId} {n.Status}"));
        Assert.Equal($"It can't be asked about: {TooMany}", nodes[0].Error);
        Assert.Empty(Probes.Effects.All);
        Assert.Null(await FindAsync(nodes[0].Id));
        await CountedAsync();
    }

    [Fact]
    public async Task A_chat_that_can_not_ask_is_told_so_and_one_chat_more_than_may_be_is_refused()
    {
        var sessions = Store.Get<CopilotSessions>();
        var session = await sessions.OpenAsync(Rosa, Ct);
        await FillAsync();

        var answer = await Store.Get<CopilotTools>().RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("{}"), Ct);
        Assert.Equal(TooMany, Assert.IsType<ToolError>(answer).Message);

        await sessions.OpenAsync(Rosa, Ct);
        var refused = await RefusedAsync(Refusal.Conflict, () => sessions.OpenAsync(Rosa, Ct));
        Assert.Contains("(Limits:ChatSessions)", refused, StringComparison.Ordinal);
        await sessions.OpenAsync(Ben, Ct);
        await CountedAsync();
    }
}
