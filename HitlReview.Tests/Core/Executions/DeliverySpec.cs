using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Core.Executions;

public sealed class DeliveryOnSqlite() : DeliverySpec(new SqliteStore());

public sealed class DeliveryOnPostgres() : DeliverySpec(new PostgresStore());

/// <summary>
/// What a node emits reaches the nodes behind it in portions, each value once and in order, and no more of it than an execution may keep.
/// </summary>
public abstract class DeliverySpec(TestStore store) : CoreSpec(store)
{
    const string Pick = "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307";
    const string StoreValue = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";

    ExecutionOptions Limits => Store.Get<IOptions<ExecutionOptions>>().Value;

    static string Each(string list) => $$"""{"path":"","each":true,"data":{{list}}}""";

    static string Numbers(int count) => $"[{string.Join(',', Enumerable.Range(0, count))}]";

    async Task<string> RunAsync(GraphSketch graph)
    {
        var id = await Engine.StartAsync(Rosa, graph);
        await Engine.RunAsync(id);
        return id;
    }

    /// <summary>Runs until the first output has been handed on in part.</summary>
    async Task<ExecutionPlan> RunOneAsync(string id, string node)
    {
        Assert.NotNull(await Store.Get<ExecutionEngine>().TakeUpAsync(id, Ct));
        var plan = await Store.Get<ExecutionEngine>().PlanAsync(id, Ct);
        await RunOneAsync(plan, await Engine.NodeAsync(id, node));
        return plan;
    }

    Task RunOneAsync(ExecutionPlan plan, NodeExecution node) =>
        Store.Get<ExecutionEngine>().RunNodeAsync(plan, new(node.Id, node.BlockId, node.Input.Length), CancellationToken.None,
            CancellationToken.None, CancellationToken.None);

    async Task<IEnumerable<string>> InputsAsync(string id, string node) => (await Engine.ReadAsync(id)).Nodes.Where(n => n.NodeId == node)
        .Select(n => n.Input);

    static IEnumerable<string> Datas(int count) => Enumerable.Range(0, count).Select(i => $$"""{"data":{{i}}}""");

    [Fact, Invariant(10)]
    public async Task A_list_of_hundreds_of_thousands_over_hundreds_of_links_fails_the_execution_before_anything_is_made_of_it()
    {
        var graph = new GraphSketch().Node("each", Pick, Each($"[{string.Join(',', Enumerable.Repeat("1", 400_000))}]"));
        for (var i = 0; i < 499; i++)
            graph = graph.Pass($"n{i}").Link("each.value", $"n{i}.data");
        // 200 million values are to be handed on: it would end neither in time nor in memory.
        var id = await RunAsync(graph);

        var (execution, nodes) = await Engine.ReadAsync(id);
        Assert.Equal((ExecutionStatus.FAILED, "It made more than 1000 node executions (Executions:MaxNodeExecutions)."),
            (execution.Status, execution.Error));
        Assert.Equal("each COMPLETED", $"{Assert.Single(nodes).NodeId} {nodes[0].Status}");
    }

