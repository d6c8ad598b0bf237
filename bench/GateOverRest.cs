namespace HitlReview.Bench;

/// <summary>
/// The same gate over REST, with the keys of an agent and a reviewer, against a bare minimal API that makes the three commits one at a
/// time. Both in processes of their own, called by the same client.
/// </summary>
sealed class GateOverRest() : Question("rest")
{
    const int RoundCount = 5;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "rest.db");
        await Served.VerbAsync(file, "a-long-Passphrase-1", "user", "add", "agent@example.com", "--role", "reviewer");
        var asks = await Served.VerbAsync(file, "", "key", "add", "agent@example.com", "--name", "bench");
        var decides = await Served.VerbAsync(file, "", "key", "add", "agent@example.com", "--name", "reviewer", "--may", "decide");
        await using var program = await Served.ProgramAsync(file);
        await using var bareServer = await Served.BareAsync(Path.Combine(folder, "rest-bare.db"));
        using var ours = Rest.Client(program.Address);
        using var bare = Rest.Client(bareServer.Address);

        foreach (var (callers, goal) in ((int, double)[])[(1, 0.6), (16, 1.0), (64, 1.0)])
        {
            var (us, them, ratio) = await Rounds.CompareAsync(
                length => Rounds.RunAsync(callers, length, () => TripAsync(ours, asks, decides)),
                length => Rounds.RunAsync(callers, length, () => TripAsync(bare, asks, decides)), RoundCount);
            yield return new($"gate round trips over REST, {callers} caller{(callers == 1 ? "" : "s")}",
                $"{Answer.Number(us.PerSecond)}/s", $"{Answer.Number(them.PerSecond)}/s", Answer.Number(ratio, "F2"),
                $"≥ {Answer.Number(goal, "F1")}", ratio >= goal);
        }
    }

    static async Task TripAsync(HttpClient client, string asks, string decides)
    {
        var trip = Trip.Next();
        await Rest.AskAsync(client, asks, trip);
        await Rest.PostAsync(
            client, decides, "/api/review/action",
            $$"""{"reviews":[{"node_exec_id":"{{trip.NodeExecId}}","approved":true,"payload_hash":"{{Trip.PayloadHash}}"}]}""");
        var taken = await Rest.PostAsync(client, asks, $"/api/review/{trip.NodeExecId}/consume", null);
        if (!taken.Contains("12345678901234567890", StringComparison.Ordinal))
            throw new InvalidOperationException($"The payload changed on its way: {taken}");
    }
}
