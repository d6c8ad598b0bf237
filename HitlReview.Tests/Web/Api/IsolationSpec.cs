using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

public sealed class IsolationOnSqlite(SharedApp<SqliteStore> shared) : IsolationSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class IsolationOnPostgres(
    SharedApp<PostgresStore> shared) : IsolationSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary>Someone else's id answers exactly as an unknown one does.</summary>
[Invariant(1)]
public abstract class IsolationSpec(TestApp app) : ApiSpec(app)
{
    /// <summary>
    /// Every call that takes an id. R is a review, E an execution of an agent, G a graph, X an execution of that graph, N its node
    /// execution, S a chat, C the review of that chat.
    /// </summary>
    public static TheoryData<string, string, string?> Calls => new()
    {
        { "GET", "/api/review/{R}", null },
        { "GET", "/api/review/{R}?wait=1", null },
        { "GET", "/api/review/{C}", null },
        { "GET", "/api/review/execution/{E}", null },
        { "GET", "/api/review/execution/{X}", null },
        { "POST", "/api/review/action", """{"reviews":[{"node_exec_id":"{R}","approved":true}]}""" },
        { "POST", "/api/review/action", """{"reviews":[{"node_exec_id":"{C}","approved":false}]}""" },
        { "POST", "/api/review/{R}/consume", null },
        { "DELETE", "/api/review/auto-approvals?graph_exec_id={E}&node_id=always", null },
        { "GET", "/api/graphs/{G}", null },
        { "POST", "/api/graphs", """{"id":"{G}","name":"mine now","nodes":[{"id":"n","block_id":"5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08","input_default":{"input":1}}],"links":[]}""" },
        { "POST", "/api/executions", """{"graph_id":"{G}"}""" },
        { "GET", "/api/executions/{X}", null },
        { "POST", "/api/executions/{X}/stop", null },
        { "POST", "/api/executions/{E}/stop", null },
        { "POST", "/api/executions/copilot-session-{S}/stop", null },
        { "POST", "/api/executions/{X}/nodes/{N}/settle", """{"resolution":"ran"}""" },
        { "POST", "/api/copilot/sessions/{S}/run_block", """{"block_id":"5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08","input_data":{"input":1}}""" },
        { "POST", "/api/copilot/sessions/{S}/continue_run_block", """{"review_id":"{C}"}""" },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task Of_someone_else_is_told_as_unknown_is(string method, string path, string? body)
    {
        var hers = await RosasAsync();
        var unknown = hers.ToDictionary(entry => entry.Key, entry => Guid.NewGuid().ToString());

        var asked = await CallAsync(Ben, hers);
        var invented = await CallAsync(Ben, unknown);

        Assert.Equal(404, asked.Status);
        Assert.Equal(Without(invented, unknown), Without(asked, hers));
        // It could be told apart: for her it is there.
        Assert.NotEqual(404, (await CallAsync(Rosa, hers)).Status);

        Task<Answer> CallAsync(ApiClient who, Dictionary<string, string> ids) => method switch
        {
            "GET" => who.GetAsync(Filled(path, ids)),
            "DELETE" => who.DeleteAsync(Filled(path, ids)),
            _ => who.PostAsync(Filled(path, ids), body is null ? null : Filled(body, ids)),
        };
    }

    [Fact]
    public async Task Lists_have_only_what_is_ones_own()
    {
        await RosasAsync();

        foreach (var list in (string[])["/api/review/pending", "/api/review/auto-approvals", "/api/graphs", "/api/executions"])
        {
            Assert.NotEqual("[]", (await Rosa.GetAsync(list)).Is(200).Text);
            var answer = await Ben.GetAsync(list);
            Assert.Equal(("[]", "0"), (answer.Is(200).Text, answer.Header("X-Total-Count")));
        }
    }

    [Fact]
    public async Task Continuing_the_review_of_someone_elses_chat_in_ones_own_is_as_unknown()
    {
        var hers = await RosasAsync();
        var chat = (await Ben.PostAsync("/api/copilot/sessions")).String("session_id");
        Task<Answer> ContinueAsync(string id) =>
            Ben.PostAsync($"/api/copilot/sessions/{chat}/continue_run_block", $$"""{"review_id":"{{id}}"}""");

        Assert.Equal(
            (await ContinueAsync("x")).Text.Replace("'x'", "", StringComparison.Ordinal),
            (await ContinueAsync(hers["C"])).Text.Replace($"'{hers["C"]}'", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_id_that_someone_else_has_used_is_as_good_as_any()
    {
        (await Rosa.AskAsync(Id, "\"her secret\"", Id, "her-node")).Is(201);

        var answer = (await Ben.AskAsync(Id, "1", "his")).Is(201);

        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("her-node", answer.Text, StringComparison.Ordinal);
        Assert.Equal("\"her secret\"", (await Rosa.GetAsync($"/api/review/{Id}")).Is(200).Json.GetProperty("payload").GetRawText());
        (await Ben.GetAsync($"/api/review/{Id}?user_id={RosaHerself.Id}")).Is(404);
        Assert.Equal("1", (await Ben.GetAsync($"/api/review/{Id}?user_id={answer.String("user_id")}")).Is(200).Raw("payload"));
    }

    [Fact]
    public async Task Two_users_agents_may_use_one_execution_id_without_noticing_each_other()
    {
        await Rosa.AskAsync(Id + "r", "1", Id);
        await Ben.AskAsync(Id + "b", "1", Id);

        Assert.Equal(
            """{"status":"TERMINATED","cancelled_reviews":1,"in_flight":0}""",
            (await Rosa.PostAsync($"/api/executions/{Id}/stop")).Is(200).Text);
        Assert.Equal("WAITING", (await Ben.GetAsync($"/api/review/{Id}b")).String("status"));
        (await Ben.AskAsync(Id + "b2", "1", Id)).Is(201);
    }

    [Fact]
    public async Task An_admin_sees_and_stops_but_does_not_decide_what_is_someone_elses()
    {
        var admin = await NewPersonAsync(HitlReview.Core.Accounts.Roles.Admin);
        var ada = new ApiClient(await App.SignInAsync(admin));
        await Rosa.AskAsync(Id, "1", Id);

        Assert.Equal("""["stop"]""", (await ada.GetAsync($"/api/review/{Id}")).Is(200).Raw("allowed_actions"));
        (await ada.DecideAsync(Id, true)).Is(404);
        (await ada.PostAsync($"/api/review/{Id}/consume")).Is(404);
        Assert.Equal("[]", (await ada.GetAsync("/api/review/pending")).Text);
        // A program of theirs, whatever it may, is no admin here.
        (await As(admin).GetAsync($"/api/review/{Id}")).Is(404);
        (await As(admin).PostAsync($"/api/executions/{Id}/stop")).Is(404);
        (await As(admin).PostAsync($"/api/admin/executions/{Id}/cancel", """{"reason":"because"}""")).Is(200);
    }

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_everything_is_401()
    {
        foreach (var path in Calls.Select(call => call.Data.Item2)
            .Append("/api/review/pending").Append("/api/blocks").Append("/api/admin/executions"))
        {
            var nobody = (await As(null).GetAsync(path)).Is(401);
            Assert.Contains("Bearer", nobody.Detail, StringComparison.Ordinal);
            (await As(new("x", "x@example.org", "reviewer")).GetAsync(path)).Is(401);
        }
    }

    /// <summary>One of each of what Rosa can have.</summary>
    async Task<Dictionary<string, string>> RosasAsync()
    {
        await Rosa.AskAsync(Id + "always", "1", Id, "always");
        await Rosa.DecideAsync(Id + "always", true, ",\"auto_approve_future\":true");
        (await Rosa.AskAsync(Id, "1", Id)).Is(201);
        var graph = (await Rosa.PostAsync("/api/graphs", """
            {"name":"ask","nodes":[{"id":"n","block_id":"8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d","input_default":{"data":1}}],"links":[]}
            """)).Is(201).String("id")!;
        var execution = (await Rosa.PostAsync("/api/executions", $$"""{"graph_id":"{{graph}}"}""")).Is(201).String("graph_exec_id")!;
        var node = (await Rosa.GetAsync($"/api/executions/{execution}")).Json.GetProperty("node_executions")[0].GetProperty(
            "node_exec_id").GetString()!;
        var chat = (await Rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;
        var asked = (await Rosa.PostAsync($"/api/copilot/sessions/{chat}/run_block",
            """{"block_id":"6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21","input_data":{"url":"http://127.0.0.1:9/"}}""")).Is(200).String("review_id")!;
        return new() { ["R"] = Id, ["E"] = Id, ["G"] = graph, ["X"] = execution, ["N"] = node, ["S"] = chat, ["C"] = asked };
    }

    static string Filled(string template, Dictionary<string, string> ids) =>
        ids.Aggregate(template, (text, id) => text.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));

    static string Without(Answer answer, Dictionary<string, string> ids) =>
        ids.Aggregate(answer.Text, (text, id) => text.Replace(id.Value, "", StringComparison.Ordinal));
}
