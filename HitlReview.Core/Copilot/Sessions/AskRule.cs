namespace HitlReview.Core.Copilot.Sessions;

/// <summary>That a chat asks its person before each call of a block, or of any, also of one that changes nothing.</summary>
public sealed class AskRule
{
    /// <summary>The chat.</summary>
    public required string SessionId { get; init; }

    /// <summary>The block; empty for all.</summary>
    public required string BlockId { get; init; }

    /// <summary>When its person said so.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
