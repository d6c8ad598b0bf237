using HitlReview.Core;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Reviews;

public sealed class SnoozesOnSqlite() : SnoozesSpec(new SqliteStore());

public sealed class SnoozesOnPostgres() : SnoozesSpec(new PostgresStore());

/// <summary>Reviews that are put aside until a time.</summary>
public abstract class SnoozesSpec(TestStore store) : CoreSpec(store)
{
    static readonly ReviewFilter s_aside = ReviewFilter.None with { Text = "is:snoozed" };

    Snoozes Snoozes => Store.Get<Snoozes>();

    [Fact]
    public async Task One_leaves_the_list_of_what_waits_and_is_back_at_its_time_by_itself()
    {
        await AskAsync("a");
        await AskAsync("b");
        await Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);

        Assert.Equal(["b"], await ListAsync(ReviewFilter.None));
        Assert.Equal(["a"], await ListAsync(s_aside));
        // Who looks for one, or for all of an execution, finds it all the same.
        Assert.Equal(["a", "b"], (await ListAsync(ReviewFilter.None with { Text = "bob" })).Order());
        Assert.Equal(["a", "b"], (await ListAsync(ReviewFilter.None with { GraphExecId = "run-1" })).Order());
        Assert.Equal(["a"], await ListAsync(ReviewFilter.None with { Text = "is:snoozed bob" }));
        Assert.Equal((1, Store.Clock.GetUtcNow().AddHours(1)), await Snoozes.OwnAsync(Rosa, Ct));

        Store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["a", "b"], (await ListAsync(ReviewFilter.None)).Order());
        Assert.Equal((0, null), await Snoozes.OwnAsync(Rosa, Ct));
        Assert.Null(await Snoozes.UntilAsync(Rosa, "a", Ct));
    }

    [Fact]
    public async Task It_waits_all_the_same_for_programs_and_for_a_decision()
    {
        await AskAsync("a");
        await Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);

        Assert.Equal(["a"], (await Reviews.PendingAsync(Rosa, new(1, 10), Ct, 1_000_000)).Items.Select(r => r.NodeExecId));
        await DecideAsync(Approve("a"));

        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("a")).Status);
        Assert.Equal((0, null), await Snoozes.OwnAsync(Rosa, Ct));
        Assert.Empty(await ListAsync(s_aside));
    }

    [Fact]
    public async Task It_is_brought_back_before_its_time_and_every_window_hears_of_both()
    {
        await AskAsync("a");
        using var feed = Store.Get<ChangeFeeds>().Open(Rosa.UserId);

        await Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(4), Ct);
        await Snoozes.EndAsync(Rosa, "a", Ct);
        await Snoozes.EndAsync(Rosa, "a", Ct);
        await DecideAsync(Approve("a"));

        var told = new List<DateTimeOffset?>();
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is ReviewSnoozed snoozed)
                told.Add(snoozed.Until);
            else if (change is ReviewDecided)
                break;
        var now = Store.Clock.GetUtcNow();
        Assert.Equal([now.AddHours(1), now.AddHours(4), null], told);
    }

    [Fact]
    public async Task What_is_over_is_thrown_away_with_the_next()
    {
        await AskAsync("a");
        await AskAsync("b");
        await Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        Store.Clock.Advance(TimeSpan.FromHours(2));

        await Snoozes.SetAsync(Rosa, "b", TimeSpan.FromHours(1), Ct);

        await using var db = Store.Db();
        Assert.Equal(["b"], await db.Snoozes.Select(s => s.NodeExecId).ToListAsync(Ct));
    }

    [Fact, Invariant(1)]
    public async Task Only_ones_own_that_waits_and_not_for_ever()
    {
        await AskAsync("a");
        await AskAsync(Request("bens"), Ben);
        await DecideAsync(Reject("a"));

        await RefusedAsync(Refusal.Conflict, () => Snoozes.SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct));
        await RefusedAsync(Refusal.NotFound, () => Snoozes.SetAsync(Rosa, "bens", TimeSpan.FromHours(1), Ct));
        await RefusedAsync(Refusal.Invalid, () => Snoozes.SetAsync(Ben, "bens", TimeSpan.FromDays(8), Ct));
        await RefusedAsync(Refusal.Invalid, () => Snoozes.SetAsync(Ben, "bens", TimeSpan.Zero, Ct));
        await RefusedAsync(Refusal.Forbidden, () => Snoozes.SetAsync(
            Ben with { Key = new("key-ben", "agent", KeyMay.ask) }, "bens", TimeSpan.FromHours(1), Ct));
        await Snoozes.SetAsync(Ben, "bens", TimeSpan.FromHours(1), Ct);
        Assert.Equal((0, null), await Snoozes.OwnAsync(Rosa, Ct));
        Assert.Null(await Snoozes.UntilAsync(Ada, "bens", Ct));
    }

    async Task<IReadOnlyList<string>> ListAsync(ReviewFilter filter)
    {
        var rows = await Store.Get<ReviewList>().ReadAsync(Rosa, filter, oldestFirst: false, new(50), Ct);
        Assert.Equal(rows.Count, await Store.Get<ReviewList>().CountAsync(Rosa, filter, Ct));
        return [.. rows.Select(r => r.NodeExecId)];
    }
}
