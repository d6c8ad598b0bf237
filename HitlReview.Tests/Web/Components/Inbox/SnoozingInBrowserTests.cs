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
    public async Task With_all_put_aside_nobody_is_told_that_all_is_done_and_one_comes_back_at_its_time()
    {
        await AskAsync("a");
        await App.Get<Snoozes>().SetAsync(Caller, Id("a"), TimeSpan.FromSeconds(4), Ct);
        await using var seat = await OpenAsync("/");

        await Expect(seat["snoozed-hint"]).ToContainTextAsync("1 is put aside.");
        await Expect(seat.Page.Locator(".inbox-clear")).Not.ToContainTextAsync("All clear");

        await ReadyAsync(seat, "a");
        await Expect(seat["snoozed-hint"]).ToHaveCountAsync(0);
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
