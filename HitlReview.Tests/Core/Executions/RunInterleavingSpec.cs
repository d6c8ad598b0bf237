using System.Collections.Concurrent;
using CsCheck;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Executions;

public sealed class RunInterleavingOnSqlite() : RunInterleavingSpec(new SqliteStore());

public sealed class RunInterleavingOnPostgres() : RunInterleavingSpec(new PostgresStore());

/// <summary>
/// Random graphs that are run, decided, stopped and started anew at the same moment, by several engines at once; the invariants hold after
/// every moment.
/// </summary>
public abstract class RunInterleavingSpec(TestStore store) : CoreSpec(store)
{
    const int Rounds = 25;

    enum Kind
    {
        Run,
        Approve,
        Edit,
        Reject,
        ApproveAhead,
        ApproveAll,
        Stop,
        Restart,
    }

    /// <summary>
    /// Something done to the execution; which review it is about is the rest of <paramref name="Pick"/> by how many wait.
    /// </summary>
    sealed record Act(Kind Kind, int Pick);

    static readonly Gen<Act> GenAct = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Kind.Run)),
            (4, Gen.Const(Kind.Approve)),
            (2, Gen.Const(Kind.Edit)),
            (2, Gen.Const(Kind.Reject)),
            (1, Gen.Const(Kind.ApproveAhead)),
            (2, Gen.Const(Kind.ApproveAll)),
            (1, Gen.Const(Kind.Stop))),
        Gen.Int[0, 5]).Select((kind, pick) => new Act(kind, pick));

    static readonly Gen<Act[]> GenMoment = Gen.Frequency((14, GenAct.Array[1, 4]), (1, Gen.Const(new Act[] { new(Kind.Restart, 0) })));

    /// <summary>Of four nodes, which act and which pass on; and which is fed by which.</summary>
    static readonly Gen<(bool[] Acts, int[] FedBy)> GenGraph = Gen.Select(Gen.Bool.Array[4], Gen.Int[-1, 2].Array[4]);

    [Fact, Invariant(2), Invariant(4), Invariant(5), Invariant(6), Invariant(7), Invariant(9)]
    public async Task Every_action_runs_at_most_once_as_approved_never_after_a_stop_and_every_execution_comes_to_its_end()
    {
        var ends = new ConcurrentBag<ExecutionStatus>();
        await Gen.Select(GenGraph, GenMoment.Array[2, 8]).SampleAsync(async (graph, moments) =>
        {
            var id = await Engine.StartAsync(Rosa, Sketch(graph));
            int? atMost = null;
            foreach (var moment in moments)
            {
                // Of several stops at once one finds what had been claimed, the others nothing.
                var atStops = await AtOnceAsync(id, moment);
                atMost ??= atStops.Count > 0 ? atStops.Max() : null;
                await HoldsAsync(id, atMost);
            }
            ends.Add(await FinishAsync(id));
            await HoldsAsync(id, atMost);
        }, iter: Rounds, threads: 1);

        Assert.Null((await Store.Get<AuditVerifier>().VerifyAsync(Ct)).Fault);
        Assert.Contains(ExecutionStatus.COMPLETED, ends);
        Assert.Contains(ExecutionStatus.TERMINATED, ends);
        Assert.NotEmpty(Probes.Effects.All);
    }

    /// <summary>A node is fed by an earlier one, or by nothing.</summary>
    static GraphSketch Sketch((bool[] Acts, int[] FedBy) graph)
    {
        var sketch = new GraphSketch();
        for (var i = 0; i < graph.Acts.Length; i++)
        {
            var fed = graph.FedBy[i] >= 0 && graph.FedBy[i] < i;
            var defaults = fed ? "{}" : $$"""{"data":{{i}}}""";
            sketch = graph.Acts[i] ? sketch.Probe($"n{i}", defaults) : sketch.Pass($"n{i}", defaults);
            if (fed)
                sketch = sketch.Link($"n{graph.FedBy[i]}.data", $"n{i}.data");
        }
        return sketch;
    }

    IReadOnlyList<ProbeRun> Effects(string id) => [.. Probes.Effects.All.Where(run => run.GraphExecId == id)];

    /// <returns>
    /// For each stop among the acts, how many actions may have taken effect in the end: those that had when it answered, and those that it
    /// left in flight.
    /// </returns>
    async Task<IReadOnlyList<int>> AtOnceAsync(string id, Act[] acts)
    {
        var waiting = (await WaitingAsync(id)).Select(r => r.NodeExecId).ToList();
        var atStops = new ConcurrentBag<int>();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = acts.Select(act => Task.Run(async () =>
        {
            await go.Task;
            try
            {
                if (await DoAsync(id, act, waiting) is { } inFlight)
                    atStops.Add(Effects(id).Count + inFlight);
            }
            catch (RefusedException e)
            {
                Assert.Equal(Refusal.Conflict, e.Refusal);
            }
        }, Ct)).ToList();
        go.SetResult();
        await Task.WhenAll(all);
        return [.. atStops];
    }

    /// <returns>What a stop left in flight; null where nothing was stopped.</returns>
    async Task<int?> DoAsync(string id, Act act, List<string> waiting)
    {
        var picked = waiting.Count == 0 ? null : waiting[act.Pick % waiting.Count];
        switch (act.Kind)
        {
            case Kind.Run:
                await Engine.RunAsync(id);
                return null;
            case Kind.Restart:
                await Store.RestartAsync();
                return null;
            case Kind.Stop:
                var stop = await Stopping.StopAsync(Rosa, id, Ct);
                return stop.Status == ExecutionStatus.TERMINATED ? stop.InFlight : null;
            case Kind.ApproveAll:
                if (waiting.Count > 0)
                    await DecideAsync([.. waiting.Select(w => new Decision(w, true))]);
                return null;
            default:
                if (picked is not null)
                    await DecideAsync(new Decision(picked, act.Kind != Kind.Reject) { Edit = act.Kind == Kind.Edit ? Json("""{"data":"edited"}""") : null, AutoApproveFuture = act.Kind == Kind.ApproveAhead });
                return null;
        }
    }

    async Task<IReadOnlyList<Review>> WaitingAsync(string id) => await Reviews.PendingForExecutionAsync(Rosa, id, Ct);

    /// <summary>Decides and runs until nothing is left to do.</summary>
    async Task<ExecutionStatus> FinishAsync(string id)
    {
        while (true)
        {
            await Engine.RunAsync(id);
            var now = (await Engine.ReadAsync(id)).Execution;
            if (now.Status.IsFinal())
                return now.Status;
            var waiting = await WaitingAsync(id);
            Assert.NotEmpty(waiting); // An execution in REVIEW without one would wait for ever.
            await DecideAsync([.. waiting.Select(w => new Decision(w.NodeExecId, true))]);
        }
    }

    async Task HoldsAsync(string id, int? atMost)
    {
        var detail = await Engine.ReadAsync(id);
        var effects = Effects(id);
        Assert.Equal(effects.Count, effects.Select(run => run.NodeExecId).Distinct().Count());
        Assert.True(atMost is null || effects.Count <= atMost, "An action started after the stop had answered.");

        await using var db = Store.Db();
        var reviews = await db.Reviews.AsNoTracking().Where(r => r.GraphExecId == id).ToDictionaryAsync(r => r.NodeExecId, Ct);
        foreach (var run in effects)
        {
            var node = detail.Nodes.Single(n => n.Id == run.NodeExecId);
            Assert.NotNull(node.ClaimedAt);
            Assert.Equal(node.Input, run.Input);
            if (reviews.TryGetValue(run.NodeExecId, out var review))
                Assert.Equal((ReviewStatus.APPROVED, true, run.Input), (review.Status, review.Processed, review.Payload));
        }
        if (detail.Execution.Status.IsFinal())
        {
            Assert.DoesNotContain(reviews.Values, review => review.Status == ReviewStatus.WAITING);
            Assert.DoesNotContain(reviews.Values, review => review is { Status: ReviewStatus.APPROVED, Processed: false });
        }
    }
}
