using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Reviews;

namespace HitlReview.Tests.Web.Components.Reviews;

public sealed class ReviewStoreOnSqlite() : ReviewStoreSpec(new SqliteStore());

public sealed class ReviewStoreOnPostgres() : ReviewStoreSpec(new PostgresStore());

/// <summary>One review as a card holds it.</summary>
public abstract class ReviewStoreSpec(TestStore store) : UiSpec(store)
{
    static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    Drafts Drafts => Store.Get<Drafts>();

    [Fact, Invariant(4)]
    public async Task A_decision_carries_the_hash_of_what_was_shown_and_a_changed_payload_is_refused_and_shown()
    {
        await AskAsync("a", payload: """{"amount":1}""");
        var card = await OpenAsync("a");
        var other = JsonText.Parse("""{"amount":1000}""", "payload");
        await using (var db = Store.Db())
            await PastTheGate.ChangeAsync(db, "a", other.Text, other.Hash, Ct);

        Assert.False(await card.DecideAsync(Rosa, new("a", true) { PayloadHash = card.Review!.PayloadHash }, TimeSpan.Zero, Ct));

        Assert.Contains("has changed since it was shown", card.Refusal, StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.WAITING, card.Review!.Status);
        Assert.Equal(other.Text, card.Shown!.Payload.Text);
    }

    [Fact, Invariant(2)]
    public async Task Who_comes_too_late_is_told_when_it_was_decided_and_can_do_nothing_more()
    {
        await AskAsync("a");
        var (one, two) = (await OpenAsync("a"), await OpenAsync("a"));

        Assert.True(await one.DecideAsync(Rosa, new("a", true), TimeSpan.Zero, Ct));
        Assert.False(await two.DecideAsync(Rosa, new("a", false), TimeSpan.Zero, Ct));

        Assert.Contains("already approved at 2026-03-02T09:00:01Z", two.Refusal, StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.APPROVED, two.Review!.Status);
        Assert.DoesNotContain(ReviewAction.approve, two.Allowed);
        Assert.Equal((true, false), (one.DecidedHere, two.DecidedHere));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task An_edit_to_a_value_that_looks_like_nothing_is_what_runs(string edit)
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        Assert.True(await card.DecideAsync(Rosa, new("a", true) { Edit = JsonText.Parse(edit, "edit") }, TimeSpan.Zero, Ct));

        Assert.Equal(edit, (await Agents.ConsumeAsync(Rosa, "a", Ct)).Payload);
    }

    [Fact]
    public async Task Only_changes_of_its_own_review_and_execution_concern_it()
    {
        var review = await AskAsync("a");
        var card = await OpenAsync("a");

        Assert.True(card.Concerns(new ReviewDecided(ReviewSummary.Of(review))));
        Assert.True(card.Concerns(new ReviewsCancelled(Rosa.UserId, "run-1", 1)));
        Assert.True(card.Concerns(new ReviewDelivered(Rosa.UserId, "a")));
        Assert.False(card.Concerns(new ReviewDecided(ReviewSummary.Of(await AskAsync("b")))));
        Assert.False(card.Concerns(new ExecutionChanged(Rosa.UserId, "run-2", ExecutionStatus.RUNNING)));
        Assert.False(card.Concerns(new AutoApprovalsChanged(Rosa.UserId)));
    }

    [Theory]
    [InlineData(0), InlineData(5)]
    public async Task What_it_has_done_itself_and_read_is_no_news_to_it(int undoSeconds)
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        using var feed = Store.Events.Open(Rosa.UserId);

        await card.DecideAsync(Rosa, new("a", true), TimeSpan.FromSeconds(undoSeconds), Ct);
        var decided = await HeardAsync(feed);
        Assert.Contains(decided, change => undoSeconds > 0 ? change is DecisionsScheduled : change is ReviewDecided);
        Assert.DoesNotContain(decided, card.Concerns);

