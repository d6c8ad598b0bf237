using Bunit;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Executions;
using HitlReview.Web.Components.Inbox;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The pages of executions, graphs and auto-approvals, without a browser.</summary>
public sealed class ExecutionPagesTests() : UiSpec(new SqliteStore())
{
    [Fact]
    public async Task An_execution_that_is_started_elsewhere_appears_and_its_status_follows()
    {
        var page = Window().Render<ExecutionsPage>();
        await page.WaitForAssertionAsync(
            () => Assert.Contains("Nothing has run yet", page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);

        var execution = await StartAsync();
        await page.WaitForAssertionAsync(
            () => Assert.Contains("Queued", Row(page, execution.Id), StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Contains("Newsletter", Row(page, execution.Id), StringComparison.Ordinal);
        await Stopping.StopAsync(Rosa, execution.Id, Ct);

        await page.WaitForAssertionAsync(
            () => Assert.Contains("Stopped", Row(page, execution.Id), StringComparison.Ordinal), Recorded<int>.Patience);
    }

    [Fact]
    public async Task The_list_says_how_many_nodes_failed_or_were_rejected()
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
            await db.GraphExecutions.ExecuteUpdateAsync(
                set => set.SetProperty(e => e.FailedNodeCount, 2).SetProperty(e => e.RejectedNodeCount, 1), Ct);

        var page = Window().Render<ExecutionsPage>();

        await page.WaitForAssertionAsync(
            () => Assert.Contains("2 nodes failed, 1 node rejected", Row(page, execution.Id), StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact, Invariant(11)]
    public async Task An_execution_says_with_which_key_it_was_started_and_what_stands_for_whom_it_stands()
    {
        var agent = Rosa with { Key = new("key-rosa", "deploy agent", KeyMay.ask) };
        var execution = await StartAsync(agent);
        await AskAsync("a", "run-a", owner: agent);
        await Deciding.DecideAsync(Rosa, [new("a", true) { AutoApproveFuture = true }], Ct);

        var list = Window().Render<ExecutionsPage>();
        await list.WaitForAssertionAsync(
            () => Assert.Contains("started by the agent “deploy agent”", Row(list, execution.Id), StringComparison.Ordinal),
            Recorded<int>.Patience);
        var view = await OpenAsync(execution.Id);
        Assert.Equal("The agent “deploy agent”", view.Find("[data-testid=started-by]").TextContent);
        var standing = Window().Render<AutoApprovalsPage>();
        await standing.WaitForAssertionAsync(() => Assert.Contains(
            "Outside agent for the agent “deploy agent” node tool",
            standing.Find("[data-testid=auto-approval]").TextContent,
            StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task A_stop_asks_once_more_and_tells_what_it_did()
    {
        var execution = await StartAsync();
        var view = await OpenAsync(execution.Id);

        await view.Find("[data-testid=stop-execution]").ClickAsync();
        await view.Find("[data-testid=stop-execution-confirm]").ClickAsync();

        await view.WaitForAssertionAsync(
            () => Assert.Equal("Stopped. No review was waiting.", view.Find("[data-testid=execution-said]").TextContent),
            Recorded<int>.Patience);
        Assert.Empty(view.FindAll("[data-testid=stop-execution]"));
    }

    [Fact]
    public void A_stop_that_came_after_an_action_had_started_says_so() =>
        Assert.StartsWith(
            "Stopped. 3 waiting reviews cancelled. 1 action had started already: it was asked to cancel",
            ExecutionWords.Of(new StopResult(ExecutionStatus.TERMINATED, 3, 1)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("settle-ran", "Settled: node ask ran.")]
    [InlineData("settle-ask-again", "A new review asks about node ask.")]
    public async Task An_unknown_outcome_is_settled_by_its_owner(string button, string said)
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
        {
            await db.GraphExecutions.ExecuteUpdateAsync(set => set.SetProperty(e => e.Status, ExecutionStatus.REVIEW), Ct);
            await db.NodeExecutions.ExecuteUpdateAsync(
                set => set
                    .SetProperty(n => n.Status, ExecutionStatus.REVIEW)
                    .SetProperty(n => n.Outcome, NodeOutcome.unknown)
                    .SetProperty(n => n.ClaimedAt, TestStore.Start),
                Ct);
        }
        var view = await OpenAsync(execution.Id);
        Assert.Equal("Outcome unknown", view.Find("[data-testid=outcome-unknown]").TextContent);

        await view.Find($"[data-testid={button}]").ClickAsync();

        await view.WaitForAssertionAsync(
            () => Assert.Equal(said, view.Find("[data-testid=execution-said]").TextContent), Recorded<int>.Patience);
        Assert.Empty(view.FindAll("[data-testid=settle-ran], [data-testid=settle-ask-again]"));
    }

    [Fact]
    public async Task An_admin_sees_an_unknown_outcome_and_cannot_settle_it()
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
            await db.NodeExecutions.ExecuteUpdateAsync(
                set => set.SetProperty(n => n.Status, ExecutionStatus.REVIEW).SetProperty(n => n.Outcome, NodeOutcome.unknown), Ct);

        var view = await OpenAsync(execution.Id, Cast.Ada);

        Assert.NotEmpty(view.FindAll("[data-testid=outcome-unknown]"));
        Assert.Empty(view.FindAll("[data-testid=settle-ran], [data-testid=settle-ask-again]"));
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_execution_is_answered_as_an_unknown_one()
    {
        var execution = await StartAsync(Cast.Ben.Caller());

        var view = Window().Render<ExecutionView>(parameters => parameters.Add(v => v.GraphExecId, execution.Id));

        await view.WaitForAssertionAsync(
            () => Assert.Contains("it is not yours to see", view.Find("[data-testid=missing]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task A_node_shows_its_input_whole_when_it_is_opened()
    {
        var view = await OpenAsync((await StartAsync()).Id);

        await view.Find(".node-head").ClickAsync();

        Assert.Equal(["data", "to"], view.FindAll(".node-body .key").Select(key => key.TextContent));
    }

    [Fact]
    public async Task Once_it_is_over_it_shows_what_came_out_and_leads_to_its_graph()
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
            await db.NodeExecutions.ExecuteUpdateAsync(set => set.SetProperty(n => n.Output, """{"text":"the end"}"""), Ct);
        Assert.Empty((await OpenAsync(execution.Id)).FindAll("[data-testid=results]"));
        await using (var db = Store.Db())
            await db.GraphExecutions.ExecuteUpdateAsync(set => set.SetProperty(e => e.Status, ExecutionStatus.COMPLETED), Ct);

        var view = await OpenAsync(execution.Id);

        Assert.Contains("the end", view.Find("[data-testid=results]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Newsletter", view.Find($"a[href='/graphs/{execution.GraphId}']").TextContent);
        Assert.Empty((await OpenAsync(execution.Id, Cast.Ada)).FindAll($"a[href='/graphs/{execution.GraphId}']"));
    }

    [Fact]
    public async Task Of_many_nodes_it_shows_the_first_and_what_is_to_be_settled_and_says_so()
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
        {
            db.NodeExecutions.AddRange(Enumerable.Range(1, 129).Select(i => Node(execution, i)));
            await db.SaveChangesAsync(Ct);
            await db.NodeExecutions.Where(n => n.Ordinal == 120)
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, ExecutionStatus.REVIEW)
                .SetProperty(n => n.Outcome, NodeOutcome.unknown), Ct);
        }

        var view = await OpenAsync(execution.Id);
        Assert.Equal(101, view.FindAll("[data-testid=node-execution]").Count);
        Assert.Equal("101 of 130 runs of nodes are shown.", view.Find("[data-testid=nodes-shown]").TextContent);
        Assert.Single(view.FindAll("[data-testid=settle-ran]"));

        await view.Find("[data-testid=nodes-more]").ClickAsync();

        await view.WaitForAssertionAsync(() => Assert.Equal(130, view.FindAll("[data-testid=node-execution]").Count),
            Recorded<int>.Patience);
        Assert.Empty(view.FindAll("[data-testid=nodes-shown], [data-testid=nodes-more]"));
    }

    [Fact]
    public async Task What_is_too_large_to_be_shown_is_said_with_its_size_and_where_it_is_read()
    {
        var execution = await StartAsync();
        await using (var db = Store.Db())
            await db.NodeExecutions.ExecuteUpdateAsync(set => set.SetProperty(n => n.Output, $"\"{new string('x', 2_000_000)}\""), Ct);
        var view = await OpenAsync(execution.Id);

        await view.Find(".node-head").ClickAsync();

        await view.WaitForAssertionAsync(() => view.Find("[data-testid=node-left-out]"), Recorded<int>.Patience);
        Assert.StartsWith("The output has 2,000,002 bytes, too many to be shown here.",
            view.Find("[data-testid=node-left-out]").TextContent, StringComparison.Ordinal);
        Assert.StartsWith($"/api/executions/{execution.Id}/nodes/", view.Find("[data-testid=node-left-out] a").GetAttribute("href"),
            StringComparison.Ordinal);
        Assert.Equal(["data", "to"], view.FindAll(".node-body .key").Select(key => key.TextContent));
    }

    [Fact]
    public async Task An_open_node_follows_what_becomes_of_it()
    {
        var execution = await StartAsync();
        var view = await OpenAsync(execution.Id);
        await view.Find(".node-head").ClickAsync();
        await view.WaitForAssertionAsync(() => view.Find(".node-body .key"), Recorded<int>.Patience);

        await Queue.WriteAsync(async tx =>
        {
            await tx.Db.NodeExecutions.ExecuteUpdateAsync(set => set.SetProperty(n => n.Output, """{"said":["yes"]}"""), Ct);
            tx.Tell(new ExecutionChanged(execution.UserId, execution.Id, ExecutionStatus.RUNNING));
        }, Ct);

        await view.WaitForAssertionAsync(() => Assert.Equal(["data", "to", "said"], view.FindAll(".node-body .key")
            .Select(key => key.TextContent)), Recorded<int>.Patience);
    }

    static NodeExecution Node(GraphExecution execution, int ordinal) => new()
    {
        Id = $"run-{ordinal}",
        GraphExecId = execution.Id,
        UserId = execution.UserId,
        NodeId = "ask",
        BlockId = Guid.Empty.ToString(),
        Ordinal = ordinal,
        Status = ExecutionStatus.COMPLETED,
        Input = "{}",
        CreatedAt = TestStore.Start,
    };

    [Fact]
    public async Task A_standing_approval_is_listed_as_it_is_given_and_gone_once_it_is_revoked()
    {
        var page = Window().Render<AutoApprovalsPage>();
        await page.WaitForAssertionAsync(
            () => Assert.Contains("None stands", page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);
        await AskAsync("a");
        await Deciding.DecideAsync(Rosa, [new("a", true) { AutoApproveFuture = true }], Ct);
        await page.WaitForAssertionAsync(
            () => Assert.Contains("not used yet", page.Find("[data-testid=auto-approval]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
        await AskAsync("b");
        await page.WaitForAssertionAsync(
            () => Assert.Contains("used 1 time", page.Find("[data-testid=auto-approval]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);

        await page.Find("[data-testid=revoke]").ClickAsync();

        await page.WaitForAssertionAsync(
            () => Assert.Contains("None stands", page.Markup, StringComparison.Ordinal), Recorded<int>.Patience);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("c")).Status);
    }

    async Task<IRenderedComponent<ExecutionView>> OpenAsync(string graphExecId, Person? person = null)
    {
        var view = Window(person).Render<ExecutionView>(parameters => parameters.Add(v => v.GraphExecId, graphExecId));
        await view.WaitForAssertionAsync(() => view.Find(".nodes"), Recorded<int>.Patience);
        return view;
    }

    static string Row(IRenderedComponent<ExecutionsPage> page, string id) =>
        page.Find($"[data-testid=execution-row][data-graph-exec-id='{id}']").TextContent;
}
