using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Events;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using HitlReview.Tests.Web.Api;
using Microsoft.AspNetCore.SignalR.Client;

namespace HitlReview.Tests.Web.Hubs;

public sealed class ReviewsHubOnSqlite(SharedApp<SqliteStore> shared) : ReviewsHubSpec(shared.App), IClassFixture<SharedApp<SqliteStore>>;

public sealed class ReviewsHubOnPostgres(
    SharedApp<PostgresStore> shared) : ReviewsHubSpec(shared.App), IClassFixture<SharedApp<PostgresStore>>;

/// <summary><c>/hubs/reviews</c></summary>
public abstract class ReviewsHubSpec(TestApp app) : ApiSpec(app)
{
    [Fact]
    public async Task What_happens_to_a_review_is_told_in_the_form_of_the_REST_API()
    {
        await using var hub = await App.ListenAsync(RosaHerself);
        await Rosa.AskAsync(Id, """{"n":12345678901234567890,"x":1.10}""", Id);
        var created = await hub.WaitForAsync("ReviewCreated");
        Assert.Equal((await Rosa.GetAsync($"/api/review/{Id}")).Text, created.GetRawText());

        await Rosa.DecideAsync(Id, true, ",\"reviewed_json\":\"1e400\"");
        var decided = await hub.WaitForAsync("ReviewDecided");

        Assert.Equal((await Rosa.GetAsync($"/api/review/{Id}")).Text, decided.GetRawText());
        Assert.Equal("1e400", decided.GetProperty("payload").GetRawText());
    }

    [Fact]
    public async Task A_stop_is_told_with_how_many_reviews_it_cancelled()
    {
        await using var hub = await App.ListenAsync(RosaHerself);
        await Rosa.AskAsync(Id + "1", "1", Id);
        await Rosa.AskAsync(Id + "2", "1", Id);
        await Rosa.PostAsync($"/api/executions/{Id}/stop");

        Assert.Equal($$"""{"graph_exec_id":"{{Id}}","status":"TERMINATED"}""", (await hub.WaitForAsync("ExecutionChanged")).GetRawText());
        Assert.Equal($$"""{"graph_exec_id":"{{Id}}","count":2}""", (await hub.WaitForAsync("ReviewsCancelled")).GetRawText());
    }

    [Fact, Invariant(1)]
    public async Task A_key_that_may_only_ask_hears_of_what_was_asked_or_started_with_it_and_of_nothing_else()
    {
        var agent = await App.Get<ApiKeys>().CreateAsync(RosaHerself.Id, new("agent"), null, Ct);
        var asks = new ApiClient(App.ClientWithKey(agent.Secret));
        await Rosa.AskAsync(Id + "before", "1", Id + "hers");
        await using var agents = await HubListener.OpenAsync(new(App.Address, "hubs/reviews"), agent.Secret);
        await using var deciders = await HubListener.OpenAsync(new(App.Address, "hubs/reviews"), RosaHerself.DecidingKey);

        await Rosa.AskAsync(Id + "hers", "1", Id + "hers");
        await Rosa.DecideAsync(Id + "hers", true);
        await Rosa.PostAsync($"/api/executions/{Id}hers/stop");
        await asks.AskAsync(Id, "1", Id);
        await asks.PostAsync($"/api/executions/{Id}/stop");
        await agents.WaitForAsync("ExecutionChanged");
        await deciders.WaitForAsync("ExecutionChanged", times: 2);

        Assert.Equal(["State", "ReviewCreated", "ReviewsCancelled", "ExecutionChanged"], agents.Messages.Select(m => m.Name));
        Assert.Equal(0, agents.Messages[0].Body.GetProperty("total").GetInt32());
        Assert.All(agents.Messages, message => Assert.DoesNotContain(Id + "hers", message.Body.GetRawText(), StringComparison.Ordinal));
        Assert.Equal(1, deciders.Messages[0].Body.GetProperty("total").GetInt32());
        Assert.Equal(2, deciders.Messages.Count(m => m.Name == "ReviewCreated"));
    }

    [Fact, Invariant(1)]
    public async Task Nobody_hears_of_what_is_not_theirs_not_even_an_admin()
    {
        var ada = await NewPersonAsync(Roles.Admin);
        var ben = await NewPersonAsync();
        await using var adas = await App.ListenAsync(ada);
        await using var bens = await App.ListenAsync(ben);
        await using var rosas = await App.ListenAsync(RosaHerself);

        await Rosa.AskAsync(Id + "1", "1", Id);
        await Rosa.DecideAsync(Id + "1", true);
        await Rosa.AskAsync(Id + "2", "1", Id);
        await Rosa.PostAsync($"/api/executions/{Id}/stop");
        await rosas.WaitForAsync("ReviewsCancelled");
        // Whatever would have come to them has come before this, which is theirs.
        await As(ada).AskAsync(Id + "a", "1", Id + "a");
        await As(ben).AskAsync(Id + "b", "1", Id + "b");
        await adas.WaitForAsync("ReviewCreated");
        await bens.WaitForAsync("ReviewCreated");

        Assert.Equal(["State", "ReviewCreated"], adas.Messages.Select(m => m.Name));
        Assert.Equal(["State", "ReviewCreated"], bens.Messages.Select(m => m.Name));
    }

