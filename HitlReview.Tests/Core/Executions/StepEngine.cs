using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Executions;

/// <summary>Takes the engine's steps as the grain does, but only when it is told to, and one after another.</summary>
public sealed class StepEngine(TestStore store)
{
    ExecutionEngine Engine => store.Get<ExecutionEngine>();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Stores a graph and starts it.</summary>
    public async Task<string> StartAsync(Caller caller, GraphSketch graph, string? inputs = null)
    {
        var stored = await store.Get<Graphs>().StoreAsync(caller, graph.ToDraft(), Ct);
        return (await store.Get<ExecutionService>().StartAsync(
            caller, stored.Id, inputs is null ? null : JsonText.Parse(inputs, "inputs"), Ct)).Id;
    }

    /// <summary>Runs until the execution has ended or waits for a person.</summary>
    public async Task RunAsync(string graphExecId)
    {
        while (await Engine.TakeUpAsync(graphExecId, Ct) is { } ready)
        {
            var plan = await Engine.PlanAsync(graphExecId, Ct);
            foreach (var node in ready)
                await Engine.RunNodeAsync(
                    plan, node, CancellationToken.None, CancellationToken.None, CancellationToken.None);
            if (ready.Count == 0 && await Engine.RestAsync(plan, Ct))
                return;
        }
    }

    /// <summary>The execution and its node executions as they now are, oldest first.</summary>
    public async Task<(GraphExecution Execution, IReadOnlyList<NodeExecution> Nodes)> ReadAsync(string graphExecId)
    {
        await using var db = store.Db();
        return (await db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, Ct),
            await db.NodeExecutions.Where(n => n.GraphExecId == graphExecId).OrderBy(n => n.Ordinal).ToListAsync(Ct));
    }

    /// <summary>The one node execution of a node.</summary>
    public async Task<NodeExecution> NodeAsync(string graphExecId, string nodeId) =>
        (await ReadAsync(graphExecId)).Nodes.Single(n => n.NodeId == nodeId);
}

/// <summary>A graph in few words.</summary>
public sealed class GraphSketch
{
    readonly List<GraphNode> _nodes = [];
    readonly List<GraphLink> _links = [];

    public bool HumanInTheLoopSafeMode { get; init; } = true;

    public bool SensitiveActionSafeMode { get; init; } = true;

    /// <summary>Adds a node.</summary>
    public GraphSketch Node(string id, string blockId, string defaults = "{}")
    {
        _nodes.Add(new(id, Guid.Parse(blockId), JsonText.Parse(defaults, "input_default")));
        return this;
    }

    /// <summary>Adds a sensitive action.</summary>
    public GraphSketch Probe(string id, string defaults = "{}") => Node(id, ProbeBlock.BlockId, defaults);

    /// <summary>Adds a block without an effect.</summary>
    public GraphSketch Pass(string id, string defaults = "{}") => Node(id, PassBlock.BlockId, defaults);

    /// <summary>Adds a link, written "node.pin".</summary>
    public GraphSketch Link(string from, string to)
    {
        var (source, sink) = (from.Split('.'), to.Split('.'));
        _links.Add(new(source[0], source[1], sink[0], sink[1]));
        return this;
    }

    public GraphDefinition ToDefinition() => new(_nodes, _links);

    public GraphDraft ToDraft() => new(null, "A graph of the tests", ToDefinition())
    {
        HumanInTheLoopSafeMode = HumanInTheLoopSafeMode,
        SensitiveActionSafeMode = SensitiveActionSafeMode,
    };
}
