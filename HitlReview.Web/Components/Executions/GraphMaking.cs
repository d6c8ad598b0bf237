using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Web.Wire;

namespace HitlReview.Web.Components.Executions;

/// <summary>An output pin.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Pin">The pin.</param>
/// <param name="Type">What it emits, such as <c>string</c>; null where its block doesn't say.</param>
/// <param name="Fits">True if the pin that asks takes such a value.</param>
public sealed record PinSource(string NodeId, string Pin, string? Type, bool Fits);

/// <summary>The steps in which a graph is made. Each gives another draft; none has to be a graph that could run yet.</summary>
public static partial class GraphMaking
{
    /// <summary>A graph of which nothing is made yet.</summary>
    public static GraphDraft Empty { get; } = new(null, "", new([], []));

    /// <summary>A stored graph, to make its next version of.</summary>
    public static GraphDraft Of(Graph graph) => new(graph.Id, graph.Name, GraphDefinition.FromJson(graph.Definition))
    {
        HumanInTheLoopSafeMode = graph.HumanInTheLoopSafeMode,
        SensitiveActionSafeMode = graph.SensitiveActionSafeMode,
        Follows = graph.Version,
    };

    /// <summary>A graph as REST takes it, to be gone on with.</summary>
    /// <exception cref="RefusedException">It is none, or none that can be shown: a step twice, inputs that are no object.</exception>
    public static GraphDraft Read(string json)
    {
        var draft = JsonBody.Parse<GraphDraftModel>(Encoding.UTF8.GetBytes(json)).ToDraft();
        if (draft.Definition.Nodes.CountBy(node => node.Id).FirstOrDefault(node => node.Value > 1) is { Key: { } twice })
            throw new RefusedException(Refusal.Invalid, Say.With(Texts.MakeNameUsed, twice));
        foreach (var node in draft.Definition.Nodes)
        {
            Identifiers.Check(node.Id, "nodes[].id");
            JsonParts.Members(node.InputDefault, $"The input_default of '{node.Id}'");
        }
        return draft;
    }

    extension(GraphDraft draft)
    {
        /// <summary>The node of an id; null if there is none.</summary>
        public GraphNode? Node(string? id) => draft.Definition.Nodes.FirstOrDefault(node => node.Id == id);

        /// <summary>With one more node of a block, and its id, made of the block's name.</summary>
        public (GraphDraft Draft, string NodeId) Add(Block block)
        {
            var name = NotOfAnId.Replace(block.Name.ToLowerInvariant(), "-").Trim('-');
            var id = Enumerable.Range(1, int.MaxValue)
                .Select(n => n == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{n}"))
                .First(free => draft.Node(free) is null);
            return (draft.WithNodes([.. draft.Definition.Nodes, new(id, block.Id, JsonText.EmptyObject)]), id);
        }

        /// <summary>Without a node and its links.</summary>
        public GraphDraft Remove(string nodeId) => draft with
        {
            Definition = new(
                [.. draft.Definition.Nodes.Where(node => node.Id != nodeId)],
                [.. draft.Definition.Links.Where(link => link.SourceId != nodeId && link.SinkId != nodeId)]),
        };

        /// <summary>With another id for a node, in its links too.</summary>
        /// <exception cref="RefusedException">Invalid: it is none, or another node has it.</exception>
        public GraphDraft Rename(string nodeId, string wanted)
        {
            Identifiers.Check(wanted, "The name");
            if (wanted == nodeId)
                return draft;
            if (draft.Node(wanted) is not null)
                throw new RefusedException(Refusal.Invalid, Say.With(Texts.MakeNameUsed, wanted));
            return draft with
            {
                Definition = new(
                    [.. draft.Definition.Nodes.Select(node => node.Id == nodeId ? node with { Id = wanted } : node)],
                    [.. draft.Definition.Links.Select(link => link with
                    {
                        SourceId = link.SourceId == nodeId ? wanted : link.SourceId,
                        SinkId = link.SinkId == nodeId ? wanted : link.SinkId,
                    })]),
            };
        }

        /// <summary>With other inputs of a node.</summary>
        public GraphDraft WithInputs(string nodeId, JsonText inputs) => draft.WithNodes(
            [.. draft.Definition.Nodes.Select(node => node.Id == nodeId ? node with { InputDefault = inputs } : node)]);

        /// <summary>With an input that comes from another node instead of being given.</summary>
        public GraphDraft Join(string nodeId, string pin, string sourceId, string output)
        {
            var link = new GraphLink(sourceId, output, nodeId, pin);
            if (draft.Definition.Links.Contains(link) || draft.Node(nodeId) is not { } node)
                return draft;
            var given = JsonParts.Members(node.InputDefault, "input_default").Where(member => member.Key != pin);
            var joined = draft.WithInputs(nodeId, JsonParts.Compose(given, "input_default", JsonLimits.Envelope));
            return joined with { Definition = joined.Definition with { Links = [.. joined.Definition.Links, link] } };
        }

        /// <summary>Without a link.</summary>
        public GraphDraft Part(GraphLink link) =>
            draft with { Definition = draft.Definition with { Links = [.. draft.Definition.Links.Where(one => one != link)] } };

        /// <summary>What can feed an input: the outputs of all nodes, those that fit first.</summary>
        public IReadOnlyList<PinSource> Sources(string nodeId, string pin, BlockRegistry blocks)
        {
            var wanted = draft.Node(nodeId) is { } node && blocks.Find(node.BlockId) is { } block ? Types(block.InputSchema, pin) : [];
            return [.. (from source in draft.Definition.Nodes
                        let emits = blocks.Find(source.BlockId)
                        where emits is not null && source.Id != nodeId
                        from output in emits.OutputPins
                        let types = Types(emits.OutputSchema, output)
                        select new PinSource(source.Id, output, types.Count == 0 ? null : string.Join(", ", types), Fit(types, wanted)))
                .OrderBy(source => source.Fits ? 0 : 1)];
        }

        /// <summary>As a graph is given to REST.</summary>
        public JsonText ToJson() => JsonParts.Compose(
            [
                .. draft.Id is null ? [] : new KeyValuePair<string, JsonText>[] { new("id", JsonText.Of(draft.Id, "id")) },
                new("name", JsonText.Of(draft.Name, "name")),
                .. JsonParts.Members(JsonText.Trusted(draft.Definition.ToJson()), "definition"),
                new("settings", JsonParts.Compose(
                    [
                        new("human_in_the_loop_safe_mode", JsonText.Of(draft.HumanInTheLoopSafeMode)),
                        new("sensitive_action_safe_mode", JsonText.Of(draft.SensitiveActionSafeMode)),
                    ],
                    "settings")),
            ],
            "graph", new(JsonLimits.Envelope.MaxDepth + 10, int.MaxValue));

        GraphDraft WithNodes(IReadOnlyList<GraphNode> nodes) => draft with { Definition = draft.Definition with { Nodes = nodes } };
    }

