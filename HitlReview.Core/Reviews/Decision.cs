using HitlReview.Core.Payloads;

namespace HitlReview.Core.Reviews;

/// <summary>What a person decided on one review.</summary>
/// <param name="NodeExecId">The review.</param>
/// <param name="Approved">True to approve, false to reject.</param>
public sealed record Decision(string NodeExecId, bool Approved)
{
    /// <summary>The longest message, in code points.</summary>
    public const int MaxMessage = 2_000;

    /// <summary>The most decisions of one request: they are one transaction, and everybody else's writes wait for it.</summary>
    public const int MaxPerRequest = 1_000;

    /// <summary>The person's words to the agent.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// The payload that should run instead; null for none. Ignored with a rejection and with <see cref="AutoApproveFuture"/>.
    /// </summary>
    public JsonText? Edit { get; init; }

    /// <summary>True to approve also what this node asks later in this execution or chat.</summary>
    public bool AutoApproveFuture { get; init; }

    /// <summary>For how long, with <see cref="AutoApproveFuture"/>; <see cref="ApprovalSpan.turn"/> only in a chat.</summary>
    public ApprovalSpan AutoApproveSpan { get; init; } = ApprovalSpan.run;

    /// <summary>The hash of the payload that was on the screen; null if the caller doesn't say.</summary>
    public string? PayloadHash { get; init; }
}

/// <summary>What came of a request to decide. Either every decision of the request stands, or the request was refused as a whole.</summary>
/// <param name="ApprovedCount">How many of its reviews are now approved.</param>
/// <param name="RejectedCount">How many of its reviews are now rejected.</param>
public sealed record DecisionResult(int ApprovedCount, int RejectedCount);