    [Theory, Invariant(10)]
    [InlineData("default")]
    [InlineData("value")]
    [InlineData("stored")]
    [InlineData("stored late")]
    public async Task An_execution_that_would_keep_too_many_bytes_fails_before_they_are_written(string from)
    {
        Limits.MaxExecutionBytes = 5_000_000;
        var large = $"\"{new string('x', 100_000)}\"";
        var graph = from switch
        {
            "default" => new GraphSketch().Node("each", Pick, Each(Numbers(60))).Pass("copy", $$"""{"more":{{large}}}""")
                .Link("each.value", "copy.data"),
            "stored late" => new GraphSketch().Node("each", Pick, Each(Numbers(60))).Node("keep", StoreValue, $$"""{"input":{{large}}}""")
                .Pass("copy").Link("keep.output", "copy.more").Link("each.value", "copy.data"),
            "value" => new GraphSketch().Pass("each", $$"""{"data":{{large}}}"""),
            _ => new GraphSketch().Node("keep", StoreValue, $$"""{"input":{{large}}}""").Node("each", Pick, Each(Numbers(60))).Pass("copy")
                .Link("keep.output", "copy.more").Link("each.value", "copy.data"),
        };
        for (var i = 0; from == "value" && i < 60; i++)
            graph = graph.Pass($"n{i}").Link("each.data", $"n{i}.data");
        var id = await RunAsync(graph);

        var (execution, nodes) = await Engine.ReadAsync(id);
        Assert.Equal((ExecutionStatus.FAILED, "Its inputs and outputs take more than 5,000,000 bytes (Executions:MaxExecutionBytes)."),
            (execution.Status, execution.Error));
        Assert.All(nodes.Where(n => n.NodeId != "copy"), n => Assert.Equal(ExecutionStatus.COMPLETED, n.Status));
        Assert.All(nodes.Where(n => n.NodeId == "copy"), n => Assert.InRange(n.Input.Length, 0, 1_000));
        Assert.InRange(execution.KeptBytes, 0, 500_000);
    }

    [Fact, Invariant(9), Invariant(10)]
    public async Task An_output_that_does_not_fit_is_not_kept_and_the_action_is_recorded_as_having_run_once()
    {
        Limits.MaxExecutionBytes = 1_500_000;
        var id = await RunAsync(new GraphSketch { SensitiveActionSafeMode = false }.Probe("act",
            $$"""{"data":"{{new string('x', 900_000)}}"}""").Pass("next").Link("act.data", "next.data"));
        await Store.RestartAsync();
        await Engine.RunAsync(id);

        var act = Assert.Single((await Engine.ReadAsync(id)).Nodes);
        Assert.Equal(
            (ExecutionStatus.COMPLETED, null,
                "It ran, but its output can't be kept: "
                + "Its inputs and outputs take more than 1,500,000 bytes (Executions:MaxExecutionBytes)."),
            (act.Status, act.Output, act.Error));
        Assert.Equal(ExecutionStatus.FAILED, (await Engine.ReadAsync(id)).Execution.Status);
        Assert.Single(Probes.Effects.All);
        Assert.Contains(await TrailAsync(), e => e.Action == AuditActions.ActionEnded && e.NodeExecId == act.Id);
    }

    [Fact, Invariant(10)]
    public async Task What_a_start_keeps_counts_too_and_so_do_executions_that_have_not_ended()
    {
        Limits.MaxExecutionBytes = 1_000_000;
        var large = $$"""{"data":"{{new string('x', 600_000)}}"}""";
        var heavy = await Store.Get<Graphs>().StoreAsync(Rosa, new GraphSketch().Pass("a", large).Pass("b", large).ToDraft(), Ct);
        Assert.Contains("Executions:MaxExecutionBytes", await RefusedAsync(Refusal.Invalid, () =>
            Executions.StartAsync(Rosa, heavy.Id, null, Ct)), StringComparison.Ordinal);

        Limits.MaxUnfinished = 2;
        var graph = await Store.Get<Graphs>().StoreAsync(Rosa, new GraphSketch().Pass("a").ToDraft(), Ct);
        var first = (await Executions.StartAsync(Rosa, graph.Id, null, Ct)).Id;
        await Executions.StartAsync(Rosa, graph.Id, null, Ct);
        Assert.Equal(
            "2 executions of yours have not ended; no more can be started until one has (Executions:MaxUnfinished).",
            await RefusedAsync(Refusal.Conflict, () => Executions.StartAsync(Rosa, graph.Id, null, Ct)));
        await Engine.StartAsync(Ben, new GraphSketch().Pass("a"));
        await Engine.RunAsync(first);
        await Executions.StartAsync(Rosa, graph.Id, null, Ct);
    }

