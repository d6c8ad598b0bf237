using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Executions;

/// <summary>Refuses a graph that could not run, when it is stored and not when somebody waits for it.</summary>
static class GraphCheck
{
    const int MaxNodes = 500;
    const int MaxLinks = 2_000;

    /// <exception cref="RefusedException"><see cref="Refusal.Invalid"/>, naming the node, pin or link at fault.</exception>
    public static async Task CheckAsync(GraphDefinition graph, BlockRegistry blocks, CancellationToken ct)
    {
        if (graph.Nodes.Count is 0 or > MaxNodes)
            throw Invalid($"nodes must have 1 to {MaxNodes} entries; it has {graph.Nodes.Count}.");
        if (graph.Links.Count > MaxLinks)
            throw Invalid($"links must have at most {MaxLinks} entries; it has {graph.Links.Count}.");

        var blockOf = new Dictionary<string, Block>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            Identifiers.Check(node.Id, "nodes[].id");
            var block = blocks.Find(node.BlockId) ?? throw Invalid($"Node '{node.Id}' names the unknown block '{node.BlockId}'.");
            if (!blockOf.TryAdd(node.Id, block))
                throw Invalid($"The node id '{node.Id}' is used twice.");
            if (await block.CheckDefaultsAsync(node.InputDefault, ct) is [var fault, ..])
                throw Invalid($"The input_default of node '{node.Id}' is refused at {fault.Path}: {fault.Message}");
        }
        foreach (var link in graph.Links)
        {
            if (!blockOf.TryGetValue(link.SourceId, out var source))
                throw Invalid($"A link starts at the unknown node '{link.SourceId}'.");
            if (!source.OutputPins.Contains(link.SourceName))
                throw Invalid($"A link starts at the unknown output pin '{link.SourceName}' of node '{link.SourceId}' ({source.Name}).");
            if (!blockOf.TryGetValue(link.SinkId, out var sink))
                throw Invalid($"A link ends at the unknown node '{link.SinkId}'.");
            if (!sink.InputPins.Contains(link.SinkName))
                throw Invalid($"A link ends at the unknown input pin '{link.SinkName}' of node '{link.SinkId}' ({sink.Name}).");
        }
        if (graph.Links.GroupBy(link => link).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw Invalid($"The link from '{twice.SourceId}.{twice.SourceName}' to '{twice.SinkId}.{twice.SinkName}' is there twice.");
        CheckSources(graph);
    }

    /// <summary>
    /// A node can start if each of its linked pins is fed by one that can. What is left over waits for itself: a cycle that nothing outside
    /// feeds, and all that hangs on it.
    /// </summary>
    static void CheckSources(GraphDefinition graph)
    {
        var startable = new HashSet<string>(StringComparer.Ordinal);
        bool grew;
        do
        {
            grew = false;
            foreach (var node in graph.Nodes)
                if (!startable.Contains(node.Id)
                    && graph.Links.Where(l => l.SinkId == node.Id).GroupBy(l => l.SinkName)
                        .All(pin => pin.Any(l => startable.Contains(l.SourceId))))
                    grew |= startable.Add(node.Id);
        }
        while (grew);
        var stuck = graph.Nodes.Select(n => n.Id).Where(id => !startable.Contains(id)).ToList();
        if (stuck.Count > 0)
            throw Invalid($"A cycle without a source: no input can ever reach node {string.Join(", ", stuck.Select(id => $"'{id}'"))}.");
    }

    /// <summary>Merges the inputs of a start into the defaults, and refuses what would keep a node from ever running.</summary>
    /// <param name="graph">A checked graph.</param>
    /// <param name="inputs">Node id to an object of pins, on top of the defaults.</param>
    /// <param name="blocks">The blocks.</param>
    /// <returns>
    /// The graph as it runs. Whether the blocks take the inputs is for <see cref="CheckInputsAsync"/> to say, once, at the start.
    /// </returns>
    public static GraphDefinition WithInputs(GraphDefinition graph, JsonText inputs, BlockRegistry blocks)
    {
        if (inputs.Root.ValueKind != System.Text.Json.JsonValueKind.Object)
            throw Invalid("inputs must be an object: node id to an object of pins and values.");
        var given = JsonParts.Members(inputs, "inputs").ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        if (given.Keys.FirstOrDefault(id => !graph.Nodes.Any(n => n.Id == id)) is { } unknown)
            throw Invalid($"inputs names the unknown node '{unknown}'.");
        return graph with
        {
            Nodes = [.. graph.Nodes.Select(node =>
            {
                var block = blocks.Find(node.BlockId)!;
                var linked = graph.LinkedPins(node.Id);
                var merged = given.TryGetValue(node.Id, out var own) ? Merge(node, own, linked) : node;
                if (block.MissingInputs(merged.InputDefault, linked).FirstOrDefault() is { } missing)
                    throw Invalid($"Node '{node.Id}' ({block.Name}) has no value for its required input '{missing}'.");
                return merged;
            })],
        };
    }

    /// <summary>Refuses the inputs of a start that a block doesn't take.</summary>
    /// <param name="graph">The graph as <see cref="WithInputs"/> returned it.</param>
    /// <param name="inputs">The inputs that were merged into it.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="ct">Gives up the check.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Invalid"/>, naming the node and the input at fault.</exception>
    public static async Task CheckInputsAsync(GraphDefinition graph, JsonText inputs, BlockRegistry blocks, CancellationToken ct)
    {
        foreach (var node in graph.Nodes)
            if (JsonParts.Member(inputs, node.Id) is not null
                && await blocks.Find(node.BlockId)!.CheckDefaultsAsync(node.InputDefault, ct) is [var fault, ..])
                throw Invalid($"The inputs of node '{node.Id}' are refused at {fault.Path}: {fault.Message}");
    }

    static GraphNode Merge(GraphNode node, JsonText own, IReadOnlySet<string> linked)
    {
        if (own.Root.ValueKind != System.Text.Json.JsonValueKind.Object)
            throw Invalid($"inputs.{node.Id} must be an object of pins and values.");
        var pins = JsonParts.Members(own, $"inputs.{node.Id}");
        if (pins.Select(p => p.Key).FirstOrDefault(linked.Contains) is { } fed)
            throw Invalid($"inputs.{node.Id}.{fed} can't be given: that pin is fed over a link.");
        var merged = JsonParts.Members(node.InputDefault, "input_default").Where(d => !pins.Any(p => p.Key == d.Key)).Concat(pins);
        return node with { InputDefault = JsonParts.Compose(merged, $"inputs.{node.Id}", JsonLimits.Envelope) };
    }

    static RefusedException Invalid(string detail) => new(Refusal.Invalid, detail);
}
