using Bunit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Inbox;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Inbox;

/// <summary>Several reviews side by side, and one decision on all of them, without a browser.</summary>
public sealed class ComparePanelTests() : UiSpec(new SqliteStore())
{
    InboxStore List => field ??= Store.Get<InboxStore>();

    [Fact]
    public async Task The_fields_that_differ_are_columns_and_the_rest_is_shown_once()
    {
        await AskAsync("a", payload: """{"to":"ann","text":"Hello"}""");
        await AskAsync("b", payload: """{"to":"bob","text":"Hello","bcc":"eve"}""");

        var panel = await OpenAsync("a", "b");

        Assert.Equal(
            ["Action", "bcc", "to", "Outcome"],
            panel.FindAll("thead th").Select(head => head.TextContent).Order(StringComparer.Ordinal)
                .OrderBy(head => head is "Action" ? 0 : head is "Outcome" ? 2 : 1));
        Assert.Equal(
            "text Hello",
            string.Join(' ', panel.FindAll(".compare-same dt, .compare-same dd").Select(part => part.TextContent.Trim())));
        Assert.Contains("bob", Row(panel, "b"), StringComparison.Ordinal);
        Assert.Contains("eve", Row(panel, "b"), StringComparison.Ordinal);
        Assert.Contains("not there", Row(panel, "a"), StringComparison.Ordinal);
        Assert.Contains("2 selected reviews", panel.Find("h2").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"file":"invoice\u202Egpj.exe"}""", null, "U+202E")]
    [InlineData("""{"url":"https://bank.example@evil.example/"}""", null, "evil.example")]
    [InlineData("""{"Amount":1,"amount":2}""", null, "look alike")]
    [InlineData("""{"to":"ann"}""", "Pay\u200Bme", "U+200B")]
    public async Task A_hostile_one_is_warned_of_in_its_own_row_and_only_there(string payload, string? instructions, string warning)
    {
        await AskAsync("fine");
        await AskAsync("trap", payload: payload, instructions: instructions);

        var panel = await OpenAsync("fine", "trap");

        Assert.Contains(
            warning, panel.Find("[data-node-exec-id=trap] [data-testid=payload-warning]").TextContent, StringComparison.Ordinal);
        Assert.Single(panel.FindAll("[data-testid=payload-warning]"));
    }

    [Fact]
    public async Task A_payload_can_not_become_part_of_the_page()
    {
        await AskAsync("a", payload: """{"<b id=x>":"<button data-testid='approve-many'>Approve</button>"}""");
        await AskAsync("b");

        var panel = await OpenAsync("a", "b");

        Assert.Single(panel.FindAll("[data-testid=approve-many]"));
        Assert.Empty(panel.FindAll("#x"));
        Assert.Contains("<button", Row(panel, "a"), StringComparison.Ordinal);
    }

    [Fact, Invariant(8)]
    public async Task What_an_assistant_had_read_before_is_warned_of_here_too()
    {
        await AskAsync("a");
        await AskAsync("b");
        await using (var db = Store.Db())
            await db.Reviews.Where(r => r.NodeExecId == "a")
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.AfterReading, "Read: http://evil.example/page"), Ct);

        var panel = await OpenAsync("a", "b");

        Assert.Contains("evil.example/page", Row(panel, "a"), StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example/page", Row(panel, "b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_folded_keeps_from_approving_until_it_is_opened()
    {
        var numbers = string.Join(' ', Enumerable.Range(1_000, 100));
        await AskAsync("a", payload: $$"""{"text":"{{numbers}}END","same":"{{new string('y', 400)}}"}""");
        await AskAsync("b", payload: $$"""{"text":"short","same":"{{new string('y', 400)}}"}""");
        var panel = await OpenAsync("a", "b");
        Assert.DoesNotContain("END", panel.Markup, StringComparison.Ordinal);
        Assert.True(IsDisabled(panel, "approve-many"));
        Assert.False(IsDisabled(panel, "reject-many"));

        await PressAsync(panel, ".compare-same [data-testid=compare-open]");
        Assert.True(IsDisabled(panel, "approve-many"));
        await PressAsync(panel, "[data-node-exec-id=a] [data-testid=compare-open]");

        Assert.False(IsDisabled(panel, "approve-many"));
        Assert.Contains("END", Row(panel, "a"), StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("[data-testid=compare-unread]"));
    }

    [Fact]
    public async Task What_is_folded_may_be_approved_by_who_says_that_they_have_not_read_it()
    {
        await AskAsync("a", payload: $"\"{new string('x', 400)}\"");
        await AskAsync("b");
        var panel = await OpenAsync("a", "b");

        await panel.InvokeAsync(() => panel.Find("[data-testid=compare-unread]").ClickAsync(new()));

        Assert.False(IsDisabled(panel, "approve-many"));
    }

    [Fact]
    public async Task What_is_too_large_to_compare_is_not_decided()
    {
        await AskAsync("a");
        await AskAsync("large", payload: $"\"{new string('x', 20_001)}\"");
        var panel = await OpenAsync("a", "large");
        Assert.Contains("Too large to compare", Row(panel, "large"), StringComparison.Ordinal);
        Assert.Contains("1", panel.Find("[data-testid=approve-many]").TextContent, StringComparison.Ordinal);

        await PressAsync(panel, "[data-testid=approve-many]");

        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.WAITING), (await StatusAsync("a"), await StatusAsync("large")));
    }

    [Fact]
    public async Task One_that_is_decided_meanwhile_drops_out_and_is_not_decided_again()
    {
        await AskAsync("a");
        await AskAsync("b");
        var panel = await OpenAsync("a", "b");

        await DecideAsync("a", approved: false, message: "by somebody else");
        await List.ApplyAsync(Rosa, [new ReviewDecided(ReviewSummary.Of(await Reviews.GetAsync(Rosa, "a", Ct)))], Ct);
        panel.Render();
        Assert.Contains("Decided or taken out meanwhile", Row(panel, "a"), StringComparison.Ordinal);
        Assert.Contains("1", panel.Find("[data-testid=approve-many]").TextContent, StringComparison.Ordinal);
        await PressAsync(panel, "[data-testid=approve-many]");

        var a = await Reviews.GetAsync(Rosa, "a", Ct);
        Assert.Equal(
            (ReviewStatus.REJECTED, "by somebody else", ReviewStatus.APPROVED),
            (a.Status, a.ReviewMessage, await StatusAsync("b")));
    }

    [Fact]
    public async Task When_all_have_dropped_out_nothing_can_be_pressed()
    {
        await AskAsync("a");
        var panel = await OpenAsync("a");

        List.Selection.Clear();
        panel.Render();

        Assert.True(IsDisabled(panel, "approve-many"));
        Assert.True(IsDisabled(panel, "reject-many"));
    }

    [Fact]
    public async Task What_is_selected_later_does_not_come_in()
    {
        await AskAsync("a");
        await AskAsync("b");
        var panel = await OpenAsync("a");

        List.Select("b", true);
        panel.Render();
        await PressAsync(panel, "[data-testid=approve-many]");

        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.WAITING), (await StatusAsync("a"), await StatusAsync("b")));
    }

    [Fact]
    public async Task All_are_decided_with_the_message_and_the_page_is_gone_back_to()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        var closed = 0;
        var panel = await OpenAsync(() => closed++, TimeSpan.Zero, "a", "b");

        await panel.InvokeAsync(() => panel.Find("[data-testid=compare-message]").InputAsync("no more today"));
        await PressAsync(panel, "[data-testid=reject-many]");

        await panel.WaitForAssertionAsync(() => Assert.Equal(1, closed), Recorded<int>.Patience);
        foreach (var id in new[] { "a", "b" })
        {
            var review = await Reviews.GetAsync(Rosa, id, Ct);
            Assert.Equal((ReviewStatus.REJECTED, "no more today"), (review.Status, review.ReviewMessage));
        }
    }

    [Fact]
    public async Task Each_has_its_own_outcome_and_the_table_stays_where_one_was_refused()
    {
        await AskAsync("a");
        await AskAsync("b", payload: """{"amount":1}""");
        var closed = 0;
        var panel = await OpenAsync(() => closed++, TimeSpan.Zero, "a", "b");
        await using (var db = Store.Db())
            await PastTheGate.ChangeAsync(db, "b", "2", "of another", Ct);

        await PressAsync(panel, "[data-testid=approve-many]");

        await panel.WaitForAssertionAsync(
            () => Assert.Equal("1 decided, 1 refused", panel.Find("[data-testid=compare-done]").TextContent), Recorded<int>.Patience);
        Assert.Equal("Approved", Outcome(panel, "a"));
        Assert.Contains("has changed since it was shown", Outcome(panel, "b"), StringComparison.Ordinal);
        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.WAITING, 0), (await StatusAsync("a"), await StatusAsync("b"), closed));
        Assert.Empty(panel.FindAll("[data-testid=approve-many]"));
    }

    [Fact]
    public async Task With_a_time_to_undo_all_are_one_press_that_reaches_nothing_until_it_is_over()
    {
        await AskAsync("a", "run-1");
        await AskAsync("b", "run-2");
        var panel = await OpenAsync(null, TimeSpan.FromSeconds(5), "a", "b");

        await PressAsync(panel, "[data-testid=approve-many]");

        var scheduledDecisions = Store.Get<ScheduledDecisions>();
        var scheduled = await scheduledDecisions.ListAsync(Rosa, Ct);
        Assert.Equal((2, 1), (scheduled.Count, scheduled.Select(decision => decision.SetId).Distinct().Count()));
        Assert.Equal((ReviewStatus.WAITING, ReviewStatus.WAITING), (await StatusAsync("a"), await StatusAsync("b")));
        Store.Clock.Advance(TimeSpan.FromSeconds(5));
        await scheduledDecisions.CommitDueAsync(Ct);
        Assert.Equal((ReviewStatus.APPROVED, ReviewStatus.APPROVED), (await StatusAsync("a"), await StatusAsync("b")));
    }

    [Fact]
    public async Task A_message_too_long_is_refused_in_words_and_nothing_is_decided()
    {
        await AskAsync("a");
        var panel = await OpenAsync("a");
        await panel.InvokeAsync(() => panel.Find("[data-testid=compare-message]").InputAsync(new string('x', 2_001)));

        await PressAsync(panel, "[data-testid=reject-many]");

        await panel.WaitForAssertionAsync(
            () => Assert.Contains("at most 2000 characters", panel.Find("[data-testid=refusal]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.False(IsDisabled(panel, "reject-many"));
        Assert.Equal(ReviewStatus.WAITING, await StatusAsync("a"));
    }

    Task<IRenderedComponent<ComparePanel>> OpenAsync(params string[] nodeExecIds) => OpenAsync(null, TimeSpan.Zero, nodeExecIds);

    async Task<IRenderedComponent<ComparePanel>> OpenAsync(Action? closed, TimeSpan window, params string[] nodeExecIds)
    {
        await List.LoadAsync(Rosa, new(ReviewFilter.None), Ct);
        foreach (var id in nodeExecIds)
            List.Select(id, true);
        var panel = Window().Render<ComparePanel>(parameters => parameters
            .Add(p => p.Store, List).Add(p => p.Caller, Rosa).Add(p => p.UndoWindow, window).Add(p => p.OnClose, closed ?? (() => { })));
        await panel.WaitForAssertionAsync(() => panel.Find("table"), Recorded<int>.Patience);
        return panel;
    }

    async Task<ReviewStatus> StatusAsync(string nodeExecId) => (await Reviews.GetAsync(Rosa, nodeExecId, Ct)).Status;

    // On the panel's own thread, so that it isn't drawn anew between the look for the button and the press.
    static Task PressAsync(IRenderedComponent<ComparePanel> panel, string selector) =>
        panel.InvokeAsync(() => panel.Find(selector).ClickAsync());

    static bool IsDisabled(IRenderedComponent<ComparePanel> panel, string testId) =>
        panel.Find($"[data-testid={testId}]").HasAttribute("disabled");

    static string Row(IRenderedComponent<ComparePanel> panel, string id) => panel.Find($"[data-node-exec-id={id}]").TextContent;

    static string Outcome(IRenderedComponent<ComparePanel> panel, string id) =>
        panel.Find($"[data-node-exec-id={id}] .compare-outcome").TextContent.Trim();
}