    [Fact, Invariant(10)]
    public async Task What_the_graphs_and_inputs_of_unfinished_executions_take_is_bounded()
    {
        var graph = await Store.Get<Graphs>().StoreAsync(Rosa, new GraphSketch().Pass("a", $$"""{"data":"{{new string('x', 400)}}"}""").ToDraft(), Ct);
        Limits.MaxUnfinishedBytes = (2 * graph.Definition.Length) + (2 * "{}".Length) + 10;
        var first = (await Executions.StartAsync(Rosa, graph.Id, null, Ct)).Id;
        await Executions.StartAsync(Rosa, graph.Id, null, Ct);

        Assert.Contains("(Executions:MaxUnfinishedBytes)", await RefusedAsync(Refusal.Conflict, () =>
            Executions.StartAsync(Rosa, graph.Id, null, Ct)), StringComparison.Ordinal);
        await Engine.StartAsync(Ben, new GraphSketch().Pass("a"));

        await Engine.RunAsync(first);
        await Executions.StartAsync(Rosa, graph.Id, null, Ct);
    }

    [Fact]
    public async Task The_bytes_that_an_execution_keeps_are_those_of_its_inputs_and_outputs()
    {
        Probes.Release("now");
        var id = await RunAsync(new GraphSketch()
            .Node("each", Pick, Each("""["ü",1,{"a":2}]""")).Node("keep", StoreValue, """{"input":"x"}""")
                .Pass("join", """{"hold":"now"}""").Probe("act")
            .Link("each.value", "join.data").Link("keep.output", "join.more").Link("join.data", "act.data"));
        foreach (var review in await Reviews.PendingForExecutionAsync(Rosa, id, Ct))
            await DecideAsync(Approve(review.NodeExecId, """{"data":"an edit"}"""));
        await Engine.RunAsync(id);

        var (execution, nodes) = await Engine.ReadAsync(id);
        Assert.Equal(ExecutionStatus.COMPLETED, execution.Status);
        Assert.Equal(nodes.Sum(n =>
            System.Text.Encoding.UTF8.GetByteCount(n.Input) + System.Text.Encoding.UTF8.GetByteCount(n.Output ?? "")), execution.KeptBytes);
    }

