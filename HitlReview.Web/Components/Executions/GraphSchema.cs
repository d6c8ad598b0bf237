using System.Text.Json.Nodes;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Components.Executions;

/// <summary>
/// A graph as JSON, as a schema to complete it by: the blocks by name, the inputs of each, and the nodes and pins that links can join. It
/// judges nothing; that is <see cref="GraphCheck"/>'s.
/// </summary>
static class GraphSchema
{
    /// <summary>The schema for a graph in the making.</summary>
    /// <param name="draft">Has the nodes that links can join.</param>
    /// <param name="blocks">What nodes can run.</param>
    public static PayloadSchema Of(GraphDraft draft, BlockRegistry blocks)
    {
        var nodes = draft.Definition.Nodes;
        var used = nodes.Select(node => blocks.Find(node.BlockId)).OfType<Block>().Distinct().ToList();
        return PayloadSchema.Parse(Object(
            new()
            {
                ["name"] = Text(),
                ["nodes"] = List(new JsonObject { ["oneOf"] = new JsonArray([.. blocks.All.Select(NodeOf)]) }),
                ["links"] = List(Object(
                    new()
                    {
                        ["source_id"] = OneOf(nodes.Select(node => node.Id)),
                        ["source_name"] = OneOf(used.SelectMany(block => block.OutputSchema.Properties)),
                        ["sink_id"] = OneOf(nodes.Select(node => node.Id)),
                        ["sink_name"] = OneOf(used.SelectMany(block => block.InputSchema.Properties)),
                    },
                    "source_id", "source_name", "sink_id", "sink_name")),
                ["settings"] = Object(new()
                {
                    ["human_in_the_loop_safe_mode"] = new JsonObject { ["type"] = "boolean" },
                    ["sensitive_action_safe_mode"] = new JsonObject { ["type"] = "boolean" },
                }),
            },
            "name", "nodes").ToJsonString());
    }

    static JsonObject NodeOf(Block block)
    {
        var node = Object(
            new()
            {
                ["id"] = Text(),
                ["block_id"] = new JsonObject { ["const"] = block.Id.ToString() },
                ["input_default"] = JsonNode.Parse(block.InputSchema.Text.Text),
            },
            "id", "block_id");
        node["title"] = block.Name;
        return node;
    }

    static JsonObject Object(JsonObject properties, params string[] required) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]),
    };

    static JsonObject List(JsonNode items) => new() { ["type"] = "array", ["items"] = items };

    static JsonObject Text() => new() { ["type"] = "string" };

    static JsonObject OneOf(IEnumerable<string> names) => names.Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } all
        ? new() { ["enum"] = new JsonArray([.. all.Select(name => JsonValue.Create(name))]) } : Text();
}
