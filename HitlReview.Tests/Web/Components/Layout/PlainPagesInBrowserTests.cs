using System.Text.RegularExpressions;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Layout;

/// <summary>Pages without a circuit have what all have: the palette, the keys, and a word on whether the server answers.</summary>
public sealed class PlainPagesInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Theory]
    [InlineData("/account")]
    [InlineData("/account/keys")]
    [InlineData("/account/sessions")]
    public async Task The_palette_leads_away_from_a_page_of_forms(string path)
    {
        await using var seat = await OpenAsync(path);
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");

        await seat.Page.Keyboard.PressAsync("Control+k");
        await seat.Page.Keyboard.TypeAsync("graphs");
        await seat.Page.Keyboard.PressAsync("Enter");

        await seat.Page.WaitForURLAsync("**/graphs");
        await Expect(seat.Page.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_keys_lead_from_there_unless_they_were_switched_off()
    {
        await using var seat = await OpenAsync("/account/keys");
        await Expect(seat.Page.Locator("[data-single-keys=on]")).ToHaveCountAsync(1);
        await PressTogetherAsync(seat, "g", "e");
        await seat.Page.WaitForURLAsync("**/executions");

        var preferences = await App.Get<Preferences>().GetAsync(Caller, Ct);
        preferences.SingleKeys = false;
        await App.Get<Preferences>().SetAsync(Caller, preferences, Ct);
        await seat.Page.GotoAsync("/account/keys");
        await Expect(seat.Page.Locator("[data-single-keys=off]")).ToHaveCountAsync(1);
        await seat.Page.Keyboard.PressAsync("?");
        await Expect(seat["help"]).ToBeHiddenAsync();
        // Those with Ctrl always act.
        await seat.Page.Keyboard.PressAsync("Control+k");
        await Expect(seat["palette"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_server_that_answers_no_more_is_said_at_once_and_that_it_is_back()
    {
        await using var seat = await Browser.OpenAsync(App, Me);
        seat.FaultsExpected = true;
        await seat.Page.RouteAsync("**/account/stands*", route => route.AbortAsync());

        await seat.Page.GotoAsync("/account/keys");

        await Expect(seat["connection-state"]).ToHaveTextAsync(new Regex("Reconnecting|Offline"));
        await Expect(seat.Page.Locator("connection-notice")).ToContainTextAsync("What you have typed stands here still");
        await seat.Page.UnrouteAllAsync();
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await Expect(seat.Page.Locator("connection-notice")).ToBeEmptyAsync();
        await seat.Page.Context.SetOfflineAsync(true);
        await Expect(seat["connection-state"]).ToHaveTextAsync("Offline");
        await seat.Page.Context.SetOfflineAsync(false);
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
    }
}
