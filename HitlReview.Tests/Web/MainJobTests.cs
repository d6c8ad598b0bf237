using System.Net.Http.Json;
using System.Text.Json.Nodes;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web;

/// <summary>The main job, as its users do it: the real program, a real browser, a real server outside.</summary>
public sealed class MainJobTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();
    CountingServer _world = null!;
    ProcessApp _app = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await CountingServer.StartAsync();
        _app = await ProcessApp.StartAsync(_store);
    }

    [Fact, Invariant(4)]
    public async Task A_run_asks_in_the_open_inbox_is_edited_and_approved_and_sends_its_request_once_with_the_edit()
    {
        await using var rosa = await Browser.SignInAsync(
            _app.Url, Cast.Rosa, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await rosa.Page.EvaluateAsync("window.notReloaded = true");
        using var client = _app.Client(Cast.Rosa);
        var execution = await StartAsync(client);

        // It appears in the open inbox, without a reload.
        await Assertions.Expect(rosa["inbox"].GetByText("127.0.0.1").First).ToBeVisibleAsync();
        Assert.True(await rosa.Page.EvaluateAsync<bool>("window.notReloaded === true"));

        var waiting = (await client.GetFromJsonAsync<JsonArray>($"/api/review/execution/{execution}", Ct))!;
        var send = (string)waiting.Single(r => (string?)r!["node_id"] == "send")!["node_exec_id"]!;
        var ask = (string)waiting.Single(r => (string?)r!["node_id"] == "ask")!["node_exec_id"]!;

        // The request is edited and approved.
        await rosa.Page.GotoAsync($"/review/{send}");
        var card = rosa.Page.Locator($"[data-testid=review-card][data-node-exec-id='{send}']");
        await card.GetByTestId("edit-payload").ClickAsync();
        await card.GetByTestId("editor-json").ClickAsync();
        await card.GetByTestId("payload-editor").Locator(".cm-content").ClickAsync();
        await rosa.Page.Keyboard.PressAsync("Control+A");
        await rosa.Page.Keyboard.InsertTextAsync(
            $$$"""{"url":"{{{_world.Url}}}/pay","method":"POST","body":{"amount":12345678901234567890,"note":"edited"}}""");
        await card.GetByTestId("approve").ClickAsync();
        var hit = await _world.WaitForHitAsync();
        Assert.Equal("""{"amount":12345678901234567890,"note":"edited"}""", hit.Body);
        Assert.Equal(send, hit.Headers["idempotency-key"]);

        // The Human In The Loop node is approved as it is, and the execution completes.
        await rosa.Page.GotoAsync($"/review/{ask}");
        await rosa.Page.Locator($"[data-testid=review-card][data-node-exec-id='{ask}']").GetByTestId("approve").ClickAsync();
        await rosa.Page.GotoAsync($"/executions/{execution}");
        await Assertions.Expect(rosa.Page.GetByText("completed", new() { Exact = false }).First).ToBeVisibleAsync();
        var after = (await client.GetFromJsonAsync<JsonNode>($"/api/executions/{execution}", Ct))!;
        Assert.Equal("COMPLETED", (string?)after["status"]);
        Assert.Single(_world.Hits);
    }

    async Task<string> StartAsync(HttpClient client)
    {
        var blocks = (await client.GetFromJsonAsync<JsonArray>("/api/blocks", Ct))!;
        string Block(string name) => (string)blocks.Single(b => (string?)b!["name"] == name)!["id"]!;
        using var stored = await client.PostAsJsonAsync("/api/graphs", new
        {
            name = "Pay and tell",
            nodes = new object[]
            {
                new
                {
                    id = "send",
                    block_id = Block("HTTP request"),
                    input_default = new { url = _world.Url + "/pay", method = "POST", body = new { amount = 1 } },
                },
                new { id = "ask", block_id = Block("Human In The Loop"), input_default = new { data = new { draft = "Paid." } } },
            },
            links = Array.Empty<object>(),
        }, Ct);
        var graph = (await stored.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        using var started = await client.PostAsJsonAsync("/api/executions", new { graph_id = (string)graph["id"]! }, Ct);
        return (string)(await started.Content.ReadFromJsonAsync<JsonNode>(Ct))!["graph_exec_id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _world.DisposeAsync();
        await _store.DisposeAsync();
    }
}
