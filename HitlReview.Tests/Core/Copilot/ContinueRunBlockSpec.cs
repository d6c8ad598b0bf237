using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Copilot;

public sealed class ContinueRunBlockOnSqlite() : ContinueRunBlockSpec(new SqliteStore());

public sealed class ContinueRunBlockOnPostgres() : ContinueRunBlockSpec(new PostgresStore());

public abstract class ContinueRunBlockSpec(TestStore store) : CopilotSpec(store)
{
    [Fact, Invariant(4), Invariant(5), Invariant(9)]
    public async Task What_was_approved_runs_to_the_byte_and_its_review_is_gone_afterwards()
    {
        const string Edit = """{ "to":"the team", "extra":[12345678901234567890,1.10,1e400,"\u0000é"] }""";
        var review = await ApprovedAsync("""{"to":"all"}""", Edit);

        var ran = Assert.IsType<BlockRan>(await ContinueAsync(review.NodeExecId));

        Assert.Equal([Edit], Shout.Ran);
        Assert.Equal($$"""{"said":[{{Edit}}]}""", ran.Outputs.Text);
        await using var db = Store.Db();
        Assert.False(await db.Reviews.AnyAsync(Ct));
        var node = await db.NodeExecutions.SingleAsync(Ct);
        Assert.Equal(
            (review.NodeExecId, ExecutionStatus.COMPLETED, Edit, ran.Outputs.Text),
            (node.Id, node.Status, node.Input, node.Output));
        var trail = await db.AuditEvents.Where(e => e.NodeExecId == review.NodeExecId).OrderBy(e => e.Seq).Select(e => e.Action)
            .ToListAsync(Ct);
        Assert.Equal(
            [
                AuditActions.ReviewRequested,
                AuditActions.ReviewApproved,
                AuditActions.ReviewConsumed,
                AuditActions.ActionClaimed,
                AuditActions.ActionEnded,
                AuditActions.ReviewDeleted],
            trail);
    }

    [Fact, Invariant(5)]
    public async Task It_is_claimed_in_the_database_before_it_runs()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        (ExecutionStatus, DateTimeOffset?, bool) seen = default;
        Shout.Then = async (_, ct) =>
        {
            await using var db = Store.Db();
            var node = await db.NodeExecutions.SingleAsync(ct);
            seen = (node.Status, node.ClaimedAt, (await db.Reviews.SingleAsync(ct)).Processed);
        };

        await ContinueAsync(review.NodeExecId);