        await card.UndoAsync(Rosa, Ct);
        Assert.DoesNotContain(await HeardAsync(feed), card.Concerns);
    }

    [Fact]
    public async Task An_execution_that_changes_is_followed_without_reading_anything()
    {
        var execution = await StartAsync();
        var other = new ExecutionChanged(Rosa.UserId, "another", ExecutionStatus.RUNNING);
        var changed = new ExecutionChanged(Rosa.UserId, execution.Id, ExecutionStatus.RUNNING);
        await AskOfAsync(execution);
        var card = await OpenAsync("a");

        Assert.False(card.Concerns(changed));
        Assert.False(card.Follow(other));
        Assert.True(card.Follow(changed));
        Assert.False(card.Follow(changed));

        Assert.Equal(ExecutionStatus.RUNNING, card.Execution!.Status);
    }

    [Fact]
    public async Task A_record_that_is_gone_leaves_what_was_shown_and_nothing_to_do()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await using (var db = Store.Db())
            await PastTheGate.DeleteAsync(db, "a", Ct);

        await card.LoadAsync(Rosa, "a", Ct);

        Assert.True(card.IsGone);
        Assert.Empty(card.Allowed);
        Assert.NotNull(card.Review);
    }

    [Fact, Invariant(2)]
    public async Task A_decision_with_a_time_to_undo_is_on_its_way_and_reaches_the_review_only_when_it_is_over()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        Assert.True(await card.DecideAsync(Rosa, new("a", true) { Message = "go" }, s_window, Ct));

        Assert.Equal(
            (true, "go", Store.Clock.GetUtcNow() + s_window),
            (card.Scheduled!.Approved, card.Scheduled.Message, card.Scheduled.DueAt));
        Assert.Equal((ReviewStatus.WAITING, true, null), (card.Review!.Status, card.DecidedHere, card.Refusal));
        Store.Clock.Advance(s_window);
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
        await card.LoadAsync(Rosa, "a", Ct);
        Assert.Equal((ReviewStatus.APPROVED, null, true), (card.Review.Status, card.Scheduled, card.DecidedHere));
    }

    [Fact]
    public async Task An_undo_in_time_leaves_the_review_waiting_and_one_too_late_says_so()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await card.DecideAsync(Rosa, new("a", true), s_window, Ct);

        Assert.True(await card.UndoAsync(Rosa, Ct));
        Assert.Equal((null, false, ReviewStatus.WAITING), (card.Scheduled, card.DecidedHere, card.Review!.Status));

        await card.DecideAsync(Rosa, new("a", false), s_window, Ct);
        Store.Clock.Advance(s_window);
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
        Assert.False(await card.UndoAsync(Rosa, Ct));
        Assert.Equal((null, ReviewStatus.REJECTED), (card.Scheduled, card.Review.Status));
    }

    [Fact]
    public async Task A_second_press_while_one_is_on_its_way_is_refused_and_the_first_stays()
    {
        await AskAsync("a");
        var (one, two) = (await OpenAsync("a"), await OpenAsync("a"));
        await one.DecideAsync(Rosa, new("a", true), s_window, Ct);

        Assert.False(await two.DecideAsync(Rosa, new("a", false), s_window, Ct));

        Assert.Contains("already on its way", two.Refusal, StringComparison.Ordinal);
        Assert.True(two.Scheduled!.Approved);
    }

    [Fact, Invariant(1)]
    public async Task Only_the_owner_decides()
    {
        await AskAsync("a");
        var card = Store.Get<ReviewStore>();
        await card.LoadAsync(Ada, "a", Ct);

        Assert.False(await card.DecideAsync(Ada, new("a", true), s_window, Ct));

        Assert.NotNull(card.Refusal);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
    }

    [Fact]
    public async Task A_draft_is_kept_and_found_again_and_thrown_away()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await card.SaveDraftAsync(Rosa, new("[1", "mess", 0), Ct);
        await card.SaveDraftAsync(Rosa, new("[1]", "message", card.Draft!.Revision), Ct);

        var later = await OpenAsync("a");
        Assert.Equal(("[1]", "message", card.Review!.PayloadHash), (later.Draft!.Text, later.Draft.Message, later.Draft.PayloadHash));
        Assert.Equal(later.Draft.Revision, card.Draft!.Revision);

        await later.DiscardDraftAsync(Rosa, Ct);
        Assert.Null(later.Draft);
        Assert.Null((await OpenAsync("a")).Draft);
    }

    [Fact]
    public async Task Of_two_windows_the_later_does_not_overwrite_the_draft_of_the_other_unseen()
    {
        await AskAsync("a");
        var (one, two) = (await OpenAsync("a"), await OpenAsync("a"));
        await one.SaveDraftAsync(Rosa, new(null, "of one", 0), Ct);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => two.SaveDraftAsync(Rosa, new(null, "of two", 0), Ct));

        Assert.Equal(Refusal.Conflict, refused.Refusal);
        Assert.Equal("of one", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);
        await two.ReadDraftAsync(Rosa, Ct);
        await two.SaveDraftAsync(Rosa, new(null, "of two", two.Draft!.Revision), Ct);
        Assert.Equal("of two", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);
    }

    [Fact]
    public async Task A_refused_decision_keeps_the_draft()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await card.SaveDraftAsync(Rosa, new(null, "mine", 0), Ct);
        await DecideAsync("a", approved: false);

        Assert.False(await card.DecideAsync(Rosa, new("a", true), TimeSpan.Zero, Ct));

        Assert.Equal("mine", card.Draft!.Message);
    }

    async Task<ReviewStore> OpenAsync(string nodeExecId)
    {
        var card = Store.Get<ReviewStore>();
        await card.LoadAsync(Rosa, nodeExecId, Ct);
        return card;
    }

    /// <summary>A node of the execution asks.</summary>
    async Task AskOfAsync(GraphExecution execution)
    {
        await using var db = Store.Db();
        var request = new ReviewRequest("a", execution.Id, "ask", JsonText.Parse("{}", "payload"));
        await PastTheGate.AddAsync(db, [request.ToReview(Rosa.UserId, ReviewOrigin.Graph, Store.Clock.GetUtcNow())], Ct);
    }

    /// <summary>All that was told so far.</summary>
    async Task<List<Change>> HeardAsync(ChangeFeeds.Feed feed)
    {
        await Queue.WriteAsync(tx =>
        {
            tx.Tell(new AutoApprovalsChanged(Rosa.UserId));
            return Task.CompletedTask;
        }, Ct);
        var heard = new List<Change>();
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is AutoApprovalsChanged)
                break;
            else
                heard.Add(change);
        return heard;
    }
}
