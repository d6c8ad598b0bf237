using System.Text.Json;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Api;

/// <summary>Speaks to the REST API as one person's program does; bodies are given as they go over the wire.</summary>
sealed class ApiClient(HttpClient http)
{
    public Task<Answer> GetAsync(string path) => http.CallAsync(path);

    public Task<Answer> DeleteAsync(string path) => http.CallAsync(HttpMethod.Delete, path, null);

    public Task<Answer> PostAsync(string path, string? json = null) => http.CallAsync(HttpMethod.Post, path, json);

    /// <summary>For what the calls above can't say.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        using (var response = await http.SendAsync(request, ct))
            return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(ct), response.Headers);
    }

    /// <summary>Asks for a review.</summary>
    public Task<Answer> AskAsync(string nodeExecId, string payload, string graphExecId = "run", string nodeId = "node", string more = "") =>
        PostAsync("/api/review/request", $$"""{"node_exec_id":{{Quoted(nodeExecId)}},"graph_exec_id":{{Quoted(graphExecId)}},"node_id":{{Quoted(nodeId)}},"payload":{{payload}}{{more}}}""");

    /// <summary>Decides one review.</summary>
    public Task<Answer> DecideAsync(string nodeExecId, bool approved, string more = "") =>
        PostAsync(
            "/api/review/action",
            $$"""{"reviews":[{"node_exec_id":{{Quoted(nodeExecId)}},"approved":{{(approved ? "true" : "false")}}{{more}}}]}""");

    public static string Quoted(string text) => JsonSerializer.Serialize(text);
}

/// <summary>What tests want to know of an answer.</summary>
static class Answers
{
    /// <summary>The answer if it has this status, else the test fails with what was said.</summary>
    public static Answer Is(this Answer answer, int status)
    {
        Assert.True(answer.Status == status, $"{status} was expected; it is {answer.Status}: {answer.Text}");
        return answer;
    }

    /// <summary>A member of the body, to the byte.</summary>
    public static string Raw(this Answer answer, string member) => answer[member].GetRawText();

    /// <summary>A member of the body that is a string or null.</summary>
    public static string? String(this Answer answer, string member) => answer[member].GetString();

    /// <summary>One header; null if it isn't there.</summary>
    public static string? Header(this Answer answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    /// <summary>Where the next page of a list is; null on the last.</summary>
    public static string? NextPage(this Answer answer) =>
        answer.Header("Link") is { } link && link.EndsWith(">; rel=\"next\"", StringComparison.Ordinal)
            ? link[1..link.IndexOf('>', StringComparison.Ordinal)]
            : null;
}
