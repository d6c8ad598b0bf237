using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>What a reader has seen before they approve, and what they are told of what they did, on screens of all sizes.</summary>
public sealed class ReadingInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 360, Height = 740 } };

    [Theory, Invariant(4)]
    [InlineData(1440, true)]
    [InlineData(1440, false)]
    [InlineData(360, false)]
    public async Task What_was_never_on_the_screen_is_not_approved(int width, bool byKey)
    {
        await AskAsync("a", Many(80, "\"bcc\":\"eve@evil.example\""));
        await using var seat = await OpenAsync($"/review/{Id("a")}", new() { ViewportSize = new() { Width = width, Height = 800 } });
        await ReadyAsync(seat, "a");
        await Expect(seat.Page.Locator("[data-shown] [data-below]")).ToContainTextAsync("more fields below");

        var presses = 0;
        while (!await seat.Page.GetByText("eve@evil.example").IsVisibleInWindowAsync())
        {
            Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
            await PressAsync();
            Assert.InRange(++presses, 1, 30);
        }
        Assert.True(presses > 0);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
        await Expect(seat.Page.Locator("[data-shown] [data-below]")).ToBeHiddenAsync();

        await PressAsync();
        await seat.Page.GotoAsync($"/review/{Id("a")}");
        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");

        Task PressAsync() => byKey ? seat.Page.Keyboard.PressAsync("a") : ClickAsync(seat);
    }

    [Fact, Invariant(4)]
    public async Task The_difference_of_an_edit_is_on_the_screen_before_it_is_approved()
    {
        await AskAsync("a", Many(60, "\"amount\":50"));
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, Many(60, "\"amount\":5000"));
        await Expect(seat["payload-diff"]).ToContainTextAsync("5000");
        await seat.Page.Locator("[data-shown] [data-title]").ScrollIntoViewIfNeededAsync();

        for (var presses = 0; !await seat["payload-diff"].IsVisibleInWindowAsync(); presses++)
        {
            Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
            await ClickAsync(seat);
            Assert.InRange(presses, 0, 30);
        }

        await ClickAsync(seat);
        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit by you");
    }

    [Fact, Invariant(4)]
    public async Task On_a_phone_a_column_that_was_never_on_the_screen_is_not_approved()
    {
        for (var i = 0; i < 2; i++)
            await AskAsync($"r{i}", $$"""{"order":"order number {{i}} of many","reason":"a reason {{i}} that is long","amount":{{i}}}""");
        await using var seat = await OpenAsync("/", Phone);
        await Row(seat, "r0").Locator("[data-select]").CheckAsync();
        await Row(seat, "r1").Locator("[data-select]").CheckAsync();
        await seat["compare"].ClickAsync();
        await Expect(seat["approve-many"]).ToBeEnabledAsync();

        var presses = 0;
        while (await seat.Page.Locator(".compare-scroll").EvaluateAsync<bool>("it => it.scrollLeft + it.clientWidth < it.scrollWidth - 1"))
        {
            Assert.Equal((ReviewStatus.WAITING, ReviewStatus.WAITING), ((await ReadAsync("r0")).Status, (await ReadAsync("r1")).Status));
            await seat["approve-many"].ClickAsync();
            Assert.InRange(++presses, 1, 30);
        }
        Assert.True(presses > 0);
        await seat["approve-many"].ClickAsync();
        await WaitAsync("r0", ReviewStatus.APPROVED);
        await WaitAsync("r1", ReviewStatus.APPROVED);
    }

    [Fact]
    public async Task A_warning_leads_to_its_place()
    {
        await AskAsync("a", Many(60, "\"to\":[\"ann\",\"p\u0430ypal\"]"));
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await Expect(seat["payload-warning"]).ToContainTextAsync("“to[1]”");

        await seat["payload-warning"].GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();

        await Expect(seat.Page.Locator("[data-shown] [data-path='$.to[1]']")).ToBeInViewportAsync();
        await Expect(seat.Page.Locator("[data-shown] [data-path='$.to[1]']")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_browser_that_knows_it_is_offline_says_so_at_once_and_decides_nothing()
    {
        await AskAsync("b");
        await AskAsync("a");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        await ReadyAsync(seat, "a");

        await seat.Page.Context.SetOfflineAsync(true);
        await Expect(seat["connection-state"]).Not.ToHaveTextAsync("Live");
        await seat.Page.Keyboard.PressAsync("a");
        await seat["approve"].ClickAsync();
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await Expect(seat.Page.Locator("connection-notice")).ToContainTextAsync("Nothing was decided");

        await seat.Page.Context.SetOfflineAsync(false);
        await Expect(seat["connection-state"]).ToHaveTextAsync("Live");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_phones_first_visit_is_alive_though_the_newest_review_has_a_draft()
    {
        var review = await AskAsync("a");
        await App.Get<Drafts>().SaveAsync(Caller, Id("a"), """{"to":"ben"}""", null, review.PayloadHash, 0, Ct);
        await using var seat = await OpenAsync("/", Phone);

        await Row(seat, "a").ClickAsync();

        await Expect(seat["approve"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task On_a_phone_a_decision_is_said_and_undone_over_the_next_review()
    {
        await SetUndoAsync(30);
        await AskAsync("b");
        await AskAsync("a");
        await using var seat = await OpenAsync($"/review/{Id("a")}", Phone);
        await seat["approve"].ClickAsync();
        await Expect(Card(seat, "b")).ToBeVisibleAsync();

        await Expect(seat["undo-bar-reading"]).ToContainTextAsync("Approved");
        await seat["undo-bar-reading"].GetByRole(AriaRole.Button).ClickAsync();

        await Expect(seat["undo-bar-reading"]).ToBeHiddenAsync();
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task A_tablet_has_the_list_beside_the_review()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/", new() { ViewportSize = new() { Width = 768, Height = 1024 } });

        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        Assert.False(await seat.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"));
    }

    /// <summary>Clicks where the button is, without looking for a better place of it first.</summary>
    static async Task ClickAsync(Seat seat)
    {
        var box = (await seat["approve"].BoundingBoxAsync())!;
        await seat.Page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    static string Many(int fields, string last) =>
        $"{{{string.Concat(Enumerable.Range(1, fields).Select(i => $"\"field{i}\":\"value of {i}\","))}{last}}}";
}

static class InWindow
{
    /// <summary>True if nothing covers it: it could be read now.</summary>
    public static Task<bool> IsVisibleInWindowAsync(this ILocator locator) => locator.First.EvaluateAsync<bool>("""
        element => {
          const { left, top, bottom } = element.getBoundingClientRect()
          const at = y => y >= 0 && y < innerHeight && element.closest("[data-card]")?.querySelector(".card-payload")
            .contains(document.elementFromPoint(left + 4, y))
          return at(top + 2) && at(bottom - 2)
        }
        """);
}