        Assert.Equal((ExecutionStatus.RUNNING, TestStore.Start, true), seen);
    }

    [Fact, Invariant(5)]
    public async Task A_standing_approval_claims_too()
    {
        var review = await AskAsync("""{"to":"all"}""");
        await DecideAsync(review.NodeExecId, approved: true, always: true);
        var claimed = false;
        Shout.Then = async (context, ct) =>
        {
            await using var db = Store.Db();
            claimed = await db.NodeExecutions.AnyAsync(
                n => n.Id == context.NodeExecId && n.Status == ExecutionStatus.RUNNING && n.ClaimedAt != null, ct);
        };

        await RunAsync(Shout, """{"to":"others"}""");

        Assert.True(claimed);
    }

    [Fact, Invariant(5)]
    public async Task Of_16_calls_at_once_one_runs_it()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => ContinueAsync(review.NodeExecId), Ct)));

        Assert.Single(Shout.Ran);
        Assert.Single(answers.OfType<BlockRan>());
        Assert.Equal(15, answers.OfType<ToolError>().Count());
    }

    [Theory, Invariant(5)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_after_the_effect_uses_the_approval_up(bool expected)
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        Shout.Then = (_, _) => throw (expected ? new BlockFailedException("The other side hung up.") : new InvalidCastException("bug"));

        var failed = await ContinueInVainAsync(review.NodeExecId);
        var again = await ContinueInVainAsync(review.NodeExecId);

        Assert.Contains(expected ? "The other side hung up." : "InvalidCastException", failed, StringComparison.Ordinal);
        Assert.Contains("used already", again, StringComparison.Ordinal);
        Assert.Single(Shout.Ran);
        await using var db = Store.Db();
        Assert.Equal(ExecutionStatus.FAILED, (await db.NodeExecutions.SingleAsync(Ct)).Status);
    }

    [Fact]
    public async Task Each_reason_why_it_can_not_go_on_is_told_apart()
    {
        var waiting = (await AskAsync("""{"to":"1"}""")).NodeExecId;
        var rejected = (await AskAsync("""{"to":"2"}""")).NodeExecId;
        await DecideAsync(rejected, approved: false, message: "No shouting.");
        var used = (await ApprovedAsync("""{"to":"3"}""")).NodeExecId;
        await ContinueAsync(used);
        var elsewhere = (await ApprovedAsync("""{"to":"4"}""")).NodeExecId;
        var outside = (await Store.Get<OutsideAgents>().RequestAsync(
            Rosa.Caller(), new("mine", "run", "node", HitlReview.Core.Payloads.JsonText.Null), Ct)).Review.NodeExecId;

        Assert.Equal(
        [
            "review_id must not be blank.",
            "No review 'nowhere' was found.",
            $"Review '{waiting}' is still waiting for a decision.",
            $"Review '{rejected}' was rejected: No shouting.",
            $"Review '{used}' has been used already: its action ran once and does not run again.",
            $"Review '{elsewhere}' belongs to another chat session.",
            "Review 'mine' is not one of a chat.",
        ],
        [
            await ContinueInVainAsync(" "),
            await ContinueInVainAsync("nowhere"),
            await ContinueInVainAsync(waiting),
            await ContinueInVainAsync(rejected),
            await ContinueInVainAsync(used),
            await ContinueInVainAsync(elsewhere, await OpenAsync(Rosa)),
            await ContinueInVainAsync(outside),
        ]);
        Assert.Single(Shout.Ran);
    }

    [Fact, Invariant(1)]
    public async Task A_review_of_someone_else_is_unknown()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        var chat = await OpenAsync(Cast.Ben);

        var answer = Assert.IsType<ToolError>(await Tools.ContinueRunBlockAsync(Cast.Ben.Caller(), chat.Id, review.NodeExecId, Ct));

        Assert.Equal($"No review '{review.NodeExecId}' was found.", answer.Message);
        Assert.Empty(Shout.Ran);
    }

    [Fact, Invariant(7)]
    public async Task Stopping_a_chat_cancels_what_waits_and_withdraws_what_was_approved()
    {
        var waiting = (await AskAsync("""{"to":"1"}""")).NodeExecId;
        var approved = (await ApprovedAsync("""{"to":"2"}""")).NodeExecId;

        var stopped = await StopAsync();

        Assert.Equal((1, 0), (stopped.CancelledReviews, stopped.InFlight));
        Assert.Equal($"Review '{waiting}' was cancelled: Execution was stopped by user.", await ContinueInVainAsync(waiting));
        Assert.Equal(
            $"The approval of review '{approved}' was withdrawn because the chat was stopped.", await ContinueInVainAsync(approved));
        Assert.Empty(Shout.Ran);
        var anew = await AskAsync("""{"to":"1"}""");
        Assert.NotEqual(waiting, anew.NodeExecId);
        Assert.Null(anew.Instructions);
    }

    [Fact, Invariant(7)]
    public async Task Stopping_a_chat_asks_what_runs_to_cancel_and_what_became_of_it_is_recorded()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        var running = new TaskCompletionSource();
        Shout.Then = async (_, ct) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        };
        var turn = ContinueAsync(review.NodeExecId);
        await running.Task.WaitAsync(Recorded<int>.Patience, Ct);

        var stopped = await StopAsync();

        Assert.Equal(1, stopped.InFlight);
        Assert.Contains("may or may not have taken effect", Assert.IsType<ToolError>(await turn).Message, StringComparison.Ordinal);
        await using var db = Store.Db();
        var node = await db.NodeExecutions.SingleAsync(Ct);
        Assert.Equal((ExecutionStatus.TERMINATED, NodeOutcome.unknown), (node.Status, node.Outcome!.Value));
    }

    [Fact, Invariant(9)]
    public async Task A_chat_of_somebody_disabled_is_not_stopped_again_and_again_while_its_last_action_ends()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        var (running, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        Shout.Then = async (_, _) =>
        {
            running.SetResult();
            await end.Task;
        };
        var turn = ContinueAsync(review.NodeExecId);
        await running.Task.WaitAsync(Recorded<int>.Patience, Ct);
        await using var db = Store.Db();
        await db.Users.Where(u => u.Id == Rosa.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, HitlUser.Forever), Ct);

        await Store.Get<Stopping>().StopDisabledAsync(Ct);
        await Store.Get<Stopping>().StopDisabledAsync(Ct);

        Assert.False(await db.AuditEvents.AnyAsync(e => e.Action == AuditActions.ExecutionMoved, Ct));
        end.SetResult();
        await turn;
    }

    [Fact, Invariant(7)]
    public async Task Stopping_a_chat_cancels_blocks_without_side_effects_too()
    {
        var running = new TaskCompletionSource();
        Say.Then = async (_, ct) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        };
        var turn = RunAsync(Say, """{"to":"you"}""");
        await running.Task.WaitAsync(Recorded<int>.Patience, Ct);

        await StopAsync();

        Assert.Contains("Cancelled while it ran.", Assert.IsType<ToolError>(await turn).Message, StringComparison.Ordinal);
    }

    [Fact, Invariant(5)]
    public async Task A_process_that_dies_after_the_claim_leaves_an_unknown_outcome_and_never_a_second_run()
    {
        var review = await DieWhileRunningAsync();

        var told = await ContinueInVainAsync(review.NodeExecId);

        Assert.Contains("outcome", told, StringComparison.Ordinal);
        Assert.Contains("settle", told, StringComparison.Ordinal);
        Assert.Single(Shout.Ran);
    }

    [Fact, Invariant(5)]
    public async Task What_another_call_runs_right_now_is_not_taken_for_lost()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        var (running, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Shout.Then = (_, _) =>
        {
            running.SetResult();
            return release.Task;
        };
        var turn = ContinueAsync(review.NodeExecId);
        await running.Task.WaitAsync(Recorded<int>.Patience, Ct);

        Assert.Equal($"The action of review '{review.NodeExecId}' is running already.", await ContinueInVainAsync(review.NodeExecId));
        release.SetResult();

        Assert.IsType<BlockRan>(await turn);
    }

    [Fact, Invariant(5)]
    public async Task An_unknown_outcome_settled_as_ran_uses_the_approval_up()
    {
        var review = await DieWhileRunningAsync();
        await Store.Get<Settling>().SettleAsync(Rosa.Caller(), Chat.GraphExecId, review.NodeExecId, Resolution.ran, null, Ct);

        Assert.Contains("used already", await ContinueInVainAsync(review.NodeExecId), StringComparison.Ordinal);
        Assert.Single(Shout.Ran);
    }

    [Fact, Invariant(5)]
    public async Task An_unknown_outcome_can_be_asked_again_in_a_new_review()
    {
        var review = await DieWhileRunningAsync();
        var again = await Store.Get<Settling>()
            .SettleAsync(Rosa.Caller(), Chat.GraphExecId, review.NodeExecId, Resolution.ask_again, null, Ct);

        Assert.Equal(again.Id, (await AskAsync("""{"to":"all"}""")).NodeExecId);
        Assert.Contains("waiting", await ContinueInVainAsync(again.Id), StringComparison.Ordinal);
        await DecideAsync(again.Id, approved: true);
        Assert.IsType<BlockRan>(await ContinueAsync(again.Id));
        Assert.Equal(2, Shout.Ran.Count);
    }

    /// <summary>The effect has happened, and the process ends before that is recorded.</summary>
    async Task<Review> DieWhileRunningAsync()
    {
        var review = await ApprovedAsync("""{"to":"all"}""");
        var running = new TaskCompletionSource();
        Shout.Then = (_, _) =>
        {
            running.SetResult();
            return Task.Delay(Timeout.Infinite, Ct);
        };
        _ = ContinueAsync(review.NodeExecId);
        await running.Task.WaitAsync(Recorded<int>.Patience, Ct);
        Shout.Then = (_, _) => Task.CompletedTask;
        await Store.RestartAsync();
        await Store.Get<InFlight>().SettleLostAsync(null, Ct);
        return review;
    }

    Task<StopResult> StopAsync() => Store.Get<Stopping>().StopAsync(Rosa.Caller(), Chat.GraphExecId, Ct);
}
