using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Hosting;

public sealed class CrashOnSqlite() : CrashSpec(new SqliteStore());

public sealed class CrashOnPostgres() : CrashSpec(new PostgresStore());

/// <summary>
/// The real process is killed at the worst moments, started again on the same data, and asked what became of its actions. A real server
/// counts them.
/// </summary>
public abstract class CrashSpec(TestStore store) : IAsyncLifetime
{
    CountingServer _world = null!;
    ProcessApp _app = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await CountingServer.StartAsync();

    [Fact, Invariant(6), Invariant(9)]
    public async Task Between_a_reviews_creation_and_its_nodes_move_neither_is_there_and_it_is_asked_again_once()
    {
        _app = await ProcessApp.StartAsync(store, "ReviewInserted");
        var execution = await StartGraphAsync(1, mayDie: true);
        await _app.WaitForDeathAsync();

        await _app.StartAsync();
        execution = await TheExecutionAsync(execution);
        var review = Assert.Single(await WaitingAsync(execution, 1));
        await DecideAsync(review);
        await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        await _world.WaitForHitAsync();
        Assert.Single(_world.Hits);
        await TrailHoldsAsync();
    }

    [Fact, Invariant(2), Invariant(6)]
    public async Task Between_the_commit_of_a_decision_and_its_resume_the_execution_goes_on_after_the_restart()
    {
        _app = await ProcessApp.StartAsync(store, "DecisionCommitted");
        var execution = await StartGraphAsync(1);
        var review = Assert.Single(await WaitingAsync(execution, 1));
        await DecideAndDieAsync(review);
        Assert.Empty(_world.Hits);

        await _app.StartAsync();
        await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        Assert.Single(_world.Hits);
        // Who was never answered asks again: it is the same decision.
        Assert.Equal(1, (int)(await DecideAsync(review))["approved_count"]!);
        await TrailHoldsAsync();
    }

    [Fact, Invariant(3), Invariant(6)]
    public async Task In_mid_batch_nothing_is_decided_and_deciding_again_runs_each_action_once()
    {
        _app = await ProcessApp.StartAsync(store, "DecisionWritten:2");
        var execution = await StartGraphAsync(3);
        var reviews = await WaitingAsync(execution, 3);
        await DecideAndDieAsync(reviews);

        await _app.StartAsync();
        Assert.Equal(reviews, await WaitingAsync(execution, 3));
        await DecideAsync(reviews);
        await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        Assert.Equal(reviews.Order(), _world.Hits.Select(hit => hit.Headers["idempotency-key"]).Order());
        await TrailHoldsAsync();
    }

    [Theory, Invariant(5)]
    [InlineData("ActionClaimed", 0)]
    [InlineData("ActionReturned", 1)]
    public async Task Past_the_claim_the_outcome_is_unknown_nothing_runs_again_and_a_person_settles_it(string crashAt, int hits)
    {
        _app = await ProcessApp.StartAsync(store, crashAt);
        var execution = await StartGraphAsync(1);
        var review = Assert.Single(await WaitingAsync(execution, 1));
        await DecideAndDieAsync(review);
        Assert.Equal(hits, _world.Hits.Count);

        await _app.StartAsync();
        var after = await ExecutionAsync(execution, e => (string?)e["status"] == "REVIEW");
        var node = Assert.Single(after["node_executions"]!.AsArray())!;
        Assert.Equal("unknown", (string?)node["outcome"]);
        Assert.Equal(hits, _world.Hits.Count);

        using var rosa = _app.Client(Cast.Rosa);
        if (hits == 1)
            await PostAsync(rosa, $"/api/executions/{execution}/nodes/{review}/settle", new { resolution = "ran" });
        else
        {
            await PostAsync(rosa, $"/api/executions/{execution}/nodes/{review}/settle", new { resolution = "ask_again" });
            await DecideAsync(Assert.Single(await WaitingAsync(execution, 1)));
        }
        await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        Assert.Single(_world.Hits);
        await TrailHoldsAsync();
    }