    /// <summary>The inputs of a block that are given to a node and don't come over links, as a schema; null if there are none.</summary>
    /// <param name="block">The block.</param>
    /// <param name="linked">The pins that come over links.</param>
    public static PayloadSchema? InputsOf(Block block, IReadOnlySet<string> linked)
    {
        var schema = block.InputSchema.Text;
        if (JsonParts.Member(schema, "properties") is not { } pins)
            return null;
        var own = JsonParts.Members(pins, "properties").Where(pin => !linked.Contains(pin.Key)).ToList();
        return own.Count == 0 ? null : PayloadSchema.Parse(JsonParts.Compose(
            // What is required can be given at the start as well.
            JsonParts.Members(schema, "schema").Where(member => member.Key is not ("properties" or "required"))
                .Append(new("properties", JsonParts.Compose(own, "properties", JsonLimits.Envelope))),
            "schema", JsonLimits.Envelope).Text);
    }

    /// <summary>What can be given to a graph at its start, as a schema: node by node what no link brings.</summary>
    public static PayloadSchema StartOf(GraphDefinition graph, BlockRegistry blocks)
    {
        var nodes = new List<KeyValuePair<string, JsonText>>();
        var missing = new List<string>();
        foreach (var node in graph.Nodes)
        {
            var linked = graph.LinkedPins(node.Id);
            if (blocks.Find(node.BlockId) is not { } block || InputsOf(block, linked) is not { } inputs)
                continue;
            var needed = block.MissingInputs(node.InputDefault, linked).ToList();
            if (needed.Count > 0)
                missing.Add(node.Id);
            var members = JsonParts.Members(inputs.Text, "schema").Where(member => member.Key is not ("title" or "description"))
                .Append(new("title", JsonText.Of($"{node.Id} ({block.Name})", "title")));
            if (needed.Count > 0)
                members = members.Append(new("required", JsonText.Trusted(JsonSerializer.Serialize(needed))));
            nodes.Add(new(node.Id, JsonParts.Compose(members, "schema", JsonLimits.Envelope)));
        }
        return PayloadSchema.Parse(JsonParts.Compose(
            [
                new("type", JsonText.Trusted("\"object\"")),
                new("additionalProperties", JsonText.Trusted("false")),
                new("properties", JsonParts.Compose(nodes, "properties", JsonLimits.Envelope)),
                new("required", JsonText.Trusted(JsonSerializer.Serialize(missing))),
            ],
            "schema", JsonLimits.Envelope).Text);
    }

    /// <summary>What a pin may carry; empty for anything.</summary>
    static IReadOnlyList<string> Types(PayloadSchema schema, string pin)
    {
        if (!schema.Text.Root.TryGetProperty("properties", out var pins) || !pins.TryGetProperty(pin, out var own)
            || own.ValueKind != JsonValueKind.Object || !own.TryGetProperty("type", out var type))
            return [];
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];
    }

    static bool Fit(IReadOnlyList<string> emitted, IReadOnlyList<string> wanted) =>
        emitted.Count == 0 || wanted.Count == 0
            || emitted.Any(type => wanted.Contains(type) || (type == "integer" && wanted.Contains("number")));

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotOfAnId { get; }
}