    [Fact]
    public async Task Whoever_connects_gets_the_present_state_first_and_then_every_change()
    {
        foreach (var n in (int[])[1, 2, 3])
            await Rosa.AskAsync($"{Id}{n}", "1", Id);
        await Rosa.DecideAsync(Id + "2", true);

        await using var hub = await App.ListenAsync(RosaHerself);
        await Rosa.AskAsync(Id + "4", "1", Id);
        await hub.WaitForAsync("ReviewCreated");

        Assert.Equal(["State", "ReviewCreated"], hub.Messages.Select(m => m.Name));
        var state = hub.Messages[0].Body;
        Assert.Equal(2, state.GetProperty("total").GetInt32());
        Assert.Equal(
            [Id + "3", Id + "1"], state.GetProperty("reviews").EnumerateArray().Select(r => r.GetProperty("node_exec_id").GetString()));
        Assert.Equal((await Rosa.GetAsync($"/api/review/{Id}1")).Text, state.GetProperty("reviews")[1].GetRawText());
    }

    [Fact]
    public async Task After_a_reconnect_a_client_gets_the_present_state_and_not_a_gap()
    {
        await using var hub = await App.ListenAsync(RosaHerself);
        await Rosa.AskAsync(Id + "1", "1", Id);
        await hub.WaitForAsync("ReviewCreated");
        await hub.Connection.StopAsync(Ct);
        await Rosa.DecideAsync(Id + "1", true);
        await Rosa.AskAsync(Id + "2", "1", Id);

        await hub.Connection.StartAsync(Ct);

        var state = await hub.WaitForAsync("State", times: 2);
        Assert.Equal(Id + "2", Assert.Single(state.GetProperty("reviews").EnumerateArray()).GetProperty("node_exec_id").GetString());
    }

    [Fact]
    public async Task A_client_that_comes_back_with_its_cursor_gets_exactly_what_it_missed_and_then_what_comes()
    {
        await Rosa.AskAsync(Id + "before", "1", Id);
        string cursor;
        await using (var hub = await ConnectAsync(RosaHerself.Key, ""))
        {
            // Before it has been told the state, what is asked would be a part of that.
            await hub.WaitForCursorAsync(1);
            await Rosa.AskAsync(Id + "1", "1", Id);
            cursor = await hub.WaitForCursorAsync(2);
            Assert.Equal(["State", "ReviewCreated"], hub.Messages.Select(m => m.Name));
        }
        await Rosa.AskAsync(Id + "2", "1", Id);
        await Rosa.DecideAsync(Id + "1", true);
        await Rosa.DecideAsync(Id + "2", false);
        await Rosa.AskAsync(Id + "3", "1", Id);
        await Rosa.AskAsync(Id + "4", "1", Id);
        await Rosa.PostAsync($"/api/executions/{Id}/stop");
        await As(await NewPersonAsync()).AskAsync(Id + "another's", "1", Id + "another's");

        await using var again = await ConnectAsync(RosaHerself.Key, cursor);
        await again.WaitForCursorAsync(7);
        await Rosa.AskAsync(Id + "5", "1", Id + "b");
        var last = await again.WaitForCursorAsync(8);

        Assert.Equal(
            ["ReviewCreated", "ReviewDecided", "ReviewDecided", "ReviewCreated", "ReviewCreated", "ReviewsCancelled", "ExecutionChanged",
                "ReviewCreated"],
            again.Messages.Select(m => m.Name));
        Assert.Equal(3, again.Messages[5].Body.GetProperty("count").GetInt32());
        Assert.Equal((await Rosa.GetAsync($"/api/review/{Id}2")).Text, again.Messages[0].Body.GetRawText());
        // And with the last cursor, nothing but what comes then.
        await using var third = await ConnectAsync(RosaHerself.Key, last);
        await Rosa.AskAsync(Id + "6", "1", Id + "b");
        await third.WaitForCursorAsync(1);
        Assert.Equal(Id + "6", Assert.Single(third.Messages).Body.GetProperty("node_exec_id").GetString());
    }

    [Fact, Invariant(1)]
    public async Task A_cursor_tells_nothing_of_others_and_one_that_is_none_brings_the_present_state()
    {
        await using var hub = await ConnectAsync(RosaHerself.Key, "");
        var cursor = await hub.WaitForCursorAsync(1);
        Assert.DoesNotMatch("^[0-9]+$", cursor);
        await Rosa.AskAsync(Id, "1", Id);

        await using var invented = await ConnectAsync(RosaHerself.Key, "17");
        Assert.Equal(1, (await invented.WaitForAsync("State")).GetProperty("total").GetInt32());
        await using var foreign = await ConnectAsync((await NewPersonAsync()).Key, cursor);
        Assert.Equal(0, (await foreign.WaitForAsync("State")).GetProperty("total").GetInt32());
        var agent = await App.Get<ApiKeys>().CreateAsync(RosaHerself.Id, new("agent"), null, Ct);
        await using var asks = await ConnectAsync(agent.Secret, cursor);
        await new ApiClient(App.ClientWithKey(agent.Secret)).AskAsync(Id + "own", "1", Id + "own");
        await asks.WaitForCursorAsync(1);

        Assert.Equal(Id + "own", Assert.Single(asks.Messages).Body.GetProperty("node_exec_id").GetString());
    }

