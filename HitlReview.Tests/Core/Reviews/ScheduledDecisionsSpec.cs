using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ScheduledDecisionsOnSqlite() : ScheduledDecisionsSpec(new SqliteStore());

public sealed class ScheduledDecisionsOnPostgres() : ScheduledDecisionsSpec(new PostgresStore());

/// <summary>Decisions that can be undone for a short time.</summary>
public abstract class ScheduledDecisionsSpec(TestStore store) : CoreSpec(store)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    ScheduledDecisions ScheduledDecisions => Store.Get<ScheduledDecisions>();

    Task<DecisionSet> PressAsync(params Decision[] decisions) => ScheduledDecisions.DecideAsync(Rosa, decisions, Window, Ct);

    /// <summary>Lets the time to undo pass.</summary>
    Task<DateTimeOffset?> PassAsync()
    {
        Store.Clock.Advance(Window);
        return ScheduledDecisions.CommitDueAsync(Ct);
    }

    [Fact, Invariant(2), Invariant(9)]
    public async Task Until_its_time_is_over_a_decision_reaches_nothing_and_then_it_stands()
    {
        await AskAsync();
        var press = await PressAsync(Approve(edit: "[1]") with { Message = "go" });
        Assert.Equal((TestStore.Start + Window, 0), (press.DueAt, press.Refused.Count));

        Store.Clock.Advance(Window - TimeSpan.FromMilliseconds(1));
        Assert.Equal(press.DueAt, await ScheduledDecisions.CommitDueAsync(Ct));
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
        await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "act-1", Ct));

        Store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await ScheduledDecisions.CommitDueAsync(Ct));
        var review = await ReadAsync();
        Assert.Equal(
            (ReviewStatus.APPROVED, "[1]", "go", "rosa", TestStore.Start + Window),
            (review.Status, review.Payload, review.ReviewMessage, review.ReviewedBy, review.ReviewedAt!.Value));
        Assert.Equal(
            [AuditActions.ReviewRequested, AuditActions.DecisionScheduled, AuditActions.ReviewApproved],
            (await TrailAsync()).Select(e => e.Action));
    }

    [Fact, Invariant(9)]
    public async Task Undone_in_time_the_review_waits_as_before_and_can_be_decided_otherwise()
    {
        await AskAsync();
        var press = await PressAsync(Approve());
        Assert.Equal(["act-1"], await ScheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct));
        await PassAsync();
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);

        await PressAsync(Reject(message: "no"));
        await PassAsync();
        Assert.Equal((ReviewStatus.REJECTED, "no"), ((await ReadAsync()).Status, (await ReadAsync()).ReviewMessage));
        Assert.Equal(
            [
                AuditActions.ReviewRequested,
                AuditActions.DecisionScheduled,
                AuditActions.DecisionWithdrawn,
                AuditActions.DecisionScheduled,
                AuditActions.ReviewRejected],
            (await TrailAsync()).Select(e => e.Action));
    }

    [Fact]
    public async Task Undone_too_late_it_says_so_and_stands()
    {
        await AskAsync();
        var press = await PressAsync(Approve());
        await PassAsync();
        Assert.Empty(await ScheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct));
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync()).Status);
    }

    [Fact, Invariant(2)]
    public async Task Of_an_undo_and_its_time_at_once_one_wins()
    {
        for (var i = 0; i < 20; i++)
        {
            await AskAsync($"act-{i}", $"run-{i}");
            var press = await PressAsync(Approve($"act-{i}"));
            Store.Clock.Advance(Window);
            var undo = Task.Run(() => ScheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct), Ct);
            await Task.WhenAll(
                undo, Task.Run(() => ScheduledDecisions.CommitDueAsync(Ct), Ct), Task.Run(() => ScheduledDecisions.CommitDueAsync(Ct), Ct));
            Assert.Equal((await undo).Count == 0, (await ReadAsync($"act-{i}")).Status == ReviewStatus.APPROVED);
        }
    }

    [Fact, Invariant(6)]
    public async Task What_came_due_while_nothing_ran_is_carried_out_after_the_restart_and_its_execution_goes_on()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("act", """{"data":1}"""));
        await Engine.RunAsync(id);
        var review = Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, id, Ct));
        await PressAsync(Approve(review.NodeExecId));
        Assert.Equal(ExecutionStatus.REVIEW, (await Engine.ReadAsync(id)).Execution.Status);

        await Store.RestartAsync();
        await PassAsync();

        Assert.Contains(id, Woken.All);
        await Engine.RunAsync(id);
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(id)).Execution.Status);
        Assert.Single(Probes.Effects.All);
    }

    [Fact]
    public async Task What_cannot_be_decided_is_said_at_the_press_and_the_rest_is_taken()
    {
        await AskAsync("a");
        await AskAsync(Request("b") with { Editable = false });
        await AskAsync("c");
        await DecideAsync(Reject("c"));
        await AskAsync("theirs", "run-9", Ben);

        var press = await PressAsync(Approve("a"), Approve("b", "[1]"), Approve("c"), Approve("theirs"), Approve("unknown"));

        Assert.Equivalent(new[] { "b", "c", "theirs", "unknown" }, press.Refused.Keys);
        Assert.Contains("not editable", press.Refused["b"], StringComparison.Ordinal);
        Assert.Contains("already rejected", press.Refused["c"], StringComparison.Ordinal);
        Assert.Equal("No review 'theirs' was found.", press.Refused["theirs"]);
        await PassAsync();
        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.WAITING), ((await ReadAsync("a")).Status, (await ReadAsync("b")).Status));
    }

    async Task<Review> AskAsync(string nodeExecId, string graphExecId, Caller caller) =>
        await AskAsync(Request(nodeExecId, graphExecId), caller);

    [Fact, Invariant(3)]
    public async Task One_press_over_several_executions_is_undone_and_carried_out_as_one()
    {
        for (var i = 0; i < 6; i++)
            await AskAsync($"act-{i}", $"run-{i / 2}");
        var press = await PressAsync([.. Enumerable.Range(0, 6).Select(i => Approve($"act-{i}"))]);
        Assert.Equal(6, (await ScheduledDecisions.ListAsync(Rosa, Ct)).Count(d => d.SetId == press.SetId));
        Assert.Equal(6, (await ScheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct)).Count);

        await PressAsync([.. Enumerable.Range(0, 6).Select(i => Reject($"act-{i}"))]);
        await PassAsync();
        await using var db = Store.Db();
        Assert.Equal(6, await db.Reviews.CountAsync(r => r.Status == ReviewStatus.REJECTED, Ct));
        Assert.Empty(await ScheduledDecisions.ListAsync(Rosa, Ct));
    }

    [Fact]
    public async Task A_decision_on_its_way_keeps_another_press_out_but_not_the_api()
    {
        await AskAsync();
        await PressAsync(Approve());
        Assert.Contains("already on its way", (await PressAsync(Reject())).Refused["act-1"], StringComparison.Ordinal);

        using var feed = Store.Events.Open("rosa");
        await DecideAsync(Reject(message: "over the API"));
        await PassAsync();

        Assert.Equal("over the API", (await ReadAsync()).ReviewMessage);
        var told = (await feed.ReadAsync(Ct).Take(2).ToListAsync(Ct)).OfType<DecisionTooLate>().Single();
        Assert.Equal(("act-1", true), (told.NodeExecId, told.Approved));
        Assert.Contains("already rejected", told.Why, StringComparison.Ordinal);
        Assert.Equal(AuditActions.DecisionTooLate, (await TrailAsync())[^1].Action);
    }

    [Fact, Invariant(7)]
    public async Task After_a_stop_a_decision_on_its_way_changes_nothing()
    {
        await AskAsync();
        await PressAsync(Approve());
        await Stopping.StopAsync(Rosa, "run-1", Ct);
        await PassAsync();
        Assert.Equal(
            (ReviewStatus.REJECTED, "Execution was stopped by user"),
            ((await ReadAsync()).Status, (await ReadAsync()).ReviewMessage));
    }

    [Fact]
    public async Task A_draft_goes_when_its_decision_stands_and_stays_when_it_came_too_late()
    {
        var drafts = Store.Get<Drafts>();
        foreach (var id in new[] { "a", "b" })
        {
            await AskAsync(id);
            await drafts.SaveAsync(Rosa, id, "[1]", null, "hash", 0, Ct);
        }
        await PressAsync(Approve("a", "[1]"));
        await PressAsync(Approve("b", "[1]"));
        Assert.NotNull(await drafts.FindAsync(Rosa, "a", Ct));
        await DecideAsync(Reject("b"));
        await PassAsync();

        Assert.Null(await drafts.FindAsync(Rosa, "a", Ct));
        Assert.NotNull(await drafts.FindAsync(Rosa, "b", Ct));
    }

    [Fact, Invariant(4)]
    public async Task A_message_remembers_the_decision_that_it_was_taken_back_with_until_it_is_saved_anew()
    {
        var drafts = Store.Get<Drafts>();
        foreach (var id in new[] { "a", "b", "c" })
            await AskAsync(id);
        await drafts.SaveAsync(Rosa, "a", null, "wrong", "hash", 0, Ct);
        await drafts.SaveAsync(Rosa, "b", "[1]", null, "hash", 0, Ct);
        await drafts.SaveAsync(Rosa, "c", null, "fine", "hash", 0, Ct);
        foreach (var decision in new[]
            { Reject("a") with { Message = "wrong\nand a reason" }, Reject("b"), Approve("c") with { Message = "fine" } })
            await Store.Get<ScheduledDecisions>().WithdrawAsync(Rosa, (await PressAsync(decision)).SetId!, Ct);

        Assert.Equal([false, null, true], await Task.WhenAll(((string[])["a", "b", "c"]).Select(OfApprovalAsync)));
        // It didn't go with this one, and remembers the one that it went with.
        await Store.Get<ScheduledDecisions>().WithdrawAsync(Rosa, (await PressAsync(Reject("c"))).SetId!, Ct);
        Assert.Equal(true, await OfApprovalAsync("c"));
        await drafts.SaveAsync(Rosa, "a", "[2]", "wrong", "hash", 1, Ct, messageOfApproval: false);
        Assert.Equal(false, await OfApprovalAsync("a"));
        await drafts.SaveAsync(Rosa, "a", "[2]", "right", "hash", 2, Ct);
        Assert.Null(await OfApprovalAsync("a"));

        async Task<bool?> OfApprovalAsync(string id) => (await drafts.FindAsync(Rosa, id, Ct))!.MessageOfApproval;
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_is_given_when_the_decision_stands_and_not_before()
    {
        await AskAsync("a");
        var press = await PressAsync(Approve("a") with { AutoApproveFuture = true });
        Assert.Empty((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);
        await ScheduledDecisions.WithdrawAsync(Rosa, press.SetId!, Ct);
        await PassAsync();
        Assert.Empty((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);

        await PressAsync(Approve("a") with { AutoApproveFuture = true });
        await PassAsync();
        Assert.Single((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);
    }

    [Fact]
    public async Task Without_a_window_it_stands_at_once_and_leaves_nothing_to_undo()
    {
        await AskAsync("a");
        await AskAsync("b", "run-2");
        var press = await ScheduledDecisions.DecideAsync(Rosa, [Approve("a"), Reject("b"), Reject("unknown")], TimeSpan.Zero, Ct);
        Assert.Equal((null, null, 1), (press.SetId, press.DueAt, press.Refused.Count));
        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.REJECTED), ((await ReadAsync("a")).Status, (await ReadAsync("b")).Status));
    }

    [Fact, Invariant(4)]
    public async Task What_was_shown_is_checked_at_the_press()
    {
        await AskAsync();
        Assert.Contains(
            "has changed since it was shown",
            (await PressAsync(Approve() with { PayloadHash = "of something else" })).Refused["act-1"],
            StringComparison.Ordinal);
        Assert.Empty(await ScheduledDecisions.ListAsync(Rosa, Ct));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_sees_or_undoes_anothers_press()
    {
        await AskAsync();
        var press = await PressAsync(Approve());
        foreach (var other in new[] { Ben, Ada })
        {
            Assert.Empty(await ScheduledDecisions.ListAsync(other, Ct));
            Assert.Empty(await ScheduledDecisions.WithdrawAsync(other, press.SetId!, Ct));
        }
        Assert.Single(await ScheduledDecisions.ListAsync(Rosa, Ct));
    }

    [Theory, Invariant(10)]
    [InlineData(-1), InlineData(121)]
    public async Task A_window_out_of_range_is_refused(int seconds)
    {
        await AskAsync();
        await RefusedAsync(Refusal.Invalid, () => ScheduledDecisions.DecideAsync(Rosa, [Approve()], TimeSpan.FromSeconds(seconds), Ct));
    }

    [Fact, Invariant(6)]
    public async Task A_press_that_is_cut_off_is_carried_out_as_far_as_it_came()
    {
        await AskAsync("a");
        await AskAsync("b", "run-2");
        await using var clock = await RunningClock.StartAsync(this);
        var scheduled = ScheduledDecisions.WhenScheduledAsync();

        // Rosa is signed out between the two.
        var press = await ScheduledDecisions.DecideAsync(Rosa, [Approve("a"), Approve("b")], Window, Ct, new Told(() =>
        {
            using var db = Store.Db();
            db.UserSessions.Where(s => s.Id == Rosa.SessionId)
                .ExecuteUpdate(set => set.SetProperty(s => s.EndedAt, Store.Clock.GetUtcNow()));
        }));

        Assert.Equal(["b"], press.Refused.Keys);
        Assert.NotNull(press.SetId);
        Assert.True(scheduled.IsCompleted);
        await Store.Clock.WaitForTimerAsync(Window);
        Store.Clock.Advance(Window);
        await clock.DecidedAsync("a");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
    }

    [Fact, Invariant(6)]
    public async Task What_was_scheduled_without_a_word_to_the_clock_is_carried_out_too()
    {
        await AskAsync();
        await using var clock = await RunningClock.StartAsync(this);
        await Store.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        // As after a commit that took place, but whose connection was lost.
        await ActivatorUtilities.CreateInstance<ScheduledDecisions>(Store.Services).DecideAsync(Rosa, [Approve()], Window, Ct);

        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await clock.DecidedAsync("act-1");
    }

    [Fact, Invariant(3)]
    public async Task What_was_taken_before_the_database_failed_stands_and_the_press_says_what_was_not()
    {
        await AskAsync(Request("a"));
        await AskAsync(Request("b", "run-2"));
        await AskAsync(Request("c", "run-3"));
        var judged = 0;

        var press = await ScheduledDecisions.DecideAsync(
            Rosa, [Approve("a"), Approve("b"), Approve("c")], Window, Ct, new Told(() => Rename(++judged)));

        Assert.Equal(["b"], press.Refused.Keys);
        Assert.Contains("See whether the review still waits", press.Refused["b"], StringComparison.Ordinal);
        Store.Clock.Advance(Window);
        await ScheduledDecisions.CommitDueAsync(Ct);
        Assert.Equal(
            [ReviewStatus.APPROVED, ReviewStatus.WAITING, ReviewStatus.APPROVED],
            [(await ReadAsync("a")).Status, (await ReadAsync("b")).Status, (await ReadAsync("c")).Status]);

        // The second finds no table to write to.
        void Rename(int judged)
        {
            using var db = Store.Db();
            if (judged < 3)
                db.Database.ExecuteSqlRaw(judged == 1
                    ? "ALTER TABLE scheduled_decisions RENAME TO elsewhere" : "ALTER TABLE elsewhere RENAME TO scheduled_decisions");
        }
    }

    [Fact]
    public async Task A_clock_that_was_set_back_holds_nothing_longer_than_its_time()
    {
        await AskAsync();
        await PressAsync(Approve());
        await using (var db = Store.Db())
            await db.ScheduledDecisions.ExecuteUpdateAsync(
                set => set.SetProperty(d => d.DecidedAt, TestStore.Start.AddDays(60))
                    .SetProperty(d => d.DueAt, TestStore.Start.AddDays(60) + Window), Ct);

        Assert.Equal(Store.Clock.GetUtcNow() + Window, await ScheduledDecisions.CommitDueAsync(Ct));
        Store.Clock.Advance(Window);
        Assert.Null(await ScheduledDecisions.CommitDueAsync(Ct));

        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync()).Status);
    }

    /// <summary>Is told at once and on the same thread.</summary>
    sealed class Told(Action act) : IProgress<int>
    {
        public void Report(int value) => act();
    }

    /// <summary>The clock that carries decisions out, running.</summary>
    sealed class RunningClock : IHostApplicationLifetime, IAsyncDisposable
    {
        readonly ChangeFeeds.Feed _feed;
        readonly ScheduleClock _clock;

        RunningClock(ScheduledDecisionsSpec spec)
        {
            _feed = spec.Store.Events.OpenAll();
            _clock = new(spec.ScheduledDecisions, this, spec.Store.Clock, NullLogger<ScheduleClock>.Instance);
        }

        public CancellationToken ApplicationStarted => new(true);

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public static async Task<RunningClock> StartAsync(ScheduledDecisionsSpec spec)
        {
            var clock = new RunningClock(spec);
            await clock._clock.StartAsync(Ct);
            return clock;
        }

        /// <summary>Waits until it has decided a review.</summary>
        public async Task DecidedAsync(string nodeExecId) =>
            await _feed.ReadAsync(Ct).OfType<ReviewDecided>().FirstAsync(decided => decided.Review.NodeExecId == nodeExecId, Ct).AsTask()
                .WaitAsync(Recorded<int>.Patience, Ct);

        public void StopApplication()
        {
        }

        public async ValueTask DisposeAsync()
        {
            await _clock.StopAsync(CancellationToken.None);
            _clock.Dispose();
            _feed.Dispose();
        }
    }
}
