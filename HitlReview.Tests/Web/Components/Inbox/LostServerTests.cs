using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox when its server goes away and comes back.</summary>
public sealed class LostServerTests() : AppSpec(new SqliteStore())
{
    [Fact]
    public async Task A_lost_server_is_said_plainly_and_never_looks_like_an_empty_inbox()
    {
        var rosa = Cast.Rosa.Caller(Surface.Ui);
        await App.Get<OutsideAgents>().RequestAsync(rosa, new("a", "run", "tool", JsonText.EmptyObject), Ct);
        await using var seat = await Browser.OpenAsync(App, Cast.Rosa);
        seat.FaultsExpected = true;
        await seat.Page.GotoAsync("/");
        await Assertions.Expect(seat["approve"]).ToBeVisibleAsync();

        await App.DisposeAsync();

        await Assertions.Expect(seat["connection-state"]).Not.ToHaveTextAsync("Live");
        await Assertions.Expect(seat.Page.Locator("connection-notice")).Not.ToBeEmptyAsync();
        await Assertions.Expect(seat.Page.Locator(".rows")).ToContainTextAsync("Let somebody over the API run");
        await Assertions.Expect(seat["inbox-empty"]).ToHaveCountAsync(0);
    }
}