    Task<HubListener> ConnectAsync(string key, string after) =>
        HubListener.ConnectAsync(new(App.Address, $"hubs/reviews?after={Uri.EscapeDataString(after)}"), key);

    [Fact]
    public async Task More_at_once_than_a_feed_holds_ends_in_the_present_state()
    {
        await using var hub = await App.ListenAsync(RosaHerself);
        var told = new TaskCompletionSource();
        hub.Connection.On<JsonElement>("ReviewCreated", _ => told.TrySetResult());
        hub.Connection.On<JsonElement>("State", state => _ = state.GetProperty("reviews").GetArrayLength() == 1 && told.TrySetResult());
        var events = App.Get<ChangeFeeds>();
        for (var i = 0; i < 20_000; i++)
            events.Publish(new ExecutionChanged(RosaHerself.Id, $"{Id}{i}", ExecutionStatus.RUNNING));
        await Rosa.AskAsync(Id, "1", Id);

        // Told anew, and nothing after that is missing: the review is in the state, or comes behind it.
        await hub.WaitForAsync("State", times: 2);
        await told.Task.WaitAsync(Recorded<int>.Patience, Ct);
    }

    [Fact, Invariant(1)]
    public async Task A_revoked_key_hears_nothing_more_and_its_connection_ends()
    {
        await using var hub = await App.ListenAsync(RosaHerself);
        var closed = new TaskCompletionSource();
        hub.Connection.Closed += _ =>
        {
            closed.SetResult();
            return Task.CompletedTask;
        };
        await App.Get<ApiKeys>().RevokeAsync(RosaHerself.Caller(), RosaHerself.ToApiKeys().First().Id, Ct);

        await App.Get<OutsideAgents>().RequestAsync(RosaHerself.Caller(), new(Id, Id, "node", JsonText.Null), Ct);

        await closed.Task.WaitAsync(Recorded<int>.Patience, Ct);
        Assert.Equal(["State"], hub.Messages.Select(m => m.Name));
    }

    [Fact]
    public async Task A_cookie_is_enough()
    {
        var (_, cookies) = await App.SignInWithCookiesAsync(RosaHerself);
        var told = new TaskCompletionSource<JsonElement>();
        await using var connection = new HubConnectionBuilder().WithUrl(
            new Uri(App.Address, "hubs/reviews"), options => options.Cookies.Add(cookies)).Build();
        connection.On<JsonElement>("State", _ => { });
        connection.On<JsonElement>("ReviewCreated", told.SetResult);
        await connection.StartAsync(Ct);
        await Rosa.AskAsync(Id, "1", Id);

        Assert.Equal(Id, (await told.Task.WaitAsync(Recorded<int>.Patience, Ct)).GetProperty("node_exec_id").GetString());
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://{host}")]
    [InlineData("http://{host}.evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    [Invariant(1)]
    public async Task A_page_of_another_origin_may_not_connect_not_even_with_the_cookie(string origin)
    {
        origin = origin.Replace("{host}", App.Address.Authority, StringComparison.Ordinal);
        var (client, cookies) = await App.SignInWithCookiesAsync(RosaHerself);
        using var negotiate =
            new HttpRequestMessage(HttpMethod.Post, "/hubs/reviews/negotiate?negotiateVersion=1") { Headers = { { "Origin", origin } } };
        using var answer = await client.SendAsync(negotiate, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(origin, cookies));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_our_own_origin_and_a_program_without_one_may_connect()
    {
        var (_, cookies) = await App.SignInWithCookiesAsync(RosaHerself);

        using var page = await ConnectAsync(App.Address.GetLeftPart(UriPartial.Authority), cookies);
        using var program = await ConnectAsync(null, cookies);

        Assert.Equal((WebSocketState.Open, WebSocketState.Open), (page.State, program.State));
    }

    [Fact]
    public async Task Without_a_sign_in_nobody_connects()
    {
        using var nobody = App.Client();
        Assert.Equal(401, (await nobody.CallAsync(HttpMethod.Post, "/hubs/reviews/negotiate?negotiateVersion=1", null)).Status);
        Assert.Equal(
            401, (await nobody.CallAsync(HttpMethod.Post, "/hubs/reviews/negotiate?negotiateVersion=1&access_token=wrong", null)).Status);
        Assert.Contains(
            "401", (await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(null, []))).Message, StringComparison.Ordinal);
    }

    async Task<ClientWebSocket> ConnectAsync(string? origin, CookieCollection cookies)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = new();
        socket.Options.Cookies.Add(cookies);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        await socket.ConnectAsync(new UriBuilder(new Uri(App.Address, "hubs/reviews")) { Scheme = "ws" }.Uri, Ct);
        return socket;
    }
}
