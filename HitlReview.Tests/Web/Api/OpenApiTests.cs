using System.Text.Json;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

/// <summary>The description of the API has every call of the wire contract, each told in full.</summary>
public sealed class OpenApiTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    static readonly string[] Calls =
    [
        "get /api/review/pending", "get /api/review/execution/{graph_exec_id}", "get /api/review/{node_exec_id}", "post /api/review/action",
        "post /api/review/request",
        "post /api/review/{node_exec_id}/consume", "get /api/review/auto-approvals", "delete /api/review/auto-approvals", "get /api/blocks",
        "post /api/graphs", "get /api/graphs", "get /api/graphs/{id}",
        "post /api/executions", "get /api/executions", "get /api/executions/{graph_exec_id}", "post /api/executions/{graph_exec_id}/stop",
        "get /api/executions/{graph_exec_id}/nodes", "get /api/executions/{graph_exec_id}/nodes/{node_exec_id}",
            "post /api/executions/{graph_exec_id}/nodes/{node_exec_id}/settle", "post /api/copilot/sessions",
            "post /api/copilot/sessions/{session_id}/run_block",
        "get /api/copilot/sessions", "get /api/copilot/sessions/{session_id}", "patch /api/copilot/sessions/{session_id}",
        "delete /api/copilot/sessions/{session_id}", "get /api/copilot/sessions/{session_id}/messages",
        "post /api/copilot/sessions/{session_id}/messages", "get /api/copilot/sessions/{session_id}/stream",
        "post /api/copilot/sessions/{session_id}/stop", "post /api/copilot/sessions/{session_id}/retry",
        "post /api/copilot/sessions/{session_id}/find_block",
        "post /api/copilot/sessions/{session_id}/continue_run_block", "get /api/admin/executions",
        "post /api/admin/executions/{graph_exec_id}/cancel", "post /api/admin/executions/cancel",
    ];

    [Fact]
    public async Task Every_call_of_the_contract_is_described_and_no_page() =>
        Assert.Equal(Calls.Order(), from operation in await OperationsAsync() orderby operation.Key select operation.Key);

    [Fact]
    public async Task Every_call_says_what_it_does_what_its_parameters_are_and_how_it_is_refused()
    {
        foreach (var (call, operation) in await OperationsAsync())
        {
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()), call);
            Assert.Matches("A key needs `(ask|decide|admin)`( or `decide`)?\\.$", operation.GetProperty("description").GetString());
            if (operation.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), p =>
                    Assert.False(string.IsNullOrWhiteSpace(p.GetProperty("description").GetString()), $"{call}: {p}"));
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            Assert.Contains(responses, r => r.Name == "401");
            Assert.Contains(responses, r => r.Name == "403");
            Assert.Contains(responses, r => r.Name.StartsWith('2'));
            Assert.All(responses.Where(r => r.Name.StartsWith('4')), r =>
                Assert.True(r.Value.GetProperty("content").TryGetProperty("application/problem+json", out _), $"{call} {r.Name}"));
            if (call.StartsWith("post", StringComparison.Ordinal) && operation.TryGetProperty("requestBody", out var body))
            {
                Assert.True(
                    body.GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _), $"{call} has no example");
                Assert.Superset(new HashSet<string> { "400", "413", "415", "422" }, responses.Select(r => r.Name).ToHashSet());
            }
        }
    }

    [Fact]
    public async Task The_examples_are_accepted_as_they_stand()
    {
        using var rosa = shared.App.Client(Cast.Rosa);
        using var ada = shared.App.Client(Cast.Ada);
        foreach (var (call, operation) in await OperationsAsync())
        {
            if (!operation.TryGetProperty("requestBody", out var body))
                continue;
            var path = call.Split(' ')[1].Replace("{", "x", StringComparison.Ordinal).Replace("}", "x", StringComparison.Ordinal);
            var answer = await (path.Contains("/admin/", StringComparison.Ordinal) ? ada : rosa).CallAsync(
                new HttpMethod(call.Split(' ')[0].ToUpperInvariant()), path,
                body.GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText());
            // What it names isn't there; that its form is right is what counts.
            Assert.True(answer.Status is 200 or 201 or 404, $"{call}: {answer.Text}");
        }
    }

    [Fact]
    public async Task A_key_is_how_a_program_signs_in()
    {
        var description = (await shared.App.Client().CallAsync("/openapi/v1.json")).Is(200).Json;

        var scheme = description.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Single();
        Assert.Equal("bearer", scheme.Value.GetProperty("scheme").GetString());
        Assert.Equal(scheme.Name, description.GetProperty("security")[0].EnumerateObject().Single().Name);
    }

    async Task<Dictionary<string, JsonElement>> OperationsAsync()
    {
        using var anyone = shared.App.Client();
        return (await anyone.CallAsync("/openapi/v1.json")).Is(200).Json.GetProperty("paths").EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject().Select(operation => KeyValuePair.Create($"{operation.Name} {path.Name}", operation.Value)))
                .ToDictionary();
    }
}
