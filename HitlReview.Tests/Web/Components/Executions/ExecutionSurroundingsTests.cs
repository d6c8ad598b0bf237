using Bunit;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>What stands around a reviewed node, without a browser.</summary>
public sealed class ExecutionSurroundingsTests() : UiSpec(new SqliteStore())
{
    const string Template = "e0f4a7d3-6b18-49c2-8d75-a39c1e5b2f60";

    string _execution = "";

    static GraphNode Node(string id, string block = Template, string input = """{"template":"hello"}""") => new(id, Guid.Parse(block), JsonText.Parse(input, "input"));

    static GraphLink Link(string from, string to)
    {
        var (source, sink) = (from.Split('.'), to.Split('.'));
        return new(source[0], source[1], sink[0], sink[1]);
    }

    /// <summary>Starts a graph of Rosa's, without what a start itself makes.</summary>
    async Task StartAsync(GraphNode[] nodes, params GraphLink[] links)
    {
        var graph = await Store.Get<Graphs>().StoreAsync(Rosa, new(null, "Newsletter", new(nodes, links)), Ct);
        _execution = (await Executions.StartAsync(Rosa, graph.Id, null, Ct)).Id;
        await using var db = Store.Db();
        await db.NodeExecutions.ExecuteDeleteAsync(Ct);
    }

    /// <summary>A node runs; each run ends a minute after the one before, if it does.</summary>
    async Task<string> RunAsync(string nodeId, ExecutionStatus status = ExecutionStatus.COMPLETED, string? output = null)
    {
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await using var db = Store.Db();
        var (now, ordinal) = (Store.Clock.GetUtcNow(), await db.NodeExecutions.CountAsync(Ct));
        var run = new NodeExecution
        {
            Id = $"run-{ordinal}",
            GraphExecId = _execution,
            UserId = Rosa.UserId,
            NodeId = nodeId,
            BlockId = Template,
            Ordinal = ordinal,
            Status = status,
            Input = "{}",
            Output = output,
            CreatedAt = now,
            EndedAt = status.IsFinal() ? now : null,
        };
        db.Add(run);
        await db.SaveChangesAsync(Ct);
        return run.Id;
    }

    async Task<IRenderedComponent<ExecutionSurroundings>> OpenAsync(string nodeExecId, Person? person = null)
    {
        var around = Render(nodeExecId, person);
        await around.WaitForAssertionAsync(() => around.Find("[data-testid=execution-surroundings]"), Recorded<int>.Patience);
        return around;
    }

    IRenderedComponent<ExecutionSurroundings> Render(string nodeExecId, Person? person = null, string? execution = null) =>
        Window(person).Render<ExecutionSurroundings>(parameters => parameters
            .Add(a => a.GraphExecId, execution ?? _execution)
            .Add(a => a.NodeExecId, nodeExecId));

