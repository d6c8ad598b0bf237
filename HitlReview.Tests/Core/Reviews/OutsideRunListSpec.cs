using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class OutsideRunListOnSqlite() : OutsideRunListSpec(new SqliteStore());

public sealed class OutsideRunListOnPostgres() : OutsideRunListSpec(new PostgresStore());

/// <summary>The executions of agents outside, as a list.</summary>
public abstract class OutsideRunListSpec(TestStore store) : CoreSpec(store)
{
    static readonly Caller s_agent = Rosa with { Key = new("key-rosa", "Deploy agent", KeyMay.ask | KeyMay.decide), SessionId = null };

    [Fact]
    public async Task Each_says_who_asks_in_it_how_often_and_what_became_of_it()
    {
        var start = Store.Clock.GetUtcNow();
        await AskAsync(Request("a", "release-7"), s_agent);
        await AskAsync(Request("b", "release-7"), s_agent);
        await DecideAsync(Reject("a"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(Request("c", "newer"));
        await AskAsync(Request("d", "bens"), Ben);

        Assert.Equal(
            [
                new("newer", null, 1, 1, 0, start.AddMinutes(1)),
                new("release-7", "Deploy agent", 2, 1, 1, start),
            ],
            await ListAsync(null));
    }

    [Fact]
    public async Task It_is_found_by_its_id_and_by_its_agent()
    {
        await AskAsync(Request("a", "release-7"), s_agent);
        await AskAsync(Request("c", "100%"));

        Assert.Equal(["release-7"], (await ListAsync("DEPLOY")).Select(run => run.GraphExecId));
        Assert.Equal(["100%"], (await ListAsync("0%")).Select(run => run.GraphExecId));
        Assert.Empty(await ListAsync("%7"));
    }

    Task<IReadOnlyList<OutsideRun>> ListAsync(string? text) => Store.Get<OutsideRunList>().ListAsync(Rosa, text, Ct);
}
