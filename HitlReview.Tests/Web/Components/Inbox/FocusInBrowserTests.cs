using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>
/// What comes late leaves alone who types by then: letters that land elsewhere are keys, and some of them decide.
/// </summary>
public sealed class FocusInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact, Invariant(4)]
    public async Task A_page_that_only_then_comes_to_its_title_leaves_alone_who_types()
    {
        await AskAsync("a");
        await using var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.AddInitScriptAsync("""
            addEventListener("DOMContentLoaded", () => {
              const dom = Blazor._internal.domWrapper
              const focus = dom.focusBySelector
              dom.focusBySelector = async selector => {
                await new Promise(release => {
                  window.release = release
                  document.documentElement.dataset.focus = "waits"
                })
                focus.call(dom, selector)
                document.documentElement.dataset.focus = "came"
              }
            })
            """);
        await seat.Page.GotoAsync("/");
        await seat["review-message"].ClickAsync();
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-focus", "waits");

        await seat.Page.EvaluateAsync("release()");
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-focus", "came");
        await seat.Page.Keyboard.TypeAsync("a reason");

        await Expect(seat["review-message"]).ToHaveValueAsync("a reason");
    }

    [Fact, Invariant(4)]
    public async Task A_card_that_comes_late_leaves_alone_who_searches_by_then()
    {
        foreach (var name in (string[])["a", "b", "c", "d"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "d");
        await seat.Page.EvaluateAsync("""
            () => {
              const { bridge } = document.querySelector("review-inbox").inbox
              const moved = bridge.moved.bind(bridge)
              bridge.moved = id => window.release = () => moved(id)
            }
            """);
        foreach (var _ in Enumerable.Range(0, 3))
            await seat.Page.Keyboard.PressAsync("j");
        await seat["search"].FocusAsync();
        await Expect(Card(seat, "a")).ToHaveCountAsync(0);

        await seat.Page.EvaluateAsync("void release()");
        await Expect(Card(seat, "a")).ToBeVisibleAsync();

        await Expect(seat["search"]).ToBeFocusedAsync();
    }

    [Fact]
    public async Task An_editor_that_comes_late_leaves_alone_who_writes_a_message_by_then()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");

        await seat.Page.EvaluateAsync("""
            () => {
              document.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true }))
              document.querySelector("[data-act=message]").focus()
            }
            """);
        await Expect(seat["form-field"].First).ToBeVisibleAsync();
        await seat.Page.Keyboard.TypeAsync("wait");

        await Expect(seat["review-message"]).ToHaveValueAsync("wait");
    }

    [Fact, Invariant(4)]
    public async Task Letters_that_mean_nothing_hold_back_those_that_decide()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");

        await PressAtOnceAsync(seat, "not ra");
        Assert.Equal((0, Id("a")), await SoFarAsync(seat));

        await ReadyAsync(seat, "a");
        await seat.Page.Keyboard.PressAsync("a");
        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
    }

    [Fact, Invariant(4)]
    public async Task Who_goes_on_typing_when_their_field_has_gone_presses_no_key_until_they_pause()
    {
        foreach (var name in (string[])["a", "b"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat["review-message"].ClickAsync();
        await seat.Page.Keyboard.TypeAsync("o");
        // As where the review was decided elsewhere meanwhile.
        await seat.Page.EvaluateAsync("document.querySelector('[data-shown] .decide-more').hidden = true");

        await seat.Page.Keyboard.TypeAsync("kay");

        Assert.Equal((0, Id("b")), await SoFarAsync(seat));
    }

    [Fact, Invariant(4)]
    public async Task In_a_comparison_the_message_is_its_own_and_no_key_reaches_the_card_behind_it()
    {
        foreach (var name in (string[])["a", "b"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.Keyboard.PressAsync("x");
        await seat["compare"].ClickAsync();
        await Expect(seat["approve-many"]).ToBeVisibleAsync();

        await seat.Page.Keyboard.PressAsync("m");
        await seat.Page.Keyboard.TypeAsync("already paid");
        await Expect(seat["compare-message"]).ToHaveValueAsync("already paid");
        await seat.Page.Keyboard.PressAsync("Escape");
        // As while it loads, and after its decision.
        await seat.Page.EvaluateAsync("document.querySelectorAll('[data-panel] [data-act]').forEach(button => button.remove())");
        await Expect(seat["inbox"]).Not.ToHaveAttributeAsync("data-guarded", "");
        await seat.Page.Keyboard.PressAsync("a");
        await seat.Page.Keyboard.PressAsync("r");

        Assert.Equal((0, Id("b")), await SoFarAsync(seat));
    }

    [Fact, Invariant(4)]
    public async Task What_is_selected_is_compared_first_though_the_server_has_not_heard_of_it_yet()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "a");

        await PressAtOnceAsync(seat, "xa");

        Assert.Equal((0, Id("a")), await SoFarAsync(seat));
    }

    [Fact, Invariant(4)]
    public async Task A_card_that_is_drawn_late_is_seen_before_a_key_decides_on_it()
    {
        foreach (var name in (string[])["a", "b", "c", "d"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "d");

        // The moment it is there.
        await seat.Page.EvaluateAsync("""
            id => {
              const press = key => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))
              const watch = new MutationObserver(() => {
                if (!document.querySelector(`[data-shown] [data-card][data-node-exec-id="${id}"]`))
                  return
                watch.disconnect()
                press("a")
                document.documentElement.dataset.pressed = ""
              })
              watch.observe(document.querySelector("review-inbox"), { childList: true, subtree: true, attributes: true });
              [..."jjj"].forEach(press)
            }
            """, Id("a"));
        await Expect(seat.Page.Locator("html")).ToHaveAttributeAsync("data-pressed", "");

        Assert.Equal((0, Id("a")), await SoFarAsync(seat));
    }

    [Fact]
    public async Task A_move_that_nobody_heard_of_is_told_once_somebody_listens()
    {
        foreach (var name in (string[])["a", "b"])
            await AskAsync(name);
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");
        await seat.Page.WaitForURLAsync($"**/review/{Id("b")}");

        await seat.Page.EvaluateAsync("""
            async () => {
              const { current } = document.querySelector("review-inbox").inbox
              const moved = current.bridge.moved.bind(current.bridge)
              current.bridge.moved = () => current.bridge.moved = moved
              document.documentElement.dataset.connection = "reconnecting"
              current.move(1)
              await current.rest(current.id)
              document.documentElement.dataset.connection = "live"
            }
            """);

        await Assertions.Expect(seat.Page).ToHaveURLAsync($"/review/{Id("a")}");
    }

    static async Task PressAtOnceAsync(Seat seat, string keys) => await seat.Page.EvaluateAsync(
        "keys => [...keys].forEach(key => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))", keys);

    /// <summary>How many decisions the browser has taken, and where it is.</summary>
    static async Task<(int Decided, string Current)> SoFarAsync(Seat seat)
    {
        var current = await seat.Page.EvaluateAsync<string>("document.querySelector('review-inbox').inbox.current.id");
        return (await seat.Page.EvaluateAsync<int>("document.querySelector('review-inbox').inbox.current.decided.size"), current);
    }
}
