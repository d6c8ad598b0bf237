using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Layout;

/// <summary>What those need who see, hear or move otherwise: beyond what a rule can check (docs/accessibility.md).</summary>
public sealed class AccessInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    static readonly string[] s_pages =
    [
        "/", "/decided", "/auto-approvals", "/review/{a}", "/review/nobody", "/copilot", "/executions", "/executions/nobody",
        "/executions?kind=agents", "/graphs", "/graphs/new", "/preferences", "/admin", "/admin/executions", "/admin/people", "/account",
        "/account/keys", "/account/passkeys", "/account/sessions", "/nowhere",
    ];

    // What MainJobInBrowserTests doesn't come to.
    static readonly string[] s_besides =
    [
        "/review/nobody", "/copilot", "/executions/nobody", "/executions?kind=agents", "/graphs/new", "/admin", "/admin/people", "/account",
        "/account/keys", "/account/passkeys", "/account/sessions", "/nowhere",
    ];

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Every_page_has_one_first_heading_and_a_title_of_its_own_and_breaks_no_rule_that_a_program_can_check(
        int width, ColorScheme scheme)
    {
        await BecomeAsync(Roles.Admin);
        await AskAsync("a");
        await using var seat = await OpenAsync("/", new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme });
        seat.FaultsExpected = true; // The browser tells of a 404.
        var (titles, faults) = (new List<string>(), new List<string>());

        foreach (var page in s_pages)
        {
            await GoAsync(seat, page);
            var headings = await seat.Page.Locator("h1").EvaluateAllAsync<int>("all => all.filter(one => one.checkVisibility()).length");
            Assert.Equal((page, 1), (page, headings));
            titles.Add(await seat.Page.TitleAsync());
            if (s_besides.Contains(page))
                faults.AddRange(await seat.AccessFaultsAsync());
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.All(titles, title => Assert.EndsWith("· HitlReview", title, StringComparison.Ordinal));
        Assert.True(titles.Distinct().Count() >= s_pages.Length - 4, string.Join('\n', titles));
    }

    [Fact]
    public async Task No_page_breaks_a_rule_where_the_system_chooses_the_colours()
    {
        await BecomeAsync(Roles.Admin);
        await AskAsync("a", """{"to":"ops@rnicrosoft.example"}""", "Please approve");
        await using var seat = await OpenAsync("/", new() { ForcedColors = ForcedColors.Active });
        seat.FaultsExpected = true; // The browser tells of a 404.
        var faults = new List<string>();

        foreach (var page in s_pages)
        {
            await GoAsync(seat, page);
            // The colours are the system's.
            faults.AddRange(await seat.AccessFaultsAsync(except: "color-contrast"));
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Where_the_system_chooses_the_colours_state_is_seen_by_edges_and_fills()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/", new() { ForcedColors = ForcedColors.Active });
        await ReadyAsync(seat, "b");

        Assert.NotEqual("none", await StyleAsync("[data-row][data-current]", "outlineStyle"));
        Assert.Equal("none", await StyleAsync("[data-row]:not([data-current])", "outlineStyle"));
        Assert.NotEqual(
            await StyleAsync(".inbox-tabs a[aria-current]", "borderBottomColor"),
            await StyleAsync(".inbox-tabs a:not([aria-current])", "borderBottomColor"));
        await seat["more-ways"].ClickAsync();
        var off = await StyleAsync("[data-shown] .toggle", "backgroundColor");
        await seat["auto-approve"].ClickAsync();
        await Expect(seat["auto-approve"]).ToHaveAttributeAsync("aria-checked", "true");
        await Expect(seat.Page.Locator("[data-shown] .toggle").First).Not.ToHaveCSSAsync("background-color", off);
        await seat.CheckAccessibilityAsync();

        Task<string> StyleAsync(string selector, string property) =>
            seat.Page.Locator(selector).First.EvaluateAsync<string>("(element, property) => getComputedStyle(element)[property]", property);
    }

    [Fact]
    public async Task On_paper_a_review_is_whole_and_what_is_pressed_is_not_there()
    {
        var fields = string.Join(',', Enumerable.Range(0, 80).Select(i => $"\"field{i}\":{i}"));
        await AskAsync("a", "{" + fields + ",\"last\":\"the very end\"}");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await ReadyAsync(seat, "a");

        await seat.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(seat.Page.Locator(".inbox-side")).ToBeHiddenAsync();
        await Expect(seat["approve"]).ToBeHiddenAsync();
        await Expect(seat.Page.GetByText("the very end")).ToBeVisibleAsync();
        Assert.True(await seat.Page.EvaluateAsync<bool>("""
            () => {
              const detail = document.querySelector('.inbox-detail')
              return detail.scrollHeight <= detail.clientHeight + 1
            }
            """));
    }

    [Theory]
    [InlineData(640)]
    [InlineData(320)]
    public async Task At_twice_and_four_times_the_size_nothing_is_cut_and_nothing_scrolls_sideways(int width)
    {
        await BecomeAsync(Roles.Admin);
        await AskAsync("a", "{\"to\":\"ops@rnicrosoft.example\",\"note\":\"" + new string('x', 300) + "\"}", "Please approve");
        await using var seat = await OpenAsync(
            "/", new() { ViewportSize = new() { Width = width, Height = 512 }, ReducedMotion = ReducedMotion.Reduce });

        foreach (var page in (string[])["/", $"/review/{Id("a")}", "/decided", "/copilot", "/executions", "/graphs/new", "/preferences",
            "/admin", "/admin/executions", "/executions?kind=agents", "/account/keys"])
        {
            await seat.Page.GotoAsync(page);
            await Expect(seat.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
            var over = await seat.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
            Assert.True(over <= 0, $"{page} is {over} px too wide at {width}.");
        }
    }

    async Task GoAsync(Seat seat, string page)
    {
        await seat.Page.GotoAsync(page.Replace("{a}", Uri.EscapeDataString(Id("a")), StringComparison.Ordinal));
        await seat.Page.Locator("h1:visible, .visually-hidden").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(seat.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
    }
}
