namespace HitlReview.Core.Audit;

/// <summary>What a change hands to the audit trail; position, time and hash are added when it commits.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="ActorId">The user who made the change; null for HitlReview itself.</param>
/// <param name="Surface">Where it came in.</param>
public sealed record AuditEntry(string Action, string? ActorId, Surface Surface)
{
    /// <summary>The API key with which they made it; null for none.</summary>
    public string? KeyId { get; init; }

    /// <summary>What that key is called.</summary>
    public string? KeyName { get; init; }

    /// <summary>What a caller did, with their key where they used one; null for HitlReview itself. An operator has no id.</summary>
    public static AuditEntry By(Caller? caller, string action) =>
        new(action, caller == Caller.Operator ? null : caller?.UserId, caller?.Surface ?? Surface.Engine)
        {
            KeyId = caller?.Key?.Id,
            KeyName = caller?.Key?.Name,
        };

    /// <summary>What somebody did who is signed in; null for an operator at the command line.</summary>
    public static AuditEntry ByOrOperator(Caller? caller, string action) =>
        caller is null ? new(action, null, Surface.Cli) : By(caller, action);

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
