using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class CopilotApiOnSqlite(SharedApp<SqliteStore> shared) : CopilotApiSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class CopilotApiOnPostgres(
    SharedApp<PostgresStore> shared) : CopilotApiSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary>The tools of a chat over REST, with a real server that counts what reaches it.</summary>
public abstract class CopilotApiSpec(TestApp app) : ApiSpec(app)
{
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";
    const string StoreValue = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";

    CountingServer _world = null!;
    string _session = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _world = await CountingServer.StartAsync();
        _session = (await Rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;
    }

    public override async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_session_says_its_synthetic_execution()
    {
        var opened = (await Rosa.PostAsync("/api/copilot/sessions")).Is(201);

        Assert.Equal(
            ["session_id", "graph_exec_id", "title", "is_pinned", "state", "created_at", "updated_at"],
            opened.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal($"copilot-session-{opened.String("session_id")}", opened.String("graph_exec_id"));
    }

    [Fact]
    public async Task Every_answer_says_its_type_and_all_of_them_are_200()
    {
        var ran = await RunAsync(StoreValue, """{"input":1.10}""");
        Assert.Equal(["type", "message", "session_id", "block_id", "block_name", "outputs", "success"], Members(ran));
        Assert.Equal(("block_output", """{"output":[1.10]}""", "true", "Store value", _session),
            (ran.String("type"), ran.Raw("outputs"), ran.Raw("success"), ran.String("block_name"), ran.String("session_id")));

        var unknown = await RunAsync(Http, """{"zeta":1,"alpha":2}""");
        Assert.Equal(("input_validation_error", """["alpha","zeta"]"""), (unknown.String("type"), unknown.Raw("unrecognized_fields")));
        Assert.True(unknown.Json.GetProperty("inputs").GetProperty("properties").TryGetProperty("url", out _));

        var details = await RunAsync(Http, "{}");
        Assert.Equal("block_details", details.String("type"));
        Assert.Equal(
            ["id", "name", "description", "inputs", "outputs", "is_sensitive_action", "is_graph_only"],
            details.Json.GetProperty("block").EnumerateObject().Select(p => p.Name));

        var input = $$$"""{"url":"{{{_world.Url}}}/x","method":"POST","body":{"n":12345678901234567890}}""";
        var asked = await RunAsync(Http, input);
        Assert.Equal(
            ["type", "message", "session_id", "block_id", "block_name", "review_id", "graph_exec_id", "status", "input_data"],
            Members(asked));
        Assert.Equal(("review_required", Http, "HTTP request", $"copilot-session-{_session}", "WAITING", input),
            (
                asked.String("type"), asked.String("block_id"), asked.String("block_name"), asked.String("graph_exec_id"),
                asked.String("status"), asked.Raw("input_data")));

        var error = await RunAsync("", "{}");
        Assert.Equal(["type", "message", "session_id"], Members(error));
        Assert.Equal("error", error.String("type"));
        Assert.Empty(_world.Hits);
    }

    [Fact]
    public async Task Without_input_data_the_block_is_described() =>
        Assert.Equal(
            "block_details",
            (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/run_block", $$"""{"block_id":"{{Http}}"}""")).Is(200).String("type"));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("\"{}\"")]
    public async Task Input_data_that_is_no_object_is_an_error(string input) =>
        Assert.Equal("error", (await RunAsync(Http, input)).String("type"));

    [Fact]
    public async Task A_body_of_the_wrong_shape_is_422()
    {
        foreach (var (body, field) in ((string, string)[])[("{}", "block_id"), ("""{"block_id":5}""", "block_id"), ("""{"block_id":"x","input":{}}""", "input"), ("""{"block_id":"x","input_data":{"a":1,"a":2}}""", "input_data")])
            Assert.Contains(
                field, (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/run_block", body)).Is(422).Detail,
                StringComparison.Ordinal);
        Assert.Contains(
            "review_id", (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/continue_run_block", "{}")).Is(422).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_16_equal_calls_at_once_all_get_one_review()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => RunAsync(Http, $$"""{"url":"{{_world.Url}}"}""")));

        Assert.Single(answers.Select(a => a.String("review_id")).Distinct());
        Assert.Equal("1", (await Rosa.GetAsync("/api/review/pending")).Header("X-Total-Count"));
    }

    [Fact, Invariant(4), Invariant(5)]
    public async Task Of_16_continues_at_once_one_sends_the_edited_request_and_has_its_output()
    {
        var review = await AskAsync("""{"n":1}""");
        var edit = $$$"""{"url":"{{{_world.Url}}}/edited","method":"POST","body":{"n":12345678901234567890,"x":1.10}}""";
        (await Rosa.DecideAsync(review, true, $",\"reviewed_json\":{ApiClient.Quoted(edit)}")).Is(200);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ContinueAsync(review)));

        var hit = Assert.Single(_world.Hits);
        Assert.Equal(("/edited", """{"n":12345678901234567890,"x":1.10}""", review), (hit.Path, hit.Body, hit.Headers["idempotency-key"]));
        Assert.Single(answers, a => a.String("type") == "block_output");
        Assert.Equal(15, answers.Count(a => a.String("type") == "error"));
        (await Rosa.GetAsync($"/api/review/{Uri.EscapeDataString(review)}")).Is(404);
    }

    [Fact, Invariant(5)]
    public async Task A_target_that_counts_and_hangs_up_is_not_called_again()
    {
        _world.Answer = CountingServer.Drop;
        var review = await AskAsync("1");
        await Rosa.DecideAsync(review, true);

        Assert.Equal("error", (await ContinueAsync(review)).String("type"));
        Assert.Equal("error", (await ContinueAsync(review)).String("type"));

        Assert.Single(_world.Hits);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_does_not_cut_off_what_was_claimed()
    {
        var review = await AskAsync("1");
        await Rosa.DecideAsync(review, true);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var release = new TaskCompletionSource();
        _world.Answer = _ => release.Task;
        var call = Rosa.SendAsync(
            new(HttpMethod.Post, $"/api/copilot/sessions/{_session}/continue_run_block") { Content = new StringContent($$"""{"review_id":"{{review}}"}""", System.Text.Encoding.UTF8, "application/json") }, patience.Token);
        await _world.WaitForHitAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Contains("running", (await ContinueAsync(review)).String("message"), StringComparison.Ordinal);

        release.SetResult();

        await App.Changes.UntilAsync(
            async () => (await Rosa.GetAsync($"/api/review/{Uri.EscapeDataString(review)}")).Status == 404,
            "the end of the action was recorded");
        Assert.Contains("used already", (await ContinueAsync(review)).String("message"), StringComparison.Ordinal);
        Assert.Single(_world.Hits);
    }

    [Fact, Invariant(7)]
    public async Task A_chat_is_stopped_like_an_execution_and_goes_on()
    {
        var review = await AskAsync("1");

        Assert.Equal("1", (await Rosa.PostAsync($"/api/executions/copilot-session-{_session}/stop")).Is(200).Raw("cancelled_reviews"));

        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/pending")).Text);
        (await Rosa.DecideAsync(review, true)).Is(409);
        Assert.Contains("cancelled", (await ContinueAsync(review)).String("message"), StringComparison.Ordinal);
        Assert.NotEqual(review, await AskAsync("1"));
        Assert.Empty(_world.Hits);
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_sends_the_later_calls_own_input()
    {
        var herself = new ApiClient(await App.SignInAsync(RosaHerself));
        (await herself.DecideAsync(await AskAsync("1"), true, ",\"auto_approve_future\":true")).Is(200);

        Assert.Equal("block_output", (await RunAsync(Http, $$"""{"url":"{{_world.Url}}","method":"POST","body":2}""")).String("type"));

        Assert.Equal("2", Assert.Single(_world.Hits).Body);
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_for_a_turn_is_listed_as_one_and_ends_with_the_next_message()
    {
        var herself = new ApiClient(await App.SignInAsync(RosaHerself));
        var review = await AskAsync("1");
        (await Rosa.DecideAsync(review, true, ",\"auto_approve_future\":true")).Is(403);
        (await herself.DecideAsync(review, true, ",\"auto_approve_future\":true,\"auto_approve_span\":\"turn\"")).Is(200);
        Assert.Equal("turn", (await Rosa.GetAsync("/api/review/auto-approvals")).Is(200).Json[0].GetProperty("span").GetString());

        (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/messages", """{"message_id":"1","text":"/help"}""")).Is(202);
        Assert.Equal("[]", (await Rosa.GetAsync("/api/review/auto-approvals")).Text);
    }

    [Fact]
    public async Task The_review_of_a_chat_is_listed_with_it_and_is_not_an_agents_to_consume()
    {
        var review = await AskAsync("1");
        await Rosa.DecideAsync(review, true);

        Assert.Equal("[]", (await Rosa.GetAsync($"/api/review/execution/copilot-session-{_session}")).Is(200).Text);
        Assert.Contains(
            "HitlReview itself", (await Rosa.PostAsync($"/api/review/{Uri.EscapeDataString(review)}/consume")).Is(409).Detail,
            StringComparison.Ordinal);
    }

    async Task<Answer> RunAsync(string block, string input) =>
        (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/run_block", $$"""{"block_id":"{{block}}","input_data":{{input}}}"""))
            .Is(200);

    async Task<string> AskAsync(string body) =>
        (await RunAsync(Http, $$"""{"url":"{{_world.Url}}","method":"PUT","body":{{body}}}""")).String("review_id")!;

    async Task<Answer> ContinueAsync(string review) =>
        (await Rosa.PostAsync($"/api/copilot/sessions/{_session}/continue_run_block", $$"""{"review_id":"{{review}}"}""")).Is(200);

    static IEnumerable<string> Members(Answer answer) => answer.Json.EnumerateObject().Select(p => p.Name);
}
