using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class StoppingOutsideOnSqlite() : StoppingOutsideSpec(new SqliteStore());

public sealed class StoppingOutsideOnPostgres() : StoppingOutsideSpec(new PostgresStore());

/// <summary>Executions that HitlReview doesn't run, those of agents and of chats, can be stopped all the same.</summary>
public abstract class StoppingOutsideSpec(TestStore store) : CoreSpec(store)
{
    [Fact, Invariant(7)]
    public async Task A_stop_rejects_what_waits_and_says_how_much()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        await AskAsync("elsewhere", "run-2");
        await DecideAsync(Reject("c", "no"));
        using var feed = Store.Events.Open("rosa");

        Assert.Equal(new(ExecutionStatus.TERMINATED, 2, 0), await Stopping.StopAsync(Rosa, "run-1", Ct));

        foreach (var id in new[] { "a", "b" })
        {
            var review = await ReadAsync(id);
            Assert.Equal(
                (ReviewStatus.REJECTED, true, "Execution was stopped by user", null, TestStore.Start),
                (review.Status, review.Processed, review.ReviewMessage, review.ReviewedBy, review.ReviewedAt!.Value));
        }
        Assert.Equal("no", (await ReadAsync("c")).ReviewMessage);
        Assert.Equal(["elsewhere"], await (await Reviews.PendingAsync(Rosa, PageRequest.First, Ct)).IdsAsync());
        // Its place in the trail: four were asked for, one rejected, two cancelled.
        var told = Assert.IsType<ReviewsCancelled>(await feed.ReadAsync(Ct).FirstAsync(Ct));
        Assert.Equal(("rosa", "run-1", 2, 7L), (told.UserId, told.GraphExecId, told.Count, told.Place!.Seq));
    }

    [Fact]
    public async Task A_second_stop_finds_nothing_left_and_changes_nothing()
    {
        await AskAsync();
        await Stopping.StopAsync(Rosa, "run-1", Ct);
        var trail = await TrailAsync();

        Assert.Equal(new(ExecutionStatus.TERMINATED, 0, 0, HadEnded: true), await Stopping.StopAsync(Rosa, "run-1", Ct));
        Assert.Equal("Execution 'run-1' has already ended: it is TERMINATED.",
            await RefusedAsync(Refusal.Conflict, () => Stopping.AdminCancelAsync(Ada, "run-1", "because", Ct)));
        Assert.Equal(trail.Count, (await TrailAsync()).Count);
    }

    [Fact, Invariant(7)]
    public async Task What_an_agent_asks_in_a_graph_execution_that_is_complete_ends_with_its_stop()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        await AskAsync("mine", id);
        await Engine.RunAsync(id);

        Assert.Equal(new(ExecutionStatus.COMPLETED, 1, 0, HadEnded: true), await Stopping.StopAsync(Rosa, id, Ct));
        Assert.Equal((ReviewStatus.REJECTED, true), ((await ReadAsync("mine")).Status, (await ReadAsync("mine")).Processed));
        Assert.Equal(0, (await Stopping.StopAsync(Rosa, id, Ct)).CancelledReviews);
    }

    [Fact, Invariant(9)]
    public async Task Each_cancelled_review_and_the_stop_itself_are_in_the_trail()
    {
        await AskAsync("a");
        await AskAsync("b");
        await DecideAsync(Approve("b"));
        await Stopping.StopAsync(Rosa with { Surface = Surface.Ui }, "run-1", Ct);

        Assert.Equal(
            [(AuditActions.ReviewCancelled, "a"), (AuditActions.ReviewCancelled, "b"), (AuditActions.ExecutionMoved, null)],
            (await TrailAsync()).Where(e => e.Surface == Surface.Ui).Select(e => (e.Action, e.NodeExecId)));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_stops_anothers()
    {
        await AskAsync();

        await RefusedAsync(Refusal.NotFound, () => Stopping.StopAsync(Ben, "run-1", Ct));
        await RefusedAsync(Refusal.Forbidden, () => Stopping.AdminCancelAsync(Ben, "run-1", "because", Ct));
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
    }

    [Fact]
    public async Task An_admin_cancels_with_a_reason_that_the_reviews_tell()
    {
        await AskAsync(Request("rosas"));
        await AskAsync(Request("bens"), Ben);

        Assert.Equal(2, (await Stopping.AdminCancelAsync(Ada, "run-1", " leaked key ", Ct)).CancelledReviews);

        Assert.All(["rosas", "bens"], id => Assert.Equal(
            "Execution was cancelled by an admin: leaked key", ReadAsync(id).GetAwaiter().GetResult().ReviewMessage));
        Assert.Equal(2, (await TrailAsync()).Count(e => e is
        {
            Action: AuditActions.ExecutionMoved,
            ActorId: "ada",
            Detail: "TERMINATED: Execution was cancelled by an admin: leaked key",
        }));
    }

    [Fact, Invariant(10)]
    public async Task Of_several_each_is_cancelled_by_itself_and_a_reason_is_needed()
    {
        await AskAsync();
        await RefusedAsync(Refusal.Invalid, () => Stopping.AdminCancelAsync(Ada, ["run-1"], "  ", Ct));
        await RefusedAsync(Refusal.Forbidden, () => Stopping.AdminCancelAsync(Rosa, ["run-1"], "why", Ct));

        var results = await Stopping.AdminCancelAsync(Ada, ["nothing", "run-1"], "why", Ct);

        Assert.Equal([("nothing", null), ("run-1", ExecutionStatus.TERMINATED)], results.Select(r => (r.GraphExecId, r.Status)));
        Assert.Equal((true, false), (results[0].Error is not null, results[1].Error is not null));
    }

    [Fact, Invariant(7)]
    public async Task A_stopped_chat_waits_for_nothing_and_goes_on()
    {
        var session = await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct);
        var tools = Store.Get<CopilotTools>();
        var waiting = Assert.IsType<ReviewRequired>(await tools.RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("""{"data":1}"""), Ct)).Review;
        var approved = Assert.IsType<ReviewRequired>(await tools.RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("""{"data":2}"""), Ct)).Review;
        await DecideAsync(Approve(approved.NodeExecId));

        Assert.Equal(new(ExecutionStatus.TERMINATED, 1, 0), await Stopping.StopAsync(Rosa, session.GraphExecId, Ct));

        Assert.Equal(
            (ReviewStatus.REJECTED, true, "Execution was stopped by user"),
            (
                (await ReadAsync(waiting.NodeExecId)).Status,
                (await ReadAsync(waiting.NodeExecId)).Processed,
                (await ReadAsync(waiting.NodeExecId)).ReviewMessage));
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve(waiting.NodeExecId)));
        Assert.Contains(
            "withdrawn",
            Assert.IsType<ToolError>(await tools.ContinueRunBlockAsync(Rosa, session.Id, approved.NodeExecId, Ct)).Message,
            StringComparison.Ordinal);
        Assert.Empty(Probes.Effects.All);
        var again = Assert.IsType<ReviewRequired>(await tools.RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("""{"data":1}"""), Ct)).Review;
        Assert.NotEqual(waiting.NodeExecId, again.NodeExecId);
    }

    [Fact, Invariant(9)]
    public async Task A_stop_of_a_chat_in_which_nothing_waited_is_in_the_trail_too()
    {
        var session = await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct);
        await Stopping.AdminCancelAsync(Ada, session.GraphExecId, "late", Ct);

        Assert.Equal(
            ("ada", session.GraphExecId, "TERMINATED: Execution was cancelled by an admin: late"),
            (await TrailAsync()).Select(e => (e.ActorId, e.GraphExecId, e.Detail)).Last());
    }
}
