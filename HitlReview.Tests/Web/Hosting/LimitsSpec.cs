using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using HitlReview.Tests.Support;
using HitlReview.Tests.Web.Api;
using HitlReview.Web.Hosting;

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
        (await new ApiClient(App.Client(Cast.Ben)).GetAsync("/api/review/pending?wait=1")).Is(200);

        await Rosa.DecideAsync("a", true);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("APPROVED", answer.Is(200).String("status")));
        (await Rosa.GetAsync("/api/review/a?wait=1")).Is(200);
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
