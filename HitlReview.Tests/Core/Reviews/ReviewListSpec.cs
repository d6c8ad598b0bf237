using HitlReview.Core;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ReviewListOnSqlite() : ReviewListSpec(new SqliteStore());

public sealed class ReviewListOnPostgres() : ReviewListSpec(new PostgresStore());

/// <summary>The lists of the inbox.</summary>
public abstract class ReviewListSpec(TestStore store) : CoreSpec(store)
{
    ReviewList List => Store.Get<ReviewList>();

    static ReviewFilter Decided { get; } = ReviewFilter.None with { Tab = ReviewTab.Decided };

    async Task<IEnumerable<string>> IdsAsync(
        ReviewFilter? filter = null, bool oldestFirst = false, ListPart? part = null, Caller? who = null) =>
        (await List.ReadAsync(who ?? Rosa, filter ?? ReviewFilter.None, oldestFirst, part ?? new(100), Ct)).Select(r => r.NodeExecId);

    /// <summary>Asks, a minute after the one before.</summary>
    async Task AskLaterAsync(ReviewRequest request, Caller? who = null)
    {
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(request, who);
    }

    async Task AskManyAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await AskLaterAsync(Request($"act-{i}", $"run-{i % 2}", $"node-{i % 3}"));
    }

    [Fact, Invariant(1)]
    public async Task Each_person_sees_their_own_in_either_order()
    {
        await AskManyAsync(3);
        await AskLaterAsync(Request("bens"), Ben);

        Assert.Equal(["act-2", "act-1", "act-0"], await IdsAsync());
        Assert.Equal(["act-0", "act-1", "act-2"], await IdsAsync(oldestFirst: true));
        Assert.Equal(["bens"], await IdsAsync(who: Ben));
        Assert.Empty(await IdsAsync(who: Ada));
        Assert.Equal(
            (3, 1, 0),
            (
                await List.CountAsync(Rosa, ReviewFilter.None, Ct),
                await List.CountAsync(Ben, ReviewFilter.None, Ct),
                await List.CountAsync(Ada, ReviewFilter.None, Ct)));
        Assert.Null(await List.FindAsync(Ada, ReviewFilter.None, "act-0", Ct));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Any_part_can_be_read_forwards_backwards_and_from_a_number(bool oldestFirst)
    {
        await AskManyAsync(7);
        var all = (await IdsAsync(oldestFirst: oldestFirst)).ToList();
        var fourth = ReviewList.PlaceOf(
            ReviewTab.Waiting, (await List.ReadAsync(Rosa, ReviewFilter.None, oldestFirst, new(1) { Skip = 3 }, Ct))[0]);

        Assert.Equal(all[4..6], await IdsAsync(oldestFirst: oldestFirst, part: new(2) { From = fourth }));
        Assert.Equal(all[1..3], await IdsAsync(oldestFirst: oldestFirst, part: new(2) { From = fourth, Backwards = true }));
        Assert.Equal(all[5..], await IdsAsync(oldestFirst: oldestFirst, part: new(2) { Backwards = true }));
        Assert.Equal(all[5..], await IdsAsync(oldestFirst: oldestFirst, part: new(9) { Skip = 5 }));
        Assert.Equal(3, await List.IndexAsync(Rosa, ReviewFilter.None, oldestFirst, fourth, Ct));
    }

    [Fact]
    public async Task Rows_of_one_moment_are_neither_skipped_nor_repeated()
    {
        for (var i = 0; i < 7; i++)
            await AskAsync($"act-{i}");
        var seen = new List<string>();
        ListCursor? from = null;
        while (await List.ReadAsync(Rosa, ReviewFilter.None, false, new(2) { From = from }, Ct) is { Count: > 0 } part)
        {
            seen.AddRange(part.Select(r => r.NodeExecId));
            from = ReviewList.PlaceOf(ReviewTab.Waiting, part[^1]);
        }
        Assert.Equal((await IdsAsync()).ToList(), seen);
        Assert.Equal(7, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("BOB", "to-bob")]
    [InlineData("say \"hi\"", "quoted")]
    [InlineData("first\nsecond", "quoted")]
    [InlineData("100%", "percent")]
    [InlineData("1_0", "underscore")]
    [InlineData("back\\slash", "backslash")]
    [InlineData("for the board", "instructed")]
    [InlineData("to-bo", "to-bob")]
    [InlineData("run-x", "elsewhere")]
    [InlineData("  elsewhere ", "elsewhere")]
    public async Task A_search_finds_what_is_in_payload_instructions_and_ids(string text, string found)
    {
        await AskAsync(Request("to-bob", payload: """{"to":"bob@example.com"}"""));
        await AskAsync(Request("quoted", payload: """{"body":"say \"hi\"","lines":"first\nsecond"}"""));
        await AskAsync(Request("percent", payload: """{"off":"100% of it"}"""));
        await AskAsync(Request("underscore", payload: """{"code":"1_0"}"""));
        await AskAsync(Request("decoy", payload: """{"code":"100 of 110"}"""));
        await AskAsync(Request("backslash", payload: """{"path":"back\\slash"}"""));
        await AskAsync(Request("instructed", payload: "{}") with { Instructions = "Please, it is for the board." });
        await AskAsync(Request("elsewhere", "run-x", "other-node", "{}"));

        Assert.Equal([found], await IdsAsync(ReviewFilter.None with { Text = text }));
        Assert.Equal(1, await List.CountAsync(Rosa, ReviewFilter.None with { Text = text }, Ct));
    }

    [Theory]
    [InlineData("Müller")]
    [InlineData("MÜLLER")]
    [InlineData("mu\u0308ller")]
    [InlineData("straße")]
    [InlineData("STRASSE")]
    [InlineData("/etc/hosts")]
    [InlineData("ΛΌΓΟΣ")]
    [InlineData("λόγος")]
    [InlineData("Ёлка")]
    [InlineData("😀")]
    [InlineData("host:BÜCHER.example")]
    [InlineData("from:ÖKO")]
    [InlineData("graph:ÜBERSICHT")]
    [InlineData("ungelöst")]
    [InlineData("zahlung")]
    public async Task A_search_reads_as_a_person_does(string text)
    {
        var agent = Rosa with { Key = new("key-rosa", "Öko-Agent", KeyMay.ask) };
        string[] payloads =
        [
            """{"to":"Müller","at":"STRAẞE","path":"\/etc\/hosts","word":"λόγος","tree":"ЁЛКА","face":"\ud83d\ude00","url":"https:\/\/b\u00fccher.example\/"}""",
            """{"to":"M\u00fcller","at":"Stra\u00dfe","path":"/etc/hosts","word":"ΛΌΓΟΣ","tree":"ёлка","face":"😀","url":"https://bücher.example/"}""",
            """{"to":"MU\u0308LLER","at":"strasse","path":"/ETC/hosts","word":"\u039b\u038c\u0393\u039f\u03a3","tree":"\u0451\u043b\u043a\u0430","face":"😀","url":"https://www.bücher.example"}""",
        ];
        foreach (var (i, payload) in payloads.Index())
            await AskLaterAsync(
                Request($"act-{i}", payload: payload) with { GraphId = "g", Instructions = "Noch UNGELÖST: Zah\u00ADlung" }, agent);
        await AskLaterAsync(Request("decoy", payload: """{"to":"Miller","url":"https://example.com/b%C3%BCcher","ö":1}""") with
        {
            Instructions = "See https://bücher.example/",
        });
        var graph = new GraphSketch().Node("a", HumanInTheLoopBlock.BlockId).ToDefinition();
        await Store.Get<Graphs>().StoreAsync(Rosa, new(null, "Wochenübersicht", graph), Ct);
        await using (var db = Store.Db())
            await db.Graphs.ExecuteUpdateAsync(set => set.SetProperty(g => g.Id, "g"), Ct);

        Assert.Equal(["act-2", "act-1", "act-0"], await IdsAsync(ReviewFilter.None with { Text = text }));
    }

    [Fact]
    public async Task A_search_finds_an_edit_and_a_message_as_they_read()
    {
        await AskAsync(Request("act", payload: """{"to":"Anna"}"""));
        await Deciding.DecideAsync(
            Rosa, [new("act", true) { Edit = JsonText.Parse("""{"to":"J\u00fcrgen"}""", "edit"), Message = "ÄNDERUNG" }], Ct);

        foreach (var (text, ids) in new[] { ("jürgen", new[] { "act" }), ("änderung", ["act"]), ("anna", []) })
            Assert.Equal(ids, await IdsAsync(ReviewFilter.None with { Text = text, Tab = ReviewTab.Decided }));
    }

    [Fact]
    public async Task A_filter_narrows_by_age_block_graph_execution_node_and_whether_it_can_be_edited()
    {
        await AskLaterAsync(Request("old", "run-1", "n1") with { Editable = false });
        Store.Clock.Advance(TimeSpan.FromHours(2));
        await AskLaterAsync(Request("new", "run-2", "n2") with { GraphId = "g" });
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Node("ask", HumanInTheLoopBlock.BlockId, """{"data":1}"""));
        await Engine.RunAsync(id);
        var asked = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct)).NodeExecId;

        var none = ReviewFilter.None;
        Assert.Equal(["old"], await IdsAsync(none with { OlderThan = TimeSpan.FromHours(1) }));
        Assert.Equal([asked, "new"], await IdsAsync(none with { NewerThan = TimeSpan.FromHours(1) }));
        Assert.Equal(["old"], await IdsAsync(none with { Editable = false }));
        Assert.Equal([asked, "new"], await IdsAsync(none with { Editable = true }));
        Assert.Equal(["new", "old"], await IdsAsync(none with { BlockId = ReviewFilter.AgentBlock }));
        Assert.Equal([asked], await IdsAsync(none with { BlockId = HumanInTheLoopBlock.BlockId }));
        Assert.Equal([asked], await IdsAsync(none with { Text = "human in the" }));
        Assert.Equal(["new"], await IdsAsync(none with { GraphId = "g" }));
        Assert.Equal(["old"], await IdsAsync(none with { GraphExecId = "run-1" }));
        Assert.Equal(["new"], await IdsAsync(none with { NodeId = "n2" }));
        var (blockIds, graphIds, _) = await List.ChoicesAsync(Rosa, ReviewTab.Waiting, Ct);
        Assert.Equivalent(new[] { null, HumanInTheLoopBlock.BlockId }, blockIds);
        Assert.Contains("g", graphIds);
    }

    [Fact]
    public async Task A_search_takes_several_words_names_messages_and_operators()
    {
        var agent = Rosa with { Key = new("key-rosa", "Mail Agent", KeyMay.ask) };
        await AskLaterAsync(Request("mail", payload: """{"to":"ann@mail.example.com","subject":"Offer"}"""), agent);
        await AskLaterAsync(Request("call", "run-2", payload: """{"url":"https://api.example.com/v1","note":"offer"}"""));
        await AskLaterAsync(Request("trap", "run-3", payload: """{"url":"https://rnicrosoft.example/"}""") with { Editable = false });
        await AskLaterAsync(Request("said", "run-4") with { Instructions = "please" });
        await Deciding.DecideAsync(Rosa, [new("said", false) { Message = "Not this one" }], Ct);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        var run = await Engine.StartAsync(Rosa, new GraphSketch().Node("ask", HumanInTheLoopBlock.BlockId, """{"data":1}"""));
        await Engine.RunAsync(run);
        var ofGraph = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, run, Ct)).NodeExecId;
        await using (var db = Store.Db())
            await db.Graphs.ExecuteUpdateAsync(g => g.SetProperty(graph => graph.Name, "Monthly report"), Ct);

        Assert.Equal(["call", "mail"], await SearchAsync("OFFER"));
        Assert.Equal(["call"], await SearchAsync("offer api"));
        Assert.Empty(await SearchAsync("offer report"));
        Assert.Equal(["mail"], await SearchAsync("mail agent"));
        Assert.Equal(["mail"], await SearchAsync("from:mail"));
        Assert.Empty(await SearchAsync("from:ann"));
        Assert.Equal([ofGraph], await SearchAsync("monthly"));
        Assert.Equal([ofGraph], await SearchAsync("graph:\"monthly report\""));
        Assert.Empty(await SearchAsync("block:monthly"));
        Assert.Equal(["call", "mail"], await SearchAsync("host:example.com"));
        Assert.Equal(["call"], await SearchAsync("host:api.example.com"));
        Assert.Equal(["trap"], await SearchAsync("has:warning"));
        Assert.Equal(["trap"], await SearchAsync("is:fixed"));
        Assert.Empty(await SearchAsync("is:rejected"));
        Assert.Equal(["said"], await SearchAsync("one not", ReviewTab.Decided));
        Assert.Equal(["said"], await SearchAsync("is:rejected has:message has:words", ReviewTab.Decided));
        Assert.Empty(await SearchAsync("older:1h"));
        Store.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal([ofGraph, "trap", "call", "mail"], await SearchAsync("older:1h"));
        Assert.Empty(await SearchAsync("newer:1h"));

        Task<IEnumerable<string>> SearchAsync(string text, ReviewTab tab = ReviewTab.Waiting) =>
            IdsAsync(ReviewFilter.None with { Text = text, Tab = tab });
    }

    [Fact]
    public async Task Of_others_no_name_is_found()
    {
        var definition = new GraphSketch().Node("a", HumanInTheLoopBlock.BlockId).ToDefinition();
        var theirs = await Store.Get<Graphs>().StoreAsync(Ben, new(null, "Secret plan", definition), Ct);
        await AskLaterAsync(Request("mine") with { GraphId = theirs.Id });

        Assert.Empty(await IdsAsync(ReviewFilter.None with { Text = "secret" }));
        Assert.Empty(await IdsAsync(ReviewFilter.None with { Text = "graph:secret" }));
    }

    [Fact]
    public async Task A_list_is_narrowed_to_what_one_agent_asked_for_and_names_the_agents_to_choose_from()
    {
        var agent = Rosa with { Key = new("key-rosa", "the agent", KeyMay.ask) };
        await AskLaterAsync(Request("by-agent"), agent);
        await AskLaterAsync(Request("by-her", "run-2"));
        await AskLaterAsync(Request("bens"), Ben with { Key = new("key-ben", "his agent", KeyMay.ask) });

        Assert.Equal(["by-agent"], await IdsAsync(ReviewFilter.None with { AskedByKeyId = "key-rosa" }));
        Assert.Equal(["by-her"], await IdsAsync(ReviewFilter.None with { AskedByKeyId = ReviewFilter.NoKey }));
        Assert.Empty(await IdsAsync(ReviewFilter.None with { AskedByKeyId = "key-ben" }));
        Assert.Equal(("the agent", "key-rosa"),
            ((await List.FindAsync(Rosa, ReviewFilter.None, "by-agent", Ct))!.AskedBy,
            (await List.FindAsync(Rosa, ReviewFilter.None, "by-agent", Ct))!.AskedByKeyId));
        Assert.Equal([("key-rosa", "the agent")], (await List.ChoicesAsync(Rosa, ReviewTab.Waiting, Ct)).Agents);
        Assert.Empty((await List.ChoicesAsync(Rosa, ReviewTab.Decided, Ct)).Agents);
    }

    [Fact]
    public async Task What_was_decided_is_listed_by_when_and_by_how()
    {
        foreach (var id in new[] { "approved", "edited", "rejected", "cancelled" })
            await AskAsync(id, $"run-{id}");
        await DecideAsync(Approve("approved") with { AutoApproveFuture = true });
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(Request("auto", "run-approved"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await DecideAsync(Approve("edited", "[1]"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await DecideAsync(Reject("rejected", "no"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await Stopping.StopAsync(Rosa, "run-cancelled", Ct);
        await AskAsync("waiting", "run-waiting");

        Assert.Equal(["cancelled", "rejected", "edited", "auto", "approved"], await IdsAsync(Decided));
        foreach (var (how, id) in new[]
        {
            (DecidedAs.approved, "approved"),
            (DecidedAs.edited, "edited"),
            (DecidedAs.rejected, "rejected"),
            (DecidedAs.cancelled, "cancelled"),
            (DecidedAs.auto_approved, "auto"),
        })
            Assert.Equal([id], await IdsAsync(Decided with { DecidedAs = how }));
        Assert.Equal(["waiting"], await IdsAsync());
    }

    [Theory]
    [InlineData(ReviewTab.Waiting), InlineData(ReviewTab.Decided)]
    public async Task A_longer_list_of_groups_begins_as_a_shorter_one_does(ReviewTab tab)
    {
        // All of one moment, and their ids in another order than those of their executions.
        for (var i = 0; i < 9; i++)
            await AskAsync(Request($"act-{i}", $"run-{(i * 5) % 9}"));
        for (var i = 0; i < 9 && tab == ReviewTab.Decided; i++)
            await Deciding.DecideAsync(Rosa, [new($"act-{i}", true)], Ct);
        var filter = ReviewFilter.None with { Tab = tab };

        var all = (await List.GroupsAsync(Rosa, filter, Grouping.execution, 0, 9, Ct)).Select(g => g.Filter.GraphExecId).ToList();

        Assert.Equal(9, all.Distinct().Count());
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(
                all[..i], (await List.GroupsAsync(Rosa, filter, Grouping.execution, 0, i, Ct)).Select(g => g.Filter.GraphExecId));
            Assert.Equal(
                all[i..], (await List.GroupsAsync(Rosa, filter, Grouping.execution, i, 9, Ct)).Select(g => g.Filter.GraphExecId));
        }
    }

    [Fact]
    public async Task Few_executions_with_very_many_reviews_are_grouped_too()
    {
        await using (var db = Store.Db())
            await PastTheGate.AddAsync(db, [.. Enumerable.Range(0, 10_100).Select(i => new Review
            {
                NodeExecId = $"act-{i}",
                UserId = Rosa.UserId,
                GraphExecId = $"run-{i % 3}",
                NodeId = "mail",
                Origin = ReviewOrigin.Agent,
                Payload = "{}",
                PayloadHash = JsonText.Trusted("{}").Hash,
                Editable = true,
                Status = ReviewStatus.WAITING,
                CreatedAt = Store.Clock.GetUtcNow() - TimeSpan.FromSeconds(i),
            })], Ct);

        var groups = await List.GroupsAsync(Rosa, ReviewFilter.None, Grouping.execution, 0, 100, Ct);

        Assert.Equal(
            [("run-0", 3_367), ("run-1", 3_367), ("run-2", 3_366)], groups.Select(g => (g.Filter.GraphExecId!, g.Count)));
        Assert.Equal(3, (await Store.Get<OutsideRunList>().ListAsync(Rosa, null, Ct)).Count);
    }

    [Fact]
    public async Task Groups_come_with_their_number_the_newest_first_and_open_into_their_own_list()
    {
        await AskManyAsync(6);

        var runs = await List.GroupsAsync(Rosa, ReviewFilter.None, Grouping.execution, 0, 10, Ct);
        Assert.Equal([("run-1", 3), ("run-0", 3)], runs.Select(g => (g.Filter.GraphExecId!, g.Count)));
        Assert.Equal(["act-5", "act-3", "act-1"], await IdsAsync(runs[0].Filter));
        Assert.Equal(
            ["node-2", "node-1", "node-0"],
            (await List.GroupsAsync(Rosa, ReviewFilter.None, Grouping.node, 0, 10, Ct)).Select(g => g.Filter.NodeId));
        var block = Assert.Single(await List.GroupsAsync(Rosa, ReviewFilter.None, Grouping.block, 0, 10, Ct));
        Assert.Equal((ReviewFilter.AgentBlock, 6), (block.Filter.BlockId, block.Count));
        Assert.Equal(
            ["run-0"],
            (await List.GroupsAsync(Rosa, ReviewFilter.None, Grouping.execution, 1, 1, Ct)).Select(g => g.Filter.GraphExecId));
        Assert.Equal(
            [("run-1", 1)],
            (await List.GroupsAsync(Rosa, ReviewFilter.None with { Text = "act-5" }, Grouping.execution, 0, 10, Ct))
                .Select(g => (g.Filter.GraphExecId!, g.Count)));
    }

    [Fact]
    public async Task Those_alike_are_counted_where_there_are_several()
    {
        await AskManyAsync(4);
        var likes = await List.LikesAsync(Rosa, 10, Ct);
        Assert.Equal(2, Assert.Single(likes).Value);
        Assert.Equal((null, "node-0"), likes.Keys.Single());
        Assert.Empty(await List.LikesAsync(Ben, 10, Ct));
    }

    [Fact]
    public async Task Of_a_long_payload_a_list_reads_only_how_it_begins()
    {
        await AskAsync(Request(payload: $$"""{"body":"{{new string('x', 100_000)}}"}"""));
        Assert.Equal(
            ReviewSummary.PayloadStartLength,
            Assert.Single(await List.ReadAsync(Rosa, ReviewFilter.None, false, new(10), Ct)).PayloadStart.Length);
    }
}
