using HitlReview.Core;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ReadingOnSqlite() : ReadingSpec(new SqliteStore());

public sealed class ReadingOnPostgres() : ReadingSpec(new PostgresStore());

/// <summary>Who may read which reviews, in which order, and how waiting for one works.</summary>
public abstract class ReadingSpec(TestStore store) : CoreSpec(store)
{
    async Task<IReadOnlyList<string>> PageAsync(int page, int size) =>
        await (await Reviews.PendingAsync(Rosa, PageRequest.Check(page, size, null), Ct)).IdsAsync();

    [Fact]
    public async Task The_total_is_right_after_every_change_though_it_is_not_counted_anew_without_one()
    {
        async Task<int?> TotalAsync(Caller who) => (await Reviews.PendingAsync(who, PageRequest.First, Ct)).Total;
        Assert.Equal((0, 0), (await TotalAsync(Rosa), await TotalAsync(Ben)));

        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        Assert.Equal((3, 0), (await TotalAsync(Rosa), await TotalAsync(Ben)));
        Assert.Equal(3, await TotalAsync(Rosa));
        await DecideAsync(Approve("a"));
        Assert.Equal(2, await TotalAsync(Rosa));
        await AskAsync(Request("d"), Ben);
        Assert.Equal((2, 1), (await TotalAsync(Rosa), await TotalAsync(Ben)));
        await Stopping.StopAsync(Rosa, "run-1", Ct);
        Assert.Equal((0, 1), (await TotalAsync(Rosa), await TotalAsync(Ben)));
    }

    [Fact]
    public async Task Waiting_reviews_come_newest_first_and_of_one_moment_by_id()
    {
        await AskAsync("b");
        await AskAsync("a");
        await AskAsync("B");
        Store.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await AskAsync("0");
        await AskAsync(Request("bens"), Ben);

        Assert.Equal(["0", "b", "a", "B"], await PageAsync(1, 25));
        Assert.Equal([["0", "b", "a"], ["B"], []], [await PageAsync(1, 3), await PageAsync(2, 3), await PageAsync(3, 3)]);
        Assert.Empty(await PageAsync(int.MaxValue, 100));
    }

