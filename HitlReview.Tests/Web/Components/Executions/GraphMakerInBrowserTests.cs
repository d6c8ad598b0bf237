using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>Graphs, made by a person in a real browser.</summary>
public sealed class GraphMakerInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task Somebody_makes_a_graph_runs_it_decides_its_review_and_runs_it_again()
    {
        await using var seat = await OpenAsync("/graphs");
        await seat["new-graph"].ClickAsync();
        await seat["make-name"].FillAsync("Notes for Ada");
        await AddAsync(seat, "Template text");
        await Expect(seat["node-form"]).ToContainTextAsync("asked for at the start");
        await TypeInEditorAsync(seat, """{"template":"Dear {{ name }}"}""");
        await Expect(seat["pin"].Filter(new() { HasText = "template" })).ToContainTextAsync("given above");
        await AddAsync(seat, "Write workspace file (asks first)");
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await Expect(seat["make-node"].Last).ToContainTextAsync("asks first");
        var content = seat.Page.Locator("[data-testid=pin][data-pin=content]");
        await content.GetByTestId("join").SelectOptionAsync(new SelectOptionValue { Label = "template-text · text (string)" });
        await content.GetByTestId("join-it").ClickAsync();
        await Expect(content).ToContainTextAsync("from another step");
        await seat["node-name"].FillAsync("file");
        await seat["node-name"].BlurAsync();
        await Expect(seat["make-node"].Last).ToContainTextAsync("file");
        await Expect(seat["make-fault"]).ToContainTextAsync("can be stored");
        await seat.CheckAccessibilityAsync();

        // A reload loses nothing.
        await seat.Page.ReloadAsync();
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await Expect(seat["make-name"]).ToHaveValueAsync("Notes for Ada");
        await seat["store-graph"].ClickAsync();

        await Expect(seat["graph-start"]).ToBeVisibleAsync();
        await TypeInEditorAsync(seat, """{"template-text":{"values":{"name":"Ada"}},"file":{"path":"ada.md"}}""");
        await seat["start-execution"].ClickAsync();
        await Expect(seat.Page.Locator("h1 .badge")).ToHaveTextAsync("In review");
        await seat.Page.GotoAsync("/");
        await Expect(seat["review-card"]).ToContainTextAsync("Dear Ada");
        await seat["approve"].ClickAsync();
        await Expect(seat["review-card"].Locator(".course")).ToContainTextAsync("Finished");

        await seat.Page.GotoAsync("/executions");
        await seat.Page.Locator(".row-link").ClickAsync();
        await Expect(seat.Page.Locator("h1 .badge")).ToHaveTextAsync("Completed");
        await seat["run-again"].ClickAsync();
        await Expect(seat["graph-start"].Locator(".editor")).ToBeVisibleAsync();
        await seat["start-execution"].ClickAsync();
        await Expect(seat.Page.Locator("h1 .badge")).ToHaveTextAsync("In review");
        var again = Assert.Single(await App.Get<ReviewList>().ReadAsync(Caller, ReviewFilter.None, false, new(5), Ct));
        Assert.Contains("Dear Ada", again.PayloadStart, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_is_completed_by_the_blocks_and_nothing_is_taken_that_was_not_chosen()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await AddAsync(seat, "Template text");
        await seat["make-json"].ClickAsync();
        await Expect(seat["make-take"]).ToBeVisibleAsync();
        var text = seat.Page.Locator(".cm-content");
        await TypeInEditorAsync(seat, """{"name": "By hand", "nodes": [{"id": "a", "block_id": """);
        await Expect(text).ToContainTextAsync("By hand");
        await seat.Page.Keyboard.TypeAsync("work", new() { Delay = 60 });
        var offered = seat.Page.Locator(".cm-tooltip-autocomplete li");
        await Expect(offered.GetByText("Write workspace file")).ToBeVisibleAsync();
        await seat.CheckAccessibilityAsync();

        // An Enter that nobody chose with makes a line.
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(text).ToContainTextAsync("work");
        await Expect(text).Not.ToContainTextAsync("workspace");
        await seat.Page.Keyboard.PressAsync("Control+z");
        await seat.Page.Keyboard.PressAsync("Control+Space");
        await offered.GetByText("Write workspace file").ClickAsync();
        var write = App.Get<BlockRegistry>().All.Single(block => block.Name == "Write workspace file");
        await Expect(text).ToContainTextAsync($"\"block_id\": \"{write.Id}\"");
        await seat.Page.Keyboard.InsertTextAsync(""", "input_default": {""");
        await seat.Page.Keyboard.TypeAsync("pat", new() { Delay = 60 });
        await Expect(offered.First).ToContainTextAsync("path");
        await offered.First.ClickAsync();
        await seat.Page.Keyboard.InsertTextAsync("\"a.txt\", \"content\": \"b\"}}], \"links\": []}");
        await Expect(text).ToContainTextAsync("{\"path\": \"a.txt\", \"content\": \"b\"}");
        await seat["make-take"].ClickAsync();
        await seat["make-steps"].ClickAsync();

        await Expect(seat["make-node"]).ToHaveCountAsync(1);
        await Expect(seat["make-name"]).ToHaveValueAsync("By hand");
    }

    [Fact]
    public async Task Steps_are_undone_and_what_is_in_the_way_is_said_in_words()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await Expect(seat["make-fault"]).ToContainTextAsync("Add a first step");
        await AddAsync(seat, "Human In The Loop (asks first)");
        await AddAsync(seat, "Human In The Loop (asks first)");
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await seat["node-name"].FillAsync("human-in-the-loop");
        await seat["node-name"].BlurAsync();
        await Expect(seat["node-form"].GetByTestId("refusal")).ToContainTextAsync("Another step has the name");
        await Expect(seat["make-fault"]).ToContainTextAsync("Give it a name");
        await seat["make-name"].FillAsync("Twice");
        await Expect(seat["make-fault"]).ToContainTextAsync("can be stored and run");
        await Expect(seat["store-graph"]).ToBeEnabledAsync();

        await seat["node-remove"].ClickAsync();
        await Expect(seat["node-form"].GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["node-remove"]).ToBeFocusedAsync();
        await seat["node-remove"].ClickAsync();
        await seat["node-remove-confirm"].ClickAsync();
        await Expect(seat["make-node"]).ToHaveCountAsync(1);
        await seat["make-undo"].ClickAsync();
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await seat["make-give-up"].ClickAsync();
        await seat["make-give-up-confirm"].ClickAsync();
        await Expect(seat["make-node"]).ToHaveCountAsync(0);
        await seat.Page.ReloadAsync();
        await Expect(seat["make-name"]).ToHaveValueAsync("");
    }

    [Fact]
    public async Task The_JSON_beside_it_is_taken_over_or_refused_in_words_with_the_text_kept()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await seat["make-json"].ClickAsync();
        await TypeInEditorAsync(seat, """{"name":"Mine","nodes":[{"id":"a","block_id":"nobody"}]}""");
        await seat["make-take"].ClickAsync();
        await Expect(seat["refusal"]).ToContainTextAsync("must be a UUID");
        await Expect(seat["payload-editor"]).ToContainTextAsync("Mine");

        await TypeInEditorAsync(
            seat, $$$"""{"name":"Mine","nodes":[{"id":"a","block_id":"{{{AskBlock}}}","input_default":{"data":1e400}}]}""");
        await seat["make-take"].ClickAsync();
        await Expect(seat["make-node"]).ToContainTextAsync("a");
        await seat["store-graph"].ClickAsync();
        await Expect(seat["graph-start"]).ToBeVisibleAsync();
        await seat["make-steps"].ClickAsync();
        await seat["make-name"].FillAsync("Mine, better");
        await seat["make-versions"].ClickAsync();
        await Expect(seat["payload-diff"]).ToContainTextAsync("better");
        await seat["store-graph"].ClickAsync();

        await Expect(seat.Page.Locator("h1")).ToContainTextAsync("Mine, better");
        await Expect(seat["payload-diff"]).ToContainTextAsync("better");
        // Between any two versions, also backwards.
        await seat["make-to"].SelectOptionAsync("1");
        await Expect(seat["payload-diff"]).ToHaveCountAsync(0);
        await seat["make-from"].SelectOptionAsync("2");
        await Expect(seat["payload-diff"].Locator(".diff-removed")).ToContainTextAsync("better");
        var graph = Assert.Single((await App.Get<Graphs>().ListAsync(Caller, new(1, 5), Ct)).Items);
        Assert.Equal(2, graph.Version);
        Assert.Contains("1e400", (await App.Get<Graphs>().GetAsync(Caller, graph.Id, null, Ct)).Definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_windows_at_one_graph_do_not_overwrite_each_other()
    {
        await using var first = await OpenAsync("/graphs/new");
        await using var second = await OpenAsync("/graphs/new");
        await Expect(second["make-name"]).ToBeVisibleAsync();
        await first["make-name"].FillAsync("Made in the first");
        await KeptAsync("Made in the first");

        await second["make-name"].FillAsync("Made in the second");
        await Expect(second["make-overtaken"]).ToBeVisibleAsync();
        await KeptAsync("Made in the first");
        await second["make-take-other"].ClickAsync();
        await Expect(second["make-name"]).ToHaveValueAsync("Made in the first");
        await Expect(second["make-overtaken"]).ToHaveCountAsync(0);
        await second["make-name"].FillAsync("Made in both");
        await KeptAsync("Made in both");

        await first["make-name"].FillAsync("Made in the first alone");
        await first["make-keep-this"].ClickAsync();
        await KeptAsync("Made in the first alone");
        await Expect(first["make-overtaken"]).ToHaveCountAsync(0);

        async Task KeptAsync(string name)
        {
            var unstored = App.Get<UnstoredGraphs>();
            while ((await unstored.FindAsync(Caller, "", Ct))?.Text.Contains($"\"{name}\"", StringComparison.Ordinal) != true)
                await Task.Delay(20, Ct);
        }
    }

    [Fact]
    public async Task A_graph_that_is_not_there_says_so()
    {
        await using var seat = await OpenAsync("/graphs/nobody-has-this");

        await Expect(seat["missing"]).ToContainTextAsync("Nothing here");
        await seat.CheckAccessibilityAsync();
    }

    [Fact]
    public async Task What_is_typed_counts_also_where_somebody_goes_on_at_once()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await AddAsync(seat, "Template text");
        await AddAsync(seat, "Wait");
        await seat.Page.Locator("[data-testid=make-node][data-node-id=template-text]").ClickAsync();
        await Expect(seat["node-form"].Locator("h2")).ToHaveTextAsync("Template text");
        await TypeInEditorAsync(seat, """{"template":"typed to the last letter"}""");
        await seat["make-name"].FillAsync("At once");
        await seat.Page.Locator("[data-testid=make-node][data-node-id=wait]").ClickAsync();
        await Expect(seat["node-form"].Locator("h2")).ToHaveTextAsync("Wait");
        await TypeInEditorAsync(seat, """{"seconds":7}""");
        await seat["store-graph"].ClickAsync();

        await Expect(seat["graph-start"]).ToBeVisibleAsync();
        var graph = Assert.Single((await App.Get<Graphs>().ListAsync(Caller, new(1, 5), Ct)).Items);
        var definition = (await App.Get<Graphs>().GetAsync(Caller, graph.Id, null, Ct)).Definition;
        Assert.Equal("At once", graph.Name);
        Assert.Contains("typed to the last letter", definition, StringComparison.Ordinal);
        Assert.Contains("\"seconds\":7", definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_not_be_kept_is_not_left_and_what_the_block_refuses_is_kept_and_not_stored()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await seat["make-name"].FillAsync("Faulty");
        await AddAsync(seat, "Wait");
        await AddAsync(seat, "Template text");
        await TypeInEditorAsync(seat, """{"template":""");
        await seat.Page.Locator("[data-testid=make-node][data-node-id=wait]").ClickAsync();
        await Expect(seat["graph-maker"].Locator("> .mud-alert, [data-testid=refusal]").First).ToContainTextAsync("can’t be kept yet");
        await Expect(seat["payload-editor"]).ToContainTextAsync("template");

        await TypeInEditorAsync(seat, """{"template":5}""");
        await Expect(seat["make-fault"]).ToContainTextAsync("is refused at $.template");
        await Expect(seat["store-graph"]).ToBeDisabledAsync();
        await seat.Page.ReloadAsync();
        await seat.Page.Locator("[data-testid=make-node][data-node-id=template-text]").ClickAsync();
        await seat.ShowTextAsync();
        await Expect(seat["payload-editor"]).ToContainTextAsync("5");
    }

    [Fact]
    public async Task Two_windows_do_not_undo_each_other_without_a_word()
    {
        var graph = await StoreGraphAsync("Shared", $$$"""[{"id":"a","block_id":"{{{AskBlock}}}","input_default":{"data":1}}]""");
        await using var one = await OpenAsync($"/graphs/{graph.Id}");
        await using var two = await OpenAsync($"/graphs/{graph.Id}?view=run");
        await Expect(two["start-execution"]).ToBeVisibleAsync();
        await one["make-name"].FillAsync("Shared by one");
        await Expect(one["store-graph"]).ToBeEnabledAsync();
        await one["store-graph"].ClickAsync();
        await Expect(one.Page.Locator("h1")).ToContainTextAsync("Shared by one");

        // What runs is what was looked at.
        await two["start-execution"].ClickAsync();
        await Expect(two["graph-start"]).ToContainTextAsync("has been stored meanwhile");
        await two["make-steps"].ClickAsync();
        await two["make-name"].FillAsync("Shared by two");
        await Expect(two["store-graph"]).ToBeEnabledAsync();
        await two["store-graph"].ClickAsync();
        await Expect(two["make-outdated"]).ToContainTextAsync("Version 2 has been stored");
        Assert.Equal("Shared by one", (await App.Get<Graphs>().GetAsync(Caller, graph.Id, null, Ct)).Name);
        await two["store-graph"].ClickAsync();
        await Expect(two["make-outdated"]).ToHaveCountAsync(0);
        Assert.Equal("Shared by two", (await App.Get<Graphs>().GetAsync(Caller, graph.Id, null, Ct)).Name);
    }

    [Fact]
    public async Task A_graph_that_can_not_be_drawn_is_refused_before_it_is_kept()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await seat["make-json"].ClickAsync();
        foreach (var (json, words) in new[]
        {
            ($$$"""{"name":"x","nodes":[{"id":"a","block_id":"{{{AskBlock}}}"},{"id":"a","block_id":"{{{AskBlock}}}"}]}""",
                "Another step has the name"),
            ($$$"""{"name":"x","nodes":[{"id":"a","block_id":"{{{AskBlock}}}","input_default":[]}]}""", "must be an object"),
        })
        {
            await TypeInEditorAsync(seat, json);
            await seat["make-take"].ClickAsync();
            await Expect(seat["refusal"]).ToContainTextAsync(words);
        }
        await seat.Page.GotoAsync("/graphs/new");
        await Expect(seat["make-fault"]).ToContainTextAsync("Add a first step");
    }

    static async Task AddAsync(Seat seat, string block)
    {
        await seat["make-add"].SelectOptionAsync(new SelectOptionValue { Label = block });
        await seat["make-add-it"].ClickAsync();
        await Expect(seat["make-add"]).ToHaveValueAsync("");
    }
}
