using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>A server that is killed while somebody types, and comes back.</summary>
public sealed class KilledServerTests : IAsyncDisposable
{
    readonly SqliteStore _store = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_comes_back_by_itself_to_the_same_review_with_nothing_typed_lost()
    {
        await using var app = await ProcessApp.StartAsync(_store, arguments: $"--urls=http://127.0.0.1:{FreePort()}");
        using var client = app.Client(Cast.Rosa);
        await AskTwiceAsync(client);
        await using var seat = await Browser.OpenAsync(app, Cast.Rosa);
        seat.FaultsExpected = true;
        await seat.Page.GotoAsync("/review/a");
        await seat["edit-payload"].ClickAsync();
        await seat.ShowTextAsync();
        await seat.Page.Locator(".cm-content").ClickAsync();
        await seat.Page.Keyboard.PressAsync("Control+a");
        await seat.Page.Keyboard.InsertTextAsync("""{"n":2}""");
        await Assertions.Expect(seat["payload-diff"]).ToBeVisibleAsync();

        await app.KillAsync();
        await Assertions.Expect(seat["connection-state"]).Not.ToHaveTextAsync("Live");
        // Typed while there is no server at all.
        await seat.Page.Locator(".cm-content").ClickAsync();
        await seat.Page.Keyboard.PressAsync("Control+a");
        await seat.Page.Keyboard.InsertTextAsync("""{"n":3}""");
        await seat["review-message"].FillAsync("Three it is");
        await app.StartAsync();

        await Assertions.Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await Assertions.Expect(seat["payload-diff"]).ToContainTextAsync("\"n\": 3");
        await Assertions.Expect(seat["review-message"]).ToHaveValueAsync("Three it is");
        Assert.EndsWith("/review/a", seat.Page.Url, StringComparison.Ordinal);
        await seat["approve"].ClickAsync();
        // The page has gone on.
        await Assertions.Expect(seat.Page).ToHaveURLAsync($"{app.Url}/review/b");
        await seat.Page.GotoAsync("/review/a");
        await Assertions.Expect(seat["verdict"]).ToContainTextAsync("Approved");
        Assert.Contains("\"payload\":{\"n\":3}", await client.GetStringAsync("/api/review/a", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_types_through_a_restart_decides_nothing_by_it()
    {
        await using var app = await ProcessApp.StartAsync(_store, arguments: $"--urls=http://127.0.0.1:{FreePort()}");
        using var client = app.Client(Cast.Rosa);
        await AskTwiceAsync(client);
        await using var seat = await Browser.OpenAsync(app, Cast.Rosa);
        seat.FaultsExpected = true;
        await seat.Page.GotoAsync("/review/a");
        await seat["review-message"].ClickAsync();
        await seat.Page.Keyboard.TypeAsync("All right");
        await seat.Page.Keyboard.PressAsync("ArrowLeft");
        await app.KillAsync();
        await Assertions.Expect(seat["connection-state"]).Not.ToHaveTextAsync("Live");
        await seat.Page.EvaluateAsync("() => window.before = true");
        await app.StartAsync();
        await seat.Page.WaitForFunctionAsync("() => !window.before && document.documentElement.dataset.connection === 'live'");

        // The field has its focus and its caret again; elsewhere letters are nothing yet.
        await Assertions.Expect(seat["review-message"]).ToBeFocusedAsync();
        await seat.Page.Keyboard.TypeAsync("!");
        await Assertions.Expect(seat["review-message"]).ToHaveValueAsync("All righ!t");
        await seat.Page.EvaluateAsync("() => document.querySelector('[data-shown] [data-title]').focus()");
        await seat.Page.Keyboard.TypeAsync("ara");
        await Assertions.Expect(seat.Page.Locator("connection-notice")).ToContainTextAsync("Keys act once");
        Assert.Contains("WAITING", await client.GetStringAsync("/api/review/a", Ct), StringComparison.Ordinal);

        await seat.Page.Keyboard.PressAsync("Control");
        // What has only just been drawn takes no key that decides.
        await seat.Page.Locator(".inbox:not([data-guarded])").WaitForAsync();
        await seat.Page.Keyboard.PressAsync("a");
        await Assertions.Expect(seat.Page).ToHaveURLAsync($"{app.Url}/review/b");
    }

    static async Task AskTwiceAsync(HttpClient client)
    {
        foreach (var id in new[] { "a", "b" })
            using (await client.PostAsJsonAsync(
                "/api/review/request",
                new { node_exec_id = id, graph_exec_id = "run", node_id = "tool", payload = new { n = 1 } },
                Ct))
            {
            }
    }

    // It has to come back where the browser looks for it.
    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();
}
