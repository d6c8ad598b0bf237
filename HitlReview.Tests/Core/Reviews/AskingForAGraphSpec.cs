using HitlReview.Core;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

/// <summary>
/// A card that names a graph of HitlReview's own is one that HitlReview asks with, or one of an agent that takes part in that graph.
/// </summary>
public abstract class AskingForAGraphSpec(TestStore store) : CoreSpec(store)
{
    [Fact, Invariant(8)]
    public async Task An_agent_does_not_ask_in_the_name_of_a_graph_that_HitlReview_runs()
    {
        var execution = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));
        var graph = (await Engine.ReadAsync(execution)).Execution.GraphId;
        var other = (await Engine.ReadAsync(await Engine.StartAsync(Rosa, new GraphSketch().Pass("b")))).Execution.GraphId;

        Assert.Contains(
            "HitlReview runs graph",
            await RefusedAsync(Refusal.Conflict, () => AskAsync(Request() with { GraphId = graph })),
            StringComparison.Ordinal);
        await RefusedAsync(Refusal.Conflict, () => AskAsync(Request(graphExecId: execution) with { GraphId = other }));

        Assert.Equal(graph, (await AskAsync(Request("takes-part", execution) with { GraphId = graph })).GraphId);
        Assert.Equal("an-agents-own", (await AskAsync(Request("of-its-own") with { GraphId = "an-agents-own" })).GraphId);
        Assert.Equal(graph, (await AskAsync(Request("bens") with { GraphId = graph }, Ben)).GraphId);
    }
}

public sealed class AskingForAGraphOnSqlite() : AskingForAGraphSpec(new SqliteStore());

public sealed class AskingForAGraphOnPostgres() : AskingForAGraphSpec(new PostgresStore());
