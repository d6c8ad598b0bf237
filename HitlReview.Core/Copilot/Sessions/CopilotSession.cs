namespace HitlReview.Core.Copilot.Sessions;

/// <summary>Where a turn of a chat stands: the assistant's answer to what was said or has happened.</summary>
public enum TurnState
{
    /// <summary>It is being answered.</summary>
    running,

    /// <summary>It was answered.</summary>
    done,

    /// <summary>A person stopped it; what had been said stays.</summary>
    stopped,

    /// <summary>Its process ended in the middle of it; what had been said stays.</summary>
    interrupted,

    /// <summary>It could not be answered; the chat says why.</summary>
    failed,
}

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

    /// <summary>What it is called: made from its first message until a person names it; null until then.</summary>
    public string? Title { get; set; }

    /// <summary>True for one that stays at the top of the list.</summary>
    public bool IsPinned { get; set; }

    /// <summary>When something last happened in it.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Its place in the list, the latest first: <see cref="UpdatedAt"/>, for a pinned one a thousand years later.</summary>
    public required DateTimeOffset ListedAt { get; set; }

    /// <summary>What its person has typed and not sent; null for nothing.</summary>
    public string? Draft { get; set; }

    /// <summary>The place of its last message.</summary>
    public int LastSeq { get; set; }

    /// <summary>Up to which place its messages were answered, or need no answer.</summary>
    public int AnsweredSeq { get; set; }

    /// <summary>Its last turn; null before the first.</summary>
    public string? TurnId { get; set; }

    /// <summary>How many bytes of UTF-8 people and agents have said in it.</summary>
    public long SaidBytes { get; set; }

    /// <summary>Where that stands.</summary>
    public TurnState? TurnState { get; set; }

    /// <summary>The id of its synthetic execution.</summary>
    public string GraphExecId => RunId.OfChat(Id);
}
