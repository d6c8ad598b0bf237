namespace HitlReview.Core.Reviews;

/// <summary>A standing approval: later executions of this node, in this execution or chat, of this user, skip review and run with their own input.</summary>
public sealed class AutoApproval
{
    /// <summary>The user who gave it.</summary>
    public required string UserId { get; init; }

    /// <summary>The graph execution or chat it is limited to.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>The node it is limited to.</summary>
    public required string NodeId { get; init; }

    /// <summary>The block of that node, for display; null where an outside agent asks.</summary>
    public string? BlockId { get; init; }

    /// <summary>When it was given; given again after a revocation: the last time.</summary>
    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was revoked; null while it stands.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How many actions it has let through.</summary>
    public int UseCount { get; set; }

    /// <summary>When it last let one through.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
