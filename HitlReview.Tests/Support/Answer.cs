using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace HitlReview.Tests.Support;

/// <summary>An answer of the REST API, read whole.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body as it came.</param>
/// <param name="Headers">The headers.</param>
public sealed record Answer(int Status, string Text, HttpResponseHeaders Headers)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Text, new() { MaxDepth = 1_000 });

    /// <summary>What the problem is; empty if it is none.</summary>
    public string Detail => Status >= 400 && Json.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";

    /// <summary>A member of the body, by its name.</summary>
    public JsonElement this[string name] => Json.GetProperty(name);
}

/// <summary>Calls of the REST API in one line. Bodies are the exact text.</summary>
public static class Calls
{
    /// <summary>GET.</summary>
    public static Task<Answer> CallAsync(this HttpClient client, string path) => client.CallAsync(HttpMethod.Get, path, null);

    /// <summary>POST.</summary>
    public static Task<Answer> CallAsync(this HttpClient client, string path, string json) => client.CallAsync(HttpMethod.Post, path, json);

    /// <summary>Any method.</summary>
    public static async Task<Answer> CallAsync(this HttpClient client, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers);
    }
}
