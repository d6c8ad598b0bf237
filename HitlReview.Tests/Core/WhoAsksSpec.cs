using System.Text;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core;

public sealed class WhoAsksOnSqlite() : WhoAsksSpec(new SqliteStore());

public sealed class WhoAsksOnPostgres() : WhoAsksSpec(new PostgresStore());

/// <summary>Who asks doesn't decide, and what was approved ahead for one asker opens nothing for another.</summary>
public abstract class WhoAsksSpec(TestStore store) : CoreSpec(store)
{
    const string Harmless = """{"city":"Bern"}""";
    const string Real = """{"data":"real"}""";
    const string ChatNode = RunId.ChatNodePrefix + ProbeBlock.BlockId;

    Graphs Graphs => Store.Get<Graphs>();

    CopilotTools Tools => Store.Get<CopilotTools>();

    /// <summary>The program that only asks, and others of Rosa's.</summary>
    Caller Agent { get; set; } = null!;

    Caller OtherAgent { get; set; } = null!;

    Caller Decider { get; set; } = null!;

    Caller Both { get; set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Agent = await KeyAsync("agent", KeyMay.ask);
        OtherAgent = await KeyAsync("other", KeyMay.ask);
        Decider = await KeyAsync("decider", KeyMay.decide);
        Both = await KeyAsync("both", KeyMay.ask | KeyMay.decide);
    }

    async Task<Caller> KeyAsync(string name, KeyMay may, Person? of = null)
    {
        var owner = of ?? Cast.Rosa;
        var (key, _) = await new ApiKeys(Queue, Store.Store, Store.Clock).CreateAsync(owner.Id, new(name, may), null, Ct);
        return owner.Caller() with { Key = new(key.Id, key.Name, key.May) };
    }

    Task<DecisionResult> DecideAsync(Caller caller, params Decision[] decisions) => Deciding.DecideAsync(caller, decisions, Ct);

    async Task<CopilotSession> ChatAsync(Caller? caller = null) => await Store.Get<CopilotSessions>().OpenAsync(caller ?? Rosa, Ct);

    Task<ToolAnswer> RunAsync(CopilotSession chat, Caller? caller = null) =>
        Tools.RunBlockAsync(caller ?? Rosa, chat.Id, ProbeBlock.BlockId, Json(Real), Ct);

    async Task StandsAsync(string graphExecId, string nodeId, ReviewOrigin origin, string? blockId, string? keyId)
    {
        await using var db = Store.Db();
        db.Add(new AutoApproval
        {
            UserId = Rosa.UserId,
            GraphExecId = graphExecId,
            NodeId = nodeId,
            Origin = origin,
            BlockId = blockId,
            AskedByKeyId = keyId,
            CreatedAt = TestStore.Start,
        });
        await db.SaveChangesAsync(Ct);
    }

