using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>The real process is killed at the worst moments, started again on the same data, and asked what became of the action.</summary>
public abstract class CrashSpec(TestStore store) : IAsyncLifetime
{
    CountingServer _world = null!;
    ProcessApp _app = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await CountingServer.StartAsync();

    [Theory, Invariant(5)]
    [InlineData("ActionClaimed", 0)]
    [InlineData("ActionReturned", 1)]
    public async Task After_a_crash_past_the_claim_the_outcome_is_unknown_and_nothing_runs_again(string crashAt, int hits)
    {
        _app = await ProcessApp.StartAsync(store, crashAt);
        var (execution, review) = await StartAndAwaitReviewAsync();
        await ApproveAndDieAsync(review);
        Assert.Equal(hits, _world.Hits.Count);

        await _app.StartAsync();
        var after = await ExecutionAsync(execution, e => (string?)e["status"] == "REVIEW");
        var node = Assert.Single(after["node_executions"]!.AsArray())!;
        Assert.Equal("unknown", (string?)node["outcome"]);
        Assert.Equal(hits, _world.Hits.Count);
    }

    async Task<(string Execution, string Review)> StartAndAwaitReviewAsync()
    {
        using var rosa = _app.Client(Cast.Rosa);
        var block = (await rosa.GetFromJsonAsync<JsonArray>("/api/blocks", Ct))!.Single(b => (string?)b!["name"] == "HTTP request")!;
        var graph = await PostAsync(rosa, "/api/graphs", new
        {
            name = "one request",
            nodes = new[] { new { id = "send", block_id = (string)block["id"]!, input_default = new { url = _world.Url + "/act", method = "POST", body = new { amount = 1 } } } },
            links = Array.Empty<object>(),
        });
        var execution = (string)(await PostAsync(rosa, "/api/executions", new { graph_id = (string)graph["id"]! }))["graph_exec_id"]!;
        await ExecutionAsync(execution, e => (string?)e["status"] == "REVIEW");
        var waiting = (await rosa.GetFromJsonAsync<JsonArray>($"/api/review/execution/{execution}", Ct))!;
        return (execution, (string)Assert.Single(waiting)!["node_exec_id"]!);
    }

    async Task ApproveAndDieAsync(string review)
    {
        using var rosa = _app.Client(Cast.Rosa);
        try
        {
            await rosa.PostAsJsonAsync("/api/review/action", new { reviews = new[] { new { node_exec_id = review, approved = true } } }, Ct);
        }
        catch (HttpRequestException)
        {
            // It died before it could answer.
        }
        await _app.WaitForDeathAsync();
    }

    /// <summary>Asks until the execution has come to the state; each question is a round trip, so this neither sleeps nor spins.</summary>
    async Task<JsonNode> ExecutionAsync(string execution, Func<JsonNode, bool> until)
    {
        using var rosa = _app.Client(Cast.Rosa);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Recorded<string>.Patience);
        while (true)
            if (await rosa.GetFromJsonAsync<JsonNode>($"/api/executions/{execution}", patience.Token) is { } state && until(state))
                return state;
    }

    static async Task<JsonNode> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _world.DisposeAsync();
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class CrashOnSqlite() : CrashSpec(new SqliteStore());

public sealed class CrashOnPostgres() : CrashSpec(new PostgresStore());
