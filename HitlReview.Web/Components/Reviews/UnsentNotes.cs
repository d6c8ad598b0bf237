using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Reviews;

/// <summary>What somebody has begun to write as notes, for as long as their page is open.</summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class UnsentNotes
{
    readonly Dictionary<(string UserId, string NodeExecId), string> _texts = [];

    /// <summary>What was begun about a review; empty for nothing.</summary>
    public string Of(Review review) => _texts.GetValueOrDefault((review.UserId, review.NodeExecId), "");

    /// <summary>Keeps it.</summary>
    public void Keep(Review review, string? text)
    {
        if (string.IsNullOrEmpty(text))
            _texts.Remove((review.UserId, review.NodeExecId));
        else
            _texts[(review.UserId, review.NodeExecId)] = text;
    }
}