    async Task<IReadOnlyList<AutoApproval>> StandingAsync() => (await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items;

    /// <summary>
    /// What stands for another kind of asker, block or key of the same execution and node, and what stands for exactly this one.
    /// </summary>
    public static TheoryData<ReviewOrigin, string?, string?> Standing => new()
    {
        { ReviewOrigin.Agent, null, null },
        { ReviewOrigin.Agent, ProbeBlock.BlockId, null },
        { ReviewOrigin.Graph, ProbeBlock.BlockId, null },
        { ReviewOrigin.Graph, PassBlock.BlockId, null },
        { ReviewOrigin.Graph, null, null },
        { ReviewOrigin.Graph, ProbeBlock.BlockId, "some-key" },
        { ReviewOrigin.Copilot, ProbeBlock.BlockId, null },
        { ReviewOrigin.Copilot, PassBlock.BlockId, null },
        { ReviewOrigin.Copilot, null, null },
        { ReviewOrigin.Copilot, ProbeBlock.BlockId, "some-key" },
    };

    [Theory, MemberData(nameof(Standing)), Invariant(8)]
    public async Task What_stands_opens_a_block_of_a_chat_only_for_that_chat_and_block_and_nobodys_key(
        ReviewOrigin origin, string? block, string? key)
    {
        var chat = await ChatAsync();
        await StandsAsync(chat.GraphExecId, ChatNode, origin, block, key);

        var answer = await RunAsync(chat);

        var opens = (origin, block, key) == (ReviewOrigin.Copilot, ProbeBlock.BlockId, null);
        Assert.Equal(opens ? typeof(BlockRan) : typeof(ReviewRequired), answer.GetType());
        Assert.Equal(opens ? 1 : 0, Probes.Effects.All.Count);
    }

    [Theory, MemberData(nameof(Standing)), Invariant(8)]
    public async Task What_stands_opens_a_node_of_a_graph_only_for_that_graph_and_block_and_nobodys_key(
        ReviewOrigin origin, string? block, string? key)
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real));
        await StandsAsync(id, "a", origin, block, key);

        await Engine.RunAsync(id);

        var opens = (origin, block, key) == (ReviewOrigin.Graph, ProbeBlock.BlockId, null);
        Assert.Equal(opens ? ExecutionStatus.COMPLETED : ExecutionStatus.REVIEW, (await Engine.ReadAsync(id)).Execution.Status);
        Assert.Equal(opens ? 1 : 0, Probes.Effects.All.Count);
    }

    [Theory, MemberData(nameof(Standing)), Invariant(8)]
    public async Task What_stands_answers_an_agent_only_if_it_was_given_to_that_agent(ReviewOrigin origin, string? block, string? key)
    {
        await StandsAsync("run-1", "mail", origin, block, key);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("first"), Agent)).Status);

        var own = (origin, block, key) == (ReviewOrigin.Agent, null, null);
        await StandsAsync("run-2", "mail", origin, block, Agent.Key!.Id);
        Assert.Equal(own ? ReviewStatus.APPROVED : ReviewStatus.WAITING, (await AskAsync(Request("second", "run-2"), Agent)).Status);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("third", "run-2"), Rosa)).Status);
    }

    [Fact, Invariant(8)]
    public async Task A_harmless_card_cannot_be_asked_for_in_the_name_of_a_chat_or_of_a_graphs_node()
    {
        var chat = await ChatAsync();
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real));

        foreach (var asker in new[] { Rosa, Agent, Both })
        {
            await RefusedAsync(Refusal.Invalid, () => AskAsync(Request("x", chat.GraphExecId, ChatNode, Harmless), asker));
            await RefusedAsync(asker == Agent ? Refusal.NotFound : Refusal.Conflict, () =>
                AskAsync(Request("x", chat.GraphExecId, "mine", Harmless), asker));
            await RefusedAsync(asker == Agent ? Refusal.NotFound : Refusal.Conflict, () =>
                AskAsync(Request("x", id, "a", Harmless), asker));
        }
        Assert.Null(await FindAsync("x"));
        Assert.IsType<ReviewRequired>(await RunAsync(chat));
        await Engine.RunAsync(id);
        Assert.Empty(Probes.Effects.All);
    }

    [Fact, Invariant(8)]
    public async Task What_is_approved_ahead_for_an_agent_lets_only_that_agent_through_and_names_it()
    {
        await AskAsync(Request(), Agent);
        await DecideAsync(Approve() with { AutoApproveFuture = true });

        Assert.Equal((Agent.Key!.Id, "agent", ReviewOrigin.Agent),
            (Assert.Single(await StandingAsync()).AskedByKeyId, (await StandingAsync())[0].AskedBy, (await StandingAsync())[0].Origin));
        Assert.Equal(ReviewStatus.APPROVED, (await AskAsync(Request("act-2"), Agent)).Status);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("act-3"), Rosa)).Status);
        Assert.Contains("somebody else", await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("act-4"), OtherAgent)),
            StringComparison.Ordinal);
    }

    [Fact, Invariant(11)]
    public async Task A_key_asks_in_no_execution_that_its_person_began_and_goes_on_in_its_own()
    {
        await AskAsync(Request("hers", "run-7"), Rosa);
        await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("mine", "run-7"), Agent));

        await AskAsync(Request("first", "run-8"), Agent);
        await AskAsync(Request("hers-too", "run-8"), Rosa);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("second", "run-8"), Agent)).Status);
        await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("third", "run-8"), OtherAgent));
    }

    [Fact, Invariant(8)]
    public async Task A_stop_ends_what_stands()
    {
        await AskAsync();
        await DecideAsync(Approve() with { AutoApproveFuture = true });
        var chat = await ChatAsync();
        await DecideAsync(Approve(Assert.IsType<ReviewRequired>(await RunAsync(chat)).Review.NodeExecId) with { AutoApproveFuture = true });
        var graph = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real).Probe("b", Real));
        await Engine.RunAsync(graph);
        await DecideAsync(Approve((await Engine.NodeAsync(graph, "a")).Id) with { AutoApproveFuture = true });
        Assert.Equal(3, (await StandingAsync()).Count);

        foreach (var id in new[] { "run-1", chat.GraphExecId, graph })
            await Stopping.StopAsync(Rosa, id, Ct);

        Assert.Empty(await StandingAsync());
        Assert.Equal(3, (await TrailAsync()).Count(e => e.Action == HitlReview.Core.Audit.AuditActions.AutoApprovalRevoked));
        Assert.IsType<ReviewRequired>(await RunAsync(chat));
    }

    [Fact, Invariant(11)]
    public async Task One_key_never_asks_and_decides_the_same()
    {
        await AskAsync(Request(), Both);

        Assert.Contains("'both'", await RefusedAsync(Refusal.Forbidden, () => DecideAsync(Both, Approve())), StringComparison.Ordinal);
        await RefusedAsync(Refusal.Forbidden, () => DecideAsync(Both, Reject()));
        await RefusedAsync(Refusal.Forbidden, () => DecideAsync(Both, Approve() with { AutoApproveFuture = true }));
        var scheduled = Store.Get<ScheduledDecisions>();
        Assert.True((await scheduled.DecideAsync(Both, [Approve()], TimeSpan.Zero, Ct)).Refused.ContainsKey("act-1"));
        Assert.True((await scheduled.DecideAsync(Both, [Approve()], TimeSpan.FromSeconds(9), Ct)).Refused.ContainsKey("act-1"));
        Assert.Equal((ReviewStatus.WAITING, "both"), ((await ReadAsync()).Status, (await ReadAsync()).AskedBy));
        Assert.DoesNotContain(ReviewAction.approve, ReviewRules.AllowedActions(Both, await ReadAsync()));
    }

    [Fact, Invariant(11), Invariant(9)]
    public async Task Another_key_decides_what_one_asked_and_the_trail_names_both()
    {
        await AskAsync(Request(), Both);
        await DecideAsync(Decider, Approve());

        Assert.Equal((ReviewStatus.APPROVED, "rosa", "decider"),
            ((await ReadAsync()).Status, (await ReadAsync()).ReviewedBy, (await ReadAsync()).ReviewedWith));
        await RefusedAsync(Refusal.Forbidden, () => Agents.ConsumeAsync(Decider, "act-1", Ct));
        await RefusedAsync(Refusal.NotFound, () => Agents.ConsumeAsync(Agent, "act-1", Ct));
        Assert.Equal("act-1", (await Agents.ConsumeAsync(Both, "act-1", Ct)).NodeExecId);
        Assert.Equal(
            [("review.requested", "both"), ("review.approved", "decider"), ("review.consumed", "both")],
            (await TrailAsync()).Where(e => e.NodeExecId == "act-1").Select(e => (e.Action, e.KeyName)));
    }

    [Fact, Invariant(11)]
    public async Task A_key_that_may_only_ask_decides_nothing_and_one_that_may_only_decide_asks_for_nothing()
    {
        await AskAsync(Request());
        var chat = await ChatAsync();
        var graph = await Graphs.StoreAsync(Rosa, new GraphSketch().Pass("a").ToDraft(), Ct);

        Assert.Contains("'decide'", await RefusedAsync(Refusal.Forbidden, () => DecideAsync(Agent, Approve())), StringComparison.Ordinal);
        await RefusedAsync(Refusal.Forbidden, () => Store.Get<ScheduledDecisions>().DecideAsync(Agent, [Approve()], TimeSpan.Zero, Ct));
        await RefusedAsync(Refusal.Forbidden, () => AutoApprovals.ListAsync(Agent, PageRequest.First, Ct));
        await RefusedAsync(Refusal.Forbidden, () => AutoApprovals.RevokeAsync(Agent, "run-1", "mail", Ct));
        await RefusedAsync(Refusal.Forbidden, () => Settling.SettleAsync(Agent, "x", "y", Resolution.ran, null, Ct));
        await RefusedAsync(Refusal.Forbidden, () => AskAsync(Request("act-2"), Decider));
        await RefusedAsync(Refusal.Forbidden, () => ChatAsync(Decider));
        await RefusedAsync(Refusal.Forbidden, () => RunAsync(chat, Decider));
        await RefusedAsync(Refusal.Forbidden, () => Executions.StartAsync(Decider, graph.Id, null, Ct));
    }

    [Fact, Invariant(11)]
    public async Task What_a_graph_or_chat_asks_for_a_key_is_not_decided_with_that_key()
    {
        var graph = await Engine.StartAsync(Both, new GraphSketch().Probe("a", Real));
        await Engine.RunAsync(graph);
        var ofGraph = (await Engine.NodeAsync(graph, "a")).Id;
        var ofChat = Assert.IsType<ReviewRequired>(await RunAsync(await ChatAsync(Both), Both)).Review.NodeExecId;

        foreach (var id in new[] { ofGraph, ofChat })
        {
            Assert.Equal("both", (await ReadAsync(id)).AskedBy);
            await RefusedAsync(Refusal.Forbidden, () => DecideAsync(Both, Approve(id)));
            await DecideAsync(Decider, Approve(id));
        }
        await Engine.RunAsync(graph);
        Assert.Equal(ofGraph, Assert.Single(Probes.Effects.All).NodeExecId);
    }

    [Fact, Invariant(11)]
    public async Task Reviews_are_switched_off_only_by_a_person_or_a_key_that_may_decide()
    {
        foreach (var draft in new[] { Off(sensitive: false), Off(humanInTheLoop: false) })
            Assert.Contains("'decide'", await RefusedAsync(Refusal.Forbidden, () => Graphs.StoreAsync(Agent, draft, Ct)),
                StringComparison.Ordinal);

        Assert.False((await Graphs.StoreAsync(Decider, Off(sensitive: false), Ct)).SensitiveActionSafeMode);
        Assert.False((await Graphs.StoreAsync(Rosa, Off(sensitive: false), Ct)).SensitiveActionSafeMode);

        static GraphDraft Off(bool sensitive = true, bool humanInTheLoop = true) =>
            new GraphSketch { SensitiveActionSafeMode = sensitive, HumanInTheLoopSafeMode = humanInTheLoop }.Probe("a", Real).ToDraft();
    }

    [Fact, Invariant(11)]
    public async Task Reviews_that_a_person_switched_off_stay_on_for_what_a_key_puts_in_or_has_switched_off_itself()
    {
        var draft = new GraphSketch { SensitiveActionSafeMode = false }.Probe("a", Real).ToDraft();
        var hers = (await Graphs.StoreAsync(Rosa, draft, Ct)).Id;
        var boths = (await Graphs.StoreAsync(Both, draft, Ct)).Id;

        Assert.False(await AsksAsync(Rosa, hers, """{"a":{"data":"other"}}"""));
        Assert.False(await AsksAsync(Agent, hers, null));
        Assert.True(await AsksAsync(Agent, hers, """{"a":{"data":"other"}}"""));
        Assert.True(await AsksAsync(Both, hers, """{"a":{"data":"other"}}"""));
        Assert.True(await AsksAsync(Both, boths, null));
        Assert.False(await AsksAsync(Rosa, boths, null));

        async Task<bool> AsksAsync(Caller caller, string graphId, string? inputs)
        {
            var id = (await Executions.StartAsync(caller, graphId, inputs is null ? null : Json(inputs), Ct)).Id;
            await Engine.RunAsync(id);
            return (await Engine.ReadAsync(id)).Execution.Status == ExecutionStatus.REVIEW;
        }
    }

    [Fact, Invariant(1)]
    public async Task A_key_that_may_only_ask_sees_what_was_asked_or_started_with_it_and_nothing_else()
    {
        await AskAsync(Request("hers", "hers"));
        await AskAsync(Request("others", "others"), OtherAgent);
        var chat = await ChatAsync();
        var graph = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real));
        await Engine.RunAsync(graph);
        var node = (await Engine.NodeAsync(graph, "a")).Id;
        await AskAsync(Request("mine", "mine"), Agent);
        var mine = await Engine.StartAsync(Agent, new GraphSketch().Probe("a", Real));
        await Engine.RunAsync(mine);

        foreach (var id in new[] { "hers", "others", node })
            await RefusedAsync(Refusal.NotFound, () => Reviews.GetAsync(Agent, id, Ct));
        foreach (var id in new[] { "hers", "others", graph })
        {
            await RefusedAsync(Refusal.NotFound, () => Reviews.PendingForExecutionAsync(Agent, id, Ct));
            await RefusedAsync(Refusal.NotFound, () => Stopping.StopAsync(Agent, id, Ct));
        }
        await RefusedAsync(Refusal.NotFound, () => Stopping.StopAsync(Agent, chat.GraphExecId, Ct));
        await RefusedAsync(Refusal.NotFound, () => RunAsync(chat, Agent));
        await RefusedAsync(Refusal.NotFound, () => Executions.GetAsync(Agent, graph, 100, 1_000_000, Ct));
        Assert.Null(await Store.Get<ExecutionMaps>().FindAsync(Agent, graph, null, Ct));
        await RefusedAsync(Refusal.NotFound, () => AskAsync(Request("others", "mine"), Agent));

        Assert.Equal(["mine", (await Engine.NodeAsync(mine, "a")).Id],
            (await Reviews.PendingAsync(Agent, PageRequest.First, Ct)).Items.Select(r => r.NodeExecId).OrderBy(id => id != "mine"));
        Assert.Equal([mine], (await Executions.ListAsync(Agent, PageRequest.First, Ct)).Items.Select(e => e.Id));
        Assert.Equal(mine, (await Executions.GetAsync(Agent, mine, 100, 1_000_000, Ct)).Execution.Id);
        Assert.Equal(1, (await Stopping.StopAsync(Agent, "mine", Ct)).CancelledReviews);
        // What its user sees, a key that may decide sees.
        Assert.Equal(graph, (await Executions.GetAsync(Decider, graph, 100, 1_000_000, Ct)).Execution.Id);
        Assert.Equal("hers", (await Reviews.GetAsync(Decider, "hers", Ct)).NodeExecId);
    }

    [Fact]
    public async Task The_page_of_a_key_that_may_only_ask_is_not_found_among_all_that_waits_for_its_user()
    {
        await using var db = Store.Db();
        var asked = Enumerable.Range(0, 5_000)
            .Select(i => Request($"r{i}").ToReview(Rosa.UserId, ReviewOrigin.Agent, TestStore.Start.AddSeconds(i)));
        await PastTheGate.AddAsync(db, [.. asked], Ct);
        // As PostgreSQL does by itself, and SQLite doesn't.
        if (Store.Provider == DatabaseProvider.Postgres)
            await db.Database.ExecuteSqlRawAsync("ANALYZE", Ct);

        var waiting = db.Reviews.OwnOf(Agent).Where(r => r.Status == ReviewStatus.WAITING);
        var page = waiting.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.NodeExecId).Take(26);
        foreach (var query in new[] { waiting.Select(r => r.NodeExecId), page.Select(r => r.NodeExecId) })
            Assert.Contains("IX_reviews_of_a_key", await PlanAsync(query), StringComparison.Ordinal);

        async Task<string> PlanAsync(IQueryable<string> query)
        {
            await db.Database.OpenConnectionAsync(Ct);
            await using var command = query.CreateDbCommand();
            command.CommandText = (Store.Provider == DatabaseProvider.Sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + command.CommandText;
            await using var reader = await command.ExecuteReaderAsync(Ct);
            var plan = new StringBuilder();
            while (await reader.ReadAsync(Ct))
                plan.AppendLine(reader.GetString(reader.FieldCount - 1));
            return plan.ToString();
        }
    }

    [Fact, Invariant(1)]
    public async Task A_key_of_an_admins_is_no_more_of_an_admin_than_it_may()
    {
        await AskAsync(Request("hers", "hers"));
        var asks = await KeyAsync("admins agent", KeyMay.ask, Cast.Ada);
        var decides = await KeyAsync("admins decider", KeyMay.decide, Cast.Ada);
        var admin = await KeyAsync("admins admin", KeyMay.admin, Cast.Ada);

        await RefusedAsync(Refusal.NotFound, () => Reviews.GetAsync(asks, "hers", Ct));
        foreach (var key in new[] { asks, decides })
        {
            await RefusedAsync(Refusal.Forbidden, () => Stopping.AdminCancelAsync(key, "hers", "because", Ct));
            await RefusedAsync(
                Refusal.Forbidden, () => Store.Get<AdminExecutions>().ListAsync(key, AdminExecutionFilter.None, PageRequest.First, Ct));
        }
        await RefusedAsync(Refusal.Forbidden, () => DecideAsync(admin, Approve("hers")));
        Assert.Equal(1, (await Stopping.AdminCancelAsync(admin, "hers", "because", Ct)).CancelledReviews);
    }

    /// <summary>All that a key can be made to do, in every combination that has something to do with reviews.</summary>
    public static TheoryData<KeyMay> Rights =>
        [.. Enumerable.Range(1, (int)(KeyMay.ask | KeyMay.decide | KeyMay.admin)).Select(may => (KeyMay)may)];

    [Theory, MemberData(nameof(Rights)), Invariant(1)]
    public async Task A_key_of_an_admins_reaches_what_is_others_by_the_calls_for_admins_alone(KeyMay may)
    {
        var key = await KeyAsync("admins key", may, Cast.Ada);
        await AskAsync(Request("hers", "hers"));
        var chat = await ChatAsync();
        var inChat = Assert.IsType<ReviewRequired>(await RunAsync(chat)).Review.NodeExecId;
        var graph = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real));
        await Engine.RunAsync(graph);
        var (execution, nodes) = await Engine.ReadAsync(graph);

        foreach (var act in (Func<Task>[])
            [
                () => Reviews.GetAsync(key, "hers", Ct),
                () => Reviews.PendingForExecutionAsync(key, "hers", PageRequest.First, Ct),
                () => Agents.ConsumeAsync(key, "hers", Ct),
                () => AskAsync(Request("new", graph, "mine"), key),
                () => RunAsync(chat, key),
                () => Tools.ContinueRunBlockAsync(key, chat.Id, inChat, Ct),
                () => DecideAsync(key, Approve("hers")),
                () => Stopping.StopAsync(key, graph, Ct),
                () => Stopping.StopAsync(key, chat.GraphExecId, Ct),
                () => Stopping.StopAsync(key, "hers", Ct),
                () => Executions.GetAsync(key, graph, 100, 1_000_000, Ct),
                () => Executions.NodesAsync(key, graph, PageRequest.First, 1_000_000, Ct),
                () => Executions.GetNodeAsync(key, graph, nodes[0].Id, Ct),
                () => Graphs.GetAsync(key, execution.GraphId, null, Ct),
            ])
            Assert.Contains((await Assert.ThrowsAsync<RefusedException>(act)).Refusal, (Refusal[])[Refusal.NotFound, Refusal.Forbidden]);
        Assert.Null(await Executions.FindAsync(key, graph, Ct));
        Assert.Null(await Store.Get<ExecutionMaps>().FindAsync(key, graph, null, Ct));
        Assert.Empty(ReviewRules.AllowedActions(key, await ReadAsync("hers")));
        Assert.Equal((ReviewStatus.WAITING, ExecutionStatus.REVIEW),
            ((await ReadAsync("hers")).Status, (await Engine.ReadAsync(graph)).Execution.Status));

        if (may.HasFlag(KeyMay.admin))
            foreach (var id in new[] { "hers", chat.GraphExecId, graph })
                Assert.Equal(1, (await Stopping.AdminCancelAsync(key, id, "because", Ct)).CancelledReviews);
        else
            await RefusedAsync(Refusal.Forbidden, () => Stopping.AdminCancelAsync(key, graph, "because", Ct));
    }

    [Fact, Invariant(8), Invariant(11)]
    public async Task A_key_acts_only_in_the_name_of_what_was_started_with_it_whatever_it_sees()
    {
        var others = await KeyAsync("others", KeyMay.ask | KeyMay.decide);
        var chat = await ChatAsync(others);
        var inChat = Assert.IsType<ReviewRequired>(await RunAsync(chat, others)).Review.NodeExecId;
        await DecideAsync(Approve(inChat));
        var graph = await Engine.StartAsync(others, new GraphSketch().Probe("a", Real));
        var hers = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", Real));
        await AskAsync(Request("theirs", "theirs"), others);

        Assert.Equal("theirs", (await Reviews.GetAsync(Both, "theirs", Ct)).NodeExecId);
        foreach (var id in new[] { graph, hers })
            await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("mine", id, "mine"), Both));
        await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("theirs", "mine"), Both));
        await RefusedAsync(Refusal.NotFound, () => RunAsync(chat, Both));
        await RefusedAsync(Refusal.NotFound, () => Tools.ContinueRunBlockAsync(Both, chat.Id, inChat, Ct));
        Assert.Empty(Probes.Effects.All);
        Assert.Equal("mine", (await AskAsync(Request("mine", graph, "mine"), others)).NodeExecId);
        Assert.IsType<BlockRan>(await Tools.ContinueRunBlockAsync(others, chat.Id, inChat, Ct));
    }

    [Theory, InlineData(KeyMay.ask), InlineData(KeyMay.ask | KeyMay.decide), Invariant(8)]
    public async Task A_key_does_not_continue_in_its_chat_what_its_person_asked_for_there(KeyMay may)
    {
        var key = await KeyAsync("chats", may);
        var chat = await ChatAsync(key);
        var hers = Assert.IsType<ReviewRequired>(await RunAsync(chat)).Review.NodeExecId;
        await DecideAsync(Approve(hers));

        var own = Assert.IsType<ReviewRequired>(await RunAsync(chat, key)).Review;
        Assert.NotEqual(hers, own.NodeExecId);
        Assert.Equal(key.Key!.Id, own.AskedByKeyId);
        Assert.Contains(may == KeyMay.ask ? "was found" : "whoever asked continues it",
            Assert.IsType<ToolError>(await Tools.ContinueRunBlockAsync(key, chat.Id, hers, Ct)).Message, StringComparison.Ordinal);
        Assert.Empty(Probes.Effects.All);
        Assert.IsType<BlockRan>(await Tools.ContinueRunBlockAsync(Rosa, chat.Id, hers, Ct));
    }

    [Fact, Invariant(8)]
    public async Task An_agent_does_not_ask_where_another_asks_whichever_review_is_read_first()
    {
        await AskAsync(Request("a", "run-9"), Agent);
        await AskAsync(Request("b", "run-9"), Agent);
        await using (var db = Store.Db())
            await PastTheGate.GiveAsync(db, "b", OtherAgent.Key!.Id, Ct);

        foreach (var agent in new[] { Agent, OtherAgent })
            await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("c", "run-9"), agent));
    }

    [Fact, Invariant(1)]
    public async Task A_stop_tells_each_asker_of_their_own_reviews()
    {
        using var feed = Store.Events.Open(Rosa.UserId);
        await AskAsync(Request("mine"), Agent);
        await AskAsync(Request("hers"));
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        var told = new List<ReviewsCancelled>();
        await foreach (var change in feed.ReadAsync(Ct))
        {
            if (change is ReviewsCancelled cancelled)
                told.Add(cancelled);
            if (change is ExecutionChanged ended)
            {
                Assert.Equal(Agent.Key!.Id, ended.AskedByKeyId);
                break;
            }
        }
        Assert.Equal(
            [("run-1", 1, null), ("run-1", 1, Agent.Key!.Id)],
            told.OrderBy(c => c.AskedByKeyId is not null).Select(c => (c.GraphExecId, c.Count, c.AskedByKeyId)));
    }
}
