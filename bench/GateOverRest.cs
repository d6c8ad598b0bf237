using System.Net.Http.Headers;
using System.Text;

namespace HitlReview.Bench;

/// <summary>The same gate over REST, with an API key, against a bare minimal API that makes the three commits one at a time. Both in processes of their own, called by the same client.</summary>
sealed class GateOverRest() : Question("rest")
{
    const int RoundCount = 5;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "rest.db");
        await Served.VerbAsync(file, "a-long-Passphrase-1", "user", "add", "agent@example.com", "--role", "reviewer");
        var key = await Served.VerbAsync(file, "", "key", "add", "agent@example.com", "--name", "bench");
        await using var program = await Served.ProgramAsync(file);
        await using var bareServer = await Served.BareAsync(Path.Combine(folder, "rest-bare.db"));
        using var ours = Client(program, key);
        using var bare = Client(bareServer, null);

        foreach (var (callers, goal) in ((int, double)[])[(1, 0.6), (16, 1.0), (64, 1.0)])
        {
            var (us, them, ratio) = await Rounds.CompareAsync(
                length => Rounds.RunAsync(callers, length, () => TripAsync(ours)), length => Rounds.RunAsync(callers, length, () => TripAsync(bare)), RoundCount);
            yield return new($"gate round trips over REST, {callers} caller{(callers == 1 ? "" : "s")}",
                $"{Answer.Number(us.PerSecond)}/s", $"{Answer.Number(them.PerSecond)}/s", Answer.Number(ratio, "F2"), $"≥ {Answer.Number(goal, "F1")}", ratio >= goal);
        }
    }

    static HttpClient Client(Served server, string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    static async Task TripAsync(HttpClient client)
    {
        var trip = Trip.Next();
        await PostAsync(client, "/api/review/request", $$"""{"node_exec_id":"{{trip.NodeExecId}}","graph_exec_id":"{{trip.GraphExecId}}","node_id":"{{Trip.NodeId}}","payload":{{Trip.Payload}}}""");
        await PostAsync(client, "/api/review/action", $$"""{"reviews":[{"node_exec_id":"{{trip.NodeExecId}}","approved":true,"payload_hash":"{{Trip.PayloadHash}}"}]}""");
        var taken = await PostAsync(client, $"/api/review/{trip.NodeExecId}/consume", null);
        if (!taken.Contains("12345678901234567890", StringComparison.Ordinal))
            throw new InvalidOperationException($"The payload changed on its way: {taken}");
    }

    static async Task<string> PostAsync(HttpClient client, string path, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }
}
