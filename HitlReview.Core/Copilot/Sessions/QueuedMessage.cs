namespace HitlReview.Core.Copilot.Sessions;

/// <summary>What a person has said while a turn was running; it waits for the end of that.</summary>
public sealed class QueuedMessage
{
    /// <summary>The chat.</summary>
    public required string SessionId { get; init; }

    /// <summary>The id that its client made.</summary>
    public required string Id { get; init; }

    /// <summary>Its place among those that wait: the smaller is sent first.</summary>
    public required int Place { get; init; }

    /// <summary>What it says.</summary>
    public required string Text { get; set; }

    /// <summary>What the key is called with which it was sent; null for the person themselves.</summary>
    public string? SaidBy { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
