using HitlReview.Core;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Reviews;

public sealed class PagesByBytesOnSqlite() : PagesByBytesSpec(new SqliteStore());

public sealed class PagesByBytesOnPostgres() : PagesByBytesSpec(new PostgresStore());

/// <summary>Pages of reviews that weigh much end early, go on where they ended, and are read only as far as they are taken.</summary>
public abstract class PagesByBytesSpec(TestStore store) : CoreSpec(store)
{
    int _pageBytes = 10_000;

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<LimitOptions>(limits => limits.PageBytes = _pageBytes);
    }

    Task<Review> AskAsync(string id, int bytes) => AskAsync(Request(id, payload: $"\"{new string('x', bytes - 2)}\""));

    async Task<IReadOnlyList<string>> WalkAsync(Func<PageRequest, Task<ReviewPage>> read)
    {
        var pages = new List<string>();
        var page = await read(new(1, 3));
        while (true)
        {
            Assert.Equal(6, page.Total);
            pages.Add(string.Concat(await page.IdsAsync()));
            if (page.Next is null)
                return pages;
            page = await read(new(1, 3, ListCursor.Parse(page.Next.ToString())));
        }
    }

    [Fact]
    public async Task A_page_ends_before_it_has_too_many_bytes_but_never_without_a_row()
    {
        foreach (var (id, bytes) in ((string, int)[])[("a", 5_000), ("b", 5_000), ("c", 50_000), ("d", 9_999), ("e", 2), ("f", 4_000)])
            await AskAsync(id, bytes);

        Assert.Equal(["fe", "d", "c", "ba"], await WalkAsync(page => Reviews.PendingAsync(Rosa, page, Ct)));
        Assert.Equal(["ab", "c", "d", "ef"], await WalkAsync(page => Reviews.PendingForExecutionAsync(Rosa, "run-1", page, Ct)));
    }

    [Fact]
    public async Task Instructions_weigh_too_and_bytes_are_bytes()
    {
        await AskAsync(Request("a", payload: "1") with { Instructions = new string('é', 3_000) });
        await AskAsync(Request("b", payload: $"\"{new string('é', 2_500)}\""));

        var page = await Reviews.PendingAsync(Rosa, PageRequest.First, Ct);

        Assert.Equal(["b"], await page.IdsAsync());
        Assert.NotNull(page.Next);
    }

    [Fact]
    public async Task What_follows_is_read_when_it_is_taken()
    {
        _pageBytes = 100_000_000;
        await Store.RestartAsync();
        foreach (var id in (string[])["a", "b", "c", "d"])
            await AskAsync(id, 200_000);
        var newest = await Reviews.PendingAsync(Rosa, PageRequest.First, Ct);
        var oldest = await Reviews.PendingForExecutionAsync(Rosa, "run-1", PageRequest.First, Ct);
        foreach (var page in (ReviewPage[])[newest, oldest])
        {
            var seen = new List<string>();
            await using var rows = page.Items.GetAsyncEnumerator(Ct);
            while (await rows.MoveNextAsync())
            {
                seen.Add(rows.Current.NodeExecId);
                if (seen.Count == 1 && await ReadAsync("b") is { Status: ReviewStatus.WAITING })
                    await DecideAsync(Reject("b"));
            }
            Assert.Equal(3, seen.Count);
            Assert.DoesNotContain("b", seen);
        }
    }

    [Fact]
    public async Task Reviews_of_one_moment_are_neither_skipped_nor_repeated_while_others_come()
    {
        for (var i = 0; i < 20; i++)
            await AskAsync($"act-{i:00}", 3_000);
        var seen = new List<string>();
        ListCursor? cursor = null;
        do
        {
            var page = await Reviews.PendingAsync(Rosa, new(1, 100, cursor), Ct);
            await AskAsync($"later-{seen.Count}", 3_000);
            seen.AddRange(await page.IdsAsync());
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"act-{19 - i:00}"),
            seen.Where(id => id.StartsWith("act", StringComparison.Ordinal)));
    }
}
