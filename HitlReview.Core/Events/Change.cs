using HitlReview.Core.Storage;

namespace HitlReview.Core.Events;

/// <summary>Something that happened and is committed.</summary>
/// <param name="UserId">The owner of what it happened to.</param>
/// <param name="AskedByKeyId">The API key with which that was asked for or started; null where a person did.</param>
public abstract record Change(string UserId, string? AskedByKeyId = null) : IAsked
{
    /// <summary>The one review or execution whose verdict or end it is; null for all else, of which no single waiter hears.</summary>
    internal virtual string? About => null;

    /// <summary>How much it takes to keep for a listener, in characters beyond the ids that every change has.</summary>
    internal virtual int Weight => 0;

    /// <summary>
    /// Its place in the trail: whoever has heard all up to here reads on from it. Null for what has no event of its own there.
    /// </summary>
    public RecordMark? Place { get; internal set; }
}

/// <summary>The listener was too slow and missed changes: what it shows must be read again.</summary>
/// <param name="UserId">Empty: it belongs to the listener.</param>
public sealed record ChangesLost(string UserId) : Change(UserId);
