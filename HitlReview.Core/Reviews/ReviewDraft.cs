namespace HitlReview.Core.Reviews;

/// <summary>What a reviewer has typed about a review and not yet sent. It outlives the page, the connection and the program.</summary>
public sealed class ReviewDraft
{
    /// <summary>Who typed it: the owner of the review.</summary>
    public required string UserId { get; init; }

    /// <summary>The review.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>The edited payload as it stands in the editor, JSON or not yet; null where only a message was typed.</summary>
    public string? Text { get; set; }

    /// <summary>The message as it stands in its field; null for none.</summary>
    public string? Message { get; set; }

    /// <summary>
    /// True where the message went with an approval that was taken back, false where with a rejection, null where with neither. It was
    /// written for the one and is not sent with the other.
    /// </summary>
    public bool? MessageOfApproval { get; set; }

    /// <summary>The hash of the payload that the edit started from.</summary>
    public required string PayloadHash { get; set; }

    /// <summary>Grows with every save, so that two windows can't overwrite each other unnoticed.</summary>
    public long Revision { get; set; }

    /// <summary>When it was last saved.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }
}
