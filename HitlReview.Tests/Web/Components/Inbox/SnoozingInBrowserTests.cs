using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>Putting reviews aside, and finding them again; and what is noted about them.</summary>
public sealed class SnoozingInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task By_keys_one_is_put_aside_the_next_is_there_and_it_is_found_and_brought_back()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("s");
        await Expect(seat["aside"].GetByRole(AriaRole.Button, new() { Name = "1 hour" })).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("Enter");

        await ReadyAsync(seat, "a");
        await Expect(seat["snoozed-hint"]).ToContainTextAsync("1 is put aside.");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);

        await seat["snoozed-hint"].GetByRole(AriaRole.Link).ClickAsync();
        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(Row(seat, "a")).ToHaveCountAsync(0);
        await Row(seat, "b").Locator("[data-go]").ClickAsync();
        await Expect(seat["snoozed"]).ToContainTextAsync("Put aside until");
        await seat["bring-back"].ClickAsync();

        await Expect(seat["snoozed"]).ToHaveCountAsync(0);
        await seat.Page.GotoAsync("/");
        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(seat["snoozed-hint"]).ToHaveCountAsync(0);
        await seat.CheckAccessibilityAsync();
    }

    [Fact]
    public async Task What_was_put_aside_is_said_and_one_key_brings_it_back()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("s");
        await seat.Page.Keyboard.PressAsync("Enter");
        await ReadyAsync(seat, "a");
        await Expect(seat["undo-bar"]).ToContainTextAsync("Put aside until");
        await Expect(seat["undo"]).ToContainTextAsync("Bring it back");

        await seat.Page.Keyboard.PressAsync("u");

        await ReadyAsync(seat, "b");
        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(seat["undo-bar"]).ToBeEmptyAsync();
        await Expect(seat["snoozed-hint"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_later_decision_takes_the_place_of_what_was_put_aside()
    {
        await SetUndoAsync(120);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("s");
        await seat.Page.Keyboard.PressAsync("Enter");
        await ReadyAsync(seat, "a");
        await Expect(seat["undo-bar"]).ToContainTextAsync("Put aside until");

        await seat.Page.Keyboard.PressAsync("r");

        await Expect(seat["undo-bar"]).ToContainTextAsync("Rejected");
        await Expect(seat["undo-bar"]).Not.ToContainTextAsync("Put aside");
        await seat.Page.Keyboard.PressAsync("u");
        await ReadyAsync(seat, "a");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task The_next_key_is_not_about_what_was_put_aside()
    {
        await AskAsync("a");
        await AskAsync("b");
        var line = new HeldLine();
        await using var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.RouteWebSocketAsync(Circuit, line.Join);
        await seat.Page.GotoAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("s");
        await Expect(seat["aside"].GetByRole(AriaRole.Button, new() { Name = "1 hour" })).ToBeFocusedAsync();

        line.Hold();
        await seat.Page.Keyboard.PressAsync("Enter");
        await seat.Page.Keyboard.PressAsync("a");
        line.Release();

        await ReadyAsync(seat, "a");
        await Expect(seat["snoozed-hint"]).ToContainTextAsync("1 is put aside.");
        Assert.Equal([ReviewStatus.WAITING, ReviewStatus.WAITING], [(await ReadAsync("a")).Status, (await ReadAsync("b")).Status]);
    }

    [Fact]
    public async Task The_last_one_put_aside_leads_back_to_the_list_on_a_phone_and_says_so_beside_it()
    {
        await AskAsync("a");
        await using var phone = await OpenAsync($"/review/{Id("a")}", new() { ViewportSize = new() { Width = 390, Height = 800 } });
        await phone["aside"].Locator("summary").ClickAsync();
        await phone["aside"].GetByRole(AriaRole.Button, new() { Name = "1 hour" }).ClickAsync();
        await Expect(phone["snoozed-hint"]).ToBeVisibleAsync();

        await App.Get<Snoozes>().EndAsync(Caller, Id("a"), Ct);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");
        await seat.Page.Keyboard.PressAsync("s");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(seat["snoozed"]).ToBeInViewportAsync();
        await Expect(seat.Page.Locator("[data-shown] [data-title]")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_note_that_was_begun_is_there_again_when_its_writer_comes_back_to_the_review()
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "f");
        await seat["note"].FillAsync("half a thought");
        await Expect(seat["add-note"]).ToBeVisibleAsync();

        foreach (var name in (string[])["a", "f"])
        {
            await Row(seat, name).Locator("[data-go]").ClickAsync();
            await ReadyAsync(seat, name);
        }

        await Expect(seat["note"]).ToHaveValueAsync("half a thought");
    }

    [Fact]
    public async Task A_note_is_read_by_an_admin_at_once_and_is_hostile_text()
    {
        var ada = await NewPersonAsync(Roles.Admin);
        await AskAsync("a");
        await using var mine = await OpenAsync("/");
        await ReadyAsync(mine, "a");
        await using var admins = await Browser.OpenAsync(App, ada);
        await admins.Page.GotoAsync($"/review/{Id("a")}");
        await Expect(admins["notes"]).ToBeVisibleAsync();

        await mine["note"].FillAsync("<b>Who is ann?</b>\u202e");
        await mine["add-note"].ClickAsync();

        await Expect(mine["notes"].Locator(".note-text")).ToContainTextAsync("<b>Who is ann?</b>");
        await Expect(admins["notes"].Locator(".note-text")).ToContainTextAsync("<b>Who is ann?</b>");
        await Expect(admins["notes"]).ToContainTextAsync(Me.Email);
        await Expect(mine["note"]).ToHaveValueAsync("");
    }
}
