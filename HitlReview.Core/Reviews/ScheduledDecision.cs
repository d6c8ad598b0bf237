namespace HitlReview.Core.Reviews;

/// <summary>
/// A decision that was made and can still be undone: until it is due nothing of it reaches the review or its execution, and from then on
/// the server carries it out, whoever is still looking.
/// </summary>
public sealed class ScheduledDecision
{
    /// <summary>The review of the user's. One decision at a time is on its way to it.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>Who decided: the owner of the review.</summary>
    public required string UserId { get; init; }

    /// <summary>The execution of the review.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>What was decided with one press has one set, and is undone together.</summary>
    public required string SetId { get; init; }

    /// <summary>True to approve, false to reject.</summary>
    public required bool Approved { get; init; }

    /// <summary>The message, trimmed.</summary>
    public string? Message { get; init; }

    /// <summary>The edited payload; null for none.</summary>
    public string? Edit { get; init; }

    /// <summary>True to approve also what the node asks later.</summary>
    public required bool AutoApproveFuture { get; init; }

    /// <summary>For how long, with <see cref="AutoApproveFuture"/>.</summary>
    public required ApprovalSpan AutoApproveSpan { get; init; }

    /// <summary>The hash of the payload that was on the screen.</summary>
    public string? PayloadHash { get; init; }

    /// <summary>Where it was decided.</summary>
    public required Surface Surface { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>From when on it can't be undone.</summary>
    public required DateTimeOffset DueAt { get; init; }
}
