using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks;
using HitlReview.Tests.Core.Copilot;
using HitlReview.Tests.Support;
using HitlReview.Tests.Web.Api;
using HitlReview.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Hosting;

public sealed class LimitsOnSqlite() : LimitsSpec(new SqliteStore());

public sealed class LimitsOnPostgres() : LimitsSpec(new PostgresStore());

/// <summary>What one user may have open at a time, and what becomes of connections that nobody reads.</summary>
public abstract class LimitsSpec(TestStore store) : AppSpec(store)
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["Limits:HubConnections"] = "2",
        ["Limits:LongPolls"] = "2",
        ["Limits:Requests"] = "1",
        ["Limits:OpenPages"] = "2",
        ["Limits:PageBytes"] = "10000",
        ["Limits:UnreadAfter"] = "00:00:01",
    };

    ApiClient Rosa => new(App.Client(Cast.Rosa));

    static Answer Is429(Answer answer, string setting)
    {
        Assert.Contains($"(Limits:{setting})", answer.Is(429).Detail, StringComparison.Ordinal);
        Assert.Equal("5", answer.Header("Retry-After"));
        return answer;
    }

    [Fact]
    public async Task A_hub_connection_too_many_is_refused_until_one_ends()
    {
        await using var one = await App.ListenAsync(Cast.Rosa);
        var two = await App.ListenAsync(Cast.Rosa);

        Is429(await Rosa.PostAsync("/hubs/reviews/negotiate?negotiateVersion=1"), "HubConnections");
        Is429(await Rosa.GetAsync("/hubs/reviews"), "HubConnections");
        await using (await App.ListenAsync(Cast.Ben))
            await two.DisposeAsync();

        // The place is given back when the server has noticed, which it tells nobody.
        while (App.Get<Quotas>().HubConnections.IsFull(Cast.Rosa.Id))
            await Task.Yield();
        await using var three = await App.ListenAsync(Cast.Rosa);
    }

    [Fact]
    public async Task A_connection_that_nobody_reads_is_closed_and_holds_little_until_then()
    {
        using var silent = new ClientWebSocket();
        silent.Options.SetRequestHeader("Authorization", $"Bearer {Cast.Rosa.Key}");
        await silent.ConnectAsync(new UriBuilder(new Uri(App.Address, "hubs/reviews")) { Scheme = "ws" }.Uri, Ct);
        await silent.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, Ct);
        var payload = $"\"{new string('x', 900_000)}\"";
        var closing = App.Log.WaitForAsync("NotRead");

        // Until what the network itself holds is full.
        for (var i = 0; !closing.IsCompleted; i++)
            (await Rosa.AskAsync($"{i}", payload)).Is(201);

        await closing;
        while (App.Get<Quotas>().HubConnections.Count(Cast.Rosa.Id) > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task The_first_state_is_bounded_by_bytes_and_says_where_the_rest_is()
    {
        foreach (var n in (int[])[1, 2, 3])
            await Rosa.AskAsync($"{n}", $"\"{new string('x', 1_500)}\"");

        await using var hub = await App.ListenAsync(Cast.Rosa);

        var state = await hub.WaitForAsync("State");
        Assert.Equal(3, state.GetProperty("total").GetInt32());
        Assert.Equal(["3"], Ids(state.GetProperty("reviews")));
        Assert.Equal(["2", "1"], Ids((await Rosa.GetAsync(state.GetProperty("next").GetString()!)).Json));

        static IEnumerable<string?> Ids(JsonElement reviews) =>
            reviews.EnumerateArray().Select(r => r.GetProperty("node_exec_id").GetString());
    }

    [Fact]
    public async Task A_wait_too_many_is_refused_until_one_ends_and_other_requests_wait_for_their_turn()
    {
        await Rosa.AskAsync("a", "1");
        var waiting = Enumerable.Range(0, 3).Select(_ => Rosa.GetAsync("/api/review/a?wait=60")).ToList();

        var refused = await Task.WhenAny(waiting);
        Is429(await refused, "LongPolls");
        waiting.Remove(refused);
        Is429(await Rosa.GetAsync("/api/review/a?wait=1"), "LongPolls");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Rosa.GetAsync("/api/review/a"))), answer => answer.Is(200));
        (await new ApiClient(App.Client(Cast.Ben)).GetAsync("/api/review/a?wait=1")).Is(404);
        // Nothing else becomes a wait by a word in its address.
        (await Rosa.GetAsync("/api/review/pending?wait=1")).Is(200);

        await Rosa.DecideAsync("a", true);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("APPROVED", answer.Is(200).String("status")));
        (await Rosa.GetAsync("/api/review/a?wait=1")).Is(200);
    }

    [Fact]
    public async Task All_keys_of_a_user_together_have_three_times_what_each_has()
    {
        await Rosa.AskAsync("a", "1");
        var keys = new List<ApiClient>();
        for (var i = 0; i < 4; i++)
            keys.Add(
                new(App.ClientWithKey((await App.Get<ApiKeys>().CreateAsync(Cast.Rosa.Id, new($"k{i}", KeyMay.decide), null, Ct)).Secret)));
        var waiting = keys.SelectMany(key =>
            (IEnumerable<Task<Answer>>)[key.GetAsync("/api/review/a?wait=60"), key.GetAsync("/api/review/a?wait=60")]).ToList();

        foreach (var _ in (int[])[7, 8])
        {
            var refused = await Task.WhenAny(waiting);
            Is429(await refused, "LongPolls");
            waiting.Remove(refused);
        }

        using var person = await App.SignInAsync(Cast.Rosa);
        var own = person.CallAsync("/api/review/a?wait=60");
        await Rosa.DecideAsync("a", true);
        Assert.All(await Task.WhenAll([.. waiting, own]), answer => Assert.Equal("APPROVED", answer.Is(200).String("status")));
    }

    [Fact]
    public async Task A_page_too_many_says_so_and_gets_no_connection()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        var pages = App.Get<Quotas>().OpenPages;
        using var one = pages.TryTake(Cast.Rosa.Id, times: 2);
        Assert.Contains("<!--Blazor", (await rosa.OpenAsync("/")).Html, StringComparison.Ordinal);
        using var two = pages.TryTake(Cast.Rosa.Id, times: 2);

        var page = await rosa.OpenAsync("/executions");

        Assert.Equal(429, page.Status);
        Assert.Contains("You have 2 pages open", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", page.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await rosa.OpenAsync("/account")).Status);
        // A page that comes back after its connection was lost is not one more.
        Assert.Equal(200, (await rosa.CallAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null)).Status);
        using var three = pages.TryTake(Cast.Rosa.Id, times: 2);
        using var four = pages.TryTake(Cast.Rosa.Id, times: 2);
        Assert.Equal(429, (await rosa.CallAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null)).Status);
    }
}

