using Bunit;
using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Admin;
using Microsoft.EntityFrameworkCore;
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

        Assert.Contains(
            "ben@example.org started by the agent “deploy agent”", page.Find(".cell-user").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_cancelled_for_a_reason_that_its_owner_reads()
    {
        var execution = await StartAsync(Cast.Ben.Caller());
        var page = await OpenAsync();

        page.Find("[data-testid=cancel-execution]").Click();
        page.Find("[data-testid=cancel-execution]").Click();
        await ConfirmAsync("It hangs", $"{execution.Id} of ben@example.org");

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
        await ConfirmAsync("half a pair \ud83d", $"{execution.Id} of ben@example.org");

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
        await list.LoadAsync(Ada, Ct);
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

        await page.Find("input[type=checkbox]").ChangeAsync(new() { Value = true });
        page.Find("[data-testid=cancel-selected]").Click();
        await ConfirmAsync("Maintenance", "1 execution selected");

        await page.WaitForAssertionAsync(
            () => Assert.Equal("Cancelled.", page.Find("[data-testid=cancel-outcome]").TextContent), Recorded<int>.Patience);
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
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Store.Get<AdminExecutionsStore>().LoadAsync(Rosa, Ct));
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

    async Task<IRenderedComponent<AdminExecutionsPage>> OpenAsync()
    {
        var window = Window(Cast.Ada);
        _dialogs = window.Render<MudDialogProvider>();
        var page = window.Render<AdminExecutionsPage>();
        await page.WaitForAssertionAsync(() => Assert.Contains("Others", page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);
        return page;
    }
}
