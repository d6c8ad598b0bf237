using Bunit;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Admin;

namespace HitlReview.Tests.Web.Components.Admin;

/// <summary>What an admin looks at first, without a browser.</summary>
public sealed class AdminOverviewTests() : UiSpec(new SqliteStore())
{
    [Fact]
    public async Task It_says_what_waits_what_was_decided_and_what_is_stuck_and_follows()
    {
        await AskAsync("a", owner: Cast.Ben.Caller());
        await AskAsync("b");
        await AskAsync("c");
        await DecideAsync("c", approved: false);
        await StartAsync();
        Store.Clock.Advance(TimeSpan.FromHours(1));

        var page = Window(Cast.Ada).Render<AdminOverviewPage>();

        await ShowsAsync(page, "waiting", "2");
        await ShowsAsync(page, "decided", "1");
        await ShowsAsync(page, "median", "0 ms");
        await ShowsAsync(page, "stuck", "1");
        Assert.Equal(
            ["ben@example.org", "rosa@example.org"],
            page.FindAll("[data-testid=waiting-for] th").Select(cell => cell.TextContent.Trim()));
        Assert.Contains("1 h ago: 0 approved, 1 rejected", page.FindAll(".hour-bars li").Select(bar => bar.GetAttribute("title")));

        Store.Clock.Advance(TimeSpan.FromSeconds(3));
        await DecideAsync("b");
        await ShowsAsync(page, "decided", "2");
    }

    [Fact, Invariant(1)]
    public async Task Who_is_no_admin_sees_nothing_of_it_even_past_the_pages_own_door()
    {
        await AskAsync("a");

        var page = Window(Cast.Rosa).Render<AdminOverviewPage>();

        await page.WaitForAssertionAsync(
            () => Assert.Contains("Only an admin", page.Find("[data-testid=load-problem]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Empty(page.FindAll("dd"));
    }

    static Task ShowsAsync(IRenderedComponent<AdminOverviewPage> page, string figure, string text) => page.WaitForAssertionAsync(
        () => Assert.Equal(text, page.Find($"[data-testid={figure}]").TextContent.Trim()), Recorded<int>.Patience);
}