/// <summary>What is large goes one by one, and holds up nothing that isn't.</summary>
public sealed class LargeRequestsTests() : AppSpec(new SqliteStore())
{
    readonly ProbeBlock _says = new("6c9d2f10-3b58-4d0e-8f7a-2e5b1c7a9d44", "Says", sensitive: false);

    protected override void Configure(IServiceCollection services) => services.AddSingleton<Block>(_says);

    ApiClient Rosa => new(App.Client(Cast.Rosa));

    static string Graph(int nodes, int lengthOfEach, int air = 0) =>
        $$"""{"name":"g","nodes":[{{string.Join(',', Enumerable.Range(0, nodes).Select(i => Node(i, lengthOfEach)))}}],"links":[]}"""
        + new string(' ', air);

    static string Node(int i, int length) => $$$"""
        {"id":"n{{{i}}}","block_id":"b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307","input_default":{"data":"{{{new string('x', length)}}}","path":""}}
        """;

    [Fact]
    public async Task One_large_body_of_a_user_at_a_time_is_taken_in_however_slowly_it_comes()
    {
        var rest = new TaskCompletionSource();
        using var client = App.Client(Cast.Rosa);
        using var slow = new SlowContent(Graph(1, 10, LargeBodies.TakenInAloneFrom), LargeBodies.TakenInAloneFrom + 1, rest.Task);
        var first = client.PostAsync(new Uri("/api/graphs", UriKind.Relative), slow, Ct);
        while (App.Get<LargeBodies>().IsTakingIn("key-" + Cast.Rosa.Id) is false)
            await Task.Yield();

        var second = Rosa.PostAsync("/api/graphs", Graph(1, 10, LargeBodies.TakenInAloneFrom));
        while (App.Get<LargeBodies>().Waiting("key-" + Cast.Rosa.Id) == 0)
            await Task.Yield();
        (await Rosa.PostAsync("/api/graphs", Graph(1, 10))).Is(201);
        (await new ApiClient(App.Client(Cast.Ben)).PostAsync("/api/graphs", Graph(1, 10, LargeBodies.TakenInAloneFrom))).Is(201);
        Assert.False(second.IsCompleted);

        rest.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
        (await second).Is(201);
    }

