namespace HitlReview.Core.Copilot;

/// <summary>A chat. Its tool calls run as node executions of the synthetic execution <c>copilot-session-{id}</c>.</summary>
public sealed class CopilotSession : IAsked
{
    /// <summary>The session id.</summary>
    public required string Id { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The API key that opened it; null where a person did.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called then.</summary>
    public string? AskedBy { get; init; }

    /// <summary>Counts the transactions of its tool calls. Touching it takes the row's lock, so that equal calls make one review.</summary>
    public long Revision { get; set; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of its synthetic execution.</summary>
    public string GraphExecId => RunId.OfChat(Id);
}