    [Fact]
    public async Task By_cursor_nothing_is_skipped_or_repeated_while_reviews_come_and_go()
    {
        for (var i = 0; i < 30; i++)
            await AskAsync($"act-{i:00}");
        var seen = new List<string>();
        ReviewPage page;
        string? cursor = null;
        do
        {
            page = await Reviews.PendingAsync(Rosa, PageRequest.Check(null, 7, cursor), Ct);
            var ids = await page.IdsAsync();
            seen.AddRange(ids);
            cursor = page.Next?.ToString();
            await DecideAsync([.. ids.Select(id => Approve(id))]);
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await AskAsync("later-" + seen.Count);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"act-{29 - i:00}"), seen);
    }

    [Fact]
    public async Task The_total_counts_what_waits()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        await DecideAsync(Approve("c"));

        var page = await Reviews.PendingAsync(Rosa, PageRequest.Check(1, 1, null), Ct);
        Assert.Equal((2, 1, true), (page.Total!.Value, (await page.IdsAsync()).Count, page.Next is not null));
    }

    [Theory, Invariant(10)]
    [InlineData(0, null, null, "page")]
    [InlineData(null, 0, null, "page_size")]
    [InlineData(null, 101, null, "page_size")]
    [InlineData(null, null, "nonsense", "cursor")]
    [InlineData(null, null, "", "cursor")]
    public void A_page_that_cannot_be_is_refused_by_the_name_of_its_parameter(int? page, int? size, string? cursor, string named)
    {
        var refused = Assert.Throws<RefusedException>(() => PageRequest.Check(page, size, cursor));
        Assert.Equal((Refusal.Invalid, named), (refused.Refusal, refused.Message.Split(' ')[0]));
    }

    [Fact, Invariant(1)]
    public async Task One_review_is_read_by_its_owner_and_by_admins_and_unknown_to_all_others()
    {
        await AskAsync();
        await DecideAsync(Reject());

        Assert.Equal(ReviewStatus.REJECTED, (await Reviews.GetAsync(Rosa, "act-1", Ct)).Status);
        Assert.Equal(ReviewStatus.REJECTED, (await Reviews.GetAsync(Ada, "act-1", Ct)).Status);
        Assert.Equal(
            (await RefusedAsync(Refusal.NotFound, () => Reviews.GetAsync(Ben, "act-2", Ct)))
                .Replace("act-2", "act-1", StringComparison.Ordinal),
            await RefusedAsync(Refusal.NotFound, () => Reviews.GetAsync(Ben, "act-1", Ct)));
    }

    [Fact, Invariant(1)]
    public async Task An_id_names_the_readers_own_and_an_admin_says_whose_where_several_have_it()
    {
        await AskAsync();
        await AskAsync(Request(), Ben);

        Assert.Null(await Reviews.FindAsync(Ada, "act-1", Ct));
        Assert.Equal("ben", (await Reviews.FindAsync(Ada, "act-1", Ct, "ben"))!.UserId);
        Assert.Null(await Reviews.FindAsync(Ada, "act-1", Ct, "nobody"));
        Assert.Equal("ben", (await Reviews.FindAsync(Ben, "act-1", Ct))!.UserId);
        Assert.Null(await Reviews.FindAsync(Ben, "act-1", Ct, "rosa"));

        await AskAsync(Request(), Ada);
        Assert.Equal("ada", (await Reviews.FindAsync(Ada, "act-1", Ct))!.UserId);
        Assert.Equal("ben", (await Reviews.WaitForDecisionAsync(Ada, "act-1", TimeSpan.Zero, Ct, Ct, "ben")).UserId);
        Assert.Equal(["ada", "ben", "rosa"], (await OfRunAsync(null)).Order(StringComparer.Ordinal));
        Assert.Equal(["ben"], await OfRunAsync("ben"));

        var (owners, place) = (new List<string>(), (ListCursor?)null);
        do
        {
            var one = await Reviews.PendingForExecutionAsync(Ada, "run-1", new(1, 1, place), Ct);
            owners.AddRange(await one.Items.Select(r => r.UserId).ToListAsync(Ct));
            place = one.Next;
        }
        while (place is not null);
        Assert.Equal(["ada", "ben", "rosa"], owners);

        async Task<List<string>> OfRunAsync(string? userId)
        {
            var page = await Reviews.PendingForExecutionAsync(Ada, "run-1", PageRequest.First, Ct, userId);
            return await page.Items.Select(r => r.UserId).ToListAsync(Ct);
        }
    }

    [Fact, Invariant(1)]
    public async Task A_pending_one_is_given_only_while_it_waits_and_only_to_its_owner()
    {
        await AskAsync();
        Assert.Equal("act-1", (await Reviews.GetPendingAsync(Rosa, "act-1", Ct))!.NodeExecId);
        Assert.Null(await Reviews.GetPendingAsync(Ben, "act-1", Ct));
        Assert.Null(await Reviews.GetPendingAsync(Rosa, "unknown", Ct));

        await DecideAsync(Approve());
        Assert.Null(await Reviews.GetPendingAsync(Rosa, "act-1", Ct));
    }

    [Fact, Invariant(1)]
    public async Task Many_are_given_whatever_their_status_and_none_of_others()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync(Request("bens"), Ben);
        await DecideAsync(Reject("b"));

        var many = await Reviews.GetManyAsync(Rosa, ["a", "b", "bens", "unknown"], Ct);
        Assert.Equal(
            [("a", ReviewStatus.WAITING), ("b", ReviewStatus.REJECTED)],
            many.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, m.Value.Status)));
    }

    [Fact, Invariant(1)]
    public async Task Those_of_an_execution_come_oldest_first_and_its_unknown_ones_are_not_found()
    {
        await AskAsync("b");
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync("a");
        await AskAsync("c");
        await DecideAsync(Approve("c"));

        Assert.Equal(["b", "a"], (await Reviews.PendingForExecutionAsync(Rosa, "run-1", Ct)).Select(r => r.NodeExecId));
        Assert.Equal(["b", "a"], (await Reviews.PendingForExecutionAsync(Ada, "run-1", Ct)).Select(r => r.NodeExecId));
        Assert.Equal(
            (true, false, false),
            (
                await Reviews.HasPendingAsync(Rosa, "run-1", Ct),
                await Reviews.HasPendingAsync(Ben, "run-1", Ct),
                await Reviews.HasPendingAsync(Rosa, "run-2", Ct)));
        await RefusedAsync(Refusal.NotFound, () => Reviews.PendingForExecutionAsync(Ben, "run-1", Ct));
        await RefusedAsync(Refusal.NotFound, () => Reviews.PendingForExecutionAsync(Rosa, "run-2", Ct));

        await DecideAsync(Approve("a"), Approve("b"));
        Assert.Empty(await Reviews.PendingForExecutionAsync(Rosa, "run-1", Ct));
        Assert.False(await Reviews.HasPendingAsync(Rosa, "run-1", Ct));
    }

    [Fact, Invariant(1)]
    public async Task A_chat_without_reviews_has_none_and_a_strangers_chat_looks_like_one()
    {
        var session = await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct);
        Assert.Empty(await Reviews.PendingForExecutionAsync(Rosa, session.GraphExecId, Ct));

        await Store.Get<CopilotTools>().RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("{}"), Ct);
        Assert.Single(await Reviews.PendingForExecutionAsync(Rosa, session.GraphExecId, Ct));
        Assert.Empty(await Reviews.PendingForExecutionAsync(Ben, session.GraphExecId, Ct));
        Assert.Empty(await Reviews.PendingForExecutionAsync(Ben, "copilot-session-unknown", Ct));
    }

    [Fact]
    public async Task Waiting_ends_with_the_decision()
    {
        await AskAsync();
        var waiting = Reviews.WaitForDecisionAsync(Rosa, "act-1", TimeSpan.FromSeconds(60), Ct, Ct);
        await AskAsync("act-2");
        await DecideAsync(Reject("act-2"));
        Assert.False(waiting.IsCompleted);

        await DecideAsync(Reject(message: "no"));

        Assert.Equal(
            (ReviewStatus.REJECTED, "no"),
            ((await waiting.WaitAsync(Recorded<string>.Patience, Ct)).Status, (await waiting).ReviewMessage));
    }

    [Fact, Invariant(6)]
    public async Task Waiting_ends_with_the_stop_of_the_execution_too()
    {
        await AskAsync();
        var waiting = Reviews.WaitForDecisionAsync(Rosa, "act-1", TimeSpan.FromSeconds(60), Ct, Ct);
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        Assert.Equal(ReviewStatus.REJECTED, (await waiting.WaitAsync(Recorded<string>.Patience, Ct)).Status);
    }

    [Fact]
    public async Task Waiting_ends_when_its_time_is_over()
    {
        await AskAsync();
        var waiting = Reviews.WaitForDecisionAsync(Rosa, "act-1", TimeSpan.FromSeconds(60), Ct, Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(60));
            await Reviews.HasPendingAsync(Rosa, "run-1", Ct); // A round trip, until the wait is armed.
        }

        Assert.Equal(ReviewStatus.WAITING, (await waiting).Status);
    }

    [Fact]
    public async Task Who_waits_for_what_is_decided_or_for_no_time_is_answered_at_once()
    {
        await AskAsync();
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.WaitForDecisionAsync(Rosa, "act-1", TimeSpan.Zero, Ct, Ct)).Status);
        await DecideAsync(Approve());
        Assert.Equal(ReviewStatus.APPROVED, (await Reviews.WaitForDecisionAsync(Rosa, "act-1", TimeSpan.FromSeconds(60), Ct, Ct)).Status);
        await RefusedAsync(Refusal.NotFound, () => Reviews.WaitForDecisionAsync(Ben, "act-1", TimeSpan.FromSeconds(60), Ct, Ct));
    }

    [Fact]
    public async Task A_listener_that_is_too_slow_is_told_that_it_missed_something_and_holds_nobody_up()
    {
        using var feed = Store.Events.Open("rosa");
        await AskAsync();
        for (var i = 0; i < 1_100; i++)
            Store.Events.Publish(new AutoApprovalsChanged("rosa"));
        await DecideAsync(Approve());

        var changes = feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await changes.MoveNextAsync());
        Assert.IsType<ReviewCreated>(changes.Current);
        Assert.True(await changes.MoveNextAsync());
        Assert.IsType<ChangesLost>(changes.Current);
    }
}
