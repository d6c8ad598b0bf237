namespace HitlReview.Core.Reviews;

/// <summary>How long a standing approval lasts at most.</summary>
public enum ApprovalSpan
{
    /// <summary>In a chat, until somebody writes there again: for what the assistant still does about what was said last.</summary>
    turn,

    /// <summary>As long as its execution or chat.</summary>
    run,
}

/// <summary>
/// A standing approval: later executions of this node, in this execution or chat, of this user, skip review and run with their own input.
/// </summary>
public sealed class AutoApproval
{
    /// <summary>The user who gave it.</summary>
    public required string UserId { get; init; }

    /// <summary>The graph execution or chat it is limited to.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>The node it is limited to.</summary>
    public required string NodeId { get; init; }

    /// <summary>The block it is limited to; null where an outside agent asks.</summary>
    public string? BlockId { get; init; }

    /// <summary>The kind of asker it is limited to.</summary>
    public required ReviewOrigin Origin { get; init; }

    /// <summary>The API key it is limited to; null for what a person asks or starts.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called when it asked.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The API key with which it was given, and with which it ends; null where a person gave it.</summary>
    public string? GivenByKeyId { get; set; }

    /// <summary>How long it lasts at most.</summary>
    public ApprovalSpan Span { get; set; } = ApprovalSpan.run;

    /// <summary>When it was given; given again after a revocation: the last time.</summary>
    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was revoked; null while it stands.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How many actions it has let through since it was given.</summary>
    public int UseCount { get; set; }

    /// <summary>When it last let one through.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
