using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Wire;

/// <summary>A graph to be stored, as REST and the page of graphs take it.</summary>
sealed record GraphDraftModel
{
    public string? Id { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyList<NodeDraftModel> Nodes { get; init; }
    public IReadOnlyList<LinkModel>? Links { get; init; }
    public SettingsModel? Settings { get; init; }

    public GraphDraft ToDraft() => new(Id, Name, new(
        [.. Nodes.Select((node, index) => node.ToNode($"nodes[{index}]"))],
        [.. (Links ?? []).Select(l => new GraphLink(l.SourceId, l.SourceName, l.SinkId, l.SinkName))]))
    {
        HumanInTheLoopSafeMode = Settings?.HumanInTheLoopSafeMode ?? true,
        SensitiveActionSafeMode = Settings?.SensitiveActionSafeMode ?? true,
    };
}

/// <summary>A node to be stored.</summary>
sealed record NodeDraftModel
{
    public required string Id { get; init; }
    public required string BlockId { get; init; }
    public JsonElement InputDefault { get; init; }

    public GraphNode ToNode(string place) => new(
        Id,
        Guid.TryParse(BlockId, out var blockId)
            ? blockId
            : throw new RefusedException(Refusal.Invalid, $"{place}.block_id must be a UUID; node '{Id}' has '{BlockId}'."),
        InputDefault.ValueKind == JsonValueKind.Undefined
            ? JsonText.EmptyObject
            : JsonText.FromElement(InputDefault, $"{place}.input_default", JsonLimits.Envelope));
}

/// <summary>Carries what an output pin emits to an input pin.</summary>
sealed record LinkModel(string SourceId, string SourceName, string SinkId, string SinkName);

/// <summary>Whether people are asked.</summary>
sealed record SettingsModel
{
    public bool HumanInTheLoopSafeMode { get; init; } = true;
    public bool SensitiveActionSafeMode { get; init; } = true;

    public static SettingsModel Of(Graph graph) =>
        new() { HumanInTheLoopSafeMode = graph.HumanInTheLoopSafeMode, SensitiveActionSafeMode = graph.SensitiveActionSafeMode };
}
