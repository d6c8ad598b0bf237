using HitlReview.Core.Events;

namespace HitlReview.Core.Reviews;

/// <summary>A review was asked for.</summary>
/// <param name="Review">As committed; what is longer of its payload must be read.</param>
public sealed record ReviewCreated(ReviewSummary Review) : Change(Review.UserId, Review.AskedByKeyId)
{
    internal override int Weight => Review.PayloadStart.Length;
}

/// <summary>A person decided a review.</summary>
/// <param name="Review">As committed; what is longer of its payload must be read.</param>
public sealed record ReviewDecided(ReviewSummary Review) : Change(Review.UserId, Review.AskedByKeyId)
{
    internal override string? About => Review.NodeExecId;

    internal override int Weight => Review.PayloadStart.Length + (Review.ReviewMessage?.Length ?? 0);
}

/// <summary>A decision was taken up by its execution or agent.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="NodeExecId">The review.</param>
public sealed record ReviewDelivered(string UserId, string NodeExecId) : Change(UserId);

/// <summary>The waiting reviews of an execution were cancelled, because it was stopped or failed; where several asked in it, those of each
/// by themselves.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphExecId">The execution.</param>
/// <param name="Count">How many were waiting.</param>
/// <param name="AskedByKeyId">The API key that asked for them; null where a person did.</param>
public sealed record ReviewsCancelled(string UserId, string GraphExecId, int Count, string? AskedByKeyId = null)
    : Change(UserId, AskedByKeyId)
{
    internal override string? About => GraphExecId;
}

/// <summary>A standing approval was given or revoked.</summary>
/// <param name="UserId">The owner.</param>
public sealed record AutoApprovalsChanged(string UserId) : Change(UserId);

/// <summary>What the user has typed about a review and not yet sent was saved or thrown away, perhaps in another window.</summary>
/// <param name="UserId">The user.</param>
/// <param name="NodeExecId">The review.</param>
/// <param name="Revision">Its revision now; 0 where there is none any more.</param>
public sealed record DraftChanged(string UserId, string NodeExecId, long Revision) : Change(UserId);

/// <summary>Somebody has written a note about a review.</summary>
/// <param name="UserId">Its owner.</param>
/// <param name="NodeExecId">The review.</param>
public sealed record ReviewNoted(string UserId, string NodeExecId) : Change(UserId);

/// <summary>The user has put a review aside, or brought it back.</summary>
/// <param name="UserId">The user.</param>
/// <param name="NodeExecId">The review.</param>
/// <param name="Until">When it is back; null where it is now.</param>
public sealed record ReviewSnoozed(string UserId, string NodeExecId, DateTimeOffset? Until) : Change(UserId);

/// <summary>The user has decided, and can still undo it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SetId">Names the set: all that was decided with one press.</param>
/// <param name="NodeExecIds">The reviews.</param>
/// <param name="DueAt">Until when.</param>
public sealed record DecisionsScheduled(
    string UserId, string SetId, IReadOnlyList<string> NodeExecIds, DateTimeOffset DueAt) : Change(UserId);

/// <summary>The user has undone decisions.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SetId">Names the set: all that was decided with one press.</param>
/// <param name="NodeExecIds">The reviews, which wait again.</param>
public sealed record DecisionsWithdrawn(string UserId, string SetId, IReadOnlyList<string> NodeExecIds) : Change(UserId);

/// <summary>
/// A decision could not be carried out when its time to be undone was over: the review had been decided, cancelled or changed meanwhile.
/// </summary>
/// <param name="UserId">The user who had decided.</param>
/// <param name="NodeExecId">The review.</param>
/// <param name="Approved">What they had decided.</param>
/// <param name="Why">Why it came too late.</param>
public sealed record DecisionTooLate(string UserId, string NodeExecId, bool Approved, string Why) : Change(UserId);
