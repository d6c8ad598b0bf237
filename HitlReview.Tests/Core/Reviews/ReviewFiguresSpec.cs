using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ReviewFiguresOnSqlite() : ReviewFiguresSpec(new SqliteStore());

public sealed class ReviewFiguresOnPostgres() : ReviewFiguresSpec(new PostgresStore());

/// <summary>What waits and what was decided, in numbers.</summary>
public abstract class ReviewFiguresSpec(TestStore store) : CoreSpec(store)
{
    ReviewFigures Figures => Store.Get<ReviewFigures>();

    [Fact]
    public async Task A_persons_decisions_are_counted_by_the_hour_with_the_time_that_the_middle_one_took()
    {
        await DecideAfterAsync("long ago", TimeSpan.FromMinutes(1), approved: true);
        Store.Clock.Advance(TimeSpan.FromHours(30));
        await DecideAfterAsync("a", TimeSpan.FromSeconds(10), approved: true);
        Store.Clock.Advance(TimeSpan.FromHours(2));
        await DecideAfterAsync("b", TimeSpan.FromSeconds(30), approved: true, edit: """{"to":"eve"}""");
        await DecideAfterAsync("c", TimeSpan.FromSeconds(20), approved: false);
        await AskAsync("waits");

        var day = await Figures.OwnAsync(Rosa, Ct);

        Assert.Equal((2, 1, 1), (day.Approved, day.Edited, day.Rejected));
        Assert.Equal(TimeSpan.FromSeconds(20), day.Median);
        Assert.Equal(ReviewFigures.Hours, day.Hours.Count);
        Assert.Equal(new(1, 1), day.Hours[^1]);
        Assert.Equal(new(1, 0), day.Hours[^3]);
        Assert.Null((await Figures.OwnAsync(Ben, Ct)).Median);
    }

    [Fact]
    public async Task What_nobody_decided_is_none_of_it()
    {
        await AskAsync("stopped", "run-2");
        await Stopping.StopAsync(Rosa, "run-2", Ct);
        await AskAsync("given");
        await DecideAsync(Approve("given") with { AutoApproveFuture = true });
        await AskAsync("by itself");

        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("by itself")).Status);
        var day = await Figures.OwnAsync(Rosa, Ct);
        Assert.Equal((1, 0), (day.Approved, day.Rejected));
    }

    [Fact]
    public async Task An_admin_sees_everybodys_and_for_whom_reviews_wait_the_longest_first()
    {
        await AskAsync(Request("bens"), Ben);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync("rosas");
        await AskAsync("rosas too");
        await DecideAfterAsync("decided", TimeSpan.FromSeconds(1), approved: false);

        var waiting = await Figures.WaitingAsync(Ada, Ct);

        Assert.Equal([("ben@example.org", 1), ("rosa@example.org", 2)], waiting.Select(one => (one.UserName!, one.Count)));
        Assert.Equal(1, (await Figures.AllAsync(Ada, Ct)).Rejected);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_else_does()
    {
        await RefusedAsync(Refusal.Forbidden, () => Figures.AllAsync(Rosa, Ct));
        await RefusedAsync(Refusal.Forbidden, () => Figures.WaitingAsync(Rosa, Ct));
        await RefusedAsync(Refusal.Forbidden, () => Figures.AllAsync(Ada with { Key = new("key-ada", "agent", KeyMay.ask) }, Ct));
    }

    async Task DecideAfterAsync(string id, TimeSpan time, bool approved, string? edit = null)
    {
        await AskAsync(id);
        Store.Clock.Advance(time);
        await DecideAsync(approved ? Approve(id, edit) : Reject(id));
    }
}
