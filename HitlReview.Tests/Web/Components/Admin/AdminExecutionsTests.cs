using Bunit;
using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Admin;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace HitlReview.Tests.Web.Components.Admin;

/// <summary>The admin's list of all executions, without a browser.</summary>
public sealed class AdminExecutionsTests() : UiSpec(new SqliteStore())
{
    IRenderedComponent<MudDialogProvider>? _dialogs;

    [Fact]
    public async Task The_stuck_ones_come_first_with_their_reason()
    {
        var stuck = await StartAsync();
        await MoveAsync(stuck, ExecutionStatus.REVIEW);
        var other = await StartAsync(Cast.Ben.Caller());

        var page = await OpenAsync();

        Assert.Equal(
            [stuck.Id, other.Id],
            page.FindAll("[data-testid=execution-row]").Select(row => row.GetAttribute("data-graph-exec-id")));
        Assert.Equal("It is in REVIEW, but nothing waits in it.", page.Find("[data-testid=stuck-reason]").TextContent);
        Assert.Contains("ben@example.org", page.FindAll("[data-testid=execution-row]")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_with_which_key_an_execution_was_started()
    {
        await StartAsync(Cast.Ben.Caller() with { Key = new("key-ben", "deploy agent", KeyMay.ask) });

        var page = await OpenAsync();

        Assert.Equal(
            ["ben@example.org", "deploy agent"],
            page.FindAll("[data-testid=execution-row] .cell-user").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public async Task One_is_cancelled_for_a_reason_that_its_owner_reads()
    {
        var execution = await StartAsync(Cast.Ben.Caller());
        var page = await OpenAsync();

        page.Find("[data-testid=cancel-execution]").Click();
        page.Find("[data-testid=cancel-execution]").Click();
        await ConfirmAsync("It hangs", $"“Newsletter” ({execution.Id}) of ben@example.org");

        await page.WaitForAssertionAsync(
            () => Assert.Equal("Cancelled.", page.Find("[data-testid=cancel-outcome]").TextContent), Recorded<int>.Patience);
        var ended = await Executions.GetAsync(Ada, execution.Id, 10, 10_000, Ct);
        Assert.Equal(
            (ExecutionStatus.TERMINATED, "Execution was cancelled by an admin: It hangs"), (ended.Execution.Status, ended.Execution.Error));
    }

    [Fact]
    public async Task Without_a_reason_nothing_can_be_cancelled_and_who_keeps_it_running_does()
    {
        var execution = await StartAsync();
        var page = await OpenAsync();

        page.Find("[data-testid=cancel-execution]").Click();
        var dialog = _dialogs!;
        await dialog.WaitForAssertionAsync(
            () => Assert.True(dialog.Find("[data-testid=cancel-confirm]").HasAttribute("disabled")), Recorded<int>.Patience);
        dialog.Find("input[data-testid=cancel-reason]").Input("   ");
        Assert.True(dialog.Find("[data-testid=cancel-confirm]").HasAttribute("disabled"));
        await dialog.Find("[data-testid=cancel-not]").ClickAsync();

        await dialog.WaitForAssertionAsync(() => Assert.Empty(dialog.FindAll("[data-testid=cancel-confirm]")), Recorded<int>.Patience);
        Assert.Empty(page.FindAll("[data-testid=cancel-outcome], [data-testid=refusal]"));
        Assert.Equal(ExecutionStatus.QUEUED, (await Executions.GetAsync(Ada, execution.Id, 10, 0, Ct)).Execution.Status);
    }

    [Fact]
    public async Task A_cancel_that_is_refused_says_why_and_changes_nothing()
    {
        var execution = await StartAsync(Cast.Ben.Caller());
        var page = await OpenAsync();

        page.Find("[data-testid=cancel-execution]").Click();
        await ConfirmAsync("half a pair \ud83d", $"“Newsletter” ({execution.Id}) of ben@example.org");

        await page.WaitForAssertionAsync(() => Assert.Equal(
            "reason contains half a surrogate pair.", page.Find("[role=alert] [data-testid=refusal]").TextContent), Recorded<int>.Patience);
        Assert.Empty(page.FindAll("[data-testid=cancel-outcome]"));
        Assert.Equal(ExecutionStatus.QUEUED, (await Executions.GetAsync(Ada, execution.Id, 10, 0, Ct)).Execution.Status);
    }

    [Fact]
    public async Task Several_are_cancelled_at_once_and_each_has_its_own_outcome()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var list = Store.Get<AdminExecutionsStore>();
        await list.LoadAsync(Ada, AdminExecutionFilter.None, Ct);
        list.Select(one.Id, true);
        list.Select(two.Id, true);
        await Stopping.StopAsync(Rosa, two.Id, Ct);

        await list.CancelSelectedAsync(Ada, "Maintenance", Ct);

        Assert.Null(list.Outcome(one.Id)!.Error);
        Assert.Contains("has already ended", list.Outcome(two.Id)!.Error, StringComparison.Ordinal);
        Assert.Empty(list.Selected);
    }

    [Fact]
    public async Task A_tick_opens_the_way_to_cancel_what_is_ticked()
    {
        await StartAsync();
        var page = await OpenAsync();
        Assert.Empty(page.FindAll("[data-testid=cancel-selected]"));

        await page.Find("[data-testid=execution-row] input[type=checkbox]").ChangeAsync(new() { Value = true });
        page.Find("[data-testid=cancel-selected]").Click();
        await ConfirmAsync("Maintenance", "1 execution selected");

        await page.WaitForAssertionAsync(
            () => Assert.Equal("Cancelled.", page.Find("[data-testid=cancel-outcome]").TextContent), Recorded<int>.Patience);
    }

    [Fact]
    public async Task All_that_match_are_cancelled_after_their_number_was_said_and_what_begins_meanwhile_is_left_alone()
    {
        var bens = new List<string>();
        for (var i = 0; i < 3; i++)
            bens.Add((await StartAsync(Cast.Ben.Caller())).Id);
        var rosas = await StartAsync();
        var list = Store.Get<AdminExecutionsStore>();
        await list.LoadAsync(Ada, new() { Owner = "ben" }, Ct);
        var (matching, count) = await list.MatchingAsync(Ada, Ct);
        var later = await StartAsync(Cast.Ben.Caller());
        await Stopping.StopAsync(Cast.Ben.Caller(), bens[0], Ct);
        var told = 0;

        await list.CancelMatchingAsync(Ada, matching, count, "Maintenance", () => told++, Ct);

        Assert.Equal((3, 2, 0, false), (count, list.OfMany!.Cancelled, list.OfMany.Refused, list.OfMany.IsUnderWay));
        Assert.Equal(1, told);
        Assert.Equal("Execution was cancelled by an admin: Maintenance", (await ReadAsync(bens[2])).Error);
        Assert.Equal(
            [ExecutionStatus.QUEUED, ExecutionStatus.QUEUED],
            [(await ReadAsync(later.Id)).Status, (await ReadAsync(rosas.Id)).Status]);
    }

    [Fact]
    public async Task Of_the_stuck_ones_their_own_number_is_said()
    {
        for (var i = 0; i < 3; i++)
            await StartAsync();
        Store.Clock.Advance(TimeSpan.FromDays(1));
        await StartAsync();
        var list = Store.Get<AdminExecutionsStore>();
        await list.LoadAsync(Ada, new() { IsStuck = true }, Ct);

        var (matching, count) = await list.MatchingAsync(Ada, Ct);
        await list.CancelMatchingAsync(Ada, matching, count, "Maintenance", () => { }, Ct);

        Assert.Equal((3, 3), (count, list.OfMany!.Cancelled));
    }

    [Fact]
    public async Task More_than_are_shown_are_cancelled_and_who_has_enough_keeps_the_rest()
    {
        for (var i = 0; i < 60; i++)
            await StartAsync();
        var list = Store.Get<AdminExecutionsStore>();
        await list.LoadAsync(Ada, AdminExecutionFilter.None, Ct);
        var (matching, count) = await list.MatchingAsync(Ada, Ct);
        using var enough = new CancellationTokenSource();

        await list.CancelMatchingAsync(Ada, matching, count, "Maintenance", enough.Cancel, enough.Token);
        Assert.Equal((60, 50), (list.OfMany!.Expected, list.OfMany.Cancelled));

        (matching, count) = await list.MatchingAsync(Ada, Ct);
        await list.CancelMatchingAsync(Ada, matching, count, "Maintenance", () => { }, Ct);
        Assert.Equal((10, 10), (list.OfMany!.Expected, list.OfMany.Cancelled));
    }

    [Fact]
    public async Task On_the_page_all_that_match_are_cancelled_through_the_question_that_says_how_many_they_are()
    {
        var mine = await StartAsync();
        await StartAsync(Cast.Ben.Caller());
        await StartAsync(Cast.Ben.Caller());
        var page = await OpenAsync("/admin/executions?owner=ben");
        Assert.Equal("Cancel all that match…", page.Find("[data-testid=cancel-matching]").TextContent.Trim());

        page.Find("[data-testid=cancel-matching]").Click();
        await ConfirmAsync("Maintenance", "2 executions that have not ended, shown here or not (Owner: ben)");

        await page.WaitForAssertionAsync(
            () => Assert.Equal("2 of 2 cancelled, 0 not.", page.Find("[data-testid=of-many] [role=status]").TextContent),
            Recorded<int>.Patience);
        Assert.Empty(page.FindAll("[data-testid=cancel-no-more], [data-testid=selection]"));
        Assert.Equal(ExecutionStatus.QUEUED, (await ReadAsync(mine.Id)).Status);
    }

    [Fact]
    public async Task All_that_are_shown_are_ticked_and_unticked_at_once()
    {
        await StartAsync();
        await StartAsync(Cast.Ben.Caller());
        var page = await OpenAsync();

        await page.Find("[data-testid=selection] input[type=checkbox]").ChangeAsync(new() { Value = true });
        Assert.Equal("Cancel 2 selected", page.Find("[data-testid=cancel-selected]").TextContent.Trim());
        await page.Find("[data-testid=selection] input[type=checkbox]").ChangeAsync(new() { Value = false });

        Assert.Empty(page.FindAll("[data-testid=cancel-selected]"));
    }

    [Fact]
    public void What_cannot_be_cancelled_is_listed_with_its_reason_as_far_as_anybody_reads()
    {
        var many = new CancelOfMany { Expected = 200 };
        for (var i = 0; i < 200; i++)
            many.Add(new($"run-{i}", null, "It has already ended."));

        Assert.Equal((0, 200, CancelOfMany.Kept), (many.Cancelled, many.Refused, many.Refusals.Count));
    }

    [Fact]
    public async Task The_address_narrows_the_list()
    {
        await StartAsync();
        await StartAsync(Cast.Ben.Caller());

        var page = await OpenAsync("/admin/executions?owner=ben&age=over-1h&state=under_way");
        Assert.Equal("Nothing found.", page.Find("[data-testid=none-found]").FirstChild!.TextContent.Trim());
        Assert.Equal("ben", page.Find("[data-testid=filter-owner]").GetAttribute("value"));
        Assert.Equal("true", page.Find("[data-testid=state-under_way]").GetAttribute("aria-current"));

        var bens = await OpenAsync("/admin/executions?owner=ben&age=nonsense&state=nowhere");
        Assert.Single(bens.FindAll("[data-testid=execution-row]"));
    }

    [Fact]
    public async Task What_happens_to_others_shows_by_itself()
    {
        var page = await OpenAsync();

        var execution = await StartAsync(Cast.Ben.Caller());

        await page.WaitForAssertionAsync(
            () => Assert.Contains(execution.Id, page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);
    }

    [Fact, Invariant(1)]
    public async Task Who_is_no_admin_sees_nothing_of_it_even_past_the_pages_own_door()
    {
        await StartAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => Store.Get<AdminExecutionsStore>().LoadAsync(Rosa, AdminExecutionFilter.None, Ct));
        Assert.Equal(Refusal.Forbidden, refused.Refusal);

        var page = Window(Cast.Rosa).Render<AdminExecutionsPage>();

        await page.WaitForAssertionAsync(
            () => Assert.Contains("Only an admin", page.Find("[data-testid=load-problem]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Empty(page.FindAll("[data-testid=execution-row]"));
    }

    /// <summary>Asked once, and by name.</summary>
    async Task ConfirmAsync(string reason, string about)
    {
        var dialog = _dialogs!;
        await dialog.WaitForAssertionAsync(() => dialog.Find("input[data-testid=cancel-reason]"), Recorded<int>.Patience);
        Assert.Equal([about], dialog.FindAll("[data-testid=cancel-about]").Select(said => said.TextContent));
        dialog.Find("input[data-testid=cancel-reason]").Input(reason);
        await dialog.Find("[data-testid=cancel-confirm]").ClickAsync();
    }

    async Task MoveAsync(GraphExecution execution, ExecutionStatus status)
    {
        await using var db = Store.Db();
        await db.GraphExecutions.Where(e => e.Id == execution.Id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Status, status), Ct);
    }

    async Task<GraphExecution> ReadAsync(string id) => (await Executions.GetAsync(Ada, id, 10, 0, Ct)).Execution;

    async Task<IRenderedComponent<AdminExecutionsPage>> OpenAsync(string? at = null)
    {
        var window = Window(Cast.Ada);
        if (at is not null)
            window.Services.GetRequiredService<NavigationManager>().NavigateTo(at);
        _dialogs = window.Render<MudDialogProvider>();
        var page = window.Render<AdminExecutionsPage>();
        await page.WaitForAssertionAsync(() => page.Find("[data-testid=state-all]"), Recorded<int>.Patience);
        return page;
    }
}
