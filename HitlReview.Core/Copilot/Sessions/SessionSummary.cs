namespace HitlReview.Core.Copilot.Sessions;

/// <summary>What a chat is about at the moment.</summary>
public enum SessionState
{
    /// <summary>Nothing.</summary>
    idle,

    /// <summary>The assistant answers.</summary>
    answering,

    /// <summary>A person is waited for.</summary>
    waiting,

    /// <summary>Its last turn was cut off, and may be tried again.</summary>
    interrupted,
}

/// <summary>A chat as a row of a list. Its properties are set by name, or no query could go on from it.</summary>
public sealed record SessionSummary
{
    /// <summary>The session id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is called; null until something was said. Hostile text.</summary>
    public required string? Title { get; init; }

    /// <summary>True if it stays at the top.</summary>
    public required bool IsPinned { get; init; }

    /// <summary>What it is about at the moment.</summary>
    public required SessionState State { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something last happened in it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its place in the list.</summary>
    public required DateTimeOffset ListedAt { get; init; }

    /// <summary>The id of its synthetic execution.</summary>
    public string GraphExecId => RunId.OfChat(Id);
}
