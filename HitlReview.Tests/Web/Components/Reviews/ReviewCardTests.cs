using System.Text;
using AngleSharp.Dom;
using Bunit;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Payload;
using HitlReview.Web.Components.Reviews;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;

namespace HitlReview.Tests.Web.Components.Reviews;

/// <summary>The card of one review, without a browser.</summary>
public sealed class ReviewCardTests() : UiSpec(new SqliteStore())
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300); // after which what was typed is kept

    [Fact]
    public async Task It_shows_the_whole_payload_the_fingerprint_and_who_asks()
    {
        var review = await AskAsync("a", payload: """{"data":"tidy up","command":"rm -rf /"}""");

        var card = await OpenAsync("a");

        Assert.Equal(["data", "command"], card.FindAll(".key").Select(key => key.TextContent));
        Assert.Equal("SHA-256" + review.PayloadHash[..12], Text(card, "payload-fingerprint").Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("run-1", card.Markup, StringComparison.Ordinal);
        Assert.Equal("a", card.Find("[data-testid=review-card]").GetAttribute("data-node-exec-id"));
        Assert.Empty(card.FindAll("[data-testid=payload-warning]"));
    }

    [Fact]
    public async Task The_agents_words_are_marked_as_such_and_cannot_become_part_of_the_page()
    {
        await AskAsync("a", instructions: "Block <button data-testid=\"approve\">Approve</button>");

        var card = await OpenAsync("a");

        Assert.Contains("nobody has checked them", Text(card, "instructions"), StringComparison.Ordinal);
        Assert.Contains("Block <button", Text(card, "instructions"), StringComparison.Ordinal);
        Assert.Single(card.FindAll("[data-testid=approve]"));
    }

    [Fact]
    public async Task Instructions_in_the_payload_stand_beside_the_agents_own()
    {
        await AskAsync("a", payload: """{"instructions":"from the payload"}""", instructions: "from the agent");

        var card = await OpenAsync("a");

        Assert.Contains("from the payload", card.Find(".card-payload").TextContent, StringComparison.Ordinal);
        Assert.Contains("from the agent", Text(card, "instructions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidden_characters_bring_a_warning()
    {
        await AskAsync("a", payload: """{"file":"invoice\u202Egpj.exe"}""");

        Assert.Contains("U+202E right-to-left override", Text(await OpenAsync("a"), "payload-warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_takes_the_message_along_and_leaves_the_payload_to_the_byte()
    {
        await AskAsync("a", payload: """{ "n": 12345678901234567890 }""");
        var card = await OpenAsync("a");

        await WriteAsync(card, "  all right ");
        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        var review = await Reviews.GetAsync(Rosa, "a", Ct);
        Assert.Equal((ReviewStatus.APPROVED, "all right", false, """{ "n": 12345678901234567890 }"""), (review.Status, review.ReviewMessage, review.WasEdited, review.Payload));
        Assert.Empty(card.FindAll("[data-testid=approve]"));
    }

    [Fact]
    public async Task Auto_approval_is_never_preselected_says_its_scope_and_switches_editing_off()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        Assert.Empty(card.FindAll("[data-testid=auto-approve]"));
        await card.InvokeAsync(() => card.Find("[data-testid=more-ways]").ClickAsync(new()));
        var scope = card.Find("[data-testid=auto-approve]").Closest("label")!;
        Assert.Equal("false", card.Find("[data-testid=auto-approve]").GetAttribute("aria-checked"));
        Assert.Contains(
            "everything that this node asks for: tool in this execution, with whatever input it has then and without showing it to you",
            string.Join(' ', scope.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);

        await card.InvokeAsync(() => card.Find("[data-testid=auto-approve]").ClickAsync(new()));

        Assert.Contains("Editing is off", card.Find(".decide").TextContent, StringComparison.Ordinal);
        Assert.True(Button(card, "edit-payload").HasAttribute("disabled"));
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(
            () => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal("tool", Assert.Single((await Store.Get<AutoApprovals>().ListAsync(Rosa, PageRequest.First, Ct)).Items).NodeId);
    }

    [Fact]
    public async Task What_is_not_editable_has_no_way_to_edit() =>
        Assert.Empty((await OpenAsync((await AskAsync("a", editable: false)).NodeExecId)).FindAll("[data-testid=edit-payload]"));

    [Fact]
    public async Task What_is_folded_must_be_opened_or_be_owned_up_to_before_it_can_be_approved()
    {
        await AskAsync("a", payload: $"\"{new string('x', 5_000)}\"");
        var card = await OpenAsync("a");
        Assert.True(Button(card, "approve").HasAttribute("disabled"));
        Assert.False(Button(card, "reject").HasAttribute("disabled"));

        await PressAsync(card, "[data-testid=unfold]");

        Assert.False(Button(card, "approve").HasAttribute("disabled"));
    }

    [Fact]
    public async Task All_that_is_folded_opens_at_once_and_until_then_the_button_says_why_it_waits()
    {
        await AskAsync("a", payload: $$"""{"x":"{{new string('x', 5_000)}}","y":"{{new string('y', 5_000)}}"}""");
        var card = await OpenAsync("a");
        Assert.Equal(
            "2 parts of the payload are not shown.",
            card.Find($"#{Button(card, "approve").GetAttribute("aria-describedby")}").TextContent);

        await PressAsync(card, "[data-testid=unfold-all]");

        Assert.False(Button(card, "approve").HasAttribute("disabled"));
        Assert.Equal([5_000, 5_000], card.FindAll(".payload .text").Select(text => text.TextContent.Length));
    }

    [Fact]
    public async Task A_message_counts_in_code_points_and_one_too_long_is_refused_and_kept()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await WriteAsync(card, string.Concat(Enumerable.Repeat("😀", 2_001)));
        Assert.Equal("2,001 of 2,000", card.Find(".count").TextContent);

        await PressAsync(card, "[data-testid=reject]");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("message must have at most 2000 characters", Text(card, "refusal"), StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Equal(4_002, card.Find("[data-testid=review-message]").GetAttribute("value")!.Length);
    }

    [Fact]
    public async Task Decided_elsewhere_it_says_so_at_once_and_its_buttons_go()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await DecideAsync("a", approved: false, message: "Not like this");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Rejected by you elsewhere", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("Not like this", Text(card, "verdict"), StringComparison.Ordinal);
        Assert.Empty(card.FindAll("[data-testid=approve], [data-testid=reject], [data-testid=edit-payload]"));
    }

    [Fact]
    public async Task A_stop_elsewhere_says_so_and_is_nobodys_rejection()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await Stopping.StopAsync(Rosa, "run-1", Ct);

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Cancelled before a decision", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("Execution was stopped by user", Text(card, "verdict"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opened_after_the_decision_it_shows_the_course_and_not_more_than_was_observed()
    {
        await AskAsync("a");
        await DecideAsync("a");

        var card = await OpenAsync("a");

        Assert.Equal(
            ["Asked", "Approved by you", "Not yet taken up by the agent"],
            card.FindAll(".course-words").Select(step => step.TextContent));
        Assert.DoesNotContain("elsewhere", Text(card, "verdict"), StringComparison.Ordinal);
        await Agents.ConsumeAsync(Rosa, "a", Ct);
        await card.WaitForAssertionAsync(
            () => Assert.Contains("Taken up by the agent", card.Find(".course").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact, Invariant(11)]
    public async Task It_says_which_agent_asks_and_with_which_key_was_decided_and_never_that_you_did()
    {
        await AskAsync("a", owner: Rosa with { Key = new("key-rosa", "ci\u202ebot", KeyMay.ask) });
        var card = await OpenAsync("a");

        Assert.Contains("By the agent “ciU+202Ebot”", card.Find(".card-where").TextContent, StringComparison.Ordinal);
        Assert.Contains("Let the agent “ciU+202Ebot” run “tool”", card.Find("h2").TextContent, StringComparison.Ordinal);
        Assert.Equal("The agent “ciU+202Ebot”", card.Find(".facts dd").TextContent.Trim());
        Assert.Equal("Asked by the agent “ci[U+202E]bot”", card.Find(".course-words").TextContent);

        await Deciding.DecideAsync(Rosa with { Key = new("deciding-key-rosa", "release-bot", KeyMay.decide) }, [new("a", true)], Ct);

        await card.WaitForAssertionAsync(() =>
            Assert.Contains("Approved with the key release-bot", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.DoesNotContain("by you", card.Markup, StringComparison.Ordinal);
        Assert.Equal("Approved with the key release-bot", card.FindAll(".course-words")[1].TextContent);
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_review_is_answered_as_an_unknown_one()
    {
        await AskAsync("theirs", payload: """{"secret":1}""", owner: Cast.Ben.Caller());
        var card = Window().Render<ReviewCard>(parameters => parameters
            .Add(c => c.NodeExecId, "theirs")
            .Add(c => c.UndoWindow, TimeSpan.Zero));

        await card.WaitForAssertionAsync(
            () => Assert.Contains("it is not yours to see", Text(card, "missing"), StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.DoesNotContain("secret", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_sees_somebody_elses_review_and_cannot_decide_it()
    {
        await AskAsync("a");

        var card = await OpenAsync("a", person: Cast.Ada);

        Assert.Empty(card.FindAll("[data-testid=approve], [data-testid=reject]"));
        Assert.NotEmpty(card.FindAll("[data-testid=stop-execution]"));
    }

    [Fact]
    public async Task A_stop_asks_once_more_before_it_stops()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await PressAsync(card, "[data-testid=stop-execution]");
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
        await PressAsync(card, "[data-testid=stop-execution-confirm]");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Cancelled before a decision", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
    }

    [Fact]
    public async Task With_a_time_to_undo_nothing_reaches_the_review_until_it_is_over_and_the_card_counts_down()
    {
        await AskAsync("a");
        var card = await OpenAsync("a", undoSeconds: 5);

        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Approved", Text(card, "scheduled"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal(
            Time.Iso(Store.Clock.GetUtcNow().AddSeconds(5)),
            card.Find("[data-testid=scheduled] count-down").GetAttribute("datetime"));
        Assert.Empty(card.FindAll("[data-testid=approve], [data-testid=reject], [data-testid=edit-payload]"));
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
        await PassAsync(5);
        await card.WaitForAssertionAsync(
            () => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.DoesNotContain("elsewhere", Text(card, "verdict"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_brings_back_the_message_and_the_edit()
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a", undoSeconds: 5);
        await WriteAsync(card, "to Bob instead");
        await TypeAsync(window, card, """{"to":"bob"}""");
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=scheduled]"), Recorded<int>.Patience);
        Assert.Empty(card.FindComponents<PayloadEditor>());

        await PressAsync(card, "[data-testid=scheduled] button");

        await card.WaitForAssertionAsync(() => Assert.Equal("to Bob instead", Message(card)), Recorded<int>.Patience);
        await card.WaitForAssertionAsync(() => Assert.Equal("""{"to":"bob"}""", card.FindComponent<PayloadEditor>().Instance.Text), Recorded<int>.Patience);
        await PassAsync(5);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
    }

    [Theory, Invariant(4)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_written_for_a_rejection_doesnt_go_with_an_approval_but_by_the_readers_will(bool withEither)
    {
        await AskAsync("a");
        var card = await OpenAsync("a", undoSeconds: 5);
        await WriteAsync(card, "Wrong account!");
        await PressAsync(card, "[data-testid=reject]");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=scheduled]"), Recorded<int>.Patience);
        await PressAsync(card, "[data-testid=scheduled] button");
        // Also on a card that is drawn anew: the reader may have gone on meanwhile.
        card = await OpenAsync("a");
        await card.WaitForAssertionAsync(() => Assert.Equal("Wrong account!", Message(card)), Recorded<int>.Patience);
        Assert.Contains("Written for the rejection", Text(card, "message-of"), StringComparison.Ordinal);
        if (withEither)
            await PressAsync(card, "[data-testid=message-for-either]");

        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=verdict]"), Recorded<int>.Patience);
        Assert.Equal(withEither ? "Wrong account!" : null, (await Reviews.GetAsync(Rosa, "a", Ct)).ReviewMessage);
        Assert.Equal(withEither ? 0 : 1, card.FindAll("[data-testid=left-over]").Count);
    }

    [Fact]
    public async Task Written_anew_it_goes_with_either()
    {
        await AskAsync("a");
        var card = await OpenAsync("a", undoSeconds: 5);
        await WriteAsync(card, "Wrong account!");
        await PressAsync(card, "[data-testid=reject]");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=scheduled]"), Recorded<int>.Patience);
        await PressAsync(card, "[data-testid=scheduled] button");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=message-of]"), Recorded<int>.Patience);

        await WriteAsync(card, "It is the right one.");
        Assert.Empty(card.FindAll("[data-testid=message-of]"));
        await PressAsync(card, "[data-testid=approve]");
        await PassAsync(5);

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=verdict]"), Recorded<int>.Patience);
        Assert.Equal("It is the right one.", (await Reviews.GetAsync(Rosa, "a", Ct)).ReviewMessage);
    }

    [Fact]
    public async Task An_edit_is_what_is_approved()
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a");

        await TypeAsync(window, card, """{"to":"bob"}""");
        Assert.Contains("bob", Text(card, "payload-diff"), StringComparison.Ordinal);
        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=verdict]"), Recorded<int>.Patience);
        var review = await Reviews.GetAsync(Rosa, "a", Ct);
        Assert.Equal((ReviewStatus.APPROVED, true, """{"to":"bob"}"""), (review.Status, review.WasEdited, review.Payload));
    }

    [Fact]
    public async Task An_edit_that_is_no_json_is_refused_in_words_and_nothing_is_decided()
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a");
        await TypeAsync(window, card, """{"to":""");

        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(() => Assert.NotEmpty(Text(card, "refusal")), Recorded<int>.Patience);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
        Assert.NotEmpty(card.FindComponents<PayloadEditor>());
    }

    [Fact]
    public async Task What_is_typed_is_kept_after_a_pause_and_is_there_in_another_card()
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a");
        using var feed = Store.Events.Open(Rosa.UserId);
        await WriteAsync(card, "not");
        await TypeAsync(window, card, """{"to":"bo""");
        await WriteAsync(card, "not to Ann");
        Store.Clock.Advance(s_pause - TimeSpan.FromMilliseconds(1));
        Assert.Null(await Drafts.FindAsync(Rosa, "a", Ct));

        Store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await HeardAsync<DraftChanged>(feed);

        var other = await OpenAsync("a");
        Assert.Equal("not to Ann", Message(other));
        Assert.Equal("""{"to":"bo""", other.FindComponent<PayloadEditor>().Instance.Text);
    }

    [Fact]
    public async Task What_is_typed_in_the_last_moment_is_kept_when_the_card_is_left()
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a");
        await WriteAsync(card, "half a sen");

        await card.InvokeAsync(async () => await card.Instance.DisposeAsync());

        Assert.Equal("half a sen", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);
    }

    [Fact]
    public async Task What_is_typed_before_the_server_knows_that_somebody_has_come_to_the_card_is_kept_and_nothing_typed_wipes_nothing()
    {
        await AskAsync("a");
        await Drafts.SaveAsync(Rosa, "a", null, "kept", "hash", 0, Ct);
        var card = await OpenAsync("a", isCurrent: false);

        await card.InvokeAsync(() => card.Find("textarea").InputAsync(""));
        Assert.Equal("kept", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);
        await card.InvokeAsync(() => card.Find("textarea").InputAsync("half a sen"));
        card.Render(parameters => parameters.Add(c => c.IsCurrent, true));

        Assert.Equal("half a sen", Message(card));
        await card.InvokeAsync(async () => await card.Instance.DisposeAsync());
        Assert.Equal("half a sen", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);
    }

    [Fact]
    public async Task An_approval_that_a_stop_withdraws_says_so_also_where_an_agent_asked()
    {
        await AskAsync("a");
        await Deciding.DecideAsync(Rosa, [new("a", true)], Ct);
        var card = await OpenAsync("a");
        Assert.Contains(card.FindAll("button"), button => button.TextContent.Contains("Stop", StringComparison.Ordinal));

        await Stopping.StopAsync(Rosa, "run-1", Ct);

        await card.WaitForAssertionAsync(
            () => Assert.DoesNotContain(card.FindAll("button"), button => button.TextContent.Contains("Stop", StringComparison.Ordinal)),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task A_card_that_is_only_drawn_ahead_opens_a_draft_once_the_person_comes_to_it_and_has_no_test_ids_until_then()
    {
        await AskAsync("a");
        await Drafts.SaveAsync(Rosa, "a", "[1]", null, "hash", 0, Ct);
        var card = await OpenAsync("a", isCurrent: false);
        Assert.Empty(card.FindComponents<PayloadEditor>());
        Assert.Empty(card.FindAll(
            "[data-testid=review-card], [data-testid=approve], [data-testid=reject], [data-testid=edit-payload], "
            + "[data-testid=review-message], [data-testid=auto-approve], [data-testid=payload-warning]"));

        card.Render(parameters => parameters.Add(c => c.IsCurrent, true));

        Assert.Equal("[1]", card.FindComponent<PayloadEditor>().Instance.Text);
        Assert.Equal("a", card.Find("[data-testid=review-card]").GetAttribute("data-node-exec-id"));
    }

    [Fact]
    public async Task A_draft_that_another_window_has_changed_is_offered_and_neither_overwrites_the_other()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await TypeMessageAsync(card, "mine");

        await Drafts.SaveAsync(Rosa, "a", null, "theirs", "hash", 1, Ct);
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=draft-elsewhere]"), Recorded<int>.Patience);
        await WriteAsync(card, "mine too");
        Store.Clock.Advance(s_pause);
        Assert.Equal("mine too", Message(card));
        Assert.Equal("theirs", (await Drafts.FindAsync(Rosa, "a", Ct))!.Message);

        await PressAsync(card, "[data-testid=draft-elsewhere] button:nth-of-type(1)");
        await card.WaitForAssertionAsync(() => Assert.Equal("theirs", Message(card)), Recorded<int>.Patience);
        Assert.Empty(card.FindAll("[data-testid=draft-elsewhere]"));
    }

    [Fact]
    public async Task A_draft_of_another_window_is_not_overwritten_because_the_review_was_read_again_before_it_was_heard_of()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await TypeMessageAsync(card, "mine");
        await using (var db = Store.Db())
            await db.ReviewDrafts.ExecuteUpdateAsync(set => set.SetProperty(d => d.Message, "theirs").SetProperty(d => d.Revision, 2), Ct);
        var before = card.RenderCount;
        await TellAsync(new DecisionTooLate(Rosa.UserId, "a", true, "too late"));
        await card.WaitForStateAsync(() => card.RenderCount > before, Recorded<int>.Patience);

        await TellAsync(new DraftChanged(Rosa.UserId, "a", 2));

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=draft-elsewhere]"), Recorded<int>.Patience);
        Assert.Equal("mine", Message(card));
    }

    [Fact]
    public async Task Of_two_drafts_the_person_may_keep_the_one_before_them()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await TypeMessageAsync(card, "mine");
        await Drafts.SaveAsync(Rosa, "a", null, "theirs", "hash", 1, Ct);
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=draft-elsewhere]"), Recorded<int>.Patience);

        await PressAsync(card, "[data-testid=draft-elsewhere] button:nth-of-type(2)");

        await card.WaitForAssertionAsync(() => Assert.Empty(card.FindAll("[data-testid=draft-elsewhere]")), Recorded<int>.Patience);
        Assert.Equal(("mine", "mine"), (Message(card), (await Drafts.FindAsync(Rosa, "a", Ct))!.Message));
    }

    [Fact]
    public async Task A_draft_of_another_window_comes_into_a_card_in_which_nothing_was_typed()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await Drafts.SaveAsync(Rosa, "a", null, "theirs", "hash", 0, Ct);

        await card.WaitForAssertionAsync(
            () => Assert.True(Message(card) == "theirs" || card.FindAll("[data-testid=draft-elsewhere]").Count > 0),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task Of_a_review_whose_draft_another_window_has_changed_a_decision_is_told_at_once_too()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await TypeMessageAsync(card, "mine");
        await Drafts.SaveAsync(Rosa, "a", null, "theirs", "hash", 1, Ct);
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=draft-elsewhere]"), Recorded<int>.Patience);

        await DecideAsync("a", approved: false);

        await card.WaitForAssertionAsync(
            () => Assert.Contains("elsewhere", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Empty(card.FindAll("[data-testid=approve], [data-testid=reject]"));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Decided_elsewhere_it_keeps_and_shows_what_was_typed(bool paused)
    {
        await AskAsync("a");
        var window = Window();
        var card = await OpenAsync(window, "a");
        using var feed = Store.Events.Open(Rosa.UserId);
        await TypeAsync(window, card, """{"to":"bob"}""");
        await WriteAsync(card, "to Bob instead");
        if (paused)
        {
            Store.Clock.Advance(s_pause);
            await HeardAsync<DraftChanged>(feed);
        }

        await DecideAsync("a", approved: false);

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Rejected by you elsewhere", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        await card.WaitForAssertionAsync(() => Assert.Contains("""{"to":"bob"}""", Text(card, "left-over"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("to Bob instead", Text(card, "left-over"), StringComparison.Ordinal);
        await PressAsync(card, "[data-testid=left-over] button");
        await card.WaitForAssertionAsync(() => Assert.Empty(card.FindAll("[data-testid=left-over]")), Recorded<int>.Patience);
        Assert.Null(await Drafts.FindAsync(Rosa, "a", Ct));
    }

    [Fact]
    public async Task Decided_by_another_window_without_it_a_draft_is_not_thrown_away()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        await TypeMessageAsync(card, "typed for minutes");

        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [new("a", false) { Message = "quick no" }], TimeSpan.Zero, Ct);

        await card.WaitForAssertionAsync(
            () => Assert.Contains("Rejected by you elsewhere", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        await card.WaitForAssertionAsync(
            () => Assert.Contains("typed for minutes", Text(card, "left-over"), StringComparison.Ordinal), Recorded<int>.Patience);
    }

    [Fact, Invariant(4)]
    public async Task A_payload_that_changes_under_the_reader_shows_how_and_can_not_be_approved_until_they_have_seen_it()
    {
        await AskAsync("a", payload: """{"amount":1}""");
        var card = await OpenAsync("a");

        await ChangePayloadAsync("a", """{"amount":1000}""");

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=payload-changed]"), Recorded<int>.Patience);
        Assert.Contains("1000", card.Find(".diff-added").TextContent, StringComparison.Ordinal);
        Assert.True(Button(card, "approve").HasAttribute("disabled"));
        Assert.False(Button(card, "reject").HasAttribute("disabled"));
        await PressAsync(card, "[data-testid=payload-changed] button");
        Assert.Empty(card.FindAll("[data-testid=payload-changed]"));
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(
            () => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal("""{"amount":1000}""", (await Reviews.GetAsync(Rosa, "a", Ct)).Payload);
    }

    [Fact, Invariant(4)]
    public async Task A_payload_that_changed_unheard_is_not_approved_and_its_change_is_shown()
    {
        await AskAsync("a", payload: """{"amount":1}""");
        var refused = new List<RefusedDecision>();
        var card = await OpenAsync("a", refused: refused.Add);
        await ChangePayloadAsync("a", """{"amount":1000}""", isTold: false);

        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(
            () => Assert.Contains("has changed since it was shown", Text(card, "refusal"), StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Equal("a", Assert.Single(refused).NodeExecId);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=payload-changed]"), Recorded<int>.Patience);
        Assert.True(Button(card, "approve").HasAttribute("disabled"));
    }

    [Theory, Invariant(4)]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task A_press_that_comes_after_the_payload_has_changed_is_about_the_one_that_it_was_made_at(string button)
    {
        await AskAsync("a", payload: """{"amount":1}""");
        var card = await OpenAsync("a");
        var shown = card.Find("article").GetAttribute("data-press")!;
        await ChangePayloadAsync("a", """{"amount":1000}""");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=payload-changed]"), Recorded<int>.Patience);

        await card.InvokeAsync(() => Button(card, button).TriggerEventAsync("onpress", new PressEventArgs { Shown = shown }));

        await card.WaitForAssertionAsync(
            () => Assert.Contains("has changed since it was shown", Text(card, "refusal"), StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
    }

    [Fact, Invariant(4)]
    public async Task A_press_at_what_was_shown_otherwise_is_refused_though_the_payload_is_the_same()
    {
        await AskAsync("a");
        var refused = new List<RefusedDecision>();
        var card = await OpenAsync("a", refused: refused.Add);

        await card.InvokeAsync(
            () => Button(card, "approve").TriggerEventAsync("onpress", new PressEventArgs { Shown = new string('0', 64) }));

        Assert.Contains("has changed since it was shown", Text(card, "refusal"), StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(refused).NodeExecId);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
    }

    [Fact, Invariant(4)]
    public async Task A_press_on_an_editor_that_is_not_there_any_more_approves_nothing()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await card.InvokeAsync(() => Button(card, "approve").TriggerEventAsync(
            "onpress", new PressEventArgs { Shown = card.Find("article").GetAttribute("data-press")!, Typed = 7 }));

        Assert.Contains("isn’t there any more", Text(card, "refusal"), StringComparison.Ordinal);
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
    }

    [Fact]
    public async Task The_page_is_told_of_a_refusal_where_it_went_on_and_of_a_decision_where_it_waited()
    {
        await AskAsync("a");
        var (decided, refused) = (new List<string>(), new List<RefusedDecision>());
        var card = await OpenAsync("a", decided: decided.Add, refused: refused.Add);
        Assert.False(card.Find("article").HasAttribute("data-confirm"));
        await card.InvokeAsync(() => Button(card, "reject").TriggerEventAsync("onpress", new PressEventArgs { Shown = "something else" }));
        await card.WaitForAssertionAsync(() => Assert.Equal("a", Assert.Single(refused).NodeExecId), Recorded<int>.Patience);
        Assert.Empty(decided);
    }

    [Fact]
    public async Task The_page_does_not_go_on_before_a_decision_that_is_looked_at_first()
    {
        await AskAsync("a");
        var (decided, refused) = (new List<string>(), new List<RefusedDecision>());
        var card = await OpenAsync("a", decided: decided.Add, refused: refused.Add);
        // One that is too long is kept whole, and refused.
        await WriteAsync(card, new string('x', 2_001));
        Assert.True(card.Find("article").HasAttribute("data-confirm"));
        await PressAsync(card, "[data-testid=reject]");
        await card.WaitForAssertionAsync(
            () => Assert.Contains("at most 2000 characters", Text(card, "refusal"), StringComparison.Ordinal), Recorded<int>.Patience);

        await card.InvokeAsync(() => card.Find("[data-testid=more-ways]").ClickAsync(new()));
        await card.InvokeAsync(() => card.Find("[data-testid=auto-approve]").ClickAsync(new()));
        Assert.True(card.Find("article").HasAttribute("data-confirm"));
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(() => Assert.NotEmpty(Text(card, "refusal")), Recorded<int>.Patience);
        Assert.Empty(decided);
        Assert.Empty(refused);

        await WriteAsync(card, "fine");
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(() => Assert.Equal(["a"], decided), Recorded<int>.Patience);
    }

    [Fact]
    public async Task A_decision_that_nobody_waits_for_is_not_told()
    {
        await AskAsync("a");
        var decided = new List<string>();
        var card = await OpenAsync("a", decided: decided.Add);

        await PressAsync(card, "[data-testid=approve]");

        await card.WaitForAssertionAsync(() => card.Find("[data-testid=verdict]"), Recorded<int>.Patience);
        Assert.Empty(decided);
    }

    [Fact]
    public async Task What_is_folded_may_be_approved_by_who_says_that_they_have_not_read_it()
    {
        await AskAsync("a", payload: $"\"{new string('x', 5_000)}\"");
        var card = await OpenAsync("a");

        await card.InvokeAsync(() => card.Find("[data-testid=unread]").ClickAsync(new()));

        Assert.False(Button(card, "approve").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Undone_in_another_window_it_can_be_decided_again()
    {
        await AskAsync("a");
        var card = await OpenAsync("a", undoSeconds: 5);
        await PressAsync(card, "[data-testid=approve]");
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=scheduled]"), Recorded<int>.Patience);

        var scheduledDecisions = Store.Get<ScheduledDecisions>();
        await scheduledDecisions.WithdrawAsync(Rosa, (await scheduledDecisions.FindAsync(Rosa, "a", Ct))!.SetId, Ct);

        await card.WaitForAssertionAsync(() => Button(card, "approve"), Recorded<int>.Patience);
        Assert.Empty(card.FindAll("[data-testid=scheduled]"));
    }

    Drafts Drafts => Store.Get<Drafts>();

    /// <summary>Types a message, and waits until it is kept.</summary>
    async Task TypeMessageAsync(IRenderedComponent<ReviewCard> card, string message)
    {
        using var feed = Store.Events.Open(Rosa.UserId);
        await WriteAsync(card, message);
        Store.Clock.Advance(s_pause);
        await HeardAsync<DraftChanged>(feed);
    }

    /// <summary>Opens the editor, types in it, and pauses.</summary>
    static async Task TypeAsync(BunitContext window, IRenderedComponent<ReviewCard> card, string text)
    {
        var editor = window.JSInterop.SetupModule(_ => true).SetupModule("open", _ => true);
        editor.Setup<SchemaFault[]>("pending").SetResult([]);
        editor.Setup<IJSStreamReference>("read").SetResult(new Typed(text));
        editor.Setup<SchemaFault[]>("pendingAt", Pressed.Typed).SetResult([]);
        editor.Setup<IJSStreamReference>("readAt", Pressed.Typed).SetResult(new Typed(text));
        await PressAsync(card, "[data-testid=edit-payload]");
        var component = card.FindComponent<PayloadEditor>();
        await component.InvokeAsync(() => component.Instance.CheckAsync(new Typed(text), []));
    }

    static async Task HeardAsync<T>(ChangeFeeds.Feed feed)
    {
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is T)
                return;
    }

    /// <summary>Lets the time to undo pass.</summary>
    async Task PassAsync(int seconds)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
    }

    async Task ChangePayloadAsync(string nodeExecId, string payload, bool isTold = true)
    {
        var other = JsonText.Parse(payload, "payload");
        await using (var db = Store.Db())
            await PastTheGate.ChangeAsync(db, nodeExecId, other.Text, other.Hash, Ct);
        if (isTold)
            await TellAsync(new DecisionTooLate(Rosa.UserId, nodeExecId, true, "too late"));
    }

    Task TellAsync(Change change) => Queue.WriteAsync(tx =>
    {
        tx.Tell(change);
        return Task.CompletedTask;
    }, Ct);

    static string Message(IRenderedComponent<ReviewCard> card) => card.Find("[data-testid=review-message]").GetAttribute("value") ?? "";

    /// <summary>A card in a window of its own.</summary>
    Task<IRenderedComponent<ReviewCard>> OpenAsync(
        string nodeExecId,
        int undoSeconds = 0,
        Person? person = null,
        bool isCurrent = true,
        Action<string>? decided = null,
        Action<RefusedDecision>? refused = null) =>
        OpenAsync(Window(person), nodeExecId, undoSeconds, isCurrent, decided, refused);

    static async Task<IRenderedComponent<ReviewCard>> OpenAsync(
        BunitContext window,
        string nodeExecId,
        int undoSeconds = 0,
        bool isCurrent = true,
        Action<string>? decided = null,
        Action<RefusedDecision>? refused = null)
    {
        var card = window.Render<ReviewCard>(parameters => parameters
            .Add(c => c.NodeExecId, nodeExecId)
            .Add(c => c.UndoWindow, TimeSpan.FromSeconds(undoSeconds))
            .Add(c => c.IsCurrent, isCurrent)
            .Add(c => c.OnDecided, decided ?? (_ => { }))
            .Add(c => c.OnRefused, refused ?? (_ => { })));
        await card.WaitForAssertionAsync(() => card.Find("article"), Recorded<int>.Patience);
        return card;
    }

    // On the card's own thread, so that it isn't drawn anew between the look for the button and the press.
    static Task PressAsync(IRenderedComponent<ReviewCard> card, string selector) =>
        card.InvokeAsync(() => card.Find(selector).PressAsync());

    static Task WriteAsync(IRenderedComponent<ReviewCard> card, string message) =>
        card.InvokeAsync(() => card.Find("[data-testid=review-message]").InputAsync(message));

    static IElement Button(IRenderedComponent<ReviewCard> card, string testId) => card.Find($"[data-testid={testId}]");

    static string Text(IRenderedComponent<ReviewCard> card, string testId) => card.Find($"[data-testid={testId}]").TextContent;

    /// <summary>A text as the browser hands it over.</summary>
    sealed class Typed(string text) : IJSStreamReference
    {
        public long Length => Encoding.UTF8.GetByteCount(text);

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize, CancellationToken cancellationToken) =>
            new(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        public ValueTask DisposeAsync() => default;
    }
}
