using HitlReview.Tests.Support;
using HitlReview.Web.Hosting;

namespace HitlReview.Tests.Web.Components.Layout;

public sealed class OpenPagesInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
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

        await first.DisposeAsync();
        while (pages.IsFull(Me.Id))
            await Task.Yield();
        await second.Page.Locator("main a.button").ClickAsync();
        await Expect(second.Page.Locator("h1")).ToHaveTextAsync("Executions");
        await second.Page.Locator("html[data-connection=live]").WaitForAsync();
    }
}
