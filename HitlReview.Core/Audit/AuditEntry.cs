namespace HitlReview.Core.Audit;

/// <summary>What a change hands to the audit trail; position, time and hash are added when it commits.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="ActorId">The user who made the change; null for HitlReview itself.</param>
/// <param name="Surface">Where it came in.</param>
public sealed record AuditEntry(string Action, string? ActorId, Surface Surface)
{
    /// <summary>The user whose review, execution or account it is about.</summary>
    public string? OwnerId { get; init; }

    /// <summary>The execution it is about.</summary>
    public string? GraphExecId { get; init; }

    /// <summary>The node execution it is about.</summary>
    public string? NodeExecId { get; init; }

    /// <summary>The payload's hash before the change.</summary>
    public string? PayloadHashBefore { get; init; }

    /// <summary>The payload's hash after the change.</summary>
    public string? PayloadHashAfter { get; init; }

    /// <summary>What else matters. Never a payload.</summary>
    public string? Detail { get; init; }
}