    [Theory, Invariant(5)]
    [InlineData("ActionClaimed", 0)]
    [InlineData("ActionReturned", 1)]
    public async Task Past_the_claim_of_a_chat_the_outcome_is_unknown_and_continuing_runs_nothing(string crashAt, int hits)
    {
        _app = await ProcessApp.StartAsync(store, crashAt);
        string session, review;
        using (var rosa = _app.Client(Cast.Rosa))
        {
            session = (string)(await PostAsync(rosa, "/api/copilot/sessions", new { }))["session_id"]!;
            var asked = await PostAsync(
                rosa, $"/api/copilot/sessions/{session}/run_block", new { block_id = await HttpBlockAsync(rosa), input_data = Input(0) });
            review = (string)asked["review_id"]!;
            await DecideAsync(review);
            await Assert.ThrowsAsync<HttpRequestException>(() =>
                PostAsync(rosa, $"/api/copilot/sessions/{session}/continue_run_block", new { review_id = review }));
        }
        await _app.WaitForDeathAsync();

        await _app.StartAsync();
        using var again = _app.Client(Cast.Rosa);
        var answer = await PostAsync(again, $"/api/copilot/sessions/{session}/continue_run_block", new { review_id = review });
        Assert.Equal("error", (string?)answer["type"]);
        Assert.Contains("unknown", (string?)answer["message"], StringComparison.Ordinal);
        Assert.Equal(hits, _world.Hits.Count);
        await TrailHoldsAsync();
    }

    [Fact, Invariant(6)]
    public async Task Between_two_portions_of_a_long_list_it_goes_on_where_it_was()
    {
        _app = await ProcessApp.StartAsync(store, "PortionDelivered");
        string? execution = null;
        using (var rosa = _app.Client(Cast.Rosa))
        {
            var graph = await PostAsync(rosa, "/api/graphs", new
            {
                name = "a long list",
                nodes = new[]
                {
                    new { id = "each", block_id = await BlockAsync(rosa, "Pick from JSON"),
                        input_default = (object)new { path = "", each = true, data = Enumerable.Range(0, 250) } },
                    new { id = "keep", block_id = await BlockAsync(rosa, "Store value"), input_default = (object)new { } },
                },
                links = new[] { new { source_id = "each", source_name = "value", sink_id = "keep", sink_name = "input" } },
            });
            try
            {
                execution = (string)(await PostAsync(rosa, "/api/executions", new { graph_id = (string)graph["id"]! }))["graph_exec_id"]!;
            }
            catch (HttpRequestException)
            {
                // It died before it could answer.
            }
        }
        await _app.WaitForDeathAsync();

        await _app.StartAsync();
        execution = await TheExecutionAsync(execution);
        var ended = await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        Assert.Equal(
            Enumerable.Range(0, 250).Select(i => $$"""{"input":{{i}}}"""),
            ended["node_executions"]!.AsArray().Skip(1).Select(n => n!["input"]!.ToJsonString()));
        await TrailHoldsAsync();
    }

    [Fact, Invariant(5)]
    public async Task Asked_to_end_it_answers_who_waits_begins_nothing_new_and_lets_what_runs_come_to_its_end()
    {
        _app = await ProcessApp.StartAsync(store);
        var answer = _world.Hold();
        string execution, review;
        using (var rosa = _app.Client(Cast.Rosa))
        {
            var block = await HttpBlockAsync(rosa);
            var graph = await PostAsync(rosa, "/api/graphs", new
            {
                name = "one after another",
                nodes = Enumerable.Range(0, 2).Select(i => new { id = $"act-{i}", block_id = block, input_default = Input(i) }),
                links = new[] { new { source_id = "act-0", source_name = "body", sink_id = "act-1", sink_name = "body" } },
            });
            execution = (string)(await PostAsync(rosa, "/api/executions", new { graph_id = (string)graph["id"]! }))["graph_exec_id"]!;
            review = (string)(await PostAsync(rosa, "/api/review/request", new
            {
                node_exec_id = "outside",
                graph_exec_id = "run-of-an-agent",
                node_id = "tool",
                payload = new { to = "ann" },
            }))["node_exec_id"]!;
        }
        // The second is not asked about, so that only the end of the process can keep it from running.
        var asked = Assert.Single(await WaitingAsync(execution, 1));
        await using (var beside = new Store(store.Options))
        await using (var db = beside.CreateDbContext())
            await db.GraphExecutions.ExecuteUpdateAsync(set => set.SetProperty(e => e.SensitiveActionSafeMode, false), Ct);
        await DecideAsync(asked);
        await _world.WaitForHitAsync();
        using var agent = _app.Client(Cast.Rosa);
        // Over HTTP/1 one connection answers in order: that the wait has begun shows in nothing else than that it has not ended.
        var waiting = agent.GetFromJsonAsync<JsonNode>($"/api/review/{review}?wait=60", Ct);

        await _app.TerminateAsync();
        await _app.WaitForLineAsync("Application is shutting down");
        Assert.Equal("WAITING", (string?)(await waiting.WaitAsync(Recorded<string>.Patience, Ct))!["status"]);
        answer();
        Assert.Equal(0, await _app.WaitForEndAsync("end when it was asked to"));

        Assert.Single(_world.Hits);
        await using (var beside = new Store(store.Options))
        await using (var db = beside.CreateDbContext())
            Assert.Equal(
                [ExecutionStatus.COMPLETED],
                await db.NodeExecutions.Where(n => n.ClaimedAt != null).Select(n => n.Status).ToListAsync(Ct));
        await _app.StartAsync();
        await ExecutionAsync(execution, e => (string?)e["status"] == "COMPLETED");
        Assert.Equal(2, _world.Hits.Count);
        await TrailHoldsAsync();
    }

