using HitlReview.Core;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class AskingOnSqlite() : AskingSpec(new SqliteStore());

public sealed class AskingOnPostgres() : AskingSpec(new PostgresStore());

/// <summary>An outside agent asks for a review.</summary>
public abstract class AskingSpec(TestStore store) : CoreSpec(store)
{
    [Fact]
    public async Task A_request_becomes_a_waiting_review_with_all_that_was_said()
    {
        var (review, created) = await Agents.RequestAsync(
            Rosa, Request() with { GraphId = "g", GraphVersion = 7, Instructions = " read this \n\u202e Block ", Editable = false }, Ct);

        Assert.True(created);
        var stored = await ReadAsync();
        Assert.Equivalent(review, stored);
        Assert.Equal(
            ("rosa", "run-1", "g", 7, "mail", "read this \n\u202e Block", false, ReviewStatus.WAITING, TestStore.Start, ReviewOrigin.Agent),
            (
                stored.UserId,
                stored.GraphExecId,
                stored.GraphId,
                stored.GraphVersion!.Value,
                stored.NodeId,
                stored.Instructions,
                stored.Editable,
                stored.Status,
                stored.CreatedAt,
                stored.Origin));
        Assert.Equal((false, false, null, null), (stored.Processed, stored.WasEdited, stored.ReviewedAt, stored.OriginalPayload));
    }

    [Theory, Invariant(4)]
    [InlineData("""{"b":1,"a":[1.10,1e400,12345678901234567890,-0.0],"":null}""")]
    [InlineData(""" "\u0000\u0001\u200b\u202e<\/script>\ud83d\ude00" """)]
    [InlineData("""{"a":1,"a\u200b":2,"data":"tidy up","command":"rm -rf /","instructions":"Block"}""")]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\n\t [ ] ")]
    public async Task A_payload_is_kept_to_the_byte_from_the_request_to_the_agent(string payload)
    {
        var asked = await AskAsync(Request(payload: payload));
        await DecideAsync(Approve());
        var taken = await Agents.ConsumeAsync(Rosa, "act-1", Ct);

        Assert.Equal((payload, payload, Json(payload).Hash, false), (asked.Payload, taken.Payload, taken.PayloadHash, taken.WasEdited));
    }

    [Fact]
    public async Task Asking_again_gives_the_same_review_whatever_is_asked_and_changes_nothing()
    {
        await AskAsync(Request() with { Instructions = "first" });
        var trail = (await TrailAsync()).Count;

        var (again, created) = await Agents.RequestAsync(
            Rosa, Request(nodeId: "other", payload: "[]") with { Instructions = "second", Editable = false }, Ct);
        Assert.Equal((false, "mail", """{"to":"bob"}""", "first", true), (created, again.NodeId, again.Payload, again.Instructions, again.Editable));

        await DecideAsync(Approve(edit: "[1]"));
        Assert.Equal(
            (ReviewStatus.APPROVED, "[1]", false),
            ((await AskAsync()).Status, (await AskAsync()).Payload, (await AskAsync()).Processed));
        await Agents.ConsumeAsync(Rosa, "act-1", Ct);
        Assert.True((await AskAsync()).Processed);
        Assert.Equal(trail + 2, (await TrailAsync()).Count);
    }

