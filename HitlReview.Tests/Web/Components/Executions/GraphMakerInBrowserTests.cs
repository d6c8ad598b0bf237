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
        await seat["make-add"].SelectOptionAsync(new SelectOptionValue { Label = "Template text" });
        await Expect(seat["node-form"]).ToContainTextAsync("asked for at the start");
        await TypeInEditorAsync(seat, """{"template":"Dear {{ name }}"}""");
        await Expect(seat["pin"].Filter(new() { HasText = "template" })).ToContainTextAsync("given above");
        await seat["make-add"].SelectOptionAsync(new SelectOptionValue { Label = "Write workspace file (asks first)" });
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await Expect(seat["make-node"].Last).ToContainTextAsync("asks first");
        var content = seat.Page.Locator("[data-testid=pin][data-pin=content]");
        await content.GetByTestId("join").SelectOptionAsync(new SelectOptionValue { Label = "template-text · text (string)" });
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
    public async Task Steps_are_undone_and_what_is_in_the_way_is_said_in_words()
    {
        await using var seat = await OpenAsync("/graphs/new");
        await Expect(seat["make-fault"]).ToContainTextAsync("Add a first step");
        await seat["make-add"].SelectOptionAsync(new SelectOptionValue { Label = "Human In The Loop (asks first)" });
        await seat["make-add"].SelectOptionAsync(new SelectOptionValue { Label = "Human In The Loop (asks first)" });
        await Expect(seat["make-node"]).ToHaveCountAsync(2);
        await seat["node-name"].FillAsync("human-in-the-loop");
        await seat["node-name"].BlurAsync();
        await Expect(seat["node-form"].GetByTestId("refusal")).ToContainTextAsync("Another node has the name");
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
        var graph = Assert.Single((await App.Get<Graphs>().ListAsync(Caller, new(1, 5), Ct)).Items);
        Assert.Equal(2, graph.Version);
        Assert.Contains("1e400", (await App.Get<Graphs>().GetAsync(Caller, graph.Id, null, Ct)).Definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_that_is_not_there_says_so()
    {
        await using var seat = await OpenAsync("/graphs/nobody-has-this");

        await Expect(seat["missing"]).ToContainTextAsync("Nothing here");
        await seat.CheckAccessibilityAsync();
    }
}
