using System.Text.Json.Nodes;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Core.Executions;

public sealed class StepsOnSqlite() : StepsSpec(new SqliteStore());

public sealed class StepsOnPostgres() : StepsSpec(new PostgresStore());

/// <summary>What the steps of an execution make of its nodes, one after another.</summary>
public abstract class StepsSpec(TestStore store) : CoreSpec(store)
{
    const string Pick = "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307";
    const string StoreValue = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";

    static GraphSketch Ask(string input = """{"data":{"to":"bob"},"name":"Send?"}""") => new GraphSketch()
        .Node("ask", HumanInTheLoopBlock.BlockId, input).Pass("yes").Pass("no").Pass("said")
        .Link("ask.approved_data", "yes.data").Link("ask.rejected_data", "no.data").Link("ask.review_message", "said.data");

    async Task<string> RunAsync(GraphSketch graph, string? inputs = null)
    {
        var id = await Engine.StartAsync(Rosa, graph, inputs);
        await Engine.RunAsync(id);
        return id;
    }

    /// <summary>Decides the one review of the execution that waits, and runs on.</summary>
    async Task<Review> AnswerAsync(string id, Func<Decision, Decision>? with = null, bool approved = true)
    {
        var review = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct));
        await DecideAsync((with ?? (d => d))(new(review.NodeExecId, approved)));
        await Engine.RunAsync(id);
        return review;
    }

    async Task<ExecutionStatus> StatusAsync(string id) => (await Engine.ReadAsync(id)).Execution.Status;

    /// <summary>The node executions as "node STATUS", in their order.</summary>
    async Task<IEnumerable<string>> NodesAsync(string id) => (await Engine.ReadAsync(id)).Nodes.Select(n => $"{n.NodeId} {n.Status}");

    /// <summary>What a node received, each time it ran.</summary>
    async Task<IEnumerable<string>> InputsAsync(string id, string node) =>
        (await Engine.ReadAsync(id)).Nodes.Where(n => n.NodeId == node && n.Status == ExecutionStatus.COMPLETED).Select(n => n.Input);

    [Fact, Invariant(4)]
    public async Task A_sensitive_block_asks_and_runs_exactly_what_was_approved_once()
    {
        var input = """{"data": {"n": 1.10, "big": 12345678901234567890}}""";
        var id = await RunAsync(new GraphSketch().Probe("act", input).Pass("next").Link("act.data", "next.data"));
        Assert.Equal(ExecutionStatus.REVIEW, await StatusAsync(id));
        Assert.Equal(["act REVIEW"], await NodesAsync(id));
        Assert.Empty(Probes.Effects.All);

        var review = await AnswerAsync(id);

        Assert.Equal(
            (input, true, ReviewOrigin.Graph, ProbeBlock.BlockId, "act", id),
            (review.Payload, review.Editable, review.Origin, review.BlockId, review.NodeId, review.GraphExecId));
        Assert.Equal(new ProbeRun(review.NodeExecId, input) { GraphExecId = id }, Assert.Single(Probes.Effects.All));
        Assert.Equal("""{"data":{"n": 1.10, "big": 12345678901234567890}}""", Assert.Single(await InputsAsync(id, "next")));
        Assert.Equal(ExecutionStatus.COMPLETED, await StatusAsync(id));
        Assert.True((await ReadAsync(review.NodeExecId)).Processed);
    }

    [Fact, Invariant(4)]
    public async Task An_edit_is_what_runs_and_what_the_record_shows()
    {
        var id = await RunAsync(new GraphSketch().Probe("act", """{"data":1}"""));
        await AnswerAsync(id, d => d with { Edit = Json("""{ "data" : 2 }""") });

        Assert.Equal("""{ "data" : 2 }""", Assert.Single(Probes.Effects.All).Input);
        Assert.Equal(("""{ "data" : 2 }""", """{"data":[2]}"""), ((await Engine.NodeAsync(id, "act")).Input, (await Engine.NodeAsync(id, "act")).Output));
    }

    [Theory, Invariant(10)]
    [InlineData("""{"count":"many"}""", "$.count: must be an integer"), InlineData("""{"nope":1}""", "$.nope: is unknown"), InlineData("[]", "$: must be an object")]
    public async Task An_edit_that_breaks_the_schema_is_refused_with_its_path_and_decides_nothing(string edit, string why)
    {
        var id = await RunAsync(new GraphSketch().Probe("act"));
        var review = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct));

        Assert.Contains(
            why, await RefusedAsync(Refusal.Invalid, () => DecideAsync(Approve(review.NodeExecId, edit))), StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync(review.NodeExecId)).Status);
        // With a rejection, or a standing approval, the edit is not looked at.
        await DecideAsync(Reject(review.NodeExecId) with { Edit = Json(edit) });
    }

    [Fact, Invariant(7)]
    public async Task A_rejected_action_fails_with_the_reviewers_words_and_what_depends_on_it_does_not_run()
    {
        var id = await RunAsync(new GraphSketch().Probe("act", """{"data":1}""").Pass("next").Pass("beside", """{"data":1}""").Link("act.data", "next.data"));
        await AnswerAsync(id, d => d with { Message = "too risky" }, approved: false);

        var (execution, act) = ((await Engine.ReadAsync(id)).Execution, await Engine.NodeAsync(id, "act"));
        Assert.Equal(["act FAILED", "beside COMPLETED"], await NodesAsync(id));
        Assert.Equal(("Rejected by the reviewer: too risky", true), (act.Error, act.Rejected));
        Assert.Equal((ExecutionStatus.COMPLETED, 1, 0), (execution.Status, execution.RejectedNodeCount, execution.FailedNodeCount));
        Assert.Empty(Probes.Effects.All);
    }

    [Fact]
    public async Task A_failed_node_is_counted_and_the_other_branches_go_on()
    {
        var id = await RunAsync(new GraphSketch { SensitiveActionSafeMode = false }.Probe("act", """{"fail":"broken\u0000\ud83d"}""".Replace("\\ud83d", "", StringComparison.Ordinal)).Pass("bad", """{"fail":"no"}""").Pass("good").Pass("after").Link("bad.data", "after.data"));

        Assert.Equal(["act FAILED", "bad FAILED", "good COMPLETED"], await NodesAsync(id));
        Assert.Equal(("broken\ufffd", "no"), ((await Engine.NodeAsync(id, "act")).Error, (await Engine.NodeAsync(id, "bad")).Error));
        Assert.Equal(
            (ExecutionStatus.COMPLETED, 2, 0),
            (
                (await Engine.ReadAsync(id)).Execution.Status,
                (await Engine.ReadAsync(id)).Execution.FailedNodeCount,
                (await Engine.ReadAsync(id)).Execution.RejectedNodeCount));
    }

    [Fact, Invariant(10)]
    public async Task Input_that_could_not_run_is_never_shown_to_a_person()
    {
        var id = await RunAsync(new GraphSketch().Pass("source", """{"data":"many"}""").Probe("act").Link("source.data", "act.count"));

        Assert.Equal(["source COMPLETED", "act FAILED"], await NodesAsync(id));
        Assert.Contains("$.count", (await Engine.NodeAsync(id, "act")).Error, StringComparison.Ordinal);
        Assert.Null(await FindAsync((await Engine.NodeAsync(id, "act")).Id));
    }

    [Fact, Invariant(4)]
    public async Task What_cannot_be_shown_for_review_is_refused_and_never_run()
    {
        var large = $"\"{new string('x', 999_000)}\"";
        var id = await RunAsync(new GraphSketch().Pass("source", $$"""{"data":{{large}}}""").Probe("act", """{"fail":"the rest of a million characters"}""").Probe("fits").Link("source.data", "act.data").Link("source.data", "fits.data"));

        Assert.Equal(["source COMPLETED", "act REVIEW", "fits REVIEW"], await NodesAsync(id));
        id = await RunAsync(new GraphSketch().Pass("source", $$"""{"data":{{large}}}""").Pass("wrap").Probe("act").Link("source.data", "wrap.data").Link("source.data", "wrap.more").Link("wrap.input", "act.data"));
        Assert.Equal("act FAILED", (await NodesAsync(id)).Last());
        Assert.Contains("can't be shown for review", (await Engine.NodeAsync(id, "act")).Error, StringComparison.Ordinal);
        Assert.Empty(Probes.Effects.All);
    }

    [Fact]
    public async Task Human_in_the_loop_shows_its_data_alone_and_emits_what_was_approved()
    {
        var id = await RunAsync(Ask());
        var review = await AnswerAsync(id, d => d with { Message = "go" });

        Assert.Equal(("""{"to":"bob"}""", "Send?", true), (review.Payload, review.Instructions, review.Editable));
        Assert.Equal(["ask COMPLETED", "yes COMPLETED", "said COMPLETED"], await NodesAsync(id));
        Assert.Equal(("""{"data":{"to":"bob"}}""", """{"data":"go"}"""), (Assert.Single(await InputsAsync(id, "yes")), Assert.Single(await InputsAsync(id, "said"))));
    }

    [Fact]
    public async Task Human_in_the_loop_emits_an_edit_of_any_kind()
    {
        var id = await RunAsync(Ask());
        await AnswerAsync(id, d => d with { Edit = Json("false") });

        Assert.Equal("""{"data":false}""", Assert.Single(await InputsAsync(id, "yes")));
        Assert.Equal("""{"data":"Approved by the reviewer"}""", Assert.Single(await InputsAsync(id, "said")));
    }

    [Fact]
    public async Task Human_in_the_loop_completes_when_rejected_and_emits_the_data_as_rejected()
    {
        var id = await RunAsync(Ask());
        await AnswerAsync(id, d => d with { Edit = Json("1") }, approved: false);

        Assert.Equal(["ask COMPLETED", "no COMPLETED", "said COMPLETED"], await NodesAsync(id));
        Assert.Equal("""{"data":{"to":"bob"}}""", Assert.Single(await InputsAsync(id, "no")));
        Assert.Equal("""{"data":"Rejected by the reviewer"}""", Assert.Single(await InputsAsync(id, "said")));
        Assert.Equal(
            (0, 0),
            ((await Engine.ReadAsync(id)).Execution.FailedNodeCount, (await Engine.ReadAsync(id)).Execution.RejectedNodeCount));
    }

    [Fact]
    public async Task Human_in_the_loop_that_is_not_editable_takes_no_edit()
    {
        var id = await RunAsync(Ask("""{"data":1,"editable":false}"""));
        var review = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct));

        await RefusedAsync(Refusal.BadRequest, () => DecideAsync(Approve(review.NodeExecId, "2")));
        await AnswerAsync(id, d => d with { Edit = Json("1.0") });
        Assert.Equal("""{"data":1}""", Assert.Single(await InputsAsync(id, "yes")));
    }

    [Fact]
    public async Task Without_its_safe_mode_human_in_the_loop_passes_the_data_on_and_sensitive_blocks_still_ask()
    {
        var id = await RunAsync(new GraphSketch { HumanInTheLoopSafeMode = false }.Node("ask", HumanInTheLoopBlock.BlockId, """{"data":1}""").Pass("said").Probe("act").Link("ask.approved_data", "act.data").Link("ask.review_message", "said.data"));

        Assert.Equal(
            ["ask COMPLETED", "act REVIEW", "said COMPLETED"],
            (await NodesAsync(id)).Order(StringComparer.Ordinal).OrderBy(n => n.StartsWith("ask", StringComparison.Ordinal) ? 0 : 1));
        Assert.Equal("""{"data":"Auto-approved (safe mode disabled)"}""", Assert.Single(await InputsAsync(id, "said")));
    }

    [Fact, Invariant(9)]
    public async Task Without_its_safe_mode_a_sensitive_block_runs_unasked_but_claimed_and_human_in_the_loop_still_asks()
    {
        var id = await RunAsync(new GraphSketch { SensitiveActionSafeMode = false }.Probe("act", """{"data":1}""").Node("ask", HumanInTheLoopBlock.BlockId).Link("act.data", "ask.data"));

        Assert.Equal(["act COMPLETED", "ask REVIEW"], await NodesAsync(id));
        Assert.Single(Probes.Effects.All);
        Assert.Equal(
            [AuditActions.ActionClaimed, AuditActions.ActionEnded],
            (await TrailAsync()).Select(e => e.Action).Where(a => a.StartsWith("action.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_settings_and_the_graph_of_a_run_are_those_of_its_start()
    {
        var graphs = Store.Get<Graphs>();
        var graph = await graphs.StoreAsync(Rosa, new GraphSketch().Pass("a").Probe("act").Link("a.input", "act.data").ToDraft(), Ct);
        var id = (await Executions.StartAsync(Rosa, graph.Id, null, Ct)).Id;
        await graphs.StoreAsync(
            Rosa,
            new GraphSketch { SensitiveActionSafeMode = false, HumanInTheLoopSafeMode = false }.Pass("other").ToDraft() with
            {
                Id = graph.Id,
            },
            Ct);
        await Engine.RunAsync(id);

        Assert.Equal(["a COMPLETED", "act REVIEW"], await NodesAsync(id));
        await Store.RestartAsync();
        await AnswerAsync(id);
        Assert.Equal(["a COMPLETED", "act COMPLETED"], await NodesAsync(id));
        Assert.Equal(1, (await Engine.ReadAsync(id)).Execution.GraphVersion);
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_lets_every_later_run_of_the_node_through_with_its_own_input()
    {
        var id = await RunAsync(new GraphSketch().Node("each", Pick, """{"path":"","each":true,"data":[1,2,3]}""").Probe("act").Pass("next").Link("each.value", "act.data").Link("act.data", "next.data"));
        Assert.Equal(["each COMPLETED", "act REVIEW", "act REVIEW", "act REVIEW"], await NodesAsync(id));
        var first = (await Reviews.PendingForExecutionAsync(Rosa, id, Ct)).Single(r => r.Payload == """{"data":1}""");
        await DecideAsync(Approve(first.NodeExecId, """{"data":"edited"}""") with { AutoApproveFuture = true });
        await Engine.RunAsync(id);

        // What already waits still waits; the edit was ignored.
        Assert.Equal("""{"data":1}""", Assert.Single(Probes.Effects.All).Input);
        Assert.Equal(2, (await Reviews.PendingForExecutionAsync(Rosa, id, Ct)).Count);

        id = await RunAsync(new GraphSketch().Node("each", Pick, """{"path":"","each":true,"data":[1,2,3]}""").Probe("act").Node("loop", HumanInTheLoopBlock.BlockId).Link("each.value", "act.data").Link("act.data", "loop.data").Link("loop.rejected_data", "act.data"));
        foreach (var review in await Reviews.PendingForExecutionAsync(Rosa, id, Ct))
            await DecideAsync(Approve(review.NodeExecId) with { AutoApproveFuture = true });
        await Engine.RunAsync(id);
        var asked = (await Reviews.PendingForExecutionAsync(Rosa, id, Ct))[0];
        await DecideAsync(Reject(asked.NodeExecId));
        await Engine.RunAsync(id);

        Assert.Equal(4, (await InputsAsync(id, "act")).Count());
        Assert.Equal($$"""{"data":{{asked.Payload}}}""", (await InputsAsync(id, "act")).Last());
        Assert.Equal(
            (1, "auto_approve_" + id + "_act"),
            (
                (await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items.Single(a => a.GraphExecId == id).UseCount,
                (await TrailAsync()).Single(e => e.Action == AuditActions.ReviewAutoApproved).Detail));
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_answers_human_in_the_loop_too_until_it_is_revoked()
    {
        var id = await RunAsync(new GraphSketch()
            .Pass("draft", """{"data":"v1"}""").Node("ask", HumanInTheLoopBlock.BlockId).Probe("gate").Pass("redraft").Pass("said")
            .Link("draft.data", "ask.data").Link("ask.approved_data", "gate.data").Link("gate.data", "redraft.data")
            .Link("redraft.data", "ask.data").Link("ask.review_message", "said.data"));
        await AnswerAsync(id, d => d with { AutoApproveFuture = true }); // ask
        await AnswerAsync(id); // gate, behind which ask is answered by itself
        Assert.Equal("""{"data":"Auto-approved (user approved all future actions for this node)"}""", (await InputsAsync(id, "said")).Last());
        Assert.Equal("gate", Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct)).NodeId);

        await AutoApprovals.RevokeAsync(Rosa, id, "ask", Ct);
        await AnswerAsync(id);
        Assert.Equal("ask", Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct)).NodeId);
    }

    [Fact]
    public async Task Values_that_fan_out_meet_again_in_the_order_in_which_they_were_emitted()
    {
        var id = await RunAsync(new GraphSketch()
            .Node("each", Pick, """{"path":"","each":true,"data":[1,2,3]}""").Pass("left").Pass("right").Pass("join")
            .Link("each.value", "left.data").Link("each.value", "right.data")
            .Link("left.data", "join.data").Link("right.data", "join.more"));

        Assert.Equal(["""{"data":1,"more":1}""", """{"data":2,"more":2}""", """{"data":3,"more":3}"""], await InputsAsync(id, "join"));
    }

    [Fact]
    public async Task A_stored_value_serves_every_firing_whenever_it_arrives()
    {
        foreach (var late in new[] { false, true })
        {
            var graph = new GraphSketch().Node("each", Pick, """{"path":"","each":true,"data":[1,2,3]}""").Pass("join").Link("each.value", "join.data").Link("keep.output", "join.more");
            graph = late
                ? graph.Pass("slow", """{"data":"x"}""").Node("keep", StoreValue).Link("slow.data", "keep.input")
                : graph.Node("keep", StoreValue, """{"input":"x"}""");
            var id = await RunAsync(graph);

            Assert.Equal(["""{"data":1,"more":"x"}""", """{"data":2,"more":"x"}""", """{"data":3,"more":"x"}"""], (await InputsAsync(id, "join")).Select(i => Json(i)).OrderBy(i => i.Root.GetProperty("data").GetInt32()).Select(i => JsonNode.Parse(i.Text)).Select(n => $$"""{"data":{{n!["data"]}},"more":"{{n["more"]}}"}"""));
        }
    }

    [Fact]
    public async Task A_loop_that_never_ends_fails_as_a_whole_and_leaves_nothing_waiting()
    {
        Store.Get<IOptions<ExecutionOptions>>().Value.MaxNodeExecutions = 20;
        var id = await RunAsync(new GraphSketch().Pass("start", """{"data":1}""").Pass("again").Probe("act", """{"data":1}""").Link("start.data", "again.data").Link("again.data", "again.data"));

        var execution = (await Engine.ReadAsync(id)).Execution;
        Assert.Equal(
            (ExecutionStatus.FAILED, "It made more than 20 node executions (Executions:MaxNodeExecutions)."),
            (execution.Status, execution.Error));
        Assert.Equal(20, (await Engine.ReadAsync(id)).Nodes.Count);
        Assert.All((await Engine.ReadAsync(id)).Nodes, n => Assert.True(n.Status.IsFinal()));
        Assert.Empty(await (await Reviews.PendingAsync(Rosa, PageRequest.First, Ct)).IdsAsync());
        var review = await ReadAsync((await Engine.NodeAsync(id, "act")).Id);
        Assert.Equal((ReviewStatus.REJECTED, true), (review.Status, review.Processed));
        Assert.StartsWith("Execution failed: It made more than", review.ReviewMessage, StringComparison.Ordinal);
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve(review.NodeExecId)));
    }

    [Fact, Invariant(9)]
    public async Task The_way_of_one_action_is_in_the_trail_from_start_to_end()
    {
        var id = await RunAsync(new GraphSketch().Probe("act", """{"data":1}"""));
        await AnswerAsync(id, d => d with { Edit = Json("""{"data":2}""") });

        var (before, after) = (Json("""{"data":1}""").Hash, Json("""{"data":2}""").Hash);
        Assert.Equal(
            [
                (AuditActions.ExecutionStarted, "rosa", null, null, null), (AuditActions.ExecutionMoved, null, "RUNNING", null, null),
                (AuditActions.ReviewRequested, null, null, null, before), (AuditActions.ExecutionMoved, null, "REVIEW", null, null),
                (AuditActions.ReviewApproved, "rosa", null, before, after), (AuditActions.ExecutionMoved, "rosa", "QUEUED", null, null),
                (AuditActions.ExecutionMoved, null, "RUNNING", null, null), (AuditActions.ReviewConsumed, null, "APPROVED", after, after),
                (AuditActions.ActionClaimed, null, "Probe", null, after), (AuditActions.ActionEnded, null, "completed", null, after),
                (AuditActions.ExecutionMoved, null, "COMPLETED", null, null),
            ],
            (await TrailAsync()).Where(e => e.GraphExecId == id).Select(e => (
                e.Action,
                e.ActorId,
                e.Action == AuditActions.ExecutionStarted ? null : e.Detail,
                e.PayloadHashBefore,
                e.PayloadHashAfter)));
        Assert.Null((await new AuditVerifier(Store.Store).VerifyAsync(Ct)).Fault);
    }
}
