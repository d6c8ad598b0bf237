using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

public sealed class InboxBurstOnSqlite() : InboxBurstSpec(new SqliteStore());

public sealed class InboxBurstOnPostgres() : InboxBurstSpec(new PostgresStore());

/// <summary>
/// Whatever happens in whatever order while somebody scrolls about: once it has all been heard of, the list is what a fresh one is.
/// </summary>
public abstract class InboxBurstSpec(TestStore store) : InboxListSpec(store)
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var view in Views.Keys)
                for (var seed = 1; seed <= 4; seed++)
                    cases.Add(view, seed);
            return cases;
        }
    }

    static Dictionary<string, InboxView> Views { get; } = new()
    {
        ["newest first"] = Waiting,
        ["oldest first"] = Waiting with { OldestFirst = true },
        ["searched"] = Waiting with { Filter = ReviewFilter.None with { Text = "even" } },
        ["by execution"] = Waiting with { Grouping = Grouping.execution },
        ["by node, searched"] = Waiting with { Grouping = Grouping.node, Filter = ReviewFilter.None with { Text = "even" } },
        ["by block, oldest first"] = Waiting with { Grouping = Grouping.block, OldestFirst = true },
        ["decided"] = Decided,
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task After_a_burst_the_list_is_what_a_fresh_one_is(string view, int seed)
    {
        var random = new Random(seed);
        var waiting = new List<string>();
        var (asked, unheard) = (0, 0);
        for (var i = 0; i < 120; i++)
            await AskOneAsync();
        Listen();
        // Some of it falls between listening and reading.
        await AskOneAsync();
        await DecideOneAsync();
        unheard = 2;
        await List.LoadAsync(Rosa, Views[view], Ct);

        for (var step = 0; step < 80; step++)
            await (random.Next(10) switch
            {
                < 3 => SomethingAsync(AskOneAsync),
                < 6 => SomethingAsync(DecideOneAsync),
                6 => HearSomeAsync(random.Next(unheard + 1)),
                7 => List.RestAsync(Rosa, random.Next(2) == 0, Ct),
                _ => List.ScrollAsync(Rosa, random.Next(200) * InboxRows.RowHeight, Screen, Ct),
            });
        await SomethingAsync(StopOneAsync);
        await HearSomeAsync(unheard);

        var fresh = Store.Get<InboxStore>();
        await fresh.LoadAsync(Rosa, Views[view], Ct);
        Assert.Equal(fresh.Total, List.Total);
        await List.ToTopAsync(Rosa, Ct);
        Assert.Equal((fresh.Total, 0), (List.Total, List.HeldBack));
        Assert.Equal(await WalkAsync(fresh), await WalkAsync());

        async Task SomethingAsync(Func<Task> something)
        {
            unheard++;
            await something();
        }

        async Task HearSomeAsync(int count)
        {
            unheard -= count;
            await HearAsync(count);
        }

        async Task AskOneAsync()
        {
            var n = asked++;
            waiting.Add(Name(n));
            await AskAsync(Name(n), $"run-{n % 4}", $$"""{"n":{{n}},"is":"{{(n % 2 == 0 ? "even" : "odd")}}"}""");
        }

        async Task DecideOneAsync()
        {
            var id = waiting[random.Next(waiting.Count)];
            waiting.Remove(id);
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await DecideAsync(id, approved: random.Next(2) == 0);
        }

        async Task StopOneAsync()
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Stopping.StopAsync(Rosa, "run-1", Ct);
        }
    }
}
