using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace HitlReview.Bench;

/// <summary>
/// One user does everything at once that can take a server down: templates that explode, graphs that multiply, answers that nobody reads,
/// connections without number, passwords guessed. Meanwhile another user's reviews are asked for and decided.
/// </summary>
sealed class Soak() : Question("soak")
{
    const string Password = "a-long-Passphrase-1";
    static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "soak.db");
        var keys = new Dictionary<string, string>();
        foreach (var email in (string[])["victim@example.com", "flood@example.com"])
        {
            await Served.VerbAsync(file, Password, "user", "add", email, "--role", "reviewer");
            foreach (var may in (string[])["ask", "decide"])
                keys[$"{email} {may}"] = await Served.VerbAsync(file, "", "key", "add", email, "--name", may, "--may", may);
        }
        await using var program = await Served.ProgramAsync(file);
        using var over = new CancellationTokenSource(Length);
        using var flood = new Flood(program.Address, keys["flood@example.com ask"], keys["flood@example.com decide"], over.Token);
        var most = 0L;
        var watching = WatchAsync();
        var floods = flood.RunAllAsync();
        var decided = await DecideAsync(program.Address, keys["victim@example.com ask"], keys["victim@example.com decide"], over.Token);
        await floods;
        await watching;
        var p99 = Rounds.Percentile(decided, 0.99);
        yield return new(
            $"a decision over REST while another user floods the server for {Length.TotalMinutes:0} minutes ({flood.Summary}), "
            + $"p99 (p50) of {decided.Count}",
            $"{Answer.Number(p99)} ms ({Answer.Number(Rounds.Percentile(decided, 0.5))} ms)", null, $"{Answer.Number(p99)} ms", "< 250 ms",
            p99 < 250);
        yield return new(
            "the most memory that the program occupied meanwhile", $"{Answer.Number(most / 1e6)} MB", null,
            $"{Answer.Number(most / 1e6)} MB", "< 1,000 MB", most < 1e9);

        async Task WatchAsync()
        {
            while (!over.IsCancellationRequested)
            {
                most = Math.Max(most, program.ResidentBytes);
                await Task.Delay(Beat, CancellationToken.None);
            }
        }
    }

    /// <returns>How long each decision took, in milliseconds.</returns>
    static async Task<List<double>> DecideAsync(Uri address, string asks, string decides, CancellationToken over)
    {
        using var client = Rest.Client(address);
        var took = new List<double>();
        while (!over.IsCancellationRequested)
        {
            var trip = Trip.Next();
            await Rest.AskAsync(client, asks, trip);
            var watch = Stopwatch.GetTimestamp();
            await Rest.ApproveAsync(client, decides, trip);
            took.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
            await Task.Delay(Beat, CancellationToken.None);
        }
        return took;
    }

    /// <summary>The user who does everything at once. What they are refused is what the limits are for, so no answer stops them.</summary>
    sealed class Flood(Uri address, string asks, string decides, CancellationToken over) : IDisposable
    {
        const string PickBlock = "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307";
        const string TemplateName = "Template text";
        readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 200 })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(2),
        };
        int _calls;
        int _refused;

        public string Summary => $"{Answer.Number(_calls)} calls, {Answer.Number(_refused)} of them refused";

        public async Task RunAllAsync()
        {
            await FillAsync();
            var session = JsonElement.Parse(await CallAsync(HttpMethod.Post, asks, "/api/copilot/sessions", null)).GetProperty(
                "session_id").GetString()!;
            await Task.WhenAll(
            [
                .. Enumerable.Range(0, 2).Select(_ => AgainAsync(() => TemplatesAsync(session))),
                AgainAsync(() => GraphAsync(items: 400_000, itemLength: 1, links: 499)),
                AgainAsync(() => GraphAsync(items: 1, itemLength: 900_000, links: 990)),
                .. Enumerable.Range(0, 20).Select(_ => AgainAsync(ReadSlowlyAsync)),
                .. Enumerable.Range(0, 8).Select(_ => AgainAsync(ListenWithoutReadingAsync)),
                .. Enumerable.Range(0, 50).Select(_ =>
                    AgainAsync(() => CallAsync(HttpMethod.Get, asks, "/api/review/waits-0?wait=60", null))),
                .. Enumerable.Range(0, 4).Select(_ => AgainAsync(GuessAsync)),
                AgainAsync(() => AskAsync(Guid.NewGuid().ToString(), 900_000)),
            ]);
        }

        // As much as may wait at all: the pages that are read slowly, and the state that the hub tells.
        async Task FillAsync()
        {
            for (var i = 0; i < 100; i++)
                await AskAsync($"waits-{i}", 900_000);
        }

        Task<string> AskAsync(string id, int length) => CallAsync(HttpMethod.Post, asks, "/api/review/request",
            $$"""{"node_exec_id":"{{id}}","graph_exec_id":"flood","node_id":"flood","payload":"{{new string('x', length)}}"}""");

        async Task TemplatesAsync(string session)
        {
            var block = JsonElement.Parse(await CallAsync(HttpMethod.Get, asks, "/api/blocks", null)).EnumerateArray()
                .First(b => b.GetProperty("name").GetString() == TemplateName).GetProperty("id").GetString();
            var deep = "{{ " + string.Concat(Enumerable.Repeat("(a[", 22));
            var big = JsonSerializer.Serialize(Enumerable.Range(0, 22_000).ToDictionary(i => $"k{i}", i => i));
            var compares = string.Concat(Enumerable.Repeat("{% if a == b %}x{% endif %}", 250));
            foreach (var (template, values) in ((string, string)[])[(deep, "{}"), (compares, $$"""{"a":{{big}},"b":{{big}}}""")])
            {
                var input = $$"""{"template":{{JsonSerializer.Serialize(template)}},"values":{{values}}}""";
                await CallAsync(
                    HttpMethod.Post, asks, $"/api/copilot/sessions/{session}/run_block",
                    $$"""{"block_id":"{{block}}","input_data":{{input}}}""");
                await CallAsync(
                    HttpMethod.Post, asks, "/api/graphs",
                    $$"""{"name":"t","nodes":[{"id":"t","block_id":"{{block}}","input_default":{{input}}}],"links":[]}""");
            }
        }

        async Task GraphAsync(int items, int itemLength, int links)
        {
            var data = itemLength == 1
                ? $"[{string.Join(',', Enumerable.Repeat('1', items))}]"
                : $"[{string.Join(',', Enumerable.Repeat($"\"{new string('x', itemLength)}\"", items))}]";
            var sinks = string.Concat(
                Enumerable.Range(0, links).Select(i =>
                    $$$""",{"id":"n{{{i}}}","block_id":"{{{PickBlock}}}","input_default":{"path":""}}"""));
            var lines = string.Join(
                ',',
                Enumerable.Range(0, links).Select(i =>
                    $$"""{"source_id":"p","source_name":"value","sink_id":"n{{i}}","sink_name":"data"}"""));
            var stored = await CallAsync(HttpMethod.Post, asks, "/api/graphs",
                $$$"""{"name":"g","nodes":[{"id":"p","block_id":"{{{PickBlock}}}","input_default":{"data":{{{data}}},"path":"","each":true}}{{{sinks}}}],"links":[{{{lines}}}]}""");
            if (!TryRead(stored, "id", out var graph)
                || !TryRead(
                    await CallAsync(HttpMethod.Post, asks, "/api/executions", $$"""{"graph_id":"{{graph}}"}"""), "graph_exec_id",
                    out var id))
                return;
            await Task.Delay(TimeSpan.FromSeconds(5), over);
            await CallAsync(HttpMethod.Get, asks, $"/api/executions/{id}", null);
        }

        /// <summary>Takes a page of the largest answers, 4 KB a second.</summary>
        async Task ReadSlowlyAsync()
        {
            using var socket = new TcpClient { ReceiveBufferSize = 4096 };
            await socket.ConnectAsync(address.Host, address.Port, over);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"GET /api/review/pending?page_size=100 HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: "
                + $"Bearer {decides}\r\n\r\n")), over);
            Interlocked.Increment(ref _calls);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, over) > 0)
                await Task.Delay(TimeSpan.FromSeconds(1), over);
        }

        /// <summary>Connects to the hub, says who it is, and never reads.</summary>
        async Task ListenWithoutReadingAsync()
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://{address.Authority}/hubs/reviews?access_token={decides}"), over);
            Interlocked.Increment(ref _calls);
            await socket.SendAsync(
                Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, over);
            await Task.Delay(TimeSpan.FromMinutes(1), over);
        }

        async Task GuessAsync()
        {
            using var visitor = new HttpClient { BaseAddress = address };
            using var answer = await Rest.SignInAsync(visitor, "victim@example.com", $"{Guid.NewGuid()}", over);
            Count(answer);
        }

        /// <summary>Does it again and again. Whatever goes wrong is the server's good right.</summary>
        async Task AgainAsync(Func<Task> act)
        {
            while (!over.IsCancellationRequested)
                try
                {
                    await act();
                }
                catch (Exception e) when (e is HttpRequestException or IOException or SocketException or WebSocketException or JsonException
                    or OperationCanceledException)
                {
                    Interlocked.Increment(ref _refused);
                    if (!over.IsCancellationRequested)
                        await Task.Delay(Beat, CancellationToken.None);
                }
        }

        public void Dispose() => _client.Dispose();

        async Task<string> CallAsync(HttpMethod method, string key, string path, string? body)
        {
            using var request = Rest.Request(method, key, path, body);
            using var answer = await _client.SendAsync(request, over);
            Count(answer);
            return await answer.Content.ReadAsStringAsync(over);
        }

        void Count(HttpResponseMessage answer)
        {
            Interlocked.Increment(ref _calls);
            if (!answer.IsSuccessStatusCode)
                Interlocked.Increment(ref _refused);
        }

        static bool TryRead(string json, string member, out string value)
        {
            value = JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } read && read.TryGetProperty(member, out var found)
                ? found.GetString() ?? ""
                : "";
            return value.Length > 0;
        }
    }
}