    [Fact]
    public async Task A_large_body_that_comes_slowly_holds_up_no_other()
    {
        var rest = new TaskCompletionSource();
        using var client = App.Client(Cast.Rosa);
        using var slow = new SlowContent(Graph(1, 10, LargeBodies.From), LargeBodies.From + 1, rest.Task);
        var first = client.PostAsync(new Uri("/api/graphs", UriKind.Relative), slow, Ct);

        (await Rosa.PostAsync("/api/graphs", Graph(1, 10, LargeBodies.From))).Is(201);
        Assert.False(first.IsCompleted);

        rest.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await first).StatusCode);
    }

    [Fact]
    public async Task An_action_with_a_large_payload_that_takes_its_time_holds_up_no_other_body()
    {
        var (runs, ends) = (new TaskCompletionSource(), new TaskCompletionSource());
        _says.Then = async (_, _) =>
        {
            runs.SetResult();
            await ends.Task;
        };
        var session = (await Rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id");
        var action = Rosa.PostAsync($"/api/copilot/sessions/{session}/run_block",
            $$$"""{"block_id":"{{{_says.Id}}}","input_data":{"to":"all","text":"{{{new string('x', LargeBodies.From)}}}"}}""");
        await runs.Task;

        (await Rosa.PostAsync("/api/graphs", Graph(1, 10, LargeBodies.From)).WaitAsync(TimeSpan.FromMinutes(1), Ct)).Is(201);
        Assert.False(action.IsCompleted);

        ends.SetResult();
        (await action).Is(200);
    }

    [Fact]
    public async Task How_slowly_an_answer_is_read_holds_up_no_other_body()
    {
        using var client = App.Client(Cast.Rosa);
        using var graph = new StringContent(Graph(9, 1_000_000), Encoding.UTF8, "application/json");
        using var asked = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/graphs", UriKind.Relative)) { Content = graph };
        using var unread = await client.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, Ct);

        (await Rosa.PostAsync("/api/graphs", Graph(2, 700_000)).WaitAsync(TimeSpan.FromMinutes(1), Ct)).Is(201);
    }

    [Fact]
    public async Task Four_large_answers_of_a_user_are_given_at_a_time()
    {
        var graph = (await Rosa.PostAsync("/api/graphs", Graph(9, 1_000_000))).Is(201).String("id");
        using var client = App.Client(Cast.Rosa);
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
            open.Add(await ReadAsync());

        var fifth = ReadAsync();
        for (var i = 0; i < 20; i++)
            (await Rosa.GetAsync("/api/graphs")).Is(200);
        Assert.False(fifth.IsCompleted);
        // An agent that reads slowly holds up neither its person nor another.
        (await new ApiClient(App.ClientWithKey(Cast.Rosa.DecidingKey)).GetAsync($"/api/graphs/{graph}")).Is(200);

        open[0].Dispose();
        (await fifth).Dispose();
        open.ForEach(answer => answer.Dispose());

        Task<HttpResponseMessage> ReadAsync() =>
            client.GetAsync(new Uri($"/api/graphs/{graph}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    /// <summary>A body of which the rest comes when it may.</summary>
    sealed class SlowContent : HttpContent
    {
        readonly byte[] _body;
        readonly int _atOnce;
        readonly Task _rest;

        public SlowContent(string json, int atOnce, Task rest)
        {
            (_body, _atOnce, _rest) = (Encoding.UTF8.GetBytes(json), atOnce, rest);
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, _atOnce));
            await stream.FlushAsync();
            await _rest;
            await stream.WriteAsync(_body.AsMemory(_atOnce));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
