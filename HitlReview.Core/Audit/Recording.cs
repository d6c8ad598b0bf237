using HitlReview.Core.Events;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Audit;

/// <summary>How a piece of work records what it changes.</summary>
public static class Recording
{
    /// <summary>Records a change in the trail.</summary>
    /// <param name="tx">The transaction of the change.</param>
    /// <param name="entry">What the trail keeps of it.</param>
    /// <param name="tells">What those who listen are told once it is committed; null where nobody listens.</param>
    public static void Record(this WriteTransaction tx, AuditEntry entry, Change? tells = null) => tx.Add(new TrailRecord(entry, tells));

    /// <summary>
    /// Tells those who listen, once this is committed, of what has no event of its own in the trail: it is of the moment only, or comes
    /// with others that have.
    /// </summary>
    public static void Tell(this WriteTransaction tx, Change change) => tx.Add(new TrailRecord(null, change));
}

/// <summary>One change.</summary>
/// <param name="Entry">What the trail keeps of it; null for nothing.</param>
/// <param name="Tells">What those who listen are told; null where nobody listens.</param>
sealed record TrailRecord(AuditEntry? Entry, Change? Tells) : IRecord;
