using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core;

/// <summary>What somebody may no longer do, nothing goes on doing in their stead.</summary>
public abstract class EndedRightsSpec(TestStore store) : CoreSpec(store)
{
    static Caller Agent { get; } = new(Cast.Rosa.Id, IsAdmin: false, Surface.Rest) { Key = new("key-rosa", "tests", KeyMay.ask) };

    static Caller AdminsDecider { get; } = new(Cast.Ada.Id, IsAdmin: true, Surface.Rest) { Key = new("deciding-key-ada", "decides", KeyMay.decide) };

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddSingleton<ApiKeys>();
        services.AddOptions<UserSessionOptions>();
        services.AddSingleton<UserSessions>();
    }

    [Fact, Invariant(8), Invariant(11)]
    public async Task What_stands_for_a_key_ends_with_the_key()
    {
        var execution = await Engine.StartAsync(Agent, new GraphSketch().Probe("a", """{"data":1}"""));
        await AskAsync(Request("first"), Agent);
        await DecideAsync(Approve("first") with { AutoApproveFuture = true });
        Assert.True((await AskAsync(Request("second"), Agent)).AutoApproved);
        await Engine.RunAsync(execution);
        var node = await Engine.NodeAsync(execution, "a");
        await DecideAsync(Approve(node.Id) with { AutoApproveFuture = true });

        await Store.Get<ApiKeys>().RevokeAsync(Rosa, "key-rosa", Ct);

        await Queue.WriteAsync(async tx =>
        {
            var again = new ReviewRequest("again", execution, "a", Json("2")) { BlockId = node.BlockId, AskedByKeyId = "key-rosa" };
            Assert.False(await AutoApprovals.UseAsync(tx, Cast.Rosa.Id, ReviewOrigin.Graph, again, Ct));
        }, Ct);
    }

    [Fact, Invariant(1)]
    public async Task An_admins_key_that_decides_sees_what_others_run_and_stops_none_of_it()
    {
        var execution = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));

        Assert.NotNull(await Executions.FindAsync(AdminsDecider, execution, Ct));
        await RefusedAsync(Refusal.NotFound, () => Stopping.StopAsync(AdminsDecider, execution, Ct));
        Assert.Equal(ExecutionStatus.TERMINATED, (await Stopping.StopAsync(Ada, execution, Ct)).Status);
    }

    [Fact, Invariant(11)]
    public async Task An_agent_puts_no_graph_in_the_place_of_its_persons()
    {
        var graphs = Store.Get<Graphs>();
        var hers = await graphs.StoreAsync(Rosa, new GraphSketch().Pass("a").ToDraft(), Ct);
        var agents = await graphs.StoreAsync(Agent, new GraphSketch().Pass("a").ToDraft(), Ct);

        await RefusedAsync(Refusal.Forbidden, () => graphs.StoreAsync(Agent, new GraphSketch().Probe("a").ToDraft() with { Id = hers.Id }, Ct));
        Assert.Equal(2, (await graphs.StoreAsync(Agent, new GraphSketch().Probe("a").ToDraft() with { Id = agents.Id }, Ct)).Version);
    }

    [Fact, Invariant(5)]
    public async Task Who_is_disabled_by_another_process_while_they_press_has_decided_nothing()
    {
        await AskAsync();
        await Store.Get<Undoable>().DecideAsync(Rosa, [Approve()], TimeSpan.FromSeconds(5), Ct);
        await using (var db = Store.Db())
            await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, HitlUser.Forever), Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(6));

        await Store.Get<Undoable>().CommitDueAsync(Ct);

        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
        Assert.Empty(await Store.Get<Undoable>().ListAsync(Rosa, Ct));
    }

    [Fact]
    public async Task No_session_is_opened_for_who_was_recognised_before_the_account_changed()
    {
        var sessions = Store.Get<UserSessions>();
        var draft = new SessionDraft(Cast.Rosa.Id, SignInWay.password, "tests") { Stamp = "of yesterday" };

        await RefusedAsync(Refusal.Forbidden, () => sessions.OpenAsync(draft, Ct));
        Assert.Equal(Cast.Rosa.Id, (await sessions.OpenAsync(draft with { Stamp = Cast.Rosa.ToUser().SecurityStamp }, Ct)).UserId);
    }
}

public sealed class EndedRightsOnSqlite() : EndedRightsSpec(new SqliteStore());

public sealed class EndedRightsOnPostgres() : EndedRightsSpec(new PostgresStore());
