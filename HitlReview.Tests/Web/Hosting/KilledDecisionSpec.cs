using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Hosting;

public sealed class KilledDecisionOnSqlite() : KilledDecisionSpec(new SqliteStore());

public sealed class KilledDecisionOnPostgres() : KilledDecisionSpec(new PostgresStore());

/// <summary>What is left of a decision when the process is killed around its commit.</summary>
public abstract class KilledDecisionSpec(TestStore store) : IAsyncDisposable
{
    static string Decide(params string[] ids)
    {
        var decisions = ids.Select(id => $$"""{"node_exec_id":"{{id}}","approved":true}""");
        return $$"""{"reviews":[{{string.Join(',', decisions)}}]}""";
    }

    static async Task AskAsync(HttpClient client, params string[] ids)
    {
        foreach (var id in ids)
            Assert.Equal(201, (await client.CallAsync("/api/review/request",
                $$"""{"payload":{"seat":"{{id}}"},"node_exec_id":"{{id}}","graph_exec_id":"trip","node_id":"book"}""")).Status);
    }

    static Task<string[]> StatusesAsync(HttpClient client, params string[] ids) =>
        Task.WhenAll(ids.Select(async id => (await client.CallAsync($"/api/review/{id}"))["status"].GetString()!));

    [Fact, Invariant(3)]
    public async Task Killed_in_mid_batch_nothing_of_it_was_decided()
    {
        await using var app = await ProcessApp.StartAsync(store, "DecisionWritten:2");
        using (var client = app.Client(Cast.Rosa))
        {
            await AskAsync(client, "a", "b", "c");
            await Assert.ThrowsAsync<HttpRequestException>(() => client.CallAsync("/api/review/action", Decide("a", "b", "c")));
        }
        await app.WaitForDeathAsync();

        await app.StartAsync();
        using var again = app.Client(Cast.Rosa);
        Assert.Equal(["WAITING", "WAITING", "WAITING"], await StatusesAsync(again, "a", "b", "c"));
        Assert.Equal(3, (await again.CallAsync("/api/review/action", Decide("a", "b", "c")))["approved_count"].GetInt32());
    }

    [Fact, Invariant(2), Invariant(3), Invariant(9)]
    public async Task Killed_once_it_was_answered_all_of_it_was_decided_and_deciding_again_is_success()
    {
        await using var app = await ProcessApp.StartAsync(store);
        using (var client = app.Client(Cast.Rosa))
        {
            await AskAsync(client, "a", "b");
            Assert.Equal(200, (await client.CallAsync("/api/review/action", Decide("a", "b"))).Status);
        }
        await app.KillAsync();

        await app.StartAsync();
        using var again = app.Client(Cast.Rosa);
        Assert.Equal(["APPROVED", "APPROVED"], await StatusesAsync(again, "a", "b"));
        Assert.Equal(200, (await again.CallAsync("/api/review/action", Decide("a", "b"))).Status);
        var verdict = await ProcessApp.RunAsync(store, ["audit", "verify"]);
        Assert.True(verdict.ExitCode == 0, verdict.Error);
        Assert.StartsWith("4 events hold together", verdict.Output, StringComparison.Ordinal); // asked twice, decided twice
    }

    [Fact]
    public async Task A_killed_program_starts_again_at_once_on_the_same_database()
    {
        await using var app = await ProcessApp.StartAsync(store);
        for (var i = 0; i < 3; i++)
        {
            await app.KillAsync();
            await app.StartAsync();
        }
    }

    [Fact]
    public async Task A_second_program_on_the_same_database_says_why_it_does_not_start()
    {
        await using var app = await ProcessApp.StartAsync(store);
        var second = await ProcessApp.RunAsync(store, ["--Urls=http://127.0.0.1:0"]);
        Assert.Equal(1, second.ExitCode);
        Assert.StartsWith("Another HitlReview process already uses", second.Error, StringComparison.Ordinal);
        Assert.Single(second.Error.Trim().Split('\n'));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
