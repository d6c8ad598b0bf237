using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Hosting;

namespace HitlReview.Tests.Web.Components.Layout;

public sealed class OpenPagesInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    /// <summary>Longer than a page waits for its connection.</summary>
    const int Patience = 21_000;

    [Theory]
    [InlineData("/admin/people")]
    [InlineData("/admin/people/{me}")]
    [InlineData("/account")]
    [InlineData("/account/keys")]
    [InlineData("/account/passkeys")]
    [InlineData("/account/sessions")]
    public async Task A_page_of_forms_has_no_connection_and_never_says_that_it_has_lost_one(string path)
    {
        await BecomeAsync(Roles.Admin);
        await using var seat = await OpenUnconnectedAsync(path.Replace("{me}", Me.Id, StringComparison.Ordinal));

        await seat.Page.Clock.FastForwardAsync(Patience);

        await Expect(seat.Page.Locator("connection-notice")).ToHaveCountAsync(1);
        await Expect(seat.Page.Locator("connection-notice")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_page_whose_connection_never_came_says_so()
    {
        await using var seat = await OpenUnconnectedAsync("/executions");

        await seat.Page.Clock.FastForwardAsync(Patience);

        await Expect(seat.Page.Locator("connection-notice")).ToContainTextAsync("No connection");
    }

    /// <summary>Opens a page whose clock the test drives, and whose way to the server is closed once it is there.</summary>
    async Task<Seat> OpenUnconnectedAsync(string path)
    {
        var seat = await Browser.OpenAsync(App, Me);
        seat.FaultsExpected = true;
        await seat.Page.Clock.InstallAsync();
        await seat.Page.RouteAsync("**/_blazor/**", route => route.AbortAsync());
        await seat.Page.GotoAsync(path);
        return seat;
    }

    [Fact]
    public async Task A_page_too_many_says_so_and_opens_once_another_is_closed()
    {
        var pages = App.Get<Quotas>().OpenPages;
        await using var first = await OpenAsync("/executions");
        await first.Page.Locator("html[data-connection=live]").WaitForAsync();
        Assert.Equal(1, pages.Count(Me.Id));
        while (pages.TryTake(Me.Id) is not null)
        {
        }

        await using var second = await OpenAsync("/executions");
        second.FaultsExpected = true; // The browser tells of every 429.
        await Expect(second.Page.Locator("h1")).ToHaveTextAsync("Too many open pages");
        await second.CheckAccessibilityAsync();

        // A page that is left says so; of one that is torn away the server keeps the place for three minutes.
        await first.Page.GotoAsync("about:blank");
        while (pages.IsFull(Me.Id))
            await Task.Delay(5, Ct);
        await second.Page.Locator("main a.button").ClickAsync();
        await Expect(second.Page.Locator("h1")).ToHaveTextAsync("Executions");
        await second.Page.Locator("html[data-connection=live]").WaitForAsync();
    }
}
