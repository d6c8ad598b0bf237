using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Executions;

public sealed class ExecutionReadingOnSqlite() : ExecutionReadingSpec(new SqliteStore());

public sealed class ExecutionReadingOnPostgres() : ExecutionReadingSpec(new PostgresStore());

/// <summary>An execution is read in bounded parts, and what is left out is said.</summary>
public abstract class ExecutionReadingSpec(TestStore store) : CoreSpec(store)
{
    const string Pick = "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307";

    /// <summary>An execution with a first node and five behind it that have received "ü0" to "ü4".</summary>
    async Task<string> RunAsync()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch()
            .Node("each", Pick, """{"path":"","each":true,"data":["ü0","ü1","ü2","ü3","ü4"]}""").Pass("next")
                .Link("each.value", "next.data"));
        await Engine.RunAsync(id);
        return id;
    }

    [Fact]
    public async Task It_has_as_many_nodes_as_were_asked_for_and_says_how_many_there_are()
    {
        var id = await RunAsync();

        var all = await Executions.GetAsync(Rosa, id, 6, 10_000, Ct);
        Assert.Equal((6, 6, false), (all.Nodes.Count, all.NodeCount, all.IsTruncated));
        Assert.Equal((await Engine.ReadAsync(id)).Nodes.Select(n => (n.Id, (string?)n.Input, n.Output)),
            all.Nodes.Select(n => (n.Id, n.Input, n.Output)));
        var some = await Executions.GetAsync(Rosa, id, 4, 10_000, Ct);
        Assert.Equal([0, 1, 2, 3], some.Nodes.Select(n => n.Run.Ordinal));
        Assert.Equal((6, true), (some.NodeCount, some.IsTruncated));
    }

    [Fact, Invariant(6)]
    public async Task One_whose_outcome_is_to_be_settled_is_never_left_out()
    {
        var id = await RunAsync();
        await Queue.WriteAsync(tx => tx.Db.NodeExecutions.Where(n => n.GraphExecId == id && n.Ordinal == 4)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, ExecutionStatus.REVIEW)
                .SetProperty(n => n.Outcome, NodeOutcome.unknown), Ct), Ct);

        Assert.Equal([0, 1, 4], (await Executions.GetAsync(Rosa, id, 2, 0, Ct)).Nodes.Select(n => n.Run.Ordinal));
    }

    [Fact]
    public async Task Inputs_and_outputs_are_there_as_far_as_there_is_room_and_their_sizes_in_bytes_always()
    {
        var id = await RunAsync();
        var sizes = (await Engine.ReadAsync(id)).Nodes.Select(n =>
            (System.Text.Encoding.UTF8.GetByteCount(n.Input), (int?)System.Text.Encoding.UTF8.GetByteCount(n.Output!))).ToList();

        var none = await Executions.GetAsync(Rosa, id, 6, 0, Ct);
        Assert.All(none.Nodes, n => Assert.Equal((null, null, false), (n.Input, n.Output, n.IsWhole)));
        Assert.Equal(sizes, none.Nodes.Select(n => (n.InputBytes, n.OutputBytes)));
        // The first node's input is too large; what fits behind it is there.
        var small = await Executions.GetAsync(Rosa, id, 6, sizes[0].Item1 - 1, Ct);
        Assert.Null(small.Nodes[0].Input);
        Assert.Equal("""{"data":"ü0"}""", small.Nodes[1].Input);
        Assert.InRange(small.Nodes.Sum(n => (n.Input is null ? 0 : n.InputBytes) + (n.Output is null ? 0 : n.OutputBytes!.Value)), 1,
            sizes[0].Item1 - 1);
        Assert.True(small.IsTruncated);
    }

    [Fact]
    public async Task Its_nodes_are_paged_by_number_and_by_cursor_oldest_first()
    {
        var id = await RunAsync();

        var first = await Executions.NodesAsync(Rosa, id, new(1, 4), 10_000, Ct);
        Assert.Equal([0, 1, 2, 3], first.Items.Select(n => n.Run.Ordinal));
        Assert.Equal(6, first.Total);
        Assert.All(first.Items, n => Assert.True(n.IsWhole));
        var second = await Executions.NodesAsync(Rosa, id, new(1, 4, ListCursor.Parse(first.Next!.ToString())), 10_000, Ct);
        Assert.Equal([4, 5], second.Items.Select(n => n.Run.Ordinal));
        Assert.Null(second.Next);
        Assert.Equal([2, 3], (await Executions.NodesAsync(Rosa, id, new(2, 2), 0, Ct)).Items.Select(n => n.Run.Ordinal));
        Assert.Empty((await Executions.NodesAsync(Rosa, id, new(int.MaxValue, 100), 0, Ct)).Items);
        await RefusedAsync(Refusal.Invalid, () => Executions.NodesAsync(Rosa, id, new(1, 2, new(TestStore.Start, "of another list")), 0,
            Ct));
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_is_answered_as_an_unknown_one_from_each_way_of_reading()
    {
        var id = await RunAsync();
        var node = (await Engine.NodeAsync(id, "each")).Id;

        await RefusedAsync(Refusal.NotFound, () => Executions.GetAsync(Ben, id, 6, 0, Ct));
        await RefusedAsync(Refusal.NotFound, () => Executions.NodesAsync(Ben, id, PageRequest.First, 0, Ct));
        await RefusedAsync(Refusal.NotFound, () => Executions.GetNodeAsync(Ben, id, node, Ct));
        await RefusedAsync(Refusal.NotFound, () => Executions.GetNodeAsync(Rosa, "another", node, Ct));
        Assert.Empty(await Store.Get<ExecutionMaps>().StandingAsync(Ben, id, Ct));
        Assert.True((await Executions.GetNodeAsync(Ada, id, node, Ct)).IsWhole);
    }

    [Fact]
    public async Task Where_the_nodes_stand_is_told_by_one_run_of_each_in_each_state()
    {
        var id = await RunAsync();
        await Queue.WriteAsync(tx => tx.Db.NodeExecutions.Where(n => n.GraphExecId == id && n.Ordinal == 2)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, ExecutionStatus.FAILED), Ct), Ct);

        Assert.Equal(
            [("each", 0, ExecutionStatus.COMPLETED), ("next", 2, ExecutionStatus.FAILED), ("next", 5, ExecutionStatus.COMPLETED)],
            (await Store.Get<ExecutionMaps>().StandingAsync(Rosa, id, Ct)).Select(run => (run.NodeId, run.Ordinal, run.Status)));
    }
}
