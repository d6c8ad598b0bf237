using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>The editor in a real browser: to the byte, through invalid states, at a megabyte.</summary>
public sealed class EditingInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task Escape_right_after_typing_throws_nothing_away()
    {
        await AskAsync("a");
        var line = new HeldLine();
        await using var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.RouteWebSocketAsync(Circuit, line.Join);
        await seat.Page.GotoAsync("/");
        await ReadyAsync(seat, "a");
        await seat["edit-payload"].ClickAsync();
        await seat.ShowTextAsync();

        line.Hold();
        await TypeInEditorAsync(seat, """{"to":"typed a moment ago"}""");
        await seat.Page.Keyboard.PressAsync("Escape");
        line.Release();

        await Expect(seat["payload-editor"]).ToContainTextAsync("typed a moment ago");
        await Expect(seat["discard-edit"]).ToContainTextAsync("Discard");
    }

    [Fact]
    public async Task An_edit_changes_what_was_edited_and_no_digit_or_key_beside_it()
    {
        await AskAsync("a", """{"zeta":12345678901234567890,"amount":5,"alpha":1.10,"exp":1e400,"text":"\u0041\/"}""");
        await using var seat = await EditAsync("a");

        await seat["payload-editor"].ClickAsync();
        await seat.Page.Keyboard.PressAsync("Control+Home");
        await seat.Page.Keyboard.PressAsync("ArrowDown");
        await seat.Page.Keyboard.PressAsync("ArrowDown");
        await seat.Page.Keyboard.PressAsync("End");
        await seat.Page.Keyboard.PressAsync("ArrowLeft");
        await seat.Page.Keyboard.TypeAsync("0");
        await Expect(seat["payload-diff"]).ToContainTextAsync("\"amount\": 50,");
        await Expect(seat["payload-diff"].Locator(".diff-added, .diff-removed")).ToHaveCountAsync(2);
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit by you");
        var review = await ReadAsync("a");
        Assert.Equal("""{"zeta":12345678901234567890,"amount":50,"alpha":1.10,"exp":1e400,"text":"\u0041\/"}""", string.Concat(review.Payload.Where(c => !char.IsWhiteSpace(c))));
        Assert.Equal("""{"zeta":12345678901234567890,"amount":5,"alpha":1.10,"exp":1e400,"text":"\u0041\/"}""", review.OriginalPayload);
    }

    [Theory]
    [InlineData("""{"n":12345678901234567890,"long enough":"to be laid out over several lines in the editor"}""")]
    [InlineData("{ \"n\" : 12345678901234567890 ,\r\n\t\"cr\":1.10 }")]
    public async Task Opened_and_left_alone_the_payload_stays_to_the_byte(string payload)
    {
        await AskAsync("a", payload);
        await using var seat = await EditAsync("a");
        await Expect(seat["payload-editor"]).ToContainTextAsync("12345678901234567890");

        await seat["payload-editor"].ClickAsync();
        await seat.Page.Keyboard.TypeAsync("x");
        await seat.Page.Keyboard.PressAsync("Backspace");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Unchanged");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        var review = await ReadAsync("a");
        Assert.Equal((payload, false), (review.Payload, review.WasEdited));
    }

    [Fact]
    public async Task Another_layout_alone_is_no_edit()
    {
        await AskAsync("a", """{"n":1.0}""");
        await using var seat = await EditAsync("a");

        await TypeInEditorAsync(seat, "{\n  \"n\": 1.0\n}\n");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Same value as the original");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        Assert.Equal(("""{"n":1.0}""", false), ((await ReadAsync("a")).Payload, (await ReadAsync("a")).WasEdited));
    }

    [Fact]
    public async Task Typing_through_an_invalid_state_loses_nothing_and_a_refused_edit_stays()
    {
        await AskAsync("a", """{"n":1}""");
        await using var seat = await EditAsync("a");

        await TypeInEditorAsync(seat, """{"n":""");
        await Expect(seat["editor-state"]).ToContainTextAsync("not JSON");
        await Expect(seat.Page.Locator(".cm-lint-marker-error")).ToBeVisibleAsync();
        await seat["approve"].ClickAsync();
        await Expect(seat["refusal"]).ToContainTextAsync("The edit can’t be approved");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("a")).Status);
        await seat.Page.Locator(".cm-content").FocusAsync();
        await seat.Page.Keyboard.PressAsync("Control+End");
        await seat.Page.Keyboard.TypeAsync("2}");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit");
        Assert.Equal("""{"n":2}""", (await ReadAsync("a")).Payload);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task An_edit_to_a_value_that_looks_like_nothing_is_what_the_agent_gets(string edit)
    {
        await AskAsync("a");
        await using var seat = await EditAsync("a");

        await TypeInEditorAsync(seat, edit);
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit");
        Assert.Equal(edit, (await Agents.ConsumeAsync(Caller, Id("a"), Ct)).Payload);
    }

    [Fact]
    public async Task A_megabyte_is_opened_edited_and_approved()
    {
        var payload = "{\"n\":12345678901234567890,\"lines\":["
            + $"{string.Join(',', Enumerable.Range(0, 9_000).Select(i => $"\"line {i} {new string('x', 90)}\""))}]}}";
        Assert.InRange(payload.Length, 900_000, 1_000_000);
        await AskAsync("a", payload);
        await using var seat = await EditAsync("a");
        await Expect(seat["payload-editor"]).ToContainTextAsync("12345678901234567890");

        await seat["payload-editor"].ClickAsync(new() { Position = new() { X = 120, Y = 20 } });
        await seat.Page.Keyboard.PressAsync("Control+Home");
        await seat.Page.Keyboard.PressAsync("ArrowRight");
        await seat.Page.Keyboard.InsertTextAsync("\"new\":0,");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Edited");
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit");
        Assert.StartsWith("{\"new\":0,", (await ReadAsync("a")).Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_brings_the_original_back_and_leaving_the_editor_drops_the_edit()
    {
        await AskAsync("a", """{"n":1}""");
        await using var seat = await EditAsync("a");
        await TypeInEditorAsync(seat, "[1,2]");
        await Expect(seat["payload-diff"]).ToBeVisibleAsync();

        await seat["reset-payload"].ClickAsync();
        await Expect(seat["editor-state"]).ToHaveTextAsync("Unchanged");
        await Expect(seat["payload-diff"]).ToHaveCountAsync(0);
        await TypeInEditorAsync(seat, "[3]");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Edited");
        await seat["discard-edit"].ClickAsync();
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved by you");
        Assert.Equal("""{"n":1}""", (await ReadAsync("a")).Payload);
    }

    [Fact]
    public async Task With_auto_approval_the_edit_waits_and_comes_back_when_it_is_switched_off()
    {
        await AskAsync("a", """{"n":1}""");
        await using var seat = await EditAsync("a");
        await TypeInEditorAsync(seat, """{"n":2}""");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Edited");

        await seat["more-ways"].ClickAsync();
        await seat["auto-approve"].ClickAsync();
        await Expect(seat["payload-editor"]).ToBeHiddenAsync();
        await Expect(Card(seat, "a")).ToContainTextAsync("Editing is off");
        await seat["auto-approve"].ClickAsync();

        await Expect(seat["payload-editor"]).ToContainTextAsync("2");
        await seat["approve"].ClickAsync();
        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit");
        Assert.Equal("""{"n":2}""", (await ReadAsync("a")).Payload);
    }

    [Fact]
    public async Task The_keyboard_gets_into_the_editor_and_out_of_it()
    {
        await AskAsync("a", "1");
        await using var seat = await EditAsync("a");
        await Expect(seat.Page.Locator(".cm-content")).ToBeFocusedAsync();

        await seat.Page.Keyboard.PressAsync("Tab");

        Assert.False(await seat.Page.EvaluateAsync<bool>("document.activeElement.closest('.cm-editor') !== null"));
    }

    [Fact]
    public async Task Escape_leaves_an_editor_in_which_nothing_was_typed_and_keeps_one_in_which_something_was()
    {
        await AskAsync("a", "1");
        await using var seat = await EditAsync("a");
        await Expect(seat.Page.Locator(".cm-content")).ToBeFocusedAsync();

        await seat.Page.Keyboard.PressAsync("Escape");
        await Expect(seat["payload-editor"]).ToHaveCountAsync(0);
        await Expect(Card(seat, "a").Locator("h2")).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("e");
        await TypeInEditorAsync(seat, """{"n":2}""");
        await Expect(seat["payload-diff"]).ToBeVisibleAsync();
        await seat.Page.Keyboard.PressAsync("Escape");

        await Expect(Card(seat, "a").Locator("h2")).ToBeFocusedAsync();
        await Expect(seat["payload-diff"]).ToContainTextAsync("\"n\": 2");
    }

    [Fact]
    public async Task Characters_that_hide_are_named_in_the_editor_and_on_the_card()
    {
        await AskAsync("a", "{\"file\":\"invoice\u202Egpj.exe\",\"tag\":\"\U000E0041\"}", "Looks\u200B fine");
        await using var seat = await OpenAsync($"/review/{Id("a")}");
        await Expect(seat["payload-warning"]).ToContainTextAsync("U+202E right-to-left override");
        await Expect(seat["instructions"].Locator(".unseen")).ToHaveTextAsync("U+200B");

        await seat["edit-payload"].ClickAsync();

        await Expect(seat["payload-editor"].Locator(".cm-unseen")).ToHaveTextAsync(["U+202E", "U+E0041"]);
    }

    [Fact]
    public async Task The_form_of_a_block_changes_one_place_of_the_payload_and_a_fault_stands_at_its_field()
    {
        const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";
        var graph = await StoreGraphAsync("Pay", $$$$"""[{"id":"send","block_id":"{{{{Http}}}}","input_default":{"url":"http://127.0.0.1:9/","method":"POST","body":{"zeta":12345678901234567890,"amount":1.10,"exp":1e400}}}]""");
        await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync("/");
        await seat["edit-payload"].ClickAsync();
        await Expect(seat["editor-form"]).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(seat["form-field"].First).ToBeFocusedAsync();

        await Field("$.url").FillAsync("ftp://127.0.0.1/");
        await Expect(Field("$.url")).ToHaveAttributeAsync("aria-invalid", "true");
        await Field("$.url").FillAsync("http://127.0.0.1:9/");
        await Expect(seat["editor-state"]).ToHaveTextAsync("Unchanged");
        await Field("$.body.amount").FillAsync("1.1,");
        await seat["approve"].ClickAsync();
        await Expect(seat["refusal"]).ToContainTextAsync("$.body.amount must be a number");
        await Field("$.body.amount").FillAsync("1.250");
        await Expect(seat["payload-diff"].Locator(".diff-added, .diff-removed")).ToHaveCountAsync(2);
        await seat["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit by you");
        await using var db = App.Db();
        var review = await db.Reviews.SingleAsync(r => r.UserId == Me.Id, Ct);
        Assert.Equal("""{"url":"http://127.0.0.1:9/","method":"POST","body":{"zeta":12345678901234567890,"amount":1.250,"exp":1e400}}""", string.Concat(review.Payload.Where(c => !char.IsWhiteSpace(c))));

        ILocator Field(string path) => seat.Page.Locator($"[data-testid=form-field][data-path='{path}']");
    }

    [Fact]
    public async Task What_was_typed_survives_a_reload_and_is_there_in_another_window()
    {
        await AskAsync("a", """{"n":1}""");
        await using var seat = await EditAsync("a");
        await TypeInEditorAsync(seat, """{"n":2}""");
        await seat["review-message"].FillAsync("Two is enough");
        await Expect(Row(seat, "a")).ToContainTextAsync("Draft");
        await DraftAsync("a", draft => draft is { Message: "Two is enough", Text: """{"n":2}""" });

        await seat.Page.ReloadAsync();
        await Expect(seat["payload-diff"]).ToContainTextAsync("\"n\": 2");
        await Expect(seat["review-message"]).ToHaveValueAsync("Two is enough");
        await using var other = await OpenAsync($"/review/{Id("a")}");
        await Expect(other["payload-diff"]).ToContainTextAsync("\"n\": 2");
        await Expect(other["review-message"]).ToHaveValueAsync("Two is enough");
        await other["approve"].ClickAsync();

        await Expect(seat["verdict"]).ToContainTextAsync("Approved with an edit by you");
        Assert.Equal(("""{"n":2}""", "Two is enough"), ((await ReadAsync("a")).Payload, (await ReadAsync("a")).ReviewMessage));
    }

    [Fact]
    public async Task Two_windows_that_type_about_one_review_overwrite_nothing_of_each_other()
    {
        await AskAsync("a");
        await using var one = await OpenAsync($"/review/{Id("a")}");
        await using var two = await OpenAsync($"/review/{Id("a")}");
        await two["review-message"].FillAsync("From the second");
        await DraftAsync("a", draft => draft?.Message == "From the second");
        await Expect(one["review-message"]).ToHaveValueAsync("From the second");

        await one["review-message"].FillAsync("From the first");

        await Expect(two["draft-elsewhere"]).ToContainTextAsync("another window");
        await Expect(two["review-message"]).ToHaveValueAsync("From the second");
        await two["draft-elsewhere"].GetByText("Show the other").ClickAsync();
        await Expect(two["review-message"]).ToHaveValueAsync("From the first");
    }

    [Fact]
    public async Task A_review_that_is_decided_elsewhere_keeps_what_was_typed_about_it()
    {
        await AskAsync("a", """{"n":1}""");
        await using var seat = await EditAsync("a");
        await TypeInEditorAsync(seat, """{"n":2}""");
        await DraftAsync("a", draft => draft?.Text == """{"n":2}""");

        await App.Get<Deciding>().DecideAsync(Caller, [new(Id("a"), false)], Ct);

        await Expect(seat["verdict"]).ToContainTextAsync("Rejected by you elsewhere");
        await Expect(seat["left-over"]).ToContainTextAsync("""{"n":2}""");
        await Expect(seat["approve"]).ToHaveCountAsync(0);
        await seat.Page.ReloadAsync();
        await Expect(seat["left-over"]).ToContainTextAsync("""{"n":2}""");
    }

    [Fact]
    public async Task By_keys_alone_a_payload_is_edited_and_approved()
    {
        await AskAsync("a", """{"n":1}""");
        await AskAsync("b", "1");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "b");

        await seat.Page.Keyboard.PressAsync("e");
        await Expect(seat.Page.Locator(".cm-content")).ToBeFocusedAsync();
        await seat.Page.Keyboard.PressAsync("Control+a");
        await seat.Page.Keyboard.InsertTextAsync("""{"n":3}""");
        await seat.Page.Keyboard.PressAsync("Control+Enter");

        await Expect(Card(seat, "a").Locator("h2")).ToBeFocusedAsync();
        Assert.Equal(("""{"n":3}""", ReviewStatus.APPROVED), ((await ReadAsync("b")).Payload, (await ReadAsync("b")).Status));
    }

    /// <summary>Waits until the draft is as wanted.</summary>
    async Task DraftAsync(string name, Func<ReviewDraft?, bool> isIt)
    {
        using var feed = App.Get<ChangeFeeds>().Open(Me.Id);
        if (isIt(await App.Get<Drafts>().FindAsync(Caller, Id(name), Ct)))
            return;
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is DraftChanged && isIt(await App.Get<Drafts>().FindAsync(Caller, Id(name), Ct)))
                return;
    }

    async Task<Seat> EditAsync(string name)
    {
        var seat = await OpenAsync($"/review/{Id(name)}");
        await seat["edit-payload"].ClickAsync();
        await seat.ShowTextAsync();
        return seat;
    }
}
