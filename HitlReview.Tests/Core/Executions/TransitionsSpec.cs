using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static HitlReview.Core.ExecutionStatus;

namespace HitlReview.Tests.Core.Executions;

public sealed class TransitionsOnSqlite() : TransitionsSpec(new SqliteStore());

public sealed class TransitionsOnPostgres() : TransitionsSpec(new PostgresStore());

/// <summary>Every move from every status: it happens where it may, and changes nothing where it may not.</summary>
public abstract class TransitionsSpec(TestStore store) : CoreSpec(store)
{
    static readonly ExecutionStatus[] All = Enum.GetValues<ExecutionStatus>();

    // Written out here a second time on purpose: this is the specification.
    static readonly Dictionary<ExecutionMove, (ExecutionStatus[] From, ExecutionStatus To)> ExecutionMoves = new()
    {
        [ExecutionMove.Start] = ([QUEUED], RUNNING),
        [ExecutionMove.Pause] = ([RUNNING], REVIEW),
        [ExecutionMove.Resume] = ([REVIEW], QUEUED),
        [ExecutionMove.Complete] = ([RUNNING], COMPLETED),
        [ExecutionMove.Fail] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], FAILED),
        [ExecutionMove.Stop] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], TERMINATED),
    };

    static readonly Dictionary<NodeMove, (ExecutionStatus[] From, ExecutionStatus To)> MovesOfNodes = new()
    {
        [NodeMove.Ready] = ([INCOMPLETE], QUEUED),
        [NodeMove.Ask] = ([QUEUED], REVIEW),
        [NodeMove.Decide] = ([REVIEW], QUEUED),
        [NodeMove.Start] = ([QUEUED], RUNNING),
        [NodeMove.Complete] = ([RUNNING], COMPLETED),
        [NodeMove.Fail] = ([QUEUED, RUNNING, REVIEW], FAILED),
        [NodeMove.Stop] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], TERMINATED),
        [NodeMove.Again] = ([RUNNING], QUEUED),
        [NodeMove.Lose] = ([RUNNING], REVIEW),
        [NodeMove.Settle] = ([REVIEW], COMPLETED),
    };

    [Fact, Invariant(7)]
    public async Task Every_move_of_an_execution_from_every_status()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        var execution = (await Engine.ReadAsync(id)).Execution;
        foreach (var move in Enum.GetValues<ExecutionMove>())
            foreach (var from in All)
            {
                await SetAsync(id, from);
                var trail = (await TrailAsync()).Count;

                var moved = await Queue.WriteAsync(tx => Transitions.MoveAsync(tx, execution, move, null, null, Ct), Ct);

                var may = ExecutionMoves[move].From.Contains(from);
                Assert.Equal(
                    (move, from, may, may ? ExecutionMoves[move].To : from),
                    (move, from, moved, (await Engine.ReadAsync(id)).Execution.Status));
                Assert.Equal(trail + (may ? 1 : 0), (await TrailAsync()).Count);
            }
    }

    [Fact]
    public async Task Every_move_of_a_node_from_every_status()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        var node = await Engine.NodeAsync(id, "a");
        foreach (var move in Enum.GetValues<NodeMove>())
            foreach (var from in All)
            {
                await using (var db = Store.Db())
                    await db.NodeExecutions.ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, from), Ct);

                var moved = await Queue.WriteAsync(tx => NodeMoves.MoveAsync(tx, node, move, Ct), Ct);

                var may = MovesOfNodes[move].From.Contains(from);
                Assert.Equal(
                    (move, from, may, may ? MovesOfNodes[move].To : from),
                    (move, from, moved, (await Engine.NodeAsync(id, "a")).Status));
            }
    }

    [Fact]
    public async Task What_a_stop_ends_while_it_runs_says_so()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        await using (var db = Store.Db())
            await db.NodeExecutions.ExecuteUpdateAsync(set => set.SetProperty(n => n.Status, RUNNING), Ct);

        await Stopping.StopAsync(Rosa, id, Ct);

        var node = await Engine.NodeAsync(id, "a");
        Assert.Equal((TERMINATED, "Cancelled while it ran."), (node.Status, node.Error));
    }

    [Fact, Invariant(7)]
    public void Nothing_leads_out_of_a_final_status() =>
        Assert.All(All, status => Assert.Equal(
            status.IsFinal(),
            !ExecutionMoves.Values.Any(m => m.From.Contains(status)) && !MovesOfNodes.Values.Any(m => m.From.Contains(status))));

    [Fact]
    public async Task A_move_writes_its_times_once()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a"));
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Engine.RunAsync(id);

        var (execution, node) = ((await Engine.ReadAsync(id)).Execution, await Engine.NodeAsync(id, "a"));
        var then = TestStore.Start.AddSeconds(1);
        Assert.Equal(
            (TestStore.Start, then, then, then),
            (execution.CreatedAt, execution.StartedAt!.Value, execution.EndedAt!.Value, execution.UpdatedAt));
        Assert.Equal((then, then), (node.StartedAt!.Value, node.EndedAt!.Value));
    }

    async Task SetAsync(string id, ExecutionStatus status)
    {
        await using var db = Store.Db();
        await db.GraphExecutions.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Status, status), Ct);
    }
}
