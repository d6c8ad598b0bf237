using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

public sealed class ExecutionMapsOnSqlite() : ExecutionMapsSpec(new SqliteStore());

public sealed class ExecutionMapsOnPostgres() : ExecutionMapsSpec(new PostgresStore());

/// <summary>An execution as it is read for the surroundings of a review.</summary>
public abstract class ExecutionMapsSpec(TestStore store) : CoreSpec(store)
{
    ExecutionMaps Maps => Store.Get<ExecutionMaps>();

    async Task<string> RunAsync(string data = "1")
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a", $$"""{"data":{{data}}}""").Probe("act").Pass("after").Link("a.data", "act.data").Link("act.data", "after.data"));
        await Engine.RunAsync(id);
        return id;
    }

    [Fact]
    public async Task It_has_the_graph_without_its_inputs_and_each_run_without_its_output()
    {
        var id = await RunAsync();

        var map = (await Maps.FindAsync(Rosa, id, null, Ct))!;

        Assert.Equal(ExecutionStatus.REVIEW, map.Status);
        Assert.Equal(["a {}", "act {}", "after {}"], map.Graph.Nodes.Select(node => $"{node.Id} {node.InputDefault.Text}"));
        Assert.Equal(2, map.Graph.Links.Count);
        Assert.Equal(
            [("a", ExecutionStatus.COMPLETED, true), ("act", ExecutionStatus.REVIEW, false)],
            map.Runs.Select(run => (run.NodeId, run.Status, run.HasOutput)));
        Assert.Equal((await Executions.GetAsync(Rosa, id, 10, 0, Ct)).Nodes.Select(node => node.Run), map.Runs);
    }

    [Fact]
    public async Task A_graph_that_was_read_before_is_not_read_again()
    {
        var id = await RunAsync();
        var graph = (await Maps.FindAsync(Rosa, id, null, Ct))!.Graph;

        Assert.Same(graph, (await Maps.FindAsync(Rosa, id, graph, Ct))!.Graph);
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_is_answered_as_an_unknown_one_and_an_admin_sees_all()
    {
        var id = await RunAsync();
        var detail = await Executions.GetAsync(Rosa, id, 10, 0, Ct);
        var first = detail.Nodes[0].Id;

        Assert.Null(await Maps.FindAsync(Ben, id, null, Ct));
        Assert.Null(await Maps.FindAsync(Ben, id, (await Maps.FindAsync(Rosa, id, null, Ct))!.Graph, Ct));
        Assert.Null(await Maps.FindAsync(Rosa, "unknown", null, Ct));
        Assert.Null(await Maps.GraphAsync(Ben, detail.Execution, Ct));
        Assert.Equal(new NodeOutput(null, 0), await Maps.OutputAsync(Ben, id, first, Ct));
        Assert.NotNull(await Maps.FindAsync(Ada, id, null, Ct));
        Assert.NotNull((await Maps.OutputAsync(Ada, id, first, Ct)).Value);
    }

    [Fact]
    public async Task What_an_outside_agent_and_a_chat_ask_in_has_no_map()
    {
        await AskAsync();

        Assert.Null(await Maps.FindAsync(Rosa, "run-1", null, Ct));
        Assert.Null(await Maps.FindAsync(Rosa, "copilot-session-1", null, Ct));
    }

    [Fact]
    public async Task An_output_is_read_to_the_byte_and_one_too_large_is_only_measured()
    {
        var small = await RunAsync("""[1.10,"é"]""");
        var large = await RunAsync($"\"{new string('x', ExecutionMaps.MaxOutput)}\"");

        var read = await OutputAsync(small);
        Assert.StartsWith("""{"data":[[1.10,"é"]]""", read.Value!.Text, StringComparison.Ordinal);
        Assert.Equal(read.Value.Text.Length, read.Length);
        var measured = await OutputAsync(large);
        Assert.Null(measured.Value);
        Assert.True(measured.Length > ExecutionMaps.MaxOutput);

        async Task<NodeOutput> OutputAsync(string id) => await Maps.OutputAsync(Rosa, id,
            (await Executions.GetAsync(Rosa, id, 10, 0, Ct)).Nodes[0].Id, Ct);
    }
}
