using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;

namespace HitlReview.Bench;

/// <summary>
/// How long until a person sees what an agent asks? In ten open inboxes in a real browser, against the message to a bare SignalR client.
/// </summary>
sealed class AskedToVisible() : Question("visible")
{
    const int Inboxes = 10;
    const int Count = 200;
    const int Uncounted = 20;
    static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    const string Watch = """
        globalThis.seen = {}
        new MutationObserver(changes => {
          const now = performance.timeOrigin + performance.now()
          for (const change of changes)
            for (const node of change.addedNodes)
              if (node instanceof Element)
                for (const row of [node, ...node.querySelectorAll("[data-row]")])
                  if (row.matches("[data-row]"))
                    seen[row.dataset.nodeExecId] ??= now
        }).observe(document, { childList: true, subtree: true })
        """;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, "visible.db"), 50);
        var told = new ConcurrentDictionary<string, double>();
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(desk.Program.Address, "/hubs/reviews"), options =>
            options.AccessTokenProvider = () => Task.FromResult<string?>(desk.Key)).Build();
        using var listening = hub.On<JsonElement>(
            "ReviewCreated", review => told.TryAdd(review.GetProperty("node_exec_id").GetString()!, Desk.Now));
        await hub.StartAsync();
        var context = await desk.BrowserAsync();
        var pages = new List<IPage>();
        for (var i = 0; i < Inboxes; i++)
            pages.Add(await desk.InboxAsync(context, Watch));

        var unevenly = new Random(1); // in step with no timer
        var asked = new List<(string Id, double Before, double After)>();
        for (var i = -Uncounted; i < Count; i++)
        {
            var before = Desk.Now;
            var id = await desk.AskAsync();
            if (i >= 0) // Not counted before: until the JIT compiler has settled.
                asked.Add((id, before, Desk.Now));
            await Task.Delay(Pace * (0.5 + unevenly.NextDouble()));
        }
        var (posted, answered) = (new List<double>(), new List<double>());
        foreach (var page in pages)
        {
            await page.WaitForFunctionAsync("id => id in seen", asked[^1].Id);
            var seen = await page.EvaluateAsync<Dictionary<string, double>>("seen");
            posted.AddRange(asked.Select(a => seen[a.Id] - a.Before));
            answered.AddRange(asked.Select(a => seen[a.Id] - a.After));
        }
        var bare = asked.Select(a => told[a.Id] - a.Before).ToList();
        var (ours, theirs) = (Rounds.Percentile(posted, 0.99), Rounds.Percentile(bare, 0.99));

        yield return new(
            "from the POST to the row in 10 open inboxes, p99 (p50); bare: to the message at a SignalR client", Both(posted), Both(bare),
            $"{Answer.Number(ours)} ms", "< 250 ms", ours < 250);
        yield return new(
            "the same, later than the message, p99", $"{Answer.Number(ours)} ms", $"{Answer.Number(theirs)} ms",
            $"{Answer.Number(ours - theirs)} ms", "≤ 60 ms", ours - theirs <= 60);
        yield return new(
            "from the POST's answer to the row, p99 (p50)", Both(answered), null, $"{Answer.Number(Rounds.Percentile(answered, 0.99))} ms",
            "< 250 ms", Rounds.Percentile(answered, 0.99) < 250);
    }

    static string Both(List<double> times) =>
        $"{Answer.Number(Rounds.Percentile(times, 0.99))} ms ({Answer.Number(Rounds.Median(times))} ms)";
}
