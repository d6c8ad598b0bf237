using Bunit;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Reviews;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox, without a browser. A browser has the last word on what moves and what has the focus.</summary>
public sealed class InboxPageTests() : UiSpec(new SqliteStore())
{
    static TimeSpan Patience => Recorded<int>.Patience;

    [Fact]
    public async Task A_review_that_is_asked_for_while_it_is_open_appears_by_itself()
    {
        var page = await OpenAsync();
        Assert.Contains("Nothing is waiting", page.Markup, StringComparison.Ordinal);

        await AskAsync("new");

        await page.WaitForAssertionAsync(() => Assert.Equal(["new"], Shown(page)), Patience);
        Assert.Equal("1 waiting", page.Find(".inbox-count").TextContent);
        Store.Clock.Advance(TimeSpan.FromSeconds(2));
        await page.WaitForAssertionAsync(() => Assert.Equal("(1) Inbox · HitlReview", Title(page)), Patience);
    }

    [Fact]
    public async Task With_all_put_aside_nobody_is_told_that_all_is_done_and_each_is_back_at_its_time()
    {
        await AskAsync("a");
        await AskAsync("b");
        await Store.Get<Snoozes>().SetAsync(Rosa, "a", TimeSpan.FromHours(1), Ct);
        await Store.Get<Snoozes>().SetAsync(Rosa, "b", TimeSpan.FromHours(4), Ct);
        var page = await OpenAsync();
        Assert.Empty(Shown(page));
        Assert.Contains("2 are put aside.", page.Find("[data-testid=snoozed-hint]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("All clear", page.Markup, StringComparison.Ordinal);

        Store.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        await page.WaitForAssertionAsync(() => Assert.Equal(["a"], Shown(page)), Patience);
        Store.Clock.Advance(TimeSpan.FromHours(3));
        await page.WaitForAssertionAsync(() => Assert.Equal(["b", "a"], Shown(page)), Patience);
        Assert.Empty(page.FindAll("[data-testid=snoozed-hint]"));
    }

    [Fact]
    public async Task On_a_wide_screen_the_newest_is_open_beside_the_list_and_stays_so_when_another_comes()
    {
        await AskAsync("a");
        await AskAsync("b");
        var page = await OpenAsync();
        Assert.Equal(["b"], Slots(page)); // The others once it is there.

        await WidenAsync(page);
        Assert.Equal(["b", "a"], Slots(page));
        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Patience);
        await AskAsync("c");

        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "b", "a"], Shown(page)), Patience);
        Assert.Equal("b", OpenCard(page));
    }

    [Fact]
    public async Task On_a_narrow_screen_the_list_comes_first_and_nothing_is_open()
    {
        await AskAsync("a");
        var page = await OpenAsync();

        await page.InvokeAsync(() => page.Instance.WideAsync(false));

        Assert.Empty(Slots(page));
        Assert.Equal(["a"], Shown(page));
    }

    [Fact]
    public async Task The_cards_around_the_current_one_are_drawn_ahead_and_follow_it_without_being_drawn_anew()
    {
        foreach (var id in new[] { "a", "b", "c", "d", "e", "f" })
            await AskAsync(id);
        var page = await OpenAsync();
        await WidenAsync(page);
        Assert.Equal(["f", "e", "d"], Slots(page));
        var before = page.FindComponents<ReviewCard>().Single(card => card.Instance.NodeExecId == "d").Instance;

        await page.InvokeAsync(() => page.Instance.Moved("d"));

        Assert.Equal(["d", "c", "b", "e"], Slots(page));
        await page.WaitForAssertionAsync(() => Assert.Equal("d", OpenCard(page)), Patience);
        Assert.Same(before, page.FindComponents<ReviewCard>().Single(card => card.Instance.IsCurrent).Instance);
        Assert.Equal("d", page.Find("[data-testid=review-row]").GetAttribute("data-node-exec-id"));
    }

    [Fact]
    public async Task A_change_of_the_list_draws_no_card_anew()
    {
        await AskAsync("a");
        var page = await OpenAsync();
        await page.WaitForAssertionAsync(() => Assert.Equal("a", OpenCard(page)), Patience);
        var card = page.FindComponent<ReviewCard>();
        var before = card.RenderCount;

        await AskAsync("b");
        await page.WaitForAssertionAsync(() => Assert.Equal(["b", "a"], Shown(page)), Patience);

        Assert.Equal(before, card.RenderCount);
        await PreferAsync(preferences => preferences.UndoSeconds = 17);
        await page.WaitForAssertionAsync(() => Assert.True(card.RenderCount > before), Patience);
    }

    [Fact]
    public async Task What_can_not_be_decided_any_more_is_not_drawn_ahead()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await AskAsync(id);
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.InvokeAsync(() => page.Instance.AtRestAsync(false));

        await DecideAsync("b");

        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "a"], Slots(page)), Patience);
        Assert.Equal(["c", "b", "a"], Shown(page));
    }

    [Fact]
    public async Task A_reader_who_has_come_to_rest_finds_the_review_in_the_address_and_stays_where_they_are()
    {
        await AskAsync("a");
        await AskAsync("b/1?");
        var page = await OpenAsync("/?sort=oldest");
        await WidenAsync(page);
        await page.InvokeAsync(() => page.Instance.Moved("b/1?"));
        Assert.EndsWith("/?sort=oldest", Address(page), StringComparison.Ordinal);

        Assert.Null(await page.InvokeAsync(() => page.Instance.Rested("a")));
        Assert.Equal(
            [Address(page), "http://localhost/review/b%2F1%3F?sort=oldest"],
            (await page.InvokeAsync(() => page.Instance.Rested("b/1?")))!);

        await GoAsync(page, "/review/b%2F1%3F?sort=oldest");
        await page.WaitForAssertionAsync(() => Assert.Equal("b/1?", OpenCard(page)), Patience);
    }

    [Fact]
    public async Task An_address_that_follows_a_reader_who_has_gone_on_does_not_take_them_back()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await AskAsync(id);
        var page = await OpenAsync();
        await WidenAsync(page);
        Assert.Equal("c", OpenCard(page));

        var follows = await page.InvokeAsync(() => page.Instance.Rested("c"));
        await page.InvokeAsync(() => page.Instance.Moved("b"));
        await GoAsync(page, follows![1]);

        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Patience);
    }

    [Fact]
    public async Task Under_its_own_address_a_review_is_open_beside_the_list()
    {
        await AskAsync("a");
        await AskAsync("b/1?");

        var page = await OpenAsync("/review/b%2F1%3F");

        await page.WaitForAssertionAsync(() => Assert.Equal("b/1?", OpenCard(page)), Patience);
        Assert.Equal(["b/1?", "a"], Shown(page));
        Assert.Equal("/", page.Find(".inbox-back").GetAttribute("href"));
    }

    [Fact]
    public async Task Going_to_another_address_leads_to_its_review()
    {
        await AskAsync("a");
        await AskAsync("b");
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Patience);

        await GoAsync(page, "/review/a");

        await page.WaitForAssertionAsync(() => Assert.Equal("a", OpenCard(page)), Patience);
    }

    [Fact]
    public async Task After_the_last_decision_the_card_says_what_became_of_it_and_the_list_that_nothing_waits()
    {
        await PreferAsync(p => p.UndoSeconds = 0);
        await AskAsync("a");
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("a", OpenCard(page)), Patience);

        await PressAsync(page, "[data-testid=reject]");

        await page.WaitForAssertionAsync(
            () => Assert.Contains("Rejected by you", page.Find("[data-testid=verdict]").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("a", OpenCard(page));
        await page.WaitForAssertionAsync(
            () => Assert.Contains("All clear", page.Find(".inbox-clear").TextContent, StringComparison.Ordinal), Patience);
        await page.WaitForAssertionAsync(
            () => Assert.Contains("nothing waiting", page.Find(".inbox-count").TextContent, StringComparison.Ordinal), Patience);
        Store.Clock.Advance(TimeSpan.FromSeconds(2));
        await page.WaitForAssertionAsync(() => Assert.Equal("Inbox · HitlReview", Title(page)), Patience);
    }

    [Fact]
    public async Task A_decision_counts_down_in_its_row_and_in_the_bar_and_is_undone_from_there()
    {
        await AskAsync("a");
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("a", OpenCard(page)), Patience);

        await PressAsync(page, "[data-testid=approve]");

        var due = Time.Iso(Store.Clock.GetUtcNow().AddSeconds(5));
        await page.WaitForAssertionAsync(
            () => Assert.Equal(due, page.Find("[data-testid=undo-bar] count-down").GetAttribute("datetime")), Patience);
        Assert.Equal(due, page.Find("li[data-node-exec-id=a] count-down").GetAttribute("datetime"));
        Assert.False(page.Find("li[data-node-exec-id=a]").HasAttribute("data-decidable"));
        Assert.Equal("1 waiting", page.Find(".inbox-count").TextContent);
        await PressAsync(page, "[data-testid=undo]");

        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll("[data-testid=undo]")), Patience);
        await page.WaitForAssertionAsync(() => page.Find("[data-testid=approve]"), Patience);
        Assert.True(page.Find("li[data-node-exec-id=a]").HasAttribute("data-decidable"));
    }

    [Fact]
    public async Task How_long_a_decision_can_be_undone_follows_the_preferences_at_once()
    {
        await AskAsync("a");
        var page = await OpenAsync();
        await WidenAsync(page);
        Assert.Equal(TimeSpan.FromSeconds(5), page.FindComponent<ReviewCard>().Instance.UndoWindow);

        await PreferAsync(p => p.UndoSeconds = 120);

        await page.WaitForAssertionAsync(
            () => Assert.Equal(TimeSpan.FromSeconds(120), page.FindComponent<ReviewCard>().Instance.UndoWindow), Patience);
    }

    [Fact]
    public async Task With_thirty_waiting_all_are_in_the_list_and_said_to_be_thirty()
    {
        for (var i = 0; i < 30; i++)
            await AskAsync($"r{i:00}");

        var page = await OpenAsync();
        await ScrollAsync(page, 0, 30 * InboxRows.RowHeight);

        Assert.Equal(Enumerable.Range(0, 30).Reverse().Select(i => $"r{i:00}"), Shown(page));
        Assert.Equal("30 waiting", page.Find(".inbox-count").TextContent);
    }

    [Fact]
    public async Task Of_a_long_list_only_what_is_on_the_screen_is_drawn_and_the_rest_keeps_its_room()
    {
        for (var i = 0; i < 200; i++)
            await AskAsync($"r{i:000}");
        var page = await OpenAsync();

        await ScrollAsync(page, 100 * InboxRows.RowHeight, 900);

        Assert.Contains("r099", Shown(page));
        Assert.InRange(Shown(page).Length, 12, 60);
        Assert.Equal(
            200 * InboxRows.RowHeight,
            Height(page, "data-before") + Shown(page).Length * InboxRows.RowHeight + Height(page, "data-after"));
    }

    [Fact]
    public async Task While_the_reader_is_in_the_list_new_ones_are_counted_on_a_button_and_come_in_with_it()
    {
        await AskAsync("a");
        var page = await OpenAsync();
        await page.InvokeAsync(() => page.Instance.AtRestAsync(false));

        await AskAsync("b");
        await AskAsync("c");

        await page.WaitForAssertionAsync(() => Assert.Equal("2 new", page.Find("[data-testid=new-reviews]").TextContent.Trim()), Patience);
        Assert.Equal(["a"], Shown(page));
        Assert.Equal("3 waiting", page.Find(".inbox-count").TextContent);
        await PressAsync(page, "[data-testid=new-reviews]");
        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "b", "a"], Shown(page)), Patience);
        Assert.Empty(page.FindAll("[data-testid=new-reviews]"));
    }

    [Fact]
    public async Task The_filter_of_the_address_narrows_the_list_and_its_count_and_is_taken_off_again()
    {
        await AskAsync("a", payload: """{"to":"ann"}""");
        await AskAsync("b", payload: """{"to":"bob"}""");

        var page = await OpenAsync("/?q=bob&editable=yes");

        Assert.Equal(["b"], Shown(page));
        Assert.Equal("1 found", page.Find(".inbox-count").TextContent);
        Assert.Equal("Inbox · HitlReview", Title(page));
        Assert.Equal("bob", page.Find("[data-testid=search]").GetAttribute("value"));
        await PressAsync(page, ".filter-chips button");
        Assert.EndsWith("/?q=bob", Address(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_searched_for_goes_into_the_address_after_a_pause()
    {
        var page = await OpenAsync();

        var typing = page.InvokeAsync(() => page.Find("[data-testid=search]").InputAsync("an"));
        var more = page.InvokeAsync(() => page.Find("[data-testid=search]").InputAsync("ann"));
        Assert.EndsWith("/", Address(page), StringComparison.Ordinal);
        Store.Clock.Advance(TimeSpan.FromMilliseconds(200));
        await Task.WhenAll(typing, more);

        Assert.EndsWith("/?q=ann", Address(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("filter-block", ReviewFilter.AgentBlock, "/?block=agent")]
    [InlineData("filter-agent", "key-rosa", "/?agent=key-rosa")]
    [InlineData("filter-agent", ReviewFilter.NoKey, "/?agent=none")]
    [InlineData("filter-age", "over-1d", "/?age=over-1d")]
    [InlineData("filter-editable", "no", "/?editable=no")]
    [InlineData("sort", "oldest", "/?sort=oldest")]
    [InlineData("group", "execution", "/?group=execution")]
    public async Task A_choice_goes_into_the_address(string field, string choice, string address)
    {
        await AskAsync("a", owner: Rosa with { Key = new("key-rosa", "deploy agent", KeyMay.ask) });
        var page = await OpenAsync();
        await page.WaitForAssertionAsync(
            () => Assert.Contains(choice, page.FindAll($"[data-testid={field}] option").Select(option => option.GetAttribute("value"))),
            Patience);

        await page.InvokeAsync(() => page.Find($"[data-testid={field}]").ChangeAsync(choice));

        Assert.EndsWith(address, Address(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_address_shows_another_list()
    {
        await AskAsync("a");
        await AskAsync("b");
        await DecideAsync("a");
        var page = await OpenAsync();
        Assert.Equal(["b"], Shown(page));
        Assert.Equal("page", page.Find("[data-testid=tab-waiting]").GetAttribute("aria-current"));

        await GoAsync(page, "/decided");

        await page.WaitForAssertionAsync(() => Assert.Equal(["a"], Shown(page)), Patience);
        Assert.Equal("1 decided", page.Find(".inbox-count").TextContent);
        Assert.Equal("page", page.Find("[data-testid=tab-decided]").GetAttribute("aria-current"));
        await page.WaitForAssertionAsync(() => Assert.Equal("Decided · HitlReview", Title(page)), Patience);
        Assert.Empty(page.FindAll("[data-select]"));
    }

    [Fact]
    public async Task The_decided_say_how_and_what_happened_then()
    {
        await AskAsync("a");
        await DecideAsync("a", approved: false, message: "Not like this");

        var page = await OpenAsync("/decided");

        var row = page.Find("[data-node-exec-id=a]").TextContent;
        Assert.Contains("Rejected", row, StringComparison.Ordinal);
        Assert.Contains("Not like this", row, StringComparison.Ordinal);
    }

    [Fact, Invariant(11)]
    public async Task A_row_says_which_agent_asks_and_with_which_key_was_decided()
    {
        await AskAsync("a", "run-a", owner: Rosa with { Key = new("key-rosa", "deploy agent", KeyMay.ask) });
        await AskAsync("b", "run-b");
        var waiting = await OpenAsync();
        Assert.Contains("By the agent “deploy agent”", waiting.Find("[data-node-exec-id=a]").TextContent, StringComparison.Ordinal);
        Assert.Contains("By somebody over the API", waiting.Find("[data-node-exec-id=b]").TextContent, StringComparison.Ordinal);

        await Deciding.DecideAsync(Rosa with { Key = new("deciding-key-rosa", "ci-bot", KeyMay.decide) }, [new("a", false)], Ct);

        var decided = await OpenAsync("/decided");
        Assert.Contains("Rejected with the key ci-bot", decided.Find("[data-node-exec-id=a]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_found_is_not_said_to_be_nothing_waiting()
    {
        await AskAsync("a");

        var page = await OpenAsync("/?q=nowhere");

        Assert.Contains("Nothing", page.Find("[data-testid=inbox-empty] span").TextContent, StringComparison.Ordinal);
        Assert.Equal("/", page.Find("[data-testid=inbox-empty] a").GetAttribute("href"));
        Assert.DoesNotContain("Nothing is waiting", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_selected_is_compared_on_request_and_stays_selected_when_one_goes_back()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await AskAsync(id);
        var page = await OpenAsync();
        Assert.Empty(page.FindAll("[data-testid=bulk-bar]"));

        await page.InvokeAsync(() => page.Instance.SelectAsync("a", true, null));
        await page.InvokeAsync(() => page.Instance.SelectAsync("c", true, "a"));
        Assert.Contains("3 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Instance.SelectAsync("b", false, null));
        Assert.Contains("2 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        await PressAsync(page, "[data-testid=compare]");

        await page.WaitForAssertionAsync(
            () => Assert.Equal(
                ["c", "a"],
                page.FindAll("[data-testid=compare-row]").Select(row => row.GetAttribute("data-node-exec-id"))
                    .OrderDescending(StringComparer.Ordinal)),
            Patience);
        Assert.Empty(page.FindAll("[data-testid=bulk-bar]"));
        await page.InvokeAsync(page.Instance.CompareEnd);
        Assert.Empty(page.FindAll("[data-testid=compare-panel]"));
        Assert.Contains("2 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(page.Instance.SelectedNone);
        Assert.Empty(page.FindAll("[data-testid=bulk-bar]"));
    }

    [Fact]
    public async Task A_tick_selects_its_review_and_a_group_can_be_selected_whole_or_put_away()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-1");
        await AskAsync("c", "run-2");
        var page = await OpenAsync("/?group=execution");

        await page.InvokeAsync(() => page.Find("[data-node-exec-id=c] [data-select]").ChangeAsync(true));
        Assert.Contains("1 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("[data-testid=select-group]")[1].ClickAsync());
        Assert.Contains("3 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll(".row-toggle")[1].ClickAsync());

        Assert.Contains("1 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal);
        Assert.Equal(["c"], Shown(page));
        Assert.Equal(["true", "false"], page.FindAll(".row-toggle").Select(toggle => toggle.GetAttribute("aria-expanded")));
        Assert.Single(page.FindAll("[data-testid=select-group]"));
    }

    [Fact]
    public async Task All_that_was_searched_for_can_be_selected_and_never_all_that_waits()
    {
        await AskAsync("a", payload: """{"to":"ann"}""");
        await AskAsync("b", payload: """{"to":"bob"}""");
        await AskAsync("c", payload: """{"to":"ann"}""");
        var page = await OpenAsync();
        Assert.Empty(page.FindAll("[data-testid=select-found]"));

        await GoAsync(page, "/?q=ann");
        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "a"], Shown(page)), Patience);
        await PressAsync(page, "[data-testid=select-found]");

        await page.WaitForAssertionAsync(
            () => Assert.Contains("2 selected", page.Find("[data-testid=bulk-bar]").TextContent, StringComparison.Ordinal), Patience);
        Assert.All(page.FindAll("[data-select]"), tick => Assert.True(tick.HasAttribute("checked")));
    }

    [Fact]
    public async Task A_decision_that_came_too_late_is_told_with_the_reason_and_the_way_to_the_review_until_it_is_put_away()
    {
        await AskAsync("a");
        var page = await OpenAsync();
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [new("a", true)], TimeSpan.FromSeconds(5), Ct);
        await DecideAsync("a", approved: false);
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);

        await page.WaitForAssertionAsync(
            () => Assert.Contains("already rejected", page.Find("[data-testid=too-late]").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("/review/a", page.Find("[data-testid=too-late] a").GetAttribute("href"));
        await PressAsync(page, "[data-testid=too-late] button");
        Assert.Empty(page.FindAll("[data-testid=too-late]"));
    }

    [Fact]
    public async Task A_refusal_of_a_card_that_the_reader_has_left_is_told_on_the_page()
    {
        await AskAsync("a");
        await AskAsync("b");
        var page = await OpenAsync();
        await WidenAsync(page);
        await page.WaitForAssertionAsync(() => Assert.Equal("b", OpenCard(page)), Patience);

        var press = page.InvokeAsync(() => page.Find("[data-testid=reject]").TriggerEventAsync(
            "onpress", new PressEventArgs { Shown = "something else" }));
        await page.InvokeAsync(() => page.Instance.Moved("a"));
        await press;

        await page.WaitForAssertionAsync(
            () => Assert.Contains(
                "has changed since it was shown", page.Find("[data-testid=too-late]").TextContent, StringComparison.Ordinal),
            Patience);
        Assert.Equal("/review/b", page.Find("[data-testid=too-late] a").GetAttribute("href"));
    }

    [Fact]
    public async Task A_failed_load_says_so_and_does_not_look_like_an_empty_inbox()
    {
        await AskAsync("a");
        await using (var db = Store.Db())
            await db.Database.EnsureDeletedAsync(Ct);
        var page = Window().Render<InboxPage>();

        await page.WaitForAssertionAsync(
            () => Assert.Contains(
                "The inbox could not be loaded.",
                page.Find("[data-testid=load-problem]").TextContent,
                StringComparison.Ordinal),
            Patience);
        Assert.DoesNotContain("Nothing is waiting", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("All clear", page.Markup, StringComparison.Ordinal);
        // What must hold after each test is looked for in it.
        await using (var db = Store.Db())
            await db.Database.MigrateAsync(Ct);
    }

    [Theory, Invariant(10)]
    [InlineData("/?q=%00"), InlineData("/?execution=%00&node=%00&graph=%00&block=%00"), InlineData("/?q=%ED%A0%BD")]
    [InlineData("/?group=99&sort=%00&age=never&editable=maybe&decided=7")]
    public async Task An_address_of_nonsense_opens_an_inbox(string address)
    {
        var page = await OpenAsync(address);

        Assert.Empty(page.FindAll("[data-testid=load-problem]"));
    }

    [Fact]
    public async Task A_row_tells_values_from_our_words_and_shows_what_hides_and_nothing_that_the_agent_says()
    {
        await AskAsync("a", payload: """{"x":"\u202Eann"}""", instructions: "Approve me, I am harmless", graphExecId: "run-7");

        var page = await OpenAsync();

        var row = page.Find("[data-node-exec-id=a]");
        Assert.Contains("Let somebody over the API run", row.TextContent, StringComparison.Ordinal);
        Assert.Equal("tool", row.QuerySelector(".row-action .input")?.TextContent);
        Assert.DoesNotContain("harmless", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_says_what_is_special_about_its_review()
    {
        await AskAsync("a", editable: false);
        await AskAsync("b");
        await Store.Get<Drafts>().SaveAsync(Rosa, "b", null, "hm", "hash", 0, Ct);

        var page = await OpenAsync();

        await page.WaitForAssertionAsync(() => Assert.Equal(["Draft", "1 more like it"], Chips(page, "b")), Patience);
        Assert.Equal(["Not editable", "1 more like it"], Chips(page, "a"));
    }

    async Task<IRenderedComponent<InboxPage>> OpenAsync(string address = "/")
    {
        var window = Window();
        var nav = window.Services.GetRequiredService<NavigationManager>();
        nav.NavigateTo(address);
        IRenderedComponent<InboxPage>? page = null;
        // As the router does it, which is there before the page and so hears of an address first.
        nav.LocationChanged += (_, _) => page?.Render(parameters => parameters.Add(p => p.NodeExecId, NamedIn(nav)));
        page = window.Render<InboxPage>(parameters => parameters.Add(p => p.NodeExecId, NamedIn(nav)));
        await page.WaitForAssertionAsync(() => page.Find(".rows, [data-testid=load-problem]"), Patience);
        return page;
    }

    static string? NamedIn(NavigationManager nav) =>
        new Uri(nav.Uri).AbsolutePath.Split('/') is [_, "review" or "decided", var id] ? Uri.UnescapeDataString(id) : null;

    static Task GoAsync(IRenderedComponent<InboxPage> page, string address) =>
        page.InvokeAsync(() => page.Services.GetRequiredService<NavigationManager>().NavigateTo(address));

    async Task PreferAsync(Action<UserPreferences> change)
    {
        var preferences = await Store.Get<Preferences>().GetAsync(Rosa, Ct);
        change(preferences);
        await Store.Get<Preferences>().SetAsync(Rosa, preferences, Ct);
    }

    static Task WidenAsync(IRenderedComponent<InboxPage> page) => page.InvokeAsync(() => page.Instance.WideAsync(true));

    static Task ScrollAsync(IRenderedComponent<InboxPage> page, int top, int height) =>
        page.InvokeAsync(() => page.Instance.ScrolledAsync(top, height));

    // On the page's own thread, so that it isn't drawn anew between the look for the button and the press.
    static Task PressAsync(IRenderedComponent<InboxPage> page, string selector) => page.InvokeAsync(() => page.Find(selector).PressAsync());

    static string Title(IRenderedComponent<InboxPage> page)
    {
        using var head = new BunitContext();
        return head.Render(page.FindComponent<PageTitle>().Instance.ChildContent!).Markup;
    }

    static string Address(IRenderedComponent<InboxPage> page) => page.Services.GetRequiredService<NavigationManager>().Uri;

    static string[] Shown(IRenderedComponent<InboxPage> page) =>
        [.. page.FindAll(".rows [data-node-exec-id]").Select(row => row.GetAttribute("data-node-exec-id")!)];

    static string[] Slots(IRenderedComponent<InboxPage> page) =>
        [.. page.FindAll(".card-slot").Select(slot => slot.GetAttribute("data-slot")!)];

    static string[] Chips(IRenderedComponent<InboxPage> page, string id) =>
        [.. page.FindAll($"[data-node-exec-id={id}] .row-chip").Select(chip => chip.TextContent)];

    static int Height(IRenderedComponent<InboxPage> page, string spacer) =>
        (int)(16 * decimal.Parse(
            page.Find($"[{spacer}]").GetAttribute("style")!.Where(c => char.IsAsciiDigit(c) || c == '.').ToArray(),
            System.Globalization.CultureInfo.InvariantCulture));

    static string? OpenCard(IRenderedComponent<InboxPage> page) =>
        page.FindAll("article[data-testid=review-card]").SingleOrDefault()?.GetAttribute("data-node-exec-id");
}