    object Input(int i) => new { url = $"{_world.Url}/act/{i}", method = "POST", body = new { amount = i } };

    static Task<string> HttpBlockAsync(HttpClient rosa) => BlockAsync(rosa, "HTTP request");

    static async Task<string> BlockAsync(HttpClient rosa, string name) =>
        (string)(await rosa.GetFromJsonAsync<JsonArray>("/api/blocks", Ct))!.Single(b => (string?)b!["name"] == name)!["id"]!;

    /// <summary>Starts a graph of actions side by side.</summary>
    /// <returns>The execution; null if the program died before it could say.</returns>
    async Task<string?> StartGraphAsync(int actions, bool mayDie = false)
    {
        using var rosa = _app.Client(Cast.Rosa);
        var block = await HttpBlockAsync(rosa);
        var graph = await PostAsync(rosa, "/api/graphs", new
        {
            name = "actions",
            nodes = Enumerable.Range(0, actions).Select(i => new { id = $"act-{i}", block_id = block, input_default = Input(i) }),
            links = Array.Empty<object>(),
        });
        try
        {
            return (string)(await PostAsync(rosa, "/api/executions", new { graph_id = (string)graph["id"]! }))["graph_exec_id"]!;
        }
        catch (HttpRequestException) when (mayDie)
        {
            return null;
        }
    }

    async Task<string> TheExecutionAsync(string? known)
    {
        using var rosa = _app.Client(Cast.Rosa);
        return known ?? (string)Assert.Single((await rosa.GetFromJsonAsync<JsonArray>("/api/executions", Ct))!)!["graph_exec_id"]!;
    }

    /// <summary>The waiting reviews of an execution once it has come to rest.</summary>
    async Task<string[]> WaitingAsync(string? execution, int count)
    {
        await ExecutionAsync(execution!, e => (string?)e["status"] == "REVIEW");
        using var rosa = _app.Client(Cast.Rosa);
        var waiting = (await rosa.GetFromJsonAsync<JsonArray>($"/api/review/execution/{execution}", Ct))!.Select(r =>
            (string)r!["node_exec_id"]!)
            .Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(count, waiting.Length);
        return waiting;
    }

    async Task<JsonNode> DecideAsync(params string[] reviews)
    {
        using var rosa = _app.Client(Cast.Rosa);
        return await PostAsync(
            rosa, "/api/review/action", new { reviews = reviews.Select(id => new { node_exec_id = id, approved = true }) });
    }

    async Task DecideAndDieAsync(params string[] reviews)
    {
        try
        {
            await DecideAsync(reviews);
        }
        catch (HttpRequestException)
        {
            // It died before it could answer.
        }
        await _app.WaitForDeathAsync();
    }

    /// <summary>Asks until the execution has come to the state; each question is a round trip, so this neither sleeps nor spins.</summary>
    async Task<JsonNode> ExecutionAsync(string? execution, Func<JsonNode, bool> until)
    {
        using var rosa = _app.Client(Cast.Rosa);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Recorded<string>.Patience);
        while (true)
            if (await rosa.GetFromJsonAsync<JsonNode>($"/api/executions/{execution}", patience.Token) is { } state && until(state))
                return state;
    }

    async Task TrailHoldsAsync()
    {
        await using var beside = new Store(store.Options);
        Assert.Null((await new AuditVerifier(beside).VerifyAsync(Ct)).Fault);
        await using var db = beside.CreateDbContext();
        await MustHold.InAsync(db, Ct);
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
