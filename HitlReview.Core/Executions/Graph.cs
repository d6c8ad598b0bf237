namespace HitlReview.Core.Executions;

/// <summary>One stored version of a graph. Versions never change once stored.</summary>
public sealed class Graph
{
    /// <summary>The id, the same for all versions.</summary>
    public required string Id { get; init; }

    /// <summary>The version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The owner's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>Nodes and links as stored JSON; <c>GraphDefinition</c> reads it.</summary>
    public required string Definition { get; init; }

    /// <summary>Whether the Human In The Loop block asks.</summary>
    public required bool HumanInTheLoopSafeMode { get; init; }

    /// <summary>Whether sensitive blocks ask.</summary>
    public required bool SensitiveActionSafeMode { get; init; }

    /// <summary>The API key with which this version was stored; null where a person did.</summary>
    public string? StoredByKeyId { get; init; }

    /// <summary>When this version was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
