using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using HitlReview.Core.Accounts;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The inbox in a real browser: what appears, what keeps its place, what two people see.</summary>
public sealed class InboxInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task A_review_appears_in_the_open_inbox_without_a_reload_and_is_approved_there()
    {
        await using var seat = await OpenAsync("/");
        await Expect(seat["inbox-empty"]).ToBeVisibleAsync();
        await seat.Page.EvaluateAsync("window.stillHere = true");
        var requests = new Recorded<string>();
        seat.Page.Request += (_, request) => requests.Add(request.Url);

        await AskAsync("a", """{"data":"tidy up","command":"rm -rf /"}""");
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        // The icon of the tab the browser fetches whenever it gets round to it.
        Assert.DoesNotContain(requests.All, url => !url.Contains("/icon.", StringComparison.Ordinal));
        await Row(seat, "a").ClickAsync();
        await Expect(Card(seat, "a")).ToContainTextAsync("tidy up");
        await Expect(Card(seat, "a")).ToContainTextAsync("rm -rf /");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        Assert.True(await seat.Page.EvaluateAsync<bool>("window.stillHere"));
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task Who_wants_to_be_told_hears_and_reads_of_a_new_review_and_a_foreign_name_reorders_nothing()
    {
        await App.Get<Preferences>().SetAsync(Caller, new() { UserId = Me.Id, Notifies = true, Sounds = true }, Ct);
        await using var seat = await Browser.OpenAsync(App, Me);
        // Of the desktop and the loudspeaker: what they are told.
        await seat.Page.AddInitScriptAsync("""
            const tell = what => document.documentElement.dataset.told = (document.documentElement.dataset.told ?? "") + what
            const make = AudioContext.prototype.createOscillator
            AudioContext.prototype.createOscillator = function () { tell("chime; "); return make.call(this) }
            window.Notification = class { static permission = "granted"; constructor(title, { body }) { tell(`${title}: ${body}`) } }
            Object.defineProperty(document, "visibilityState", { get: () => "hidden" })
            """);
        await seat.Page.GotoAsync("/");
        await Expect(seat["inbox-empty"]).ToBeVisibleAsync();

        await Agents.RequestAsync(Caller, new(Id("a"), Id("run"), "שלח", JsonText.Parse("{}", "payload")), Ct);

        await Expect(seat.Page.Locator("html"))
            .ToHaveAttributeAsync("data-told", "chime; 1 waiting: Let somebody over the API run “\u2068שלח\u2069”");
    }

    [Fact]
    public async Task What_comes_in_is_held_back_while_the_pointer_is_in_the_list_and_comes_in_once_it_leaves()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await HoverAsync(seat, "a");
        var before = await Row(seat, "a").BoundingBoxAsync();

        await AskAsync("c");
        await Expect(seat["new-reviews"]).ToHaveTextAsync("1 new");

        Assert.Equal(before!.Y, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
        await Assertions.Expect(seat.Page).ToHaveTitleAsync(new Regex(@"^\(3\)"));
        await seat["search"].HoverAsync();
        await Expect(Row(seat, "c")).ToBeInViewportAsync();
        await Expect(seat["new-reviews"]).ToHaveCountAsync(0);
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_row_that_ends_elsewhere_says_so_and_holds_its_place_until_the_pointer_leaves()
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        await using var seat = await OpenAsync("/");
        await Expect(Card(seat, "c")).ToBeVisibleAsync();
        await HoverAsync(seat, "a");
        var before = await Row(seat, "a").BoundingBoxAsync();

        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), true)], Ct);

        await Expect(Row(seat, "b")).ToContainTextAsync("Approved");
        Assert.Equal(before!.Y, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
        await seat["search"].HoverAsync();
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("a"), InlineData("b")]
    public async Task A_row_that_ends_before_the_server_has_heard_of_the_pointer_moves_nothing_below_it(string pointedAt)
    {
        await AskAsync("a");
        await AskAsync("b");
        await AskAsync("c");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");
        // From here on its words are on their way.
        await seat.Page.EvaluateAsync("void (document.querySelector('review-inbox').inbox.bridge.tell = () => new Promise(() => {}))");
        await Row(seat, pointedAt).HoverAsync();
        var before = await Row(seat, "a").BoundingBoxAsync();

        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), true)], Ct);

        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
        Assert.Equal(before!.Y, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
        await seat["search"].HoverAsync();
        await seat.Page.WaitForFunctionAsync("() => document.querySelector('[data-list]').style.paddingTop === ''");
        Assert.Equal(before.Y - before.Height, (await Row(seat, "a").BoundingBoxAsync())!.Y, tolerance: 0.5f);
    }

    [Fact]
    public async Task A_new_review_takes_neither_the_focus_nor_what_is_being_typed()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await seat["review-message"].ClickAsync();
        await seat.Page.Keyboard.TypeAsync("Half a sen");

        await AskAsync("b");
        await Expect(Row(seat, "b")).ToHaveCountAsync(1);
        await seat.Page.Keyboard.TypeAsync("tence");

        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(seat["review-message"]).ToBeFocusedAsync();
        await Expect(seat["review-message"]).ToHaveValueAsync("Half a sentence");
    }

    [Fact]
    public async Task All_of_many_waiting_reviews_are_reached_by_scrolling_with_a_page_of_rows_in_the_browser()
    {
        var requests = Enumerable.Range(0, 1_500)
            .Select(i => new ReviewRequest(Id($"r{i:0000}"), Id("run"), "tool", JsonText.Parse("{}", "payload")));
        foreach (var request in requests)
            await Agents.RequestAsync(Caller, request, Ct);
        await using var seat = await OpenAsync("/");
        await Expect(seat.Page.Locator(".inbox-count")).ToHaveTextAsync("1,500 waiting");
        await Expect(Row(seat, "r1499")).ToBeInViewportAsync();

        foreach (var (share, name) in new[] { (0.5, "r0750"), (1.0, "r0000"), (0.1, "r1350"), (0.0, "r1499") })
        {
            await seat["rows"].EvaluateAsync("(rows, share) => rows.scrollTo(0, share * 1500 * 78 - (share === 1 ? 0 : 100))", share);
            await Expect(Row(seat, name)).ToBeInViewportAsync();
            Assert.InRange(await seat.Page.Locator(".rows > li").CountAsync(), 8, 60);
        }
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task While_the_inbox_loads_nothing_that_is_seen_moves(int width)
    {
        for (var i = 0; i < 20; i++)
            await Agents.RequestAsync(Caller, new(Id($"r{i}"), Id("run"), "tool", JsonText.Parse("""{"subject":"Quarterly figures"}""", "payload")), Ct);
        await using var seat = await Browser.OpenAsync(App, Me, new() { ViewportSize = new() { Width = width, Height = 800 } });
        await seat.Page.AddInitScriptAsync("""
            // While the page itself is still being read, a part of it may settle by a hair: no more than a five-hundredth of the screen, as browsers reckon it.
            new PerformanceObserver(seen => seen.getEntries().filter(shift => shift.value > 0.002).forEach(shift => document.documentElement.dataset.moved =
              `${document.documentElement.dataset.moved ?? ""} ${shift.value} ${shift.sources.map(source => source.node?.outerHTML?.slice(0, 80))}`)).observe({ type: "layout-shift", buffered: true })
            """);
        await seat.Page.GotoAsync("/");

        // What comes last: the count of those alike.
        await Expect(Row(seat, "r19")).ToContainTextAsync("more like it");
        await seat.Page.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        Assert.Null(await seat.Page.Locator("html").GetAttributeAsync("data-moved"));
    }

    [Fact]
    public async Task Who_switches_notifications_on_is_asked_by_the_browser()
    {
        await using var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.AddInitScriptAsync("""
            Object.defineProperty(Notification, "permission", { get: () => "default" })
            Notification.requestPermission = async () => document.documentElement.dataset.asked = "yes"
            """);

        await seat.Page.GotoAsync("/preferences");
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await seat["notifies"].ClickAsync();

        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-asked", "yes");
    }

    [Fact]
    public async Task A_review_loads_nothing_of_MudBlazor_and_a_page_of_its_parts_brings_it_along()
    {
        await Agents.RequestAsync(Caller, new(Id("a"), Id("run"), "tool", JsonText.Parse("{}", "payload")), Ct);
        await using var seat = await Browser.OpenAsync(App, Me);
        var asked = new ConcurrentQueue<string>();
        seat.Page.Request += (_, request) => asked.Enqueue(request.Url);

        await seat.Page.GotoAsync($"/review/{Id("a")}");
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await Expect(seat["approve"]).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, url => url.Contains("mud", StringComparison.OrdinalIgnoreCase));

        await seat.Page.GetByRole(AriaRole.Link, new() { Name = "Executions" }).First.ClickAsync();
        await Expect(seat.Page.Locator("h1")).ToBeFocusedAsync();
        await Expect(seat.Page.Locator(".mud-button-root").First).ToHaveCSSAsync("cursor", "pointer");
        Assert.Equal(
            [".css", ".js"],
            asked.Where(url => url.Contains("/MudBlazor/", StringComparison.Ordinal)).Select(Path.GetExtension)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_screen_of_any_height_is_full_of_rows_and_so_is_a_phones_when_its_reader_comes_back_from_a_review()
    {
        for (var i = 0; i < 60; i++)
            await Agents.RequestAsync(Caller, new(Id($"r{i:00}"), Id("run"), "tool", JsonText.Parse("{}", "payload")), Ct);
        await using var tall = await OpenAsync("/", new() { ViewportSize = new() { Width = 1280, Height = 2200 } });
        await using var phone = await OpenAsync($"/review/{Id("r20")}", new() { ViewportSize = new() { Width = 390, Height = 800 } });
        await Expect(Card(phone, "r20")).ToBeVisibleAsync();

        await phone.Page.Locator(".inbox-back").ClickAsync();

        // The list is 2,148 pixels high, and a row 78.
        await Expect(Row(tall, "r33")).ToBeInViewportAsync();
        await Expect(Row(phone, "r20")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task The_address_of_a_review_far_down_the_list_shows_its_row_too()
    {
        for (var i = 0; i < 200; i++)
            await Agents.RequestAsync(Caller, new(Id($"r{i:000}"), Id("run"), "tool", JsonText.Parse("{}", "payload")), Ct);

        await using var seat = await OpenAsync($"/review/{Id("r050")}");

        await Expect(Card(seat, "r050")).ToBeVisibleAsync();
        await Expect(Row(seat, "r050")).ToBeInViewportAsync();
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Card(seat, "r049")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1440), InlineData(360)]
    public async Task However_deep_a_payload_is_nothing_of_it_is_pushed_aside(int width)
    {
        const int Levels = 60;
        await AskAsync("a", string.Concat(Enumerable.Repeat("""{"inner":[""", Levels / 2)) + "\"at the bottom\"" + string.Concat(Enumerable.Repeat("]}", Levels / 2)));
        await using var seat = await OpenAsync($"/review/{Id("a")}", new() { ViewportSize = new() { Width = width, Height = 900 } });

        var bottom = seat.Page.Locator(".payload-panel").GetByText("at the bottom");
        await bottom.ScrollIntoViewIfNeededAsync();

        await Expect(bottom).ToBeInViewportAsync(new() { Ratio = 1 });
        Assert.False(await seat.Page.Locator(".payload-panel").EvaluateAsync<bool>("panel => panel.scrollWidth > panel.clientWidth"));
    }

    [Fact]
    public async Task A_search_and_a_filter_are_an_address_that_another_window_can_open()
    {
        await AskAsync("a", """{"to":"ann"}""");
        await AskAsync("b", """{"to":"bob"}""");
        await using var seat = await OpenAsync("/");
        await Expect(Row(seat, "b")).ToBeVisibleAsync();

        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("/");
        await seat.Page.Keyboard.TypeAsync("ann");
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await seat["filters"].Locator("summary").ClickAsync();
        await seat["filter-editable"].SelectOptionAsync("yes");
        await Assertions.Expect(seat.Page).ToHaveURLAsync(new Regex(@"\?q=ann&editable=yes$"));

        await using var other = await OpenAsync(new Uri(seat.Page.Url).PathAndQuery);
        await Expect(Row(other, "a")).ToBeVisibleAsync();
        await Expect(Row(other, "b")).ToHaveCountAsync(0);
        await Expect(other["search"]).ToHaveValueAsync("ann");
    }

    [Fact]
    public async Task Two_choices_and_a_reader_who_comes_to_rest_meanwhile_lose_nothing_to_each_other()
    {
        await AskAsync("a", """{"to":"ann"}""");
        await AskAsync("b", """{"to":"bob"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await Assertions.Expect(seat.Page).ToHaveURLAsync(new Regex("/review/"));
        await seat["filters"].Locator("summary").ClickAsync();

        // All in one go, before the server can answer to any of it; and with no rest of its own.
        await seat.Page.EvaluateAsync("""
            id => {
                const choose = (name, value) => {
                    const select = document.querySelector(`[data-testid="${name}"]`)
                    select.value = value
                    select.dispatchEvent(new Event("change", { bubbles: true }))
                }
                const { inbox } = document.querySelector("review-inbox")
                inbox.current.goTo(id)
                clearTimeout(inbox.current.resting)
                choose("filter-editable", "yes")
                choose("sort", "oldest")
                inbox.current.rest(id)
            }
            """, Id("a"));

        await Expect(seat.Page.Locator("[data-row]").First).ToHaveAttributeAsync("data-node-exec-id", Id("a"));
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        // Where the machine is slow the reader has come to rest once more.
        await Assertions.Expect(seat.Page).ToHaveURLAsync(new Regex(@"\?editable=yes&sort=oldest$"));
    }

    [Fact]
    public async Task The_search_field_says_what_applies_after_another_list_was_chosen_and_goes_on_completing()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");
        await seat["search"].FillAsync("nothing like it");
        await seat.Page.WaitForURLAsync("**/?q=nothing*");

        await seat["tab-decided"].ClickAsync();

        await Expect(seat["search"]).ToHaveValueAsync("");
        await seat["search"].PressSequentiallyAsync("fro");
        await Expect(seat.Page.Locator("#search-options [role=option]").First).ToContainTextAsync("from:");
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a/b")]
    [InlineData("100%")]
    public async Task A_review_is_found_at_its_address_whatever_its_id_is_made_of(string name)
    {
        await AskAsync(name);
        await AskAsync("newer");
        await using var seat = await OpenAsync($"/review/{Uri.EscapeDataString(Id(name))}");

        await Expect(Card(seat, name)).ToBeVisibleAsync();
        await seat.Page.Locator("html[data-connection=live]").WaitForAsync();
        await Expect(Card(seat, name)).ToBeVisibleAsync();
        await Row(seat, "newer").ClickAsync();
        await Expect(Card(seat, "newer")).ToBeVisibleAsync();
        await Row(seat, name).ClickAsync();
        await Expect(Card(seat, name)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_reader_who_goes_on_before_the_address_has_followed_is_not_taken_back()
    {
        foreach (var name in (string[])["a", "b", "c"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");
        await seat.Page.WaitForURLAsync($"**/review/{Id("c")}");
        // From here on an answer comes to the browser when the test says so.
        await seat.Page.EvaluateAsync("""
            () => {
              const bridge = document.querySelector("review-inbox").inbox.bridge
              const rested = bridge.rested.bind(bridge)
              window.answers = []
              bridge.rested = async id => {
                const answer = await rested(id)
                await new Promise(release => document.documentElement.dataset.answers = window.answers.push(release))
                return answer
              }
            }
            """);

        await seat.Page.Keyboard.PressAsync("j");
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-answers", "1");
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-answers", "2");
        await seat.Page.EvaluateAsync("answers[0]()");
        await seat.Page.EvaluateAsync("answers[1]()");

        await seat.Page.WaitForURLAsync($"**/review/{Id("a")}");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Grouped_by_execution_a_group_can_be_put_away()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/?group=execution");
        await Expect(Row(seat, "a")).ToBeVisibleAsync();

        await seat.Page.Locator(".row-toggle").ClickAsync();

        await Expect(Row(seat, "a")).ToHaveCountAsync(0);
        await Expect(seat.Page.Locator(".row-toggle")).ToHaveAttributeAsync("aria-expanded", "false");
    }

    [Fact]
    public async Task Decided_reviews_say_who_decided_what_and_what_happened_then()
    {
        await AskAsync("a");
        await AskAsync("b");
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("a"), true)], Ct);
        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("b"), false) { Message = "Not on a Friday" }], Ct);
        await using var seat = await OpenAsync("/");
        await Expect(seat["inbox-empty"]).ToBeVisibleAsync();

        await PressTogetherAsync(seat, "g", "d");

        await Expect(Row(seat, "a")).ToContainTextAsync("Not taken up yet");
        await Expect(Row(seat, "b")).ToContainTextAsync("Rejected");
        await Expect(Row(seat, "b")).ToContainTextAsync("Not on a Friday");
        await Expect(seat["verdict"]).ToContainTextAsync("by you");
    }

    [Fact]
    public async Task On_a_phone_the_list_leads_to_the_review_and_back()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/", new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        await Expect(seat["approve"]).ToHaveCountAsync(0);

        await Row(seat, "a").ClickAsync();
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(Row(seat, "a")).ToBeHiddenAsync();
        Assert.False(await seat.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
        await seat.Page.GoBackAsync();

        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_id_with_every_kind_of_character_has_an_address_of_its_own()
    {
        await AskAsync("a/b ?#%41&=+:ü");
        await using var seat = await OpenAsync("/");

        await Row(seat, "a/b ?#%41&=+:ü").ClickAsync();
        await Assertions.Expect(seat.Page).ToHaveURLAsync(new Regex("/review/"));
        await seat.Page.ReloadAsync();

        await Expect(Card(seat, "a/b ?#%41&=+:ü")).ToBeVisibleAsync();
    }

    /// <summary>
    /// Holds the pointer on a row until the server knows of it: it hears what a page tells it in the order of the telling.
    /// </summary>
    async Task HoverAsync(Seat seat, string name)
    {
        await Row(seat, name).HoverAsync();
        await seat.Page.EvaluateAsync("(({ inbox }) => inbox.bridge.mayMove(inbox.list.atRest))(document.querySelector('review-inbox'))");
    }
}
