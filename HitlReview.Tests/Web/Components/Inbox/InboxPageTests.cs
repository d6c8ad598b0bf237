using Bunit;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox, without a browser. A browser has the last word on what moves and what has the focus.</summary>
public sealed class InboxPageTests() : UiSpec(new SqliteStore())
{
    [Fact]
    public async Task A_review_that_is_asked_for_while_it_is_open_appears_by_itself()
    {
        var page = await OpenAsync();
        Assert.Contains("Nothing is waiting", page.Markup, StringComparison.Ordinal);

        await AskAsync("new");

        await page.WaitForAssertionAsync(() => Assert.Equal(["new"], Shown(page)), Recorded<int>.Patience);
        Assert.Equal("1 waiting", page.Find(".inbox-count").TextContent);
    }

    [Fact]
    public async Task On_a_wide_screen_the_newest_is_open_beside_the_list_and_stays_so_when_another_comes()
    {
        await AskAsync("a");
        await AskAsync("b");
        var page = await OpenAsync();

        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Recorded<int>.Patience);
        await AskAsync("c");

        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "b", "a"], Shown(page)), Recorded<int>.Patience);
        Assert.Equal("b", OpenCard(page));
    }

    [Fact]
    public async Task After_a_decision_the_next_one_is_shown_and_after_the_last_what_became_of_it()
    {
        await AskAsync("a");
        await AskAsync("b");
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Recorded<int>.Patience);

        await page.Find("[data-testid=approve]").ClickAsync();
        await page.WaitForAssertionAsync(() => Assert.Equal("a", OpenCard(page)), Recorded<int>.Patience);
        Assert.Contains("Approved", page.Find("[data-testid=last-decision]").TextContent, StringComparison.Ordinal);
        await page.Find("[data-testid=reject]").ClickAsync();

        await page.WaitForAssertionAsync(() => Assert.Contains("Rejected by you", page.Find("[data-testid=verdict]").TextContent, StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal("a", OpenCard(page));
        // The list hears of the decision by itself, after the card.
        await page.WaitForAssertionAsync(() => Assert.Contains("Nothing is waiting", page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);

        await AskAsync("c");
        await page.WaitForAssertionAsync(() => Assert.Equal("c", OpenCard(page)), Recorded<int>.Patience);
    }

    [Fact]
    public async Task Under_its_own_address_a_review_is_open_and_the_decision_goes_on_to_the_next_address()
    {
        await AskAsync("a");
        await AskAsync("b/1?");
        var page = await OpenAsync("b/1?");
        await page.WaitForAssertionAsync(() => Assert.Equal("b/1?", OpenCard(page)), Recorded<int>.Patience);

        await page.Find("[data-testid=approve]").ClickAsync();

        var nav = page.Services.GetRequiredService<NavigationManager>();
        await page.WaitForAssertionAsync(() => Assert.EndsWith("/review/a", nav.Uri, StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.EndsWith("/review/b%2F1%3F", page.Find("[data-testid=last-decision] a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_thirty_waiting_all_are_reachable_and_said_to_be_thirty()
    {
        for (var i = 0; i < 30; i++)
            await AskAsync($"r{i:00}");

        var page = await OpenAsync();

        Assert.Equal(30, Shown(page).Length);
        Assert.Equal("30 waiting", page.Find(".inbox-count").TextContent);
    }

    [Fact]
    public async Task A_failed_load_says_so_and_does_not_look_like_an_empty_inbox()
    {
        await AskAsync("a");
        await using (var db = Store.Db())
            await db.Database.EnsureDeletedAsync(Ct);
        var page = Window().Render<InboxPage>();

        await page.WaitForAssertionAsync(() => Assert.Contains("The inbox could not be loaded.", page.Find("[data-testid=load-problem]").TextContent, StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.DoesNotContain("Nothing is waiting", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("All clear", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_tells_values_from_our_words_and_shows_what_hides()
    {
        await AskAsync("a", payload: """{"x":1}""", instructions: "Approve me, I am harmless", graphExecId: "run-7");

        var page = await OpenAsync();

        var row = page.Find("[data-node-exec-id=a]").TextContent;
        Assert.Contains("Let an outside agent run", row, StringComparison.Ordinal);
        Assert.DoesNotContain("harmless", row, StringComparison.Ordinal);
    }

    async Task<IRenderedComponent<InboxPage>> OpenAsync(string? nodeExecId = null)
    {
        var page = Window().Render<InboxPage>(parameters => parameters.Add(p => p.NodeExecId, nodeExecId));
        await page.WaitForAssertionAsync(() => page.Find(".rows"), Recorded<int>.Patience);
        return page;
    }

    static Task WidenAsync(IRenderedComponent<InboxPage> page)
    {
        var list = page.FindComponent<InboxList>();
        return list.InvokeAsync(() => list.Instance.WideAsync(true));
    }

    static string[] Shown(IRenderedComponent<InboxPage> page) => [.. page.FindAll(".rows [data-node-exec-id]").Select(row => row.GetAttribute("data-node-exec-id")!)];

    static string? OpenCard(IRenderedComponent<InboxPage> page) => page.FindAll("article[data-testid=review-card]").SingleOrDefault()?.GetAttribute("data-node-exec-id");
}
