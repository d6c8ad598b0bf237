using System.Text;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Executions;

/// <summary>A node of a graph.</summary>
/// <param name="Id">Unique in its graph.</param>
/// <param name="BlockId">The block it runs.</param>
/// <param name="InputDefault">An object with the inputs that don't come over links.</param>
public sealed record GraphNode(string Id, Guid BlockId, JsonText InputDefault);

/// <summary>Carries what an output pin emits to an input pin.</summary>
/// <param name="SourceId">The emitting node.</param>
/// <param name="SourceName">Its output pin.</param>
/// <param name="SinkId">The receiving node.</param>
/// <param name="SinkName">Its input pin.</param>
public sealed record GraphLink(string SourceId, string SourceName, string SinkId, string SinkName);

/// <summary>The nodes and links of a graph.</summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="Links">The links.</param>
public sealed record GraphDefinition(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphLink> Links)
{
    /// <summary>The pins of a node that are fed over links; it fires when each of them has a value.</summary>
    public IReadOnlySet<string> LinkedPins(string nodeId) =>
        Links.Where(l => l.SinkId == nodeId).Select(l => l.SinkName).ToHashSet(StringComparer.Ordinal);

    /// <summary>The stored form. Inputs stay to the byte.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("nodes");
            foreach (var node in Nodes)
            {
                json.WriteStartObject();
                json.WriteString("id", node.Id);
                json.WriteString("block_id", node.BlockId);
                json.WritePropertyName("input_default");
                json.WriteRawValue(node.InputDefault.Text, skipInputValidation: true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("links");
            foreach (var link in Links)
            {
                json.WriteStartObject();
                json.WriteString("source_id", link.SourceId);
                json.WriteString("source_name", link.SourceName);
                json.WriteString("sink_id", link.SinkId);
                json.WriteString("sink_name", link.SinkName);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Reads the stored form back.</summary>
    public static GraphDefinition FromJson(string stored)
    {
        var root = JsonText.Trusted(stored).Root;
        return new(
            [.. root.GetProperty("nodes").EnumerateArray().Select(n => new GraphNode(
                n.GetProperty("id").GetString()!, n.GetProperty("block_id").GetGuid(), JsonParts.Part(n.GetProperty("input_default"))))],
            [.. root.GetProperty("links").EnumerateArray().Select(l => new GraphLink(
                l.GetProperty("source_id").GetString()!, l.GetProperty("source_name").GetString()!,
                l.GetProperty("sink_id").GetString()!, l.GetProperty("sink_name").GetString()!))]);
    }
}