    static IEnumerable<string> Items(IRenderedComponent<ExecutionSurroundings> around, string list) =>
        around.FindAll($"[data-testid={list}] > li")
            .Select(item => string.Join(' ', item.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    Task StartLetterAsync() => StartAsync(
        [Node("write"), Node("ask", AskBlock, """{"data":1}"""), Node("greet"), Node("send", input: "{}"), Node("log"), Node("aside")],
        Link("write.text", "ask.name"),
        Link("ask.approved_data", "send.template"),
        Link("greet.text", "send.values"),
        Link("send.text", "log.template"));

    [Fact]
    public async Task It_shows_what_ran_before_with_its_time_and_what_runs_after_with_what_that_waits_for()
    {
        await StartLetterAsync();
        await RunAsync("aside");
        await RunAsync("write", output: """{"text":["hello"]}""");
        var ask = await RunAsync("ask", ExecutionStatus.REVIEW);

        var around = await OpenAsync(ask);

        Assert.Equal(["Template text write Completed 2026-03-02 09:02:00 UTCOutput write"], Items(around, "ran-before"));
        Assert.Equal(
            ["Template text send Not reached · takes approved_data · also waits for greet", "Template text log Not reached"],
            Items(around, "runs-after"));
        Assert.Equal("2 completed, 1 in review, 3 not reached", around.Find("svg[role=img]").GetAttribute("aria-label"));
    }

    [Fact]
    public async Task An_output_is_read_when_it_is_opened_and_not_before()
    {
        await StartLetterAsync();
        await RunAsync("write", output: """{"text":["<b>hello</b>\u202E"]}""");
        var around = await OpenAsync(await RunAsync("ask", ExecutionStatus.REVIEW));
        Assert.Empty(around.FindAll(".payload"));

        await around.Find("[data-testid=ran-before-output]").TriggerEventAsync("ontoggle", new EventArgs());

        await around.WaitForAssertionAsync(
            () => Assert.Contains(
                "<b>hello</b>U+202E",
                around.Find("[data-testid=ran-before-output] .payload").TextContent,
                StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task An_output_that_is_too_large_says_so_and_where_it_is()
    {
        await StartLetterAsync();
        await RunAsync("write", output: $$"""{"text":["{{new string('x', ExecutionMaps.MaxOutput)}}"]}""");
        var around = await OpenAsync(await RunAsync("ask", ExecutionStatus.REVIEW));

        await around.Find("[data-testid=ran-before-output]").TriggerEventAsync("ontoggle", new EventArgs());

        await around.WaitForAssertionAsync(
            () => Assert.Contains(
                "The output has 200,013 characters",
                around.Find("[data-testid=ran-before-output]").TextContent,
                StringComparison.Ordinal),
            Recorded<int>.Patience);
        Assert.Equal($"/executions/{_execution}", around.Find("[data-testid=ran-before-output] a").GetAttribute("href"));
        Assert.Empty(around.FindAll(".payload"));
    }

    [Fact]
    public async Task It_follows_what_happens_to_the_other_nodes()
    {
        await StartLetterAsync();
        await RunAsync("write");
        var around = await OpenAsync(await RunAsync("ask", ExecutionStatus.REVIEW));

        await Stopping.StopAsync(Rosa, _execution, Ct);

        await around.WaitForAssertionAsync(
            () => Assert.Contains("ask), this one: Stopped", around.Find("li[data-node-id=ask]").TextContent, StringComparison.Ordinal),
            Recorded<int>.Patience);
    }

    [Fact]
    public async Task In_a_cycle_only_what_ran_before_this_run_is_before_it()
    {
        await StartAsync(
            [Node("draft"), Node("ask", AskBlock, "{}"), Node("redraft", input: "{}")],
            Link("draft.text", "ask.data"), Link("ask.rejected_data", "redraft.template"), Link("redraft.text", "ask.data"));
        await RunAsync("draft");
        var first = await RunAsync("ask");
        await RunAsync("redraft", ExecutionStatus.FAILED);
        await RunAsync("ask");
        await RunAsync("redraft");
        var third = await RunAsync("ask", ExecutionStatus.REVIEW);

        Assert.Equal(["Template text draft Completed 2026-03-02 09:01:00 UTC"], Items(await OpenAsync(first), "ran-before"));
        var around = await OpenAsync(third);
        Assert.Equal(
            [
                "Template text draft Completed 2026-03-02 09:01:00 UTC",
                "Human In The Loop ask Completed 2026-03-02 09:04:00 UTC · ran 2 times; this is the latest",
                "Template text redraft Completed 2026-03-02 09:05:00 UTC · ran 2 times; this is the latest",
            ],
            Items(around, "ran-before"));
        Assert.Equal(
            ["Template text redraft Completed · takes rejected_data", "Human In The Loop ask this one, again"],
            Items(around, "runs-after"));
    }

    [Fact]
    public async Task A_long_way_shows_the_nearest_ten_and_where_the_others_are()
    {
        var nodes = Enumerable.Range(0, 30).Select(i => Node($"n{i}", input: i == 0 ? """{"template":"x"}""" : "{}")).ToArray();
        await StartAsync(nodes, [.. Enumerable.Range(1, 29).Select(i => Link($"n{i - 1}.text", $"n{i}.template"))]);
        for (var i = 0; i < 14; i++)
            await RunAsync($"n{i}");

        var around = await OpenAsync(await RunAsync("n14", ExecutionStatus.REVIEW));

        Assert.Equal(
            Enumerable.Range(4, 10).Select(i => $"n{i}"),
            around.FindAll("[data-testid=ran-before] .id").Select(id => id.TextContent));
        Assert.Equal(
            Enumerable.Range(15, 10).Select(i => $"n{i}"),
            around.FindAll("[data-testid=runs-after] strong + .id").Select(id => id.TextContent));
        Assert.Equal(["+4 more in the execution", "+5 more in the execution"], around.FindAll("p > a").Select(more => more.TextContent));
    }

    [Fact]
    public async Task The_only_node_of_a_graph_says_that_nothing_stands_around_it()
    {
        await StartAsync([Node("one")]);

        var around = await OpenAsync(await RunAsync("one", ExecutionStatus.REVIEW));

        Assert.Equal(["Nothing ran before this.", "Nothing runs after this."], around.FindAll("p.hint").Select(hint => hint.TextContent));
    }

    [Fact, Invariant(1)]
    public async Task Where_there_is_no_graph_or_it_is_somebody_elses_there_is_nothing()
    {
        await StartLetterAsync();
        var ask = await RunAsync("ask", ExecutionStatus.REVIEW);
        await AskAsync("outside");

        foreach (var around in (IRenderedComponent<ExecutionSurroundings>[])
            [Render("outside", execution: "run-1"), Render("outside"), Render(ask, Cast.Ben)])
        {
            Assert.True(SpinWait.SpinUntil(() => around.Instance.IsReady, Recorded<int>.Patience));
            Assert.Equal("", around.Markup.Trim());
        }
    }
}
