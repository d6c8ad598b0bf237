namespace HitlReview.Core.Reviews;

/// <summary>What a caller may do with a review now.</summary>
public enum ReviewAction
{
    /// <summary>Approve it.</summary>
    approve,

    /// <summary>Change its payload while approving.</summary>
    edit,

    /// <summary>Reject it.</summary>
    reject,

    /// <summary>Approve also what its node asks later in its execution.</summary>
    auto_approve,

    /// <summary>Take the approved payload, once.</summary>
    consume,

    /// <summary>Stop its execution.</summary>
    stop,
}

/// <summary>The one answer to "who may do what with this review". Every surface asks here.</summary>
public static class ReviewRules
{
    /// <summary>True if the caller may see it: its owner, and admins.</summary>
    public static bool MaySee(Caller caller, Review review) => caller.IsAdmin || review.UserId == caller.UserId;

    /// <summary>What the caller may do with it as it is now. Only the owner decides; an admin may stop.</summary>
    public static IReadOnlyList<ReviewAction> AllowedActions(Caller caller, Review review)
    {
        var own = review.UserId == caller.UserId;
        return review switch
        {
            { Status: ReviewStatus.WAITING, Editable: true } when own => [ReviewAction.approve, ReviewAction.edit, ReviewAction.reject, ReviewAction.auto_approve, ReviewAction.stop],
            { Status: ReviewStatus.WAITING } when own => [ReviewAction.approve, ReviewAction.reject, ReviewAction.auto_approve, ReviewAction.stop],
            { Status: ReviewStatus.APPROVED, Processed: false, Origin: ReviewOrigin.Agent } when own => [ReviewAction.consume, ReviewAction.stop],
            { Status: ReviewStatus.WAITING } or { Status: ReviewStatus.APPROVED, Processed: false } when own || caller.IsAdmin => [ReviewAction.stop],
            _ => [],
        };
    }
}
