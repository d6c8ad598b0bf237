using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>Presses that are long on their way to the server: what counts is what stood on the page when the button was pressed.</summary>
public sealed class PressesInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Theory, Invariant(4)]
    [InlineData("click")]
    [InlineData("Control+Enter")]
    public async Task What_is_typed_after_the_press_is_no_part_of_it(string press)
    {
        await AskAsync("a", """{"amount":50}""");
        var line = new HeldLine();
        await using var seat = await OpenAsync($"/review/{Id("a")}", line);
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, """{"amount":40}""");
        await seat["review-message"].FillAsync("forty");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Edited");

        line.Hold();
        if (press == "click")
            await seat["approve"].ClickAsync();
        else
            await seat.Page.Locator(".cm-content").PressAsync(press);
        await TypeInEditorAsync(seat, """{"amount":4000}""");
        await seat["review-message"].FillAsync("four thousand");
        line.Release();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit by you");
        var review = await ReadAsync("a");
        Assert.Equal(("""{"amount":40}""", "forty"), (review.Payload, review.ReviewMessage));
    }

    [Fact, Invariant(4)]
    public async Task What_stands_half_typed_in_the_form_at_the_press_is_refused_though_it_is_right_by_then()
    {
        await AskAsync("a", """{"amount":50}""");
        var line = new HeldLine();
        await using var seat = await OpenAsync($"/review/{Id("a")}", line);
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, """{"amount":""");
        await Expect(seat["editor-state"]).ToContainTextAsync("not JSON");

        line.Hold();
        await seat["approve"].ClickAsync();
        await TypeInEditorAsync(seat, """{"amount":4000}""");
        line.Release();

        await Expect(seat["refusal"]).ToContainTextAsync("The edit can’t be approved");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task A_graph_is_started_with_the_inputs_that_stood_there_at_the_press()
    {
        await StoreGraphAsync("Newsletter", $$"""[{"id":"ask","block_id":"{{AskBlock}}","input_default":{"name":"Send it?","data":0} }]""");
        var line = new HeldLine();
        await using var seat = await OpenAsync("/graphs", line);
        await seat["run-graph"].ClickAsync();
        await TypeInEditorAsync(seat, """{"ask":{"data":1}}""");

        line.Hold();
        await seat["start-execution"].ClickAsync();
        await TypeInEditorAsync(seat, """{"ask":{"data":2}}""");
        line.Release();

        await seat.Page.WaitForURLAsync("**/executions/*");
        var id = seat.Page.Url.Split('/')[^1];
        Review? review = null;
        while (review is null)
        {
            review = (await Reviews.PendingForExecutionAsync(Caller, id, Ct)).SingleOrDefault();
            await Task.Delay(5, Ct);
        }
        Assert.Equal("1", review.Payload);
    }

    [Fact, Invariant(4)]
    public async Task A_press_that_a_lost_connection_has_swallowed_is_sent_again_and_counts_once()
    {
        await AskAsync("b");
        await AskAsync("a");
        var line = new HeldLine();
        await using var seat = await OpenAsync($"/review/{Id("a")}", line);
        seat.FaultsExpected = true;
        await ReadyAsync(seat, "a");

        line.Hold();
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(seat.Page.Locator("press-outbox")).ToContainTextAsync("Approve: sending…");
        await line.CutAsync();

        await Expect(seat.Page.Locator("press-outbox")).ToBeEmptyAsync();
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await seat.Page.GotoAsync($"/review/{Id("a")}");
        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
    }

    /// <summary>Opens a page whose words to the server the test can hold back.</summary>
    async Task<Seat> OpenAsync(string path, HeldLine line)
    {
        var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.RouteWebSocketAsync(Circuit, line.Join);
        await seat.Page.GotoAsync(path);
        return seat;
    }
}