    [Fact, Invariant(6)]
    public async Task A_long_list_is_handed_on_in_portions_and_each_value_once_in_its_order()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Node("each", Pick, Each(Numbers(250))).Pass("left").Pass("right")
            .Link("each.value", "left.data").Link("each.value", "right.data"));
        await RunOneAsync(id, "each");

        // As far as one portion goes; the rest is told apart from what is done.
        var after = (await Engine.ReadAsync(id)).Nodes;
        Assert.Equal((101, 100, 1), (after.Count, after[0].Delivered, after[0].DeliveryTurn));
        await Store.RestartAsync();
        await Engine.RunAsync(id);

        Assert.Equal(Datas(250), await InputsAsync(id, "left"));
        Assert.Equal(Datas(250), await InputsAsync(id, "right"));
        Assert.Equal((ExecutionStatus.COMPLETED, 500), ((await Engine.ReadAsync(id)).Execution.Status, Probes.Passes.All.Count));
        Assert.Null((await Engine.NodeAsync(id, "each")).DeliveryTurn);
    }

    [Fact]
    public async Task A_portion_is_small_in_bytes_too()
    {
        var item = $"\"{new string('x', 90_000)}\"";
        var id = await Engine.StartAsync(Rosa, new GraphSketch()
            .Node("each", Pick, Each($"[{string.Join(',', Enumerable.Repeat(item, 10))}]")).Pass("a").Pass("b")
            .Link("each.value", "a.data").Link("each.value", "b.data"));
        await RunOneAsync(id, "each");

        Assert.Equal(12, (await Engine.NodeAsync(id, "each")).Delivered);
        await Engine.RunAsync(id);
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(id)).Execution.Status);
    }

    [Fact, Invariant(7)]
    public async Task A_stop_between_two_portions_ends_it()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Node("each", Pick, Each(Numbers(250))).Pass("next")
            .Link("each.value", "next.data"));
        var plan = await RunOneAsync(id, "each");
        await Stopping.StopAsync(Rosa, id, Ct);
        await RunOneAsync(plan, await Engine.NodeAsync(id, "each"));
        await Engine.RunAsync(id);

        var (execution, nodes) = await Engine.ReadAsync(id);
        Assert.Equal((ExecutionStatus.TERMINATED, 101), (execution.Status, nodes.Count));
        Assert.All(nodes.Skip(1), n => Assert.Equal(ExecutionStatus.TERMINATED, n.Status));
        Assert.Null(nodes[0].DeliveryTurn);
        Assert.Empty(Probes.Passes.All);
    }

    [Fact]
    public async Task An_output_waits_until_those_before_it_are_handed_on_so_that_values_meet_in_their_order()
    {
        // Both lists lead to the same pin; the second has ended before the first is handed on to its end.
        var letters = $"[{string.Join(',', Enumerable.Range(0, 150).Select(i => $"\"{i}\""))}]";
        var id = await Engine.StartAsync(Rosa, new GraphSketch()
            .Node("one", Pick, Each(Numbers(150))).Node("two", Pick, Each(letters)).Node("count", Pick, Each(Numbers(300))).Pass("join")
            .Link("one.value", "join.data").Link("two.value", "join.data").Link("count.value", "join.more"));
        await RunOneAsync(id, "one");
        await RunOneAsync(id, "two");
        await RunOneAsync(id, "count");
        Assert.Equal([(100, 1), (0, 2), (0, 3)], (await Engine.ReadAsync(id)).Nodes.Take(3)
            .Select(n => (n.Delivered, n.DeliveryTurn!.Value)));
        await Engine.RunAsync(id);

        Assert.Equal(
            Enumerable.Range(0, 300).Select(i =>
                $$"""{"data":{{(i < 150 ? i.ToString(CultureInfo.InvariantCulture) : $"\"{i - 150}\"")}},"more":{{i}}}"""),
            await InputsAsync(id, "join"));
    }

    [Fact]
    public async Task A_stored_value_that_comes_late_reaches_all_that_wait_for_it_and_not_those_of_a_later_one()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch()
            .Node("each", Pick, Each(Numbers(250))).Pass("slow", """{"data":"x"}""").Node("keep", StoreValue).Pass("join")
            .Link("each.value", "join.data").Link("slow.data", "keep.input").Link("keep.output", "join.more"));
        await RunOneAsync(id, "each");
        await RunOneAsync(id, "slow");
        // It is kept, but its turn comes only when the list has been handed on.
        await Engine.RunAsync(id);

        Assert.Equal(Enumerable.Range(0, 250).Select(i => $$"""{"data":{{i}},"more":"x"}"""), await InputsAsync(id, "join"));
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(id)).Execution.Status);
    }

    [Fact, Invariant(6)]
    public async Task What_a_person_says_an_unknown_action_put_out_is_handed_on_in_portions_too()
    {
        var id = await RunAsync(new GraphSketch().Probe("act").Pass("next").Link("act.data", "next.data"));
        var act = await Engine.NodeAsync(id, "act");
        await Queue.WriteAsync(async tx =>
        {
            await PastTheGate.DeleteAsync(tx.Db, act.Id, Ct);
            await tx.Db.NodeExecutions.Where(n => n.Id == act.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.Outcome, NodeOutcome.unknown), Ct);
        }, Ct);

        Limits.MaxExecutionBytes = 1_000_000;
        var tooMuch = $$"""{"data":["{{new string('x', 600_000)}}","{{new string('y', 600_000)}}"]}""";
        await RefusedAsync(Refusal.Invalid, () => Settling.SettleAsync(Rosa, id, act.Id, Resolution.ran, JsonText.Trusted(tooMuch), Ct));
        Assert.Equal(NodeOutcome.unknown, (await Engine.NodeAsync(id, "act")).Outcome);
        await Settling.SettleAsync(Rosa, id, act.Id, Resolution.ran, Json($$"""{"data":{{Numbers(150)}}}"""), Ct);
        await Engine.RunAsync(id);

        Assert.Equal(Datas(150), await InputsAsync(id, "next"));
        Assert.Equal(ExecutionStatus.COMPLETED, (await Engine.ReadAsync(id)).Execution.Status);
    }

    [Fact]
    public async Task Only_so_many_large_inputs_run_at_once_and_small_ones_and_other_people_do_not_wait_for_them()
    {
        var graph = new GraphSketch().Pass("small", """{"data":1,"hold":"small"}""");
        for (var i = 0; i < 20; i++)
            graph = graph.Pass($"n{i}", $$"""{"data":"{{new string('x', 999_900)}}","hold":"large"}""");
        var all = (await StartAllAsync(Rosa, graph)).Concat(await StartAllAsync(Ben, graph)).ToList();
        await Probes.Passes.WaitAsync(run => run.Input.Length < 100, 2, "the small ones run");
        await Probes.Passes.WaitAsync(run => run.Input.Length > 100, 16, "as many large ones of each person run as have room");
        Assert.Equal(18, Probes.Passes.All.Count);

        Probes.Release("small");
        Probes.Release("large");
        await Task.WhenAll(all);
        Assert.Equal(42, Probes.Passes.All.Count);
    }

    [Fact, Invariant(7)]
    public async Task A_stop_ends_what_waits_for_room_too()
    {
        var engine = Store.Get<ExecutionEngine>();
        var large = $$"""{"data":"{{new string('x', 999_900)}}","hold":"large"}""";
        var graph = new GraphSketch();
        for (var i = 0; i < 9; i++)
            graph = graph.Pass($"n{i}", large);
        var running = await StartAllAsync(Rosa, graph);
        await Probes.Passes.WaitAsync(_ => true, 8, "all room is taken");
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("next", large));
        var ready = Assert.Single((await engine.TakeUpAsync(id, Ct))!);
        using var stop = new CancellationTokenSource();
        var waiting = engine.RunNodeAsync(
            await engine.PlanAsync(id, Ct), ready, stop.Token, CancellationToken.None, CancellationToken.None);

        await stop.CancelAsync();
        await waiting;
        Probes.Release("large");
        await Task.WhenAll(running);
        Assert.Equal(9, Probes.Passes.All.Count); // Who gave up took no room along.
    }

    /// <summary>Starts an execution and all that is ready in it at once.</summary>
    async Task<IReadOnlyList<Task>> StartAllAsync(Caller caller, GraphSketch graph)
    {
        var engine = Store.Get<ExecutionEngine>();
        var id = await Engine.StartAsync(caller, graph);
        var ready = (await engine.TakeUpAsync(id, Ct))!;
        var plan = await engine.PlanAsync(id, Ct);
        return [.. ready.Select(node => Task.Run(
            () => engine.RunNodeAsync(plan, node, CancellationToken.None, CancellationToken.None, CancellationToken.None), Ct))];
    }

    [Fact]
    public async Task Human_in_the_loop_waits_for_each_value_of_a_long_list()
    {
        var id = await RunAsync(new GraphSketch().Node("each", Pick, Each(Numbers(130))).Node("ask", HumanInTheLoopBlock.BlockId)
            .Link("each.value", "ask.data"));

        Assert.Equal(ExecutionStatus.REVIEW, (await Engine.ReadAsync(id)).Execution.Status);
        await using var db = Store.Db();
        Assert.Equal(130, await db.Reviews.CountAsync(r => r.GraphExecId == id, Ct));
    }
}
