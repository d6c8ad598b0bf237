using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>Decisions in a real browser: by key and by pointer, undone, on several at once, and against others.</summary>
public sealed class DecidingInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task By_keys_alone_reviews_are_approved_rejected_with_a_message_and_left_waiting()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");

        await DecideByKeyAsync(seat, "d", "a");
        await Expect(Card(seat, "c").Locator("h2")).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.TypeAsync("Not r and not a");
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("r");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();

        await WaitAsync("b", ReviewStatus.REJECTED);
        Assert.Equal("Not r and not a", (await ReadAsync("b")).ReviewMessage);
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("d")).Status);
        Assert.Equal((ReviewStatus.WAITING, ReviewStatus.WAITING), ((await ReadAsync("a")).Status, (await ReadAsync("c")).Status));
    }

    [Fact]
    public async Task A_key_does_not_decide_about_a_review_that_has_only_just_slid_under_the_eyes()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");

        // Two presses in one breath: the second comes before anybody could have read what it would be about.
        await seat.Page.EvaluateAsync(
            "() => ['a', 'a'].forEach(key => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("a");
        await WaitAsync("c", ReviewStatus.APPROVED);

        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task Until_its_time_is_over_a_decision_is_undone_and_brings_back_what_was_typed()
    {
        await SetUndoAsync(120);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.TypeAsync("On second thought");
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(Row(seat, "b")).ToContainTextAsync("Approving in");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
        await seat.Page.Keyboard.PressAsync("u");

        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await Expect(seat["review-message"]).ToHaveValueAsync("On second thought");
        await Expect(seat["undo"]).ToHaveCountAsync(0);
        Assert.Empty(await App.Get<ScheduledDecisions>().ListAsync(Caller, Ct));
    }

    [Fact]
    public async Task On_a_phone_undo_leads_back_with_the_address()
    {
        await SetUndoAsync(120);
        foreach (var name in (string[])["a", "b", "c"])
            await AskAsync(name);
        await using var seat = await OpenAsync($"/review/{Id("c")}", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await ReadyAsync(seat, "c");
        await seat["approve"].ClickAsync();
        await seat.Page.WaitForURLAsync($"**/review/{Id("b")}");
        await ReadyAsync(seat, "b");

        await seat.Page.Locator("[data-act=undo]:visible").First.ClickAsync();

        await seat.Page.WaitForURLAsync($"**/review/{Id("c")}");
        await ReadyAsync(seat, "c");
        await seat.Page.ReloadAsync();
        await Expect(Card(seat, "c")).ToBeVisibleAsync();
        Assert.Empty(await App.Get<ScheduledDecisions>().ListAsync(Caller, Ct));
    }

    [Fact, Invariant(4)]
    public async Task An_edit_that_can_still_be_undone_is_what_is_shown_to_run()
    {
        await SetUndoAsync(120);
        var review = await AskAsync("a", """{"to":"ann","text":"hello"}""");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await ReadyAsync(seat, "a");
        var before = await seat["payload-fingerprint"].TextContentAsync();
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, """{"to":"bob","text":"hello"}""");
        await Expect(seat["approve"]).ToContainTextAsync("with edit");
        await seat["approve"].ClickAsync();

        await Expect(seat["scheduled"]).ToContainTextAsync("Approved");
        await Expect(seat["payload-fingerprint"]).Not.ToHaveTextAsync(before!);
        await Expect(Card(seat, "a").Locator(".payload-panel").First).ToContainTextAsync("bob");
        await Expect(Card(seat, "a").Locator(".payload-panel").First).Not.ToContainTextAsync("ann");
        await seat.Page.Locator("[data-act=undo-card]").ClickAsync();
        await Expect(seat["scheduled"]).ToHaveCountAsync(0);
        Assert.Equal(review.Payload, (await ReadAsync("a")).Payload);
    }

    [Fact]
    public async Task A_decision_outlives_the_browser_that_made_it()
    {
        await SetUndoAsync(2);
        await AskAsync("a");
        await using (var seat = await OpenAsync("/"))
        {
            await DecideByKeyAsync(seat, "a", "a");
            await Expect(seat["undo"]).ToBeVisibleAsync();
        }

        await WaitAsync("a", ReviewStatus.APPROVED);
    }

    [Fact]
    public async Task Without_single_keys_only_those_with_control_act()
    {
        var preferences = await App.Get<Preferences>().GetAsync(Caller, Ct);
        preferences.SingleKeys = false;
        await App.Get<Preferences>().SetAsync(Caller, preferences, Ct);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("a");
        await seat.Page.Keyboard.PressAsync("j");
        await seat.Page.Keyboard.PressAsync("Control+k");

        await Expect(seat["palette"]).ToBeVisibleAsync();
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
    }

    [Fact]
    public async Task Several_are_decided_only_after_the_table_that_shows_where_they_differ()
    {
        await AskAsync("a", """{"to":"ann","subject":"Hello"}""");
        await AskAsync("b", """{"to":"bob","subject":"Hello"}""");
        await AskAsync("c", """{"to":"cay\u200b","subject":"Hello"}""");
        await AskAsync("d", """{"to":"dan","subject":"Hello"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "d");

        await seat.Page.Keyboard.PressAsync("j");
        await seat.Page.Keyboard.PressAsync("x");
        await seat.Page.Keyboard.PressAsync("j");
        await seat.Page.Keyboard.PressAsync("j");
        await seat.Page.Keyboard.PressAsync("Shift+X");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("3 selected");
        // What has only just been drawn takes no key that decides.
        await seat.Page.Locator(".inbox:not([data-guarded])").WaitForAsync();
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(seat["compare-row"]).ToHaveCountAsync(3);
        var panel = seat["compare-panel"];
        await Expect(panel.Locator("thead")).ToContainTextAsync("to");
        await Expect(panel.Locator("thead")).Not.ToContainTextAsync("subject");
        await Expect(panel.Locator(".compare-same")).ToContainTextAsync("Hello");
        await Expect(panel.GetByTestId("payload-warning")).ToContainTextAsync("ZERO WIDTH SPACE", new() { IgnoreCase = true });
        // One that somebody else decides meanwhile is not decided here.
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), false)], Ct);
        await Expect(seat["approve-many"]).ToContainTextAsync("Approve 2");
        await seat["approve-many"].ClickAsync();

        await WaitAsync("a", ReviewStatus.APPROVED);
        await WaitAsync("c", ReviewStatus.APPROVED);
        Assert.Equal(ReviewStatus.REJECTED, (await ReadAsync("b")).Status);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("d")).Status);
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
    public async Task A_decision_on_its_way_shows_in_every_window_of_the_person()
    {
        await SetUndoAsync(120);
        await AskAsync("a");
        await using var one = await OpenAsync($"/review/{Id("a")}");
        await using var two = await OpenAsync($"/review/{Id("a")}");
        await Expect(two["approve"]).ToBeEnabledAsync();

        await one["reject"].ClickAsync();
        await Expect(two["scheduled"]).ToContainTextAsync("Rejected");
        await Expect(two["approve"]).ToHaveCountAsync(0);
        await two["undo"].ClickAsync();

        await Expect(one["approve"]).ToBeEnabledAsync();
    }

    [Fact]
    public async Task A_decision_that_comes_too_late_is_told_after_the_reader_has_gone_on()
    {
        await SetUndoAsync(3);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await DecideByKeyAsync(seat, "b", "a");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();

        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), false)], Ct);

        await Expect(seat["too-late"]).ToContainTextAsync("Your approval came too late");
        Assert.Equal(ReviewStatus.REJECTED, (await ReadAsync("b")).Status);
    }

    async Task DecideByKeyAsync(Seat seat, string name, string key)
    {
        await ReadyAsync(seat, name);
        await seat.Page.Keyboard.PressAsync(key);
    }
}
