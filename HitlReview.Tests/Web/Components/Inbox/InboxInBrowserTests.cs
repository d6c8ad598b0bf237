using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox in a real browser: what appears, what keeps its place, what two people see.</summary>
public sealed class InboxInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task A_review_appears_in_the_open_inbox_without_a_reload_and_is_approved_there()
    {
        await using var seat = await OpenAsync("/");
        await Expect(seat["inbox-empty"]).ToBeVisibleAsync();
        await seat.Page.EvaluateAsync("window.stillHere = true");
        var requests = new Recorded<string>();
        seat.Page.Request += (_, request) => requests.Add(request.Url);

        await AskAsync("a", """{"data":"tidy up","command":"rm -rf /"}""");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        Assert.Empty(requests.All);
        await Expect(Card(seat, "a")).ToContainTextAsync("tidy up");
        await Expect(Card(seat, "a")).ToContainTextAsync("rm -rf /");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        Assert.True(await seat.Page.EvaluateAsync<bool>("window.stillHere"));
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task After_a_decision_the_next_review_is_open_and_has_the_focus()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();

        await seat["approve"].ClickAsync();

        await Expect(Card(seat, "a").Locator("h2")).ToBeFocusedAsync();
        await Expect(seat["last-decision"]).ToContainTextAsync("Approved");
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_row_under_the_pointer_stays_where_it_is_and_the_new_one_is_announced()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await Row(seat, "a").HoverAsync();
        var before = await Row(seat, "a").BoundingBoxAsync();

        await AskAsync("c");
        await Expect(Row(seat, "c")).ToHaveCountAsync(1);

        Assert.Equal(before!.Y, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
        await Expect(seat["new-reviews"]).ToHaveTextAsync("1 new");
        await seat.Page.GetByRole(AriaRole.Heading, new() { Name = "Inbox" }).HoverAsync();
        await Expect(Row(seat, "c")).ToBeInViewportAsync();
        await Expect(seat["new-reviews"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_row_that_ends_elsewhere_says_so_and_holds_its_place_until_the_pointer_leaves()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "c")).ToBeVisibleAsync();
        await Row(seat, "a").HoverAsync();
        var before = await Row(seat, "a").BoundingBoxAsync();

        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), true)], Ct);

        await Expect(Row(seat, "b")).ToContainTextAsync("Approved elsewhere");
        Assert.Equal(before!.Y, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
        await seat.Page.GetByRole(AriaRole.Heading, new() { Name = "Inbox" }).HoverAsync();
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_new_review_takes_neither_the_focus_nor_what_is_being_typed()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await seat["review-message"].ClickAsync();
        await seat.Page.Keyboard.TypeAsync("Half a sen");

        await AskAsync("b");
        await Expect(Row(seat, "b")).ToHaveCountAsync(1);
        await seat.Page.Keyboard.TypeAsync("tence");

        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(seat["review-message"]).ToBeFocusedAsync();
        await Expect(seat["review-message"]).ToHaveValueAsync("Half a sentence");
    }

    [Fact]
    public async Task All_of_many_waiting_reviews_are_reached_by_scrolling()
    {
        for (var i = 0; i < 130; i++)
            await AskAsync($"r{i}");
        await using var seat = await OpenAsync("/");
        await Expect(seat.Page.Locator(".inbox-count")).ToHaveTextAsync("130 waiting");

        await Expect(Row(seat, "r129")).ToBeInViewportAsync();
        while (await Row(seat, "r0").CountAsync() == 0)
        {
            var rows = await seat.Page.Locator(".rows > li").CountAsync();
            await seat.Page.Locator(".rows > li").Last.ScrollIntoViewIfNeededAsync();
            await Expect(seat.Page.Locator($".rows > li:nth-child({rows + 1})")).ToHaveCountAsync(1);
        }

        await Expect(seat.Page.Locator(".rows > li")).ToHaveCountAsync(130);
    }

    [Fact]
    public async Task Of_two_who_decide_at_once_one_wins_and_the_other_is_told()
    {
        await AskAsync("a");
        await using var one = await OpenAsync($"/review/{Id("a")}");
        await using var two = await OpenAsync($"/review/{Id("a")}");
        await Expect(one["approve"]).ToBeEnabledAsync();
        await Expect(two["reject"]).ToBeEnabledAsync();

        // The loser may find the button gone: then their page was quicker than they, which is as good.
        await Task.WhenAll(
            one.Page.EvaluateAsync("document.querySelector('[data-testid=approve]')?.click()"),
            two.Page.EvaluateAsync("document.querySelector('[data-testid=reject]')?.click()"));

        await Expect(one["verdict"]).ToBeVisibleAsync();
        await Expect(two["verdict"]).ToBeVisibleAsync();
        var approved = (await ReadAsync("a")).Status == ReviewStatus.APPROVED;
        var (winner, loser) = approved ? (one, two) : (two, one);
        var verdict = approved ? "Approved by you" : "Rejected by you";
        await Expect(winner["verdict"]).ToContainTextAsync(verdict);
        await Expect(loser["verdict"]).ToContainTextAsync($"{verdict} elsewhere");
        await Expect(winner["approve"]).ToHaveCountAsync(0);
        await Expect(loser["approve"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task On_a_phone_the_list_leads_to_the_review_and_back()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/", new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        await Expect(seat["approve"]).ToHaveCountAsync(0);

        await Row(seat, "a").ClickAsync();
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(Row(seat, "a")).ToBeHiddenAsync();
        Assert.False(await seat.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        await seat.Page.GoBackAsync();

        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task By_keyboard_a_review_is_opened_and_rejected_with_a_message()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();

        await Row(seat, "a").Locator("a").FocusAsync();
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(Card(seat, "a").Locator("h2")).ToBeFocusedAsync();
        await seat["review-message"].FocusAsync();
        await seat.Page.Keyboard.TypeAsync("Not this one");
        await seat["reject"].FocusAsync();
        await seat.Page.Keyboard.PressAsync("Enter");

        await Expect(Card(seat, "b").Locator("h2")).ToBeFocusedAsync();
        Assert.Equal((ReviewStatus.REJECTED, "Not this one"), ((await ReadAsync("a")).Status, (await ReadAsync("a")).ReviewMessage));
    }

    [Fact]
    public async Task An_id_with_every_kind_of_character_has_an_address_of_its_own()
    {
        await AskAsync("a/b ?#%41&=+:ü");
        await using var seat = await OpenAsync("/");

        await Row(seat, "a/b ?#%41&=+:ü").ClickAsync();
        await seat.Page.WaitForURLAsync("**/review/**");
        await seat.Page.ReloadAsync();

        await Expect(Card(seat, "a/b ?#%41&=+:ü")).ToBeVisibleAsync();
    }
}
