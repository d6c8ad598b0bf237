using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

public sealed class UnstoredGraphsOnSqlite() : UnstoredGraphsSpec(new SqliteStore());

public sealed class UnstoredGraphsOnPostgres() : UnstoredGraphsSpec(new PostgresStore());

/// <summary>What is made of a graph and not stored yet.</summary>
public abstract class UnstoredGraphsSpec(TestStore store) : CoreSpec(store)
{
    UnstoredGraphs Unstored => Store.Get<UnstoredGraphs>();

    [Fact]
    public async Task It_is_kept_over_what_was_known_and_over_nothing_else()
    {
        await KeepAsync("one", known: null);
        await KeepAsync("two", known: "one");

        await RefusedAsync(Refusal.Conflict, () => KeepAsync("mine", known: null));
        await RefusedAsync(Refusal.Conflict, () => KeepAsync("mine", known: "one"));
        await RefusedAsync(Refusal.Conflict, () => KeepAsync(null, known: "one"));
        Assert.Equal("two", await KeptAsync(Rosa));

        await KeepAsync(null, known: "two");
        Assert.Null(await KeptAsync(Rosa));
        await RefusedAsync(Refusal.Conflict, () => KeepAsync("three", known: "two"));
        await KeepAsync(null, known: null);
        Assert.Null(await KeptAsync(Rosa));
    }

    [Fact, Invariant(1)]
    public async Task It_is_its_makers_alone()
    {
        await KeepAsync("one", known: null);

        Assert.Null(await KeptAsync(Ben));
        await RefusedAsync(
            Refusal.TooLarge, () => KeepAsync(new('x', UnstoredGraphs.MaxText + 1), known: "one"));
    }

    Task KeepAsync(string? text, string? known) => Unstored.KeepAsync(Rosa, "", 0, text, known, Ct);

    async Task<string?> KeptAsync(Caller caller) => (await Unstored.FindAsync(caller, "", Ct))?.Text;
}
