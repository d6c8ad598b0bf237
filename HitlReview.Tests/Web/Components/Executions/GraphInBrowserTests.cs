using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The graph of an execution on its page.</summary>
public sealed class GraphInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    const string Template = "e0f4a7d3-6b18-49c2-8d75-a39c1e5b2f60";

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task It_follows_the_execution_and_is_accessible(ColorScheme theme, int width)
    {
        var graph = await StoreGraphAsync(
            "Order follow-up",
            $$$"""
            [{"id":"draft","block_id":"{{{Template}}}","input_default":{"template":"Dear Ann"}},{"id":"ask","block_id":"{{{AskBlock}}}","input_default":{"name":"Is this right?"}},
            {"id":"redraft","block_id":"{{{Template}}}","input_default":{}},{"id":"thanks","block_id":"{{{Template}}}","input_default":{}}]
            """,
            new("draft", "text", "ask", "data"),
            new("ask", "rejected_data", "redraft", "template"),
            new("redraft", "text", "ask", "data"),
            new("ask", "approved_data", "thanks", "template"));
        var execution = await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync(
            $"/executions/{execution.Id}", new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 } });

        var drawing = seat["execution-graph"];
        await Expect(drawing.GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync("1 completed, 1 in review, 2 not reached");
        await Expect(drawing.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "(ask)" }))
            .ToContainTextAsync("Human In The Loop (ask): In review.");
        await seat.CheckAccessibilityAsync();
        Assert.False(await seat.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));

        var review = Assert.Single(await Reviews.PendingForExecutionAsync(Caller, execution.Id, Ct));
        await App.Get<Deciding>().DecideAsync(Caller, [new(review.NodeExecId, true)], Ct);

        await Expect(drawing.GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync("3 completed, 1 not reached");
    }
}
