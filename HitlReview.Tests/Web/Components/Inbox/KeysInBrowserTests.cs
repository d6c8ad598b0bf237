using HitlReview.Core.Accounts;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>Keys in a real browser: each about what is on top, on any keyboard, and on every list.</summary>
public sealed class KeysInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    const string OneNode = $$$"""[{"id":"a","block_id":"{{{AskBlock}}}","input_default":{"data":1}}]""";

    static readonly string[] s_keys =
        ["j", "k", "ArrowDown", "ArrowUp", "Enter", "e", "o", "x", "Shift+X", "*", "Shift+R", "1", "9", "/", "q"];

    [Fact, Invariant(4)]
    public async Task In_the_comparison_no_key_reaches_what_it_hides()
    {
        await AskAsync("a", """{"to":"ann"}""");
        await AskAsync("b", """{"to":"bob"}""");
        await AskAsync("c", """{"to":"cay"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");
        await seat.Page.Keyboard.PressAsync("x");
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("x");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("2 selected");
        await seat.Page.Locator(".inbox:not([data-guarded])").WaitForAsync();
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(seat["approve-many"]).ToBeEnabledAsync();
        var before = await StateAsync();

        foreach (var key in s_keys)
        {
            await seat.Page.Locator("#compare-title").FocusAsync();
            await seat.Page.Keyboard.PressAsync(key);
            Assert.Equal((key, before), (key, await StateAsync()));
        }
        await seat.Page.Keyboard.PressAsync("m");
        await Expect(seat["compare-message"]).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["compare-panel"]).ToHaveCountAsync(0);
        await Expect(seat["bulk-bar"]).ToContainTextAsync("2 selected");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);

        // Of a key that reaches the server it would be seen here: it comes after it on the same line.
        async Task<string> StateAsync()
        {
            await seat.Page.EvaluateAsync("() => DotNet.invokeMethodAsync('HitlReview.Web', 'IsHere')");
            return await seat.Page.EvaluateAsync<string>("""
                () => JSON.stringify([
                  document.querySelector('[data-current]')?.dataset.nodeExecId,
                  document.querySelector('[data-slot][data-shown]')?.dataset.slot,
                  [...document.querySelectorAll('[data-select]')].map(box => box.checked),
                  document.querySelectorAll('[data-editor], [data-reasons][open]').length,
                  document.querySelectorAll('[data-testid=compare-panel]').length,
                ])
                """);
        }
    }

    [Fact]
    public async Task All_that_was_found_is_selected_by_one_key_and_stays_so_when_the_search_is_left()
    {
        await AskAsync("a", """{"to":"needle 1"}""");
        await AskAsync("b", """{"to":"needle 2"}""");
        await AskAsync("c", """{"to":"hay"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");

        await seat.Page.Keyboard.PressAsync("/");
        await seat.Page.Keyboard.TypeAsync("needle");
        await Expect(seat["select-found"]).ToContainTextAsync("Select all 2");
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("*");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("2 selected");
        await seat["search"].FillAsync("");
        await Expect(Row(seat, "c")).ToBeVisibleAsync();
        await Expect(seat["bulk-bar"]).ToContainTextAsync("2 selected");

        await seat.Page.Locator("[data-shown] [data-title]").FocusAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["bulk-bar"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Escape_ends_a_search_that_nothing_is_selected_of()
    {
        await AskAsync("a", """{"to":"needle"}""");
        await AskAsync("b");
        await using var seat = await OpenAsync("/?q=needle");
        await ReadyAsync(seat, "a");
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);

        await seat.Page.Locator("[data-shown] [data-title]").FocusAsync();
        await seat.Page.Keyboard.PressAsync("Escape");

        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await Expect(seat["search"]).ToHaveValueAsync("");
    }

    [Fact]
    public async Task What_the_search_understands_is_offered_and_taken_by_keys()
    {
        await AskAsync("a", """{"to":"ops@rnicrosoft.example"}""");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("/");
        await seat.Page.Keyboard.TypeAsync("ha");
        await seat.Page.Keyboard.PressAsync("ArrowDown");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(seat["search"]).ToHaveValueAsync("has:");
        await seat.Page.Keyboard.TypeAsync("wa");
        await Expect(seat.Page.Locator("search-help [role=option]")).ToHaveTextAsync("has:warning");
        await seat.CheckAccessibilityAsync();
        await seat.Page.Keyboard.PressAsync("ArrowDown");
        await seat.Page.Keyboard.PressAsync("Tab");

        await Expect(seat["search"]).ToHaveValueAsync("has:warning ");
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
        await Expect(Row(seat, "a")).ToContainTextAsync("1 warning");
    }

    [Fact]
    public async Task A_view_is_saved_under_a_name_and_come_back_to_until_it_is_forgotten()
    {
        await AskAsync("a", """{"to":"needle"}""");
        await AskAsync("b");
        await using var seat = await OpenAsync("/?q=needle&sort=oldest");
        await ReadyAsync(seat, "a");

        await seat["filters"].Locator("summary").ClickAsync();
        await seat["view-name"].FillAsync("My needles");
        await seat["save-view"].ClickAsync();
        await Expect(seat["saved-view"]).ToHaveTextAsync("My needles");
        await seat.Page.GotoAsync("/");
        await Expect(Row(seat, "b")).ToBeVisibleAsync();
        await seat["filters"].Locator("summary").ClickAsync();
        await seat["saved-view"].ClickAsync();
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
        await Expect(seat["sort"]).ToHaveValueAsync("oldest");

        await seat.Page.GetByRole(AriaRole.Button, new() { Name = "Forget the view “My needles”" }).ClickAsync();
        await Expect(seat["saved-view"]).ToHaveCountAsync(0);
        Assert.Null((await App.Get<Preferences>().GetAsync(Caller, Ct)).SavedViews);
    }

    [Fact]
    public async Task The_key_for_editing_leads_back_into_a_draft_that_is_open()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await ReadyAsync(seat, "a");
        await seat.Page.Keyboard.PressAsync("e");
        await Expect(seat["payload-editor"].Locator("input, [contenteditable]").First).ToBeVisibleAsync();
        await seat.Page.Locator("[data-shown] [data-title]").FocusAsync();

        await seat.Page.Keyboard.PressAsync("e");

        Assert.True(await seat.Page.EvaluateAsync<bool>("() => document.activeElement.closest('[data-editor]') !== null"));
    }

    [Theory]
    [InlineData("Control+Enter", ReviewStatus.APPROVED)]
    [InlineData("Control+Shift+Enter", ReviewStatus.REJECTED)]
    public async Task From_the_message_a_decision_is_sent_with_it(string keys, ReviewStatus status)
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.TypeAsync("As we said");
        await seat.Page.Keyboard.PressAsync(keys);
        await WaitAsync("b", status);

        Assert.Equal("As we said", (await ReadAsync("b")).ReviewMessage);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_reason_of_ones_own_rejects_by_its_digit()
    {
        var preferences = await App.Get<Preferences>().GetAsync(Caller, Ct);
        preferences.RejectReasons = "Too much.\nAsk Ada <b>first</b>.";
        await App.Get<Preferences>().SetAsync(Caller, preferences, Ct);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("2");
        await seat.Page.Locator(".inbox:not([data-guarded])").WaitForAsync();

        await seat.Page.Keyboard.PressAsync("Shift+R");
        await Expect(seat["reasons"]).ToContainTextAsync("Ask Ada <b>first</b>.");
        await seat.CheckAccessibilityAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["reasons"].Locator("ol")).ToBeHiddenAsync();
        await seat.Page.Keyboard.PressAsync("Shift+R");
        await seat.Page.Keyboard.PressAsync("2");
        await WaitAsync("b", ReviewStatus.REJECTED);

        Assert.Equal("Ask Ada <b>first</b>.", (await ReadAsync("b")).ReviewMessage);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Theory]
    [InlineData("ф", "KeyA", false)]
    [InlineData("α", "KeyA", false)]
    [InlineData("A", "KeyA", false)]
    public async Task A_key_is_known_by_its_place_and_not_by_Caps_Lock_or_another_alphabet(string key, string code, bool shift)
    {
        await AskAsync("a");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await ReadyAsync(seat, "a");

        await seat.Page.EvaluateAsync("""
            ([key, code, shiftKey]) =>
              void document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }))
            """, new object[] { key, code, shift });

        await WaitAsync("a", ReviewStatus.APPROVED);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_kept_whole_and_refused_before_anybody_goes_on()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        var text = new string('x', 5_000) + "end";

        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.InsertTextAsync(text);
        await Expect(Card(seat, "b").Locator(".count")).ToContainTextAsync("5,003");
        await seat["reject"].ClickAsync();

        await Expect(seat["refusal"]).ToContainTextAsync("at most 2000 characters");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await Expect(seat["review-message"]).ToHaveValueAsync(text);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
    }

    [Fact]
    public async Task Lists_without_reviews_are_walked_through_too_and_every_page_has_its_keys()
    {
        var graph = await StoreGraphAsync("Walked", OneNode);
        for (var i = 0; i < 2; i++)
            await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync("/");
        await seat.Page.Locator("html[data-connection=live]").WaitForAsync();

        await PressTogetherAsync(seat, "g", "e");
        await Expect(seat.Page.Locator(".row-link")).ToHaveCountAsync(2);
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(seat.Page.Locator(".row-link").Nth(0)).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(seat.Page.Locator(".row-link").Nth(1)).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("k");
        await Expect(seat.Page.Locator(".row-link").Nth(0)).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("?");
        await Expect(seat["help"]).ToBeVisibleAsync();
        await Expect(seat["help"].GetByText("Next of the list")).ToBeVisibleAsync();
        await Expect(seat["help"].GetByText("Edit the payload")).ToBeHiddenAsync();
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(seat.Page.Locator("h1")).ToContainTextAsync("Walked");

        foreach (var (key, title) in new[] { ("g", "Graphs"), ("p", "Preferences"), ("c", "Chats") })
        {
            await PressTogetherAsync(seat, "g", key);
            await Expect(seat.Page.Locator("h1")).ToContainTextAsync(title);
        }
    }

    [Fact]
    public async Task The_palette_finds_reviews_graphs_and_what_can_be_done_and_says_when_it_finds_nothing()
    {
        await AskAsync("a", """{"to":"needle"}""");
        await StoreGraphAsync("Needle work", OneNode);
        await using var seat = await OpenAsync("/executions");
        await seat.Page.Locator("html[data-connection=live]").WaitForAsync();

        await seat.Page.Keyboard.PressAsync("Control+k");
        await Expect(seat["palette"].GetByText("Edit the payload")).ToBeHiddenAsync();
        await seat.Page.Keyboard.TypeAsync("needle");
        await Expect(seat["palette"].Locator("[data-found]")).ToHaveCountAsync(2);
        await Expect(seat["palette"].Locator("[data-found-list]")).ToContainTextAsync("Waiting review");
        await Expect(seat["palette"].Locator("[data-found-list]")).ToContainTextAsync("Needle work");
        await seat.CheckAccessibilityAsync();
        await seat["palette"].Locator("input").FillAsync("nothing of that kind");
        await Expect(seat["palette"].GetByText("Nothing found.")).ToBeVisibleAsync();
        await seat["palette"].Locator("input").FillAsync("needle");
        await Expect(seat["palette"].Locator("[data-found]")).ToHaveCountAsync(2);
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();

        await seat.Page.Keyboard.PressAsync("Control+k");
        await seat.Page.Keyboard.TypeAsync("dark");
        await seat.Page.Keyboard.PressAsync("Enter");
        await seat.Page.Locator("html[data-theme=dark]").WaitForAsync();
        await seat.Page.Keyboard.PressAsync("Control+k");
        await seat.Page.Keyboard.TypeAsync("sign out");
        await seat.Page.Keyboard.PressAsync("Enter");
        await Expect(seat.Page.Locator("h1")).ToHaveTextAsync("Sign in");
    }

    [Fact]
    public async Task The_list_is_one_stop_for_Tab_and_the_arrows_lead_from_row_to_row()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");

        await Row(seat, "c").Locator("[data-go]").FocusAsync();
        await seat.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(Row(seat, "b").Locator("[data-go]")).ToBeFocusedAsync();
        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(Row(seat, "b").Locator("[data-select]")).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("Tab");
        await seat.Page.Keyboard.PressAsync("Tab");

        Assert.True(await seat.Page.EvaluateAsync<bool>("() => document.activeElement.closest('[data-row]') === null"));
    }

    [Fact]
    public async Task After_a_decision_on_several_the_reader_goes_on_to_what_is_left()
    {
        await SetUndoAsync(120);
        foreach (var name in new[] { "a", "b", "c", "d" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "d");
        await seat.Page.Keyboard.PressAsync("x");
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Card(seat, "c")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("x");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("2 selected");
        await seat["compare"].ClickAsync();
        await seat["approve-many"].ClickAsync();

        await Expect(Card(seat, "b")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("u");
        await Expect(Card(seat, "d").Or(Card(seat, "c"))).ToBeVisibleAsync();
        // What was undone is gone on to again.
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Row(seat, "d")).ToHaveAttributeAsync("data-decidable", "");
        await Expect(Row(seat, "c")).ToHaveAttributeAsync("data-decidable", "");
    }

    [Fact]
    public async Task On_a_phone_a_review_says_which_of_how_many_it_is()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await AskAsync(name);
        await using var seat = await OpenAsync($"/review/{Id("b")}", new() { ViewportSize = new() { Width = 360, Height = 740 } });

        await Expect(seat["place"]).ToHaveTextAsync("2 of 3");
        Assert.Equal(1, await seat.Page.Locator("h1").CountAsync());
        await seat.CheckAccessibilityAsync();
    }

    [Fact]
    public async Task Larger_text_cuts_no_row()
    {
        for (var i = 0; i < 40; i++)
            await AskAsync($"r{i:00}", """{"to":"ops@rnicrosoft.example"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "r39");
        await seat.Page.AddStyleTagAsync(new() { Content = "html { font-size: 24px !important }" });
        await seat.Page.EvaluateAsync("() => dispatchEvent(new Event('resize'))");

        Assert.True(await seat.Page.EvaluateAsync<bool>("""
            () => [...document.querySelectorAll('[data-row]')].every(row =>
              row.querySelector('.row-bottom').getBoundingClientRect().bottom <= row.getBoundingClientRect().bottom + 1)
            """));
        // What is far down is where the list says, whatever the height of its text.
        await seat.Page.Locator("[data-list]").EvaluateAsync("list => list.scrollTop = list.scrollHeight");
        await Expect(Row(seat, "r00")).ToBeInViewportAsync();
    }

    [Fact, Invariant(4)]
    public async Task While_many_are_being_selected_no_key_decides_about_one()
    {
        for (var i = 0; i < 5; i++)
            await AskAsync($"r{i}", """{"to":"needle"}""");
        await using var seat = await OpenAsync("/?q=needle");
        await ReadyAsync(seat, "r4");

        await seat.Page.EvaluateAsync(
            "() => ['*', 'a'].forEach(key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("5 selected");
        await seat.Page.EvaluateAsync("() => DotNet.invokeMethodAsync('HitlReview.Web', 'IsHere')");

        for (var i = 0; i < 5; i++)
            Assert.Equal(ReviewStatus.WAITING, (await ReadAsync($"r{i}")).Status);
    }

    [Fact, Invariant(4)]
    public async Task With_others_selected_neither_a_reason_nor_the_message_decides_about_the_card_beside_them()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");
        await seat.Page.Keyboard.PressAsync("x");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("1 selected");
        await seat.Page.Keyboard.PressAsync("j");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("Shift+R");
        await seat.Page.Keyboard.PressAsync("1");
        await seat.Page.Locator(".inbox:not([data-guarded])").WaitForAsync();
        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.PressAsync("Control+Enter");
        await seat.Page.EvaluateAsync("() => DotNet.invokeMethodAsync('HitlReview.Web', 'IsHere')");

        await Expect(seat["compare-panel"]).ToHaveCountAsync(0);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("c")).Status);
    }

    [Fact]
    public async Task An_undone_reason_leaves_nothing_in_the_message()
    {
        await SetUndoAsync(120);
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("Shift+R");
        await seat.Page.Keyboard.PressAsync("1");
        await Expect(Row(seat, "b")).ToContainTextAsync("Rejecting in");
        await seat.Page.Keyboard.PressAsync("u");
        await Expect(Card(seat, "b")).ToBeVisibleAsync();

        await Expect(seat["review-message"]).ToHaveValueAsync("");
    }

    [Fact]
    public async Task From_one_that_is_not_selected_any_more_nothing_reaches_to_here()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "c");
        await seat.Page.Keyboard.PressAsync("x");
        await Expect(seat["bulk-bar"]).ToContainTextAsync("1 selected");
        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["bulk-bar"]).ToHaveCountAsync(0);
        await seat.Page.Keyboard.PressAsync("j");
        await seat.Page.Keyboard.PressAsync("j");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("Shift+X");

        await Expect(seat["bulk-bar"]).ToContainTextAsync("1 selected");
    }

    [Fact]
    public async Task An_order_from_the_palette_keeps_what_is_searched_for()
    {
        await AskAsync("a", """{"to":"needle"}""");
        await AskAsync("b");
        await using var seat = await OpenAsync("/?q=needle");
        await ReadyAsync(seat, "a");

        await seat.Page.Keyboard.PressAsync("Control+k");
        await seat["palette"].GetByText("Oldest first").ClickAsync();

        await seat.Page.WaitForURLAsync(url => url.EndsWith("?q=needle&sort=oldest", StringComparison.Ordinal));
        await Expect(Row(seat, "a")).ToBeVisibleAsync();
        await Expect(Row(seat, "b")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task In_the_palette_Enter_alone_does_nothing()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");
        await seat.Page.Keyboard.PressAsync("Control+k");
        await Expect(seat["palette"]).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("Enter");
        await seat.Page.EvaluateAsync("() => DotNet.invokeMethodAsync('HitlReview.Web', 'IsHere')");

        await Expect(seat["palette"]).ToBeVisibleAsync();
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
    }

    [Fact]
    public async Task Keys_of_ones_own_act_and_are_shown_and_the_letters_that_were_freed_do_nothing()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using var seat = await OpenAsync("/preferences");
        var approve = seat["own-keys"].Locator("[data-key-of=a]");
        await approve.FillAsync("y");
        await approve.PressAsync("Tab");
        await Expect(seat["own-keys"].GetByRole(AriaRole.Status)).ToHaveTextAsync("Kept in this browser.");
        var reject = seat["own-keys"].Locator("[data-key-of=r]");
        await reject.ClickAsync();
        await reject.FillAsync("a");
        await reject.PressAsync("Tab");
        await Expect(reject).ToHaveValueAsync("a");
        var edit = seat["own-keys"].Locator("[data-key-of=e]");
        await edit.FillAsync("m");
        await edit.PressAsync("Tab");
        await Expect(seat["own-keys"].GetByRole(AriaRole.Status)).ToContainTextAsync("Swapped; e is now: ");
        await Expect(seat["own-keys"].Locator("[data-key-of=m]")).ToHaveValueAsync("e");
        await edit.FillAsync("1");
        await edit.PressAsync("Tab");
        await Expect(edit).ToHaveValueAsync("m");
        await seat.CheckAccessibilityAsync();

        await seat.Page.GotoAsync("/");
        await ReadyAsync(seat, "b");
        await Expect(seat["approve"].Locator("kbd")).ToHaveTextAsync("y");
        await Expect(seat["reject"].Locator("kbd")).ToHaveTextAsync("a");
        await seat.Page.Keyboard.PressAsync("r");
        await seat.Page.EvaluateAsync("() => DotNet.invokeMethodAsync('HitlReview.Web', 'IsHere')");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("b")).Status);
        await seat.Page.Keyboard.PressAsync("?");
        await Expect(seat["help"].Locator("kbd", new() { HasTextString = "Shift a" })).ToHaveCountAsync(1);
        await seat.Page.Keyboard.PressAsync("Escape");
        await seat.Page.Keyboard.PressAsync("y");
        await WaitAsync("b", ReviewStatus.APPROVED);
        await ReadyAsync(seat, "a");
        await seat.Page.Keyboard.PressAsync("a");
        await WaitAsync("a", ReviewStatus.REJECTED);

        await seat.Page.GotoAsync("/preferences");
        await seat["own-keys"].GetByRole(AriaRole.Button).ClickAsync();
        await Expect(seat["own-keys"].Locator("[data-key-of=a]")).ToHaveValueAsync("a");
    }
}