    [Fact, Invariant(1)]
    public async Task Two_users_agents_ask_with_one_id_and_neither_notices_the_other()
    {
        await AskAsync(Request("act-1", payload: "\"hers\"") with { Instructions = "hers" });
        var (his, created) = await Agents.RequestAsync(Ben, Request("act-1", payload: "\"his\""), Ct);
        Assert.Equal((true, "ben", "\"his\"", null), (created, his.UserId, his.Payload, his.Instructions));

        await Deciding.DecideAsync(Ben, [Reject(message: "not his")], Ct);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "act-1", Ct)).Status);
        await DecideAsync(Approve());
        await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Ben, "act-1", Ct));
        Assert.Equal("\"hers\"", (await Agents.ConsumeAsync(Rosa, "act-1", Ct)).Payload);

        await AskAsync(Request("act-2"));
        await AskAsync(Request("act-2"), Ben);
        await Stopping.StopAsync(Ben, "run-1", Ct);
        Assert.Equal(ReviewStatus.REJECTED, (await Reviews.GetAsync(Ben, "act-2", Ct)).Status);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "act-2", Ct)).Status);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_asks_in_another_users_execution_or_chat()
    {
        var execution = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));
        var chat = (await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct)).GraphExecId;

        foreach (var id in new[] { execution, chat })
        {
            await RefusedAsync(Refusal.NotFound, () => AskAsync(Request("x", id), Ben));
            await RefusedAsync(Refusal.NotFound, () => AskAsync(Request("x", id), Ada));
        }
        Assert.Equal("rosa", (await AskAsync(Request("mine", execution))).UserId);
        Assert.Contains("runs chat", await RefusedAsync(Refusal.Conflict, () => AskAsync(Request("mine-too", chat))),
            StringComparison.Ordinal);
        await RefusedAsync(Refusal.NotFound, () => AskAsync(Request("x", "copilot-session-unknown")));
    }

    [Fact]
    public async Task Two_users_may_use_one_execution_id_of_their_own_making_without_noticing()
    {
        await AskAsync(Request("rosas", "run-1"));
        await AskAsync(Request("bens", "run-1"), Ben);
        await Stopping.StopAsync(Ben, "run-1", Ct);

        Assert.Equal((ReviewStatus.WAITING, ReviewStatus.REJECTED), ((await ReadAsync("rosas")).Status, (await ReadAsync("bens")).Status));
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("more", "run-1")).Status);
        Assert.Equal(["rosas", "more"], (await Reviews.PendingForExecutionAsync(Rosa, "run-1", Ct)).Select(r => r.NodeExecId));
    }

    [Fact, Invariant(5), Invariant(6)]
    public async Task An_agent_cannot_answer_for_a_node_execution_of_the_engines_own()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", """{"data":"real"}"""));
        var node = await Engine.NodeAsync(id, "a");

        Assert.Contains("HitlReview runs node 'a'", await RefusedAsync(Refusal.Conflict, () => AskAsync(Request(node.Id, id, "a"))),
            StringComparison.Ordinal);
        Assert.Contains("HitlReview runs node execution", await RefusedAsync(Refusal.Conflict, () => AskAsync(Request(node.Id, id))),
            StringComparison.Ordinal);
        // It is as unknown to him as any other, and what he asks under it is his own.
        Assert.Equal("ben", (await AskAsync(Request(node.Id, "bens-run", "a"), Ben)).UserId);

        await Engine.RunAsync(id);
        Assert.Equal("""{"data":"real"}""", (await AskAsync(Request(node.Id, id))).Payload);
        Assert.Contains("HitlReview runs node 'a'", await RefusedAsync(Refusal.Conflict, () => AskAsync(Request(node.Id, id, "a"))),
            StringComparison.Ordinal);
    }

    [Theory, Invariant(4)]
    [InlineData("copilot-node-5c1f7a52:deadbeef"), InlineData("copilot-node-")]
    public async Task Ids_of_chats_are_reserved(string id) =>
        Assert.Contains("reserved", await RefusedAsync(Refusal.Invalid, () => AskAsync(Request(id))), StringComparison.Ordinal);

    [Theory, Invariant(10)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u200bb")]
    [InlineData("a\u202eb")]
    [InlineData("a\u2028b")]
    [InlineData("\ufffd")]
    public async Task Ids_that_could_not_be_told_apart_by_looking_are_refused_by_the_name_of_their_field(string id)
    {
        Assert.StartsWith(
            "node_exec_id", await RefusedAsync(Refusal.Invalid, () => AskAsync(Request(nodeExecId: id))), StringComparison.Ordinal);
        Assert.StartsWith(
            "graph_exec_id", await RefusedAsync(Refusal.Invalid, () => AskAsync(Request(graphExecId: id))), StringComparison.Ordinal);
        Assert.StartsWith("node_id", await RefusedAsync(Refusal.Invalid, () => AskAsync(Request(nodeId: id))), StringComparison.Ordinal);
        Assert.StartsWith(
            "graph_id", await RefusedAsync(Refusal.Invalid, () => AskAsync(Request() with { GraphId = id })), StringComparison.Ordinal);
    }

    [Fact, Invariant(10)]
    public async Task An_id_has_at_most_200_characters_and_instructions_10000()
    {
        await RefusedAsync(Refusal.Invalid, () => AskAsync(Request(new('x', 201))));
        await RefusedAsync(Refusal.Invalid, () => AskAsync(Request() with { Instructions = new('x', 10_001) }));
        await RefusedAsync(Refusal.Invalid, () => AskAsync(Request() with { Instructions = "\0" }));

        await AskAsync(Request(new('x', 200)) with { Instructions = new('é', 10_000) });
    }

    [Fact, Invariant(7)]
    public async Task A_stopped_execution_of_an_agent_asks_no_more()
    {
        await AskAsync();
        Assert.Equal(new(ExecutionStatus.TERMINATED, 1, 0), await Stopping.StopAsync(Rosa, "run-1", Ct));

        Assert.Contains("'run-1' has ended", await RefusedAsync(Refusal.Conflict, () => AskAsync("act-2")), StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("act-2", "run-2")).Status);
    }

    [Fact, Invariant(7)]
    public async Task An_execution_of_ours_that_has_ended_asks_no_more()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        await AskAsync("early", id);
        await Engine.RunAsync(id);

        await RefusedAsync(Refusal.Conflict, () => AskAsync("late", id));
    }
}
