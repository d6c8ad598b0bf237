using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Inbox;

public sealed class ReviewStoreOnSqlite() : ReviewStoreSpec(new SqliteStore());

public sealed class ReviewStoreOnPostgres() : ReviewStoreSpec(new PostgresStore());

/// <summary>One review as a card holds it.</summary>
public abstract class ReviewStoreSpec(TestStore store) : UiSpec(store)
{
    [Fact, Invariant(4)]
    public async Task A_decision_carries_the_hash_of_what_was_shown_and_a_changed_payload_is_refused_and_shown()
    {
        await AskAsync("a", payload: """{"amount":1}""");
        var card = await OpenAsync("a");
        var other = JsonText.Parse("""{"amount":1000}""", "payload");
        await using (var db = Store.Db())
            await db.Reviews.Where(r => r.NodeExecId == "a").ExecuteUpdateAsync(set => set.SetProperty(r => r.Payload, other.Text).SetProperty(r => r.PayloadHash, other.Hash), Ct);

        Assert.False(await card.DecideAsync(Rosa, new("a", true), Ct));

        Assert.Contains("has changed since it was shown", card.Refusal, StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.WAITING, card.Review!.Status);
        Assert.Equal(other.Text, card.Payload!.Text);
    }

    [Fact, Invariant(2)]
    public async Task Who_comes_too_late_is_told_when_it_was_decided_and_can_do_nothing_more()
    {
        await AskAsync("a");
        var (one, two) = (await OpenAsync("a"), await OpenAsync("a"));

        Assert.True(await one.DecideAsync(Rosa, new("a", true), Ct));
        Assert.False(await two.DecideAsync(Rosa, new("a", false), Ct));

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

        Assert.True(await card.DecideAsync(Rosa, new("a", true) { Edit = JsonText.Parse(edit, "edit") }, Ct));

        Assert.Equal(edit, (await Reviews.ConsumeAsync(Rosa, "a", Ct)).Payload);
    }

    [Fact]
    public async Task Only_changes_of_its_own_review_and_execution_concern_it()
    {
        var review = await AskAsync("a");
        var card = await OpenAsync("a");

        Assert.True(card.Concerns(new ReviewDecided(review)));
        Assert.True(card.Concerns(new ReviewsCancelled(Rosa.UserId, "run-1", 1)));
        Assert.True(card.Concerns(new ReviewDelivered(Rosa.UserId, "a")));
        Assert.False(card.Concerns(new ReviewDecided(await AskAsync("b"))));
        Assert.False(card.Concerns(new ExecutionChanged(Rosa.UserId, "run-2", ExecutionStatus.RUNNING)));
        Assert.False(card.Concerns(new AutoApprovalsChanged(Rosa.UserId)));
    }

    [Fact]
    public async Task A_record_that_is_gone_leaves_what_was_shown_and_nothing_to_do()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await using (var db = Store.Db())
            await db.Reviews.Where(r => r.NodeExecId == "a").ExecuteDeleteAsync(Ct);

        await card.LoadAsync(Rosa, "a", Ct);

        Assert.True(card.IsGone);
        Assert.Empty(card.Allowed);
        Assert.NotNull(card.Review);
    }

    async Task<ReviewStore> OpenAsync(string nodeExecId)
    {
        var card = Store.Get<ReviewStore>();
        await card.LoadAsync(Rosa, nodeExecId, Ct);
        return card;
    }
}
