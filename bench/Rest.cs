using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace HitlReview.Bench;

/// <summary>Calls to the program, as agents and browsers make them.</summary>
static partial class Rest
{
    static readonly Uri s_login = new("/account/login", UriKind.Relative);

    /// <summary>Who calls a server, without cookies.</summary>
    public static HttpClient Client(Uri address) => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };

    /// <summary>A call with a key.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string key, string path, string? body) =>
        new(method, new Uri(path, UriKind.Relative))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };

    /// <returns>What the server answered.</returns>
    /// <exception cref="InvalidOperationException">It refused.</exception>
    public static async Task<string> PostAsync(HttpClient client, string key, string path, string? body)
    {
        using var request = Request(HttpMethod.Post, key, path, body);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Asks for what a trip is about.</summary>
    public static Task AskAsync(HttpClient client, string key, Trip trip, string payload = Trip.Payload) =>
        PostAsync(client, key, "/api/review/request",
            $$"""{"node_exec_id":"{{trip.NodeExecId}}","graph_exec_id":"{{trip.GraphExecId}}","node_id":"{{Trip.NodeId}}","payload":{{payload}}}""");

    /// <summary>Approves it.</summary>
    public static Task ApproveAsync(HttpClient client, string key, Trip trip) => PostAsync(
        client, key, "/api/review/action", $$"""{"reviews":[{"node_exec_id":"{{trip.NodeExecId}}","approved":true}]}""");

    /// <summary>Fills in the form of the sign-in and sends it.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string email, string password, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "login",
            ["__RequestVerificationToken"] = Token().Match(await browser.GetStringAsync(s_login, ct)).Groups[1].Value,
            ["Input.Email"] = email,
            ["Input.Password"] = password,
        });
        return await browser.PostAsync(s_login, form, ct);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
