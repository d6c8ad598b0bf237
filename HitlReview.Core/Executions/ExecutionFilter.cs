namespace HitlReview.Core.Executions;

/// <summary>What a list of executions is narrowed to. What isn't set doesn't narrow.</summary>
public sealed record ExecutionFilter
{
    /// <summary>The longest text that is searched for, in UTF-16 code units.</summary>
    public const int MaxText = 200;

    /// <summary>Everything.</summary>
    public static ExecutionFilter None { get; } = new();

    /// <summary>Where it stands.</summary>
    public ExecutionStanding? Standing { get; init; }

    /// <summary>Found in an id, in the name of the graph or of the agent that started it.</summary>
    public string? Text { get; init; }

    /// <summary>The graph.</summary>
    public string? GraphId { get; init; }
}
