namespace HitlReview.Core.Audit;

/// <summary>One link of the audit trail. Rows are only ever added; triggers in the database refuse updates and deletes.</summary>
public sealed class AuditEvent
{
    /// <summary>Position in the chain, from 1, without gaps.</summary>
    public required long Seq { get; init; }

    /// <summary>When the change was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The user id of who made it; null where HitlReview did by itself.</summary>
    public string? ActorId { get; init; }

    /// <summary>Where it came in.</summary>
    public required Surface Surface { get; init; }

    /// <summary>What happened; one of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The user whose review, execution or account it is about.</summary>
    public string? OwnerId { get; init; }

    /// <summary>The execution it is about.</summary>
    public string? GraphExecId { get; init; }

    /// <summary>The node execution it is about.</summary>
    public string? NodeExecId { get; init; }

    /// <summary>The payload's hash before the change, lower-case hex.</summary>
    public string? PayloadHashBefore { get; init; }

    /// <summary>The payload's hash after the change, lower-case hex.</summary>
    public string? PayloadHashAfter { get; init; }

    /// <summary>What else matters: the reviewer's message, a reason, a name. Never a payload.</summary>
    public string? Detail { get; init; }

    /// <summary>The API key with which it was made; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>What that key was called.</summary>
    public string? KeyName { get; init; }

    /// <summary>The hash of the event before, lower-case hex; 64 zeros for the first.</summary>
    public required string PrevHash { get; init; }

    /// <summary>SHA-256 over all fields above (of the key only where there is one), lower-case hex.</summary>
    public required string Hash { get; set; }
}
