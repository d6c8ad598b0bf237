using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core;

/// <summary>What somebody may no longer do, nothing goes on doing in their stead.</summary>
public abstract class EndedRightsSpec(TestStore store) : CoreSpec(store)
{
    static Caller Agent { get; } = new(Cast.Rosa.Id, IsAdmin: false, Surface.Rest) { Key = new("key-rosa", "tests", KeyMay.ask) };

    static Caller Decider { get; } =
        new(Cast.Rosa.Id, IsAdmin: false, Surface.Rest) { Key = new("deciding-key-rosa", "deciding tests", KeyMay.decide) };

    static Caller AdminsDecider { get; } =
        new(Cast.Ada.Id, IsAdmin: true, Surface.Rest) { Key = new("deciding-key-ada", "decides", KeyMay.decide) };

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<ApiKeys>();
        services.AddOptions<UserSessionOptions>();
        services.AddSingleton<UserSessions>();
    }

    [Theory, Invariant(8), Invariant(11)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_stands_for_a_key_ends_with_the_key(bool revoked)
    {
        var execution = await Engine.StartAsync(Agent, new GraphSketch().Probe("a", """{"data":1}"""));
        await AskAsync(Request("first"), Agent);
        await DecideAsync(Approve("first") with { AutoApproveFuture = true });
        Assert.True((await AskAsync(Request("second"), Agent)).AutoApproved);
        await Engine.RunAsync(execution);
        var node = await Engine.NodeAsync(execution, "a");
        await DecideAsync(Approve(node.Id) with { AutoApproveFuture = true });

        await EndAsync("key-rosa", revoked);

        Assert.Empty((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);
        await Queue.WriteAsync(async tx =>
        {
            var again = new ReviewRequest("again", execution, "a", Json("2")) { BlockId = node.BlockId, AskedByKeyId = "key-rosa" };
            Assert.False(await AutoApprovals.UseAsync(tx, Cast.Rosa.Id, ReviewOrigin.Graph, again, Ct));
        }, Ct);
    }

    [Theory, Invariant(8), Invariant(11)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_key_has_approved_ahead_ends_with_that_key_unless_its_person_gives_it_too(bool revoked)
    {
        await AskAsync(Request("first", "one"));
        await AskAsync(Request("second", "two"));
        await Deciding.DecideAsync(Decider, [Approve("first") with { AutoApproveFuture = true }], Ct);
        await Deciding.DecideAsync(Decider, [Approve("second") with { AutoApproveFuture = true }], Ct);
        Assert.True((await AskAsync(Request("third", "one"))).AutoApproved);
        await GiveAsync(Rosa, "two");
        await GiveAsync(Decider, "two"); // No-op: it is the person's.

        await EndAsync(Decider.Key!.Id, revoked);

        Assert.Equal("two", Assert.Single((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items).GraphExecId);
        Assert.True((await AskAsync(Request("fourth", "two"))).AutoApproved);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("fifth", "one"))).Status);
        await GiveAsync(Rosa, "one");
        Assert.True((await AskAsync(Request("sixth", "one"))).AutoApproved);

        Task GiveAsync(Caller by, string execution) => Queue.WriteAsync(tx =>
            AutoApprovals.GiveAsync(
                tx, by, Request("any", execution).ToReview(Cast.Rosa.Id, ReviewOrigin.Agent, tx.Now), ApprovalSpan.run, Ct), Ct);
    }

    [Theory, Invariant(8), Invariant(11)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_started_with_a_key_that_has_ended_asks_whatever_was_switched_off(bool revoked)
    {
        var graph = new GraphSketch { SensitiveActionSafeMode = false, HumanInTheLoopSafeMode = false }
            .Probe("a", """{"data":1}""").Node("ask", HumanInTheLoopBlock.BlockId, """{"data":2,"name":"n","editable":true}""")
            .Pass("b", """{"data":3}""");
        var stored = await Store.Get<Graphs>().StoreAsync(Rosa, graph.ToDraft(), Ct);
        var before = (await Executions.StartAsync(Agent, stored.Id, null, Ct)).Id;
        var after = (await Executions.StartAsync(Agent, stored.Id, null, Ct)).Id;
        await Engine.RunAsync(before);
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(before)).Execution.Status);

        await EndAsync("key-rosa", revoked);
        await Engine.RunAsync(after);

        Assert.Single(Probes.Effects.All);
        var (execution, nodes) = await Engine.ReadAsync(after);
        Assert.Equal(ExecutionStatus.REVIEW, execution.Status);
        Assert.Equal([("a", ExecutionStatus.REVIEW), ("ask", ExecutionStatus.REVIEW), ("b", ExecutionStatus.COMPLETED)],
            nodes.Select(n => (n.NodeId, n.Status)));
        foreach (var node in nodes.Where(n => n.Status == ExecutionStatus.REVIEW))
            await DecideAsync(Approve(node.Id));
        await Engine.RunAsync(after);
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(after)).Execution.Status);
        Assert.Equal(2, Probes.Effects.All.Count);
    }

    [Fact, Invariant(7)]
    public async Task Who_is_disabled_by_another_process_has_nothing_that_starts()
    {
        var off = new GraphSketch { SensitiveActionSafeMode = false };
        var running = await Engine.StartAsync(Rosa, off.Probe("a", """{"data":1}"""));
        var approved = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", """{"data":2}"""));
        await Engine.RunAsync(approved);
        await DecideAsync(Approve((await Engine.NodeAsync(approved, "a")).Id));
        await DisableElsewhereAsync();

        await Engine.RunAsync(running);
        await Engine.RunAsync(approved);

        Assert.Empty(Probes.Effects.All);
        foreach (var id in new[] { running, approved })
        {
            var (execution, nodes) = await Engine.ReadAsync(id);
            Assert.Equal((ExecutionStatus.TERMINATED, Stopping.OwnerDisabled), (execution.Status, execution.Error));
            Assert.Equal(ExecutionStatus.TERMINATED, Assert.Single(nodes).Status);
            Assert.Contains(await TrailAsync(),
                e => e.GraphExecId == id && e.Detail == $"TERMINATED: {Stopping.OwnerDisabled}" && e.Surface == Surface.Engine);
        }
        Assert.True((await ReadAsync((await Engine.NodeAsync(approved, "a")).Id)).Processed);
    }

    [Fact, Invariant(7)]
    public async Task A_chat_of_who_is_disabled_claims_nothing_by_itself()
    {
        var chat = HeldCalls.CallerOf(await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct));
        await Queue.WriteAsync(chat, _ => Task.CompletedTask, Ct);
        await DisableElsewhereAsync();

        await RefusedAsync(Refusal.SignedOut, () => Queue.WriteAsync(chat, _ => Task.CompletedTask, Ct));
    }

    [Fact, Invariant(6), Invariant(7)]
    public async Task What_somebody_disabled_has_waiting_is_stopped_by_the_next_sweep()
    {
        var execution = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", """{"data":1}"""));
        var bens = await Engine.StartAsync(Ben, new GraphSketch().Probe("a", """{"data":1}"""));
        await Engine.RunAsync(execution);
        await Engine.RunAsync(bens);
        await AskAsync();
        await DisableElsewhereAsync();

        await ActivatorUtilities.CreateInstance<Recovery>(Store.Services, new NoHost()).SweepAsync(Ct);

        Assert.Equal(ExecutionStatus.TERMINATED, (await Engine.ReadAsync(execution)).Execution.Status);
        Assert.Equal((ReviewStatus.REJECTED, Stopping.OwnerDisabled), ((await ReadAsync()).Status, (await ReadAsync()).ReviewMessage));
        Assert.Equal(ExecutionStatus.REVIEW, (await Engine.ReadAsync(bens)).Execution.Status);
    }

    [Fact, Invariant(1)]
    public async Task An_admins_key_that_decides_neither_sees_nor_stops_what_others_run()
    {
        var execution = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));

        Assert.Null(await Executions.FindAsync(AdminsDecider, execution, Ct));
        await RefusedAsync(Refusal.NotFound, () => Stopping.StopAsync(AdminsDecider, execution, Ct));
        Assert.Equal(ExecutionStatus.TERMINATED, (await Stopping.StopAsync(Ada, execution, Ct)).Status);
    }

    [Fact, Invariant(11)]
    public async Task An_agent_puts_no_graph_in_the_place_of_its_persons()
    {
        var graphs = Store.Get<Graphs>();
        var hers = await graphs.StoreAsync(Rosa, new GraphSketch().Pass("a").ToDraft(), Ct);
        var agents = await graphs.StoreAsync(Agent, new GraphSketch().Pass("a").ToDraft(), Ct);

        await RefusedAsync(Refusal.Forbidden, () =>
            graphs.StoreAsync(Agent, new GraphSketch().Probe("a").ToDraft() with { Id = hers.Id }, Ct));
        Assert.Equal(2, (await graphs.StoreAsync(Agent, new GraphSketch().Probe("a").ToDraft() with { Id = agents.Id }, Ct)).Version);
    }

    [Fact, Invariant(5)]
    public async Task Who_is_disabled_by_another_process_while_they_press_has_decided_nothing()
    {
        await AskAsync();
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [Approve()], TimeSpan.FromSeconds(5), Ct);
        await DisableElsewhereAsync();
        Store.Clock.Advance(TimeSpan.FromSeconds(6));

        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);

        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
        Assert.Empty(await Store.Get<ScheduledDecisions>().ListAsync(Rosa, Ct));
    }

    [Fact]
    public async Task No_session_is_opened_for_who_was_recognised_before_the_account_changed()
    {
        var sessions = Store.Get<UserSessions>();
        var draft = new SessionDraft(Cast.Rosa.Id, SignInWay.password, "tests") { Stamp = "of yesterday" };

        await RefusedAsync(Refusal.Forbidden, () => sessions.OpenAsync(draft, Ct));
        Assert.Equal(Cast.Rosa.Id, (await sessions.OpenAsync(draft with { Stamp = Cast.Rosa.ToUser().SecurityStamp }, Ct)).UserId);
    }

    async Task DisableElsewhereAsync()
    {
        await using var db = Store.Db();
        await db.Users.Where(u => u.Id == Cast.Rosa.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, HitlUser.Forever), Ct);
    }

    /// <summary>The key is revoked, or has an end, which has come.</summary>
    async Task EndAsync(string keyId, bool revoked)
    {
        if (revoked)
        {
            await Store.Get<ApiKeys>().RevokeAsync(Rosa, keyId, Ct);
            return;
        }
        await using var db = Store.Db();
        await db.ApiKeys.Where(k => k.Id == keyId)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.ExpiresAt, Store.Clock.GetUtcNow()), Ct);
    }
}

public sealed class EndedRightsOnSqlite() : EndedRightsSpec(new SqliteStore());

public sealed class EndedRightsOnPostgres() : EndedRightsSpec(new PostgresStore());
