using HitlReview.Core.Accounts;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The main job from end to end in a real browser, and every page's accessibility.</summary>
public sealed class MainJobInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";

    [Fact, Invariant(4)]
    public async Task A_graph_started_from_its_page_is_reviewed_twice_and_sends_the_edited_request_once()
    {
        await using var world = await CountingServer.StartAsync();
        var graph = await StoreGraphAsync(
            "Order follow-up",
            $$$"""[{"id":"ask","block_id":"{{{AskBlock}}}","input_default":{"data":{"order":12345678901234567890},"name":"Is this right?"}},{"id":"send","block_id":"{{{Http}}}","input_default":{"url":"{{{world.Url}}}/orders","method":"POST"}}]""",
            new GraphLink("ask", "approved_data", "send", "body"));
        await using var inbox = await OpenAsync("/");
        await Expect(inbox["inbox-empty"]).ToBeVisibleAsync();
        await using var seat = await OpenAsync("/graphs");
        await seat.Page.Locator($"[data-graph-id='{graph.Id}']").GetByTestId("run-graph").ClickAsync();
        await seat["start-execution"].ClickAsync();
        await Expect(seat.Page.Locator("h1 .badge")).ToHaveTextAsync("In review");

        // The inbox has been open all the time.
        await Expect(inbox["review-card"]).ToContainTextAsync("Pass this data on");
        await inbox["edit-payload"].ClickAsync();
        await TypeInEditorAsync(inbox, """{"order":12345678901234567890,"express":true}""");
        await inbox["approve"].ClickAsync();
        await Expect(inbox["review-card"].Filter(new() { HasText = "Send a" })).ToContainTextAsync($"{world.Url}/orders");
        Assert.Empty(world.Hits);
        await inbox["approve"].ClickAsync();

        await Expect(inbox["review-card"].Locator(".course")).ToContainTextAsync("Finished");
        await Expect(seat.Page.Locator("h1 .badge")).ToHaveTextAsync("Completed");
        Assert.Equal("""{"order":12345678901234567890,"express":true}""", Assert.Single(world.Hits).Body);
    }

    [Fact]
    public async Task An_edit_that_breaks_the_blocks_schema_is_marked_at_its_place_and_refused_with_its_path()
    {
        var graph = await StoreGraphAsync("Ping", $$$"""[{"id":"send","block_id":"{{{Http}}}","input_default":{"url":"http://127.0.0.1:9/","method":"POST","headers":{"x":"1"},"body":1}}]""");
        await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync("/");
        await seat["edit-payload"].ClickAsync();

        await TypeInEditorAsync(seat, "{\n\"url\":\"http://127.0.0.1:9/\",\n\"method\":\"FETCH\",\n\"body\":1\n}");

        await Expect(seat["editor-state"]).ToContainTextAsync("$.method must be one of");
        await Expect(seat.Page.Locator(".cm-lintRange-error")).ToHaveTextAsync("\"method\":\"FETCH\"");
        await seat["approve"].ClickAsync();
        await Expect(seat["refusal"]).ToContainTextAsync("$.method must be one of");
        await Expect(seat["payload-editor"]).ToContainTextAsync("FETCH");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_is_accessible_in_both_themes_and_fits_a_phone(ColorScheme theme, int width)
    {
        await BecomeAsync(Roles.Admin);
        await AskAsync("a", "{\"file\":\"invoice\u202Egpj.exe\",\"list\":[1,{\"deep\":null}]}", "Please approve");
        await AskAsync("b", $"\"{new string('x', 5_000)}\"");
        var graph = await StoreGraphAsync("Newsletter", $$$"""[{"id":"ask","block_id":"{{{AskBlock}}}","input_default":{"data":"all"}}]""");
        var execution = await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync("/", new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 } });

        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        await CheckAsync();
        await seat["filters"].Locator("summary").ClickAsync();
        await CheckAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("?");
        await Expect(seat["help"]).ToBeVisibleAsync();
        await CheckAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("Control+k");
        await Expect(seat["palette"]).ToBeVisibleAsync();
        await CheckAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await Row(seat, "a").Locator("[data-select]").CheckAsync();
        await Row(seat, "b").Locator("[data-select]").CheckAsync();
        await seat["compare"].ClickAsync();
        await Expect(seat["compare-row"].First).ToBeVisibleAsync();
        await CheckAsync();
        await GoAsync($"/review/{Id("a")}", seat["approve"]);
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, "{\"file\":1,}");
        await Expect(seat["editor-state"]).ToContainTextAsync("not JSON");
        await CheckAsync();
        await GoAsync($"/review/{Id("b")}", seat["unfold"]);
        await CheckAsync();
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), false) { Message = "No" }], Ct);
        await GoAsync("/decided", Row(seat, "b"));
        await CheckAsync();
        await GoAsync("/preferences", seat["undo-seconds"]);
        await CheckAsync();
        await GoAsync("/executions", seat["execution-row"]);
        await CheckAsync();
        await GoAsync($"/executions/{execution.Id}", seat["node-execution"]);
        await seat.Page.Locator(".node-head").ClickAsync();
        await Expect(seat.Page.Locator(".node-body")).ToBeVisibleAsync();
        await CheckAsync();
        await GoAsync("/graphs", seat["run-graph"].First);
        await GoAsync($"/graphs/{graph.Id}", seat["node-form"]);
        await Expect(seat["node-form"].Locator(".editor")).ToBeVisibleAsync();
        await CheckAsync();
        await GoAsync($"/graphs/{graph.Id}?view=run", seat["start-execution"]);
        await CheckAsync();
        await GoAsync($"/graphs/{graph.Id}?view=json", seat["make-take"]);
        await CheckAsync();
        await GoAsync("/auto-approvals", seat.Page.GetByRole(AriaRole.Heading, new() { Name = "Auto-approvals" }));
        await CheckAsync();
        await GoAsync("/admin/executions", seat["cancel-execution"].First);
        await seat["cancel-execution"].First.ClickAsync();
        await Expect(seat["cancel-reason"].First).ToBeVisibleAsync();
        await CheckAsync();

        async Task GoAsync(string path, ILocator there)
        {
            await seat.Page.GotoAsync(path);
            await Expect(there).ToBeVisibleAsync();
        }

        async Task CheckAsync()
        {
            await seat.CheckAccessibilityAsync();
            Assert.False(
                await seat.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"),
                $"{seat.Page.Url} is wider than the window.");
        }
    }
}
