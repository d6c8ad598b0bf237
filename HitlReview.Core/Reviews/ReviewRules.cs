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
    /// <summary>
    /// What the caller may do with it as it is now. Only the owner decides, and never with the key that asked; an admin may stop.
    /// </summary>
    public static IReadOnlyList<ReviewAction> AllowedActions(Caller caller, Review review)
    {
        var own = review.UserId == caller.UserId;
        var decides = own && caller.May(KeyMay.decide) && !caller.AskedItself(review);
        var consumes = caller.May(KeyMay.ask) && caller.ActsFor(review);
        ReviewAction[] stop = caller.Sees(review) && caller.May(Access.ToStop) && (own || caller.SeesAll()) ? [ReviewAction.stop] : [];
        return review switch
        {
            { Status: ReviewStatus.WAITING, Editable: true } when decides =>
                [ReviewAction.approve, ReviewAction.edit, ReviewAction.reject, ReviewAction.auto_approve, .. stop],
            { Status: ReviewStatus.WAITING } when decides =>
                [ReviewAction.approve, ReviewAction.reject, ReviewAction.auto_approve, .. stop],
            { Status: ReviewStatus.APPROVED, Processed: false, Origin: ReviewOrigin.Agent } when consumes =>
                [ReviewAction.consume, .. stop],
            { Status: ReviewStatus.WAITING } or { Status: ReviewStatus.APPROVED, Processed: false } => stop,
            _ => [],
        };
    }
}
