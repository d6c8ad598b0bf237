using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The list of executions and the page of one, in a real browser.</summary>
public sealed class ExecutionsInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task An_admins_filters_keep_each_letter_while_executions_change_and_a_state_chosen_meanwhile()
    {
        await BecomeAsync(HitlReview.Core.Accounts.Roles.Admin);
        var graph = await StoreGraphAsync("Newsletter", $$$"""[{"id":"ask","block_id":"{{{AskBlock}}}","input_default":{"data":"all"}}]""");
        await using var seat = await OpenAsync("/admin/executions");
        await Expect(seat["filter-graph"]).ToBeVisibleAsync();

        using var enough = new CancellationTokenSource();
        var starting = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
                await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        }, Ct);
        await seat["filter-graph"].PressSequentiallyAsync("newsletter", new() { Delay = 60 });
        await seat["state-review"].ClickAsync();
        await enough.CancelAsync();
        await starting.ContinueWith(_ => { }, TaskScheduler.Default);

        await seat.Page.WaitForURLAsync("**/admin/executions?state=review&graph=newsletter");
        await Expect(seat["filter-graph"]).ToHaveValueAsync("newsletter");
        await Expect(seat["state-review"]).ToHaveAttributeAsync("aria-current", "true");
        await seat["cancel-matching"].ClickAsync();
        await Expect(seat["cancel-about"]).ToContainTextAsync("Graph: newsletter");
        await Expect(seat["cancel-reason"].First).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_executions_of_agents_outside_have_a_list_that_leads_to_their_reviews()
    {
        await AskAsync("a");
        await using var seat = await OpenAsync("/executions");

        await seat["kind-agents"].ClickAsync();
        await Expect(seat["agent-run"]).ToHaveCountAsync(1);
        await seat["search"].FillAsync("nothing like it");
        await Expect(seat["agent-run"]).ToHaveCountAsync(0);
        await seat["search"].FillAsync(Id("run"));
        await seat["agent-run"].Locator("a").ClickAsync();

        await Expect(Row(seat, "a")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Executions_are_searched_narrowed_counted_and_say_how_far_they_are()
    {
        var ask = await StoreAsync("Newsletter");
        var other = await StoreAsync("Refunds");
        await StartAsync(ask);
        await StartAsync(other);
        var read = App.Get<BlockRegistry>().All.Single(block => block.Name == "Read workspace file").Id;
        var fails = await StoreGraphAsync("Newsletter of old", $$$"""[{"id":"a","block_id":"{{{read}}}","input_default":{"path":"x"}}]""");
        await App.Get<ExecutionService>().StartAsync(Caller, fails.Id, null, Ct);
        await using var seat = await OpenAsync("/executions");

        await Expect(seat["execution-row"]).ToHaveCountAsync(3);
        await Expect(seat["state-all"]).ToContainTextAsync("3");
        await Expect(seat["state-review"]).ToContainTextAsync("2");
        await Expect(seat["state-with_losses"]).ToContainTextAsync("1");
        await seat["state-with_losses"].ClickAsync();
        await Expect(seat["execution-row"]).ToHaveCountAsync(1);
        await Expect(seat["execution-row"]).ToContainTextAsync("1 of 1");
        await Expect(seat["execution-row"]).ToContainTextAsync("1 node failed");
        // What came to its end and lost something on the way isn't all well.
        await Expect(seat["execution-row"].Locator(".badge-completed")).ToHaveCountAsync(0);
        await seat.Page.GoBackAsync();
        await seat["search"].FillAsync("refund");
        await Expect(seat["execution-row"]).ToHaveCountAsync(1);
        await Expect(seat["state-all"]).ToContainTextAsync("1");
        await seat.CheckAccessibilityAsync();
        await seat.Page.ReloadAsync();
        await Expect(seat["search"]).ToHaveValueAsync("refund");
        await Expect(seat["execution-row"]).ToHaveCountAsync(1);
        await seat["search"].FillAsync("nobody");
        await Expect(seat["none-found"]).ToBeVisibleAsync();

        // What happens meanwhile is counted.
        await seat.Page.GotoAsync("/executions?state=review");
        await Expect(seat["execution-row"]).ToHaveCountAsync(2);
        await StartAsync(other);
        await Expect(seat["execution-row"]).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task A_box_of_the_drawing_leads_to_its_node()
    {
        var graph = await StoreGraphAsync(
            "Two steps",
            $$$"""
            [{"id":"first","block_id":"{{{AskBlock}}}","input_default":{"data":1}},
             {"id":"second","block_id":"{{{AskBlock}}}","input_default":{"data":2}}]
            """);
        var execution = await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        await using var seat = await OpenAsync($"/executions/{execution.Id}");

        await seat["execution-graph"].Locator("g", new() { HasText = "second" }).ClickAsync();

        var node = seat["node-execution"].Filter(new() { HasText = "second" });
        await Expect(node.Locator(".node-head")).ToBeFocusedAsync();
        await Expect(node.Locator(".node-body")).ToBeVisibleAsync();
    }

    Task<Graph> StoreAsync(string name) =>
        StoreGraphAsync(name, $$$"""[{"id":"ask","block_id":"{{{AskBlock}}}","input_default":{"data":1}}]""");

    async Task<GraphExecution> StartAsync(Graph graph)
    {
        var execution = await App.Get<ExecutionService>().StartAsync(Caller, graph.Id, null, Ct);
        using var feed = App.Get<ChangeFeeds>().Open(Me.Id);
        if ((await Reviews.PendingForExecutionAsync(Caller, execution.Id, Ct)).Count > 0)
            return execution;
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is ReviewCreated { Review.GraphExecId: var id } && id == execution.Id)
                break;
        return execution;
    }
}
