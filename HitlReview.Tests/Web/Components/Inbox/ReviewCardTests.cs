using AngleSharp.Dom;
using Bunit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>The card of one review, without a browser.</summary>
public sealed class ReviewCardTests() : UiSpec(new SqliteStore())
{
    [Fact]
    public async Task It_shows_the_whole_payload_the_fingerprint_and_who_asks()
    {
        var review = await AskAsync("a", payload: """{"data":"tidy up","command":"rm -rf /"}""");

        var card = await OpenAsync("a");

        Assert.Equal(["data", "command"], card.FindAll(".key").Select(key => key.TextContent));
        Assert.Equal(review.PayloadHash[..12], Text(card, "payload-fingerprint").Replace(" ", "", StringComparison.Ordinal));
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
        var decided = new List<Review>();
        var card = await OpenAsync("a", decided.Add);

        card.Find("[data-testid=review-message]").Input("  all right ");
        await Button(card, "approve").ClickAsync();

        await card.WaitForAssertionAsync(() => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        var review = Assert.Single(decided);
        Assert.Equal((ReviewStatus.APPROVED, "all right", false, """{ "n": 12345678901234567890 }"""), (review.Status, review.ReviewMessage, review.WasEdited, review.Payload));
        Assert.Empty(card.FindAll("[data-testid=approve]"));
    }

    [Fact]
    public async Task Auto_approval_is_never_preselected_says_its_scope_and_switches_editing_off()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        var scope = card.Find("[data-testid=auto-approve]").Closest("label")!;
        Assert.False(card.Find("[data-testid=auto-approve]").IsChecked());
        Assert.Contains("everything that node tool asks for in this execution", scope.TextContent, StringComparison.Ordinal);

        await card.Find("[data-testid=auto-approve]").ChangeAsync(new() { Value = true });

        Assert.Contains("Editing is off", card.Find(".decide").TextContent, StringComparison.Ordinal);
        Assert.True(Button(card, "edit-payload").HasAttribute("disabled"));
        await Button(card, "approve").ClickAsync();
        await card.WaitForAssertionAsync(() => Assert.Contains("Approved by you", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal("tool", Assert.Single((await Store.Get<AutoApprovals>().ListAsync(Rosa, PageRequest.First, Ct)).Items).NodeId);
    }

    [Fact]
    public async Task What_is_not_editable_has_no_way_to_edit() => Assert.Empty((await OpenAsync((await AskAsync("a", editable: false)).NodeExecId)).FindAll("[data-testid=edit-payload]"));

    [Fact]
    public async Task What_is_folded_must_be_opened_or_be_owned_up_to_before_it_can_be_approved()
    {
        await AskAsync("a", payload: $"\"{new string('x', 5_000)}\"");
        var card = await OpenAsync("a");
        Assert.True(Button(card, "approve").HasAttribute("disabled"));
        Assert.False(Button(card, "reject").HasAttribute("disabled"));

        await Button(card, "unfold").ClickAsync();

        Assert.False(Button(card, "approve").HasAttribute("disabled"));
    }

    [Fact]
    public async Task A_message_counts_in_code_points_and_one_too_long_is_refused_and_kept()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");
        card.Find("[data-testid=review-message]").Input(string.Concat(Enumerable.Repeat("😀", 2_001)));
        Assert.Equal("2,001 of 2,000", card.Find(".count").TextContent);

        await Button(card, "reject").ClickAsync();

        await card.WaitForAssertionAsync(() => Assert.Contains("message must have at most 2000 characters", Text(card, "refusal"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal(4_002, card.Find("[data-testid=review-message]").GetAttribute("value")!.Length);
    }

    [Fact]
    public async Task Decided_elsewhere_it_says_so_at_once_and_its_buttons_go()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await DecideAsync("a", approved: false, message: "Not like this");

        await card.WaitForAssertionAsync(() => Assert.Contains("Rejected by you elsewhere", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("Not like this", Text(card, "verdict"), StringComparison.Ordinal);
        Assert.Empty(card.FindAll("[data-testid=approve], [data-testid=reject], [data-testid=edit-payload]"));
    }

    [Fact]
    public async Task A_stop_elsewhere_says_so_and_is_nobodys_rejection()
    {
        await AskAsync("a");
        var card = await OpenAsync("a");

        await Stopping.StopAsync(Rosa, "run-1", Ct);

        await card.WaitForAssertionAsync(() => Assert.Contains("Cancelled before a decision", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("Execution was stopped by user", Text(card, "verdict"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opened_after_the_decision_it_shows_the_course_and_not_more_than_was_observed()
    {
        await AskAsync("a");
        await DecideAsync("a");

        var card = await OpenAsync("a");

        Assert.Equal(["Asked", "Approved by you", "Not yet taken up by the agent"], card.FindAll(".course-words").Select(step => step.TextContent));
        Assert.DoesNotContain("elsewhere", Text(card, "verdict"), StringComparison.Ordinal);
        await Reviews.ConsumeAsync(Rosa, "a", Ct);
        await card.WaitForAssertionAsync(() => Assert.Contains("Taken up by the agent", card.Find(".course").TextContent, StringComparison.Ordinal), Recorded<int>.Patience);
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_review_is_answered_as_an_unknown_one()
    {
        await AskAsync("theirs", payload: """{"secret":1}""", owner: Cast.Ben.Caller());
        var card = Window().Render<ReviewCard>(parameters => parameters.Add(c => c.NodeExecId, "theirs"));

        await card.WaitForAssertionAsync(() => Assert.Contains("No review 'theirs' was found.", Text(card, "load-problem"), StringComparison.Ordinal), Recorded<int>.Patience);
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

        await Button(card, "stop-execution").ClickAsync();
        Assert.Equal(ReviewStatus.WAITING, (await Reviews.GetAsync(Rosa, "a", Ct)).Status);
        await Button(card, "stop-execution-confirm").ClickAsync();

        await card.WaitForAssertionAsync(() => Assert.Contains("Cancelled before a decision", Text(card, "verdict"), StringComparison.Ordinal), Recorded<int>.Patience);
    }

    async Task<IRenderedComponent<ReviewCard>> OpenAsync(string nodeExecId, Action<Review>? decided = null, Person? person = null)
    {
        var card = Window(person).Render<ReviewCard>(parameters =>
        {
            parameters.Add(c => c.NodeExecId, nodeExecId);
            if (decided is not null)
                parameters.Add(c => c.OnDecided, decided);
        });
        await card.WaitForAssertionAsync(() => card.Find("[data-testid=review-card]"), Recorded<int>.Patience);
        return card;
    }

    static IElement Button(IRenderedComponent<ReviewCard> card, string testId) => card.Find($"[data-testid={testId}]");

    static string Text(IRenderedComponent<ReviewCard> card, string testId) => card.Find($"[data-testid={testId}]").TextContent;
}
