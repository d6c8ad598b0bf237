using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace HitlReview.Core.Reviews;

/// <summary>Something that happened and is committed.</summary>
/// <param name="UserId">The owner of what it happened to.</param>
/// <param name="AskedByKeyId">The API key with which that was asked for or started; null where a person did.</param>
public abstract record Change(string UserId, string? AskedByKeyId = null) : IAsked
{
    /// <summary>How much it takes to keep for a listener, in characters beyond the ids that every change has.</summary>
    internal virtual int Weight => 0;
}

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
    : Change(UserId, AskedByKeyId);

/// <summary>The status of an execution changed.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphExecId">The execution.</param>
/// <param name="Status">Its status now.</param>
/// <param name="AskedByKeyId">The API key that started it; null where a person did.</param>
public sealed record ExecutionChanged(string UserId, string GraphExecId, ExecutionStatus Status, string? AskedByKeyId = null)
    : Change(UserId, AskedByKeyId);

/// <summary>The state of a node execution changed.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GraphExecId">The execution it belongs to.</param>
/// <param name="NodeExecId">The node execution.</param>
/// <param name="Status">Its status now.</param>
public sealed record NodeExecutionChanged(string UserId, string GraphExecId, string NodeExecId, ExecutionStatus Status) : Change(UserId);

/// <summary>A standing approval was given or revoked.</summary>
/// <param name="UserId">The owner.</param>
public sealed record AutoApprovalsChanged(string UserId) : Change(UserId);

/// <summary>What the user has typed about a review and not yet sent was saved or thrown away, perhaps in another window.</summary>
/// <param name="UserId">The user.</param>
/// <param name="NodeExecId">The review.</param>
/// <param name="Revision">Its revision now; 0 where there is none any more.</param>
public sealed record DraftChanged(string UserId, string NodeExecId, long Revision) : Change(UserId);

/// <summary>The user has decided, and can still undo it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SetId">Names the press.</param>
/// <param name="NodeExecIds">The reviews.</param>
/// <param name="DueAt">Until when.</param>
public sealed record DecisionsScheduled(
    string UserId, string SetId, IReadOnlyList<string> NodeExecIds, DateTimeOffset DueAt) : Change(UserId);

/// <summary>The user has undone decisions.</summary>
/// <param name="UserId">The user.</param>
/// <param name="SetId">Names the press.</param>
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

/// <summary>The user has changed how their pages behave.</summary>
/// <param name="UserId">The user.</param>
public sealed record PreferencesChanged(string UserId) : Change(UserId);

/// <summary>The listener was too slow and missed changes: what it shows must be read again.</summary>
/// <param name="UserId">Empty: it belongs to the listener.</param>
public sealed record ChangesLost(string UserId) : Change(UserId);

/// <summary>The one source of what happened in Core. Publishing never waits for, and never fails because of, a listener.</summary>
public sealed class ReviewEvents
{
    const int Capacity = 1_000;
    const int MaxWeight = 1_000_000;
    readonly ConcurrentDictionary<Feed, byte> _feeds = [];
    readonly ConcurrentDictionary<string, object> _marks = new(StringComparer.Ordinal);

    /// <summary>
    /// Raised with a user's id on the writer's own thread, before any later change is told: their account, sign-ins or keys have changed,
    /// and what goes on in their name may have to end. A listener must be quick.
    /// </summary>
    public event Action<string>? AccessChanged;

    /// <summary>
    /// Listens to the changes of one user. Open the feed first and read the present state second, so that nothing falls in between.
    /// </summary>
    public Feed Open(string userId) => Add(new(this, change => change.UserId == userId));

    /// <summary>Listens to the changes of all users; for admins' pages and for this process's own services.</summary>
    /// <param name="atOnce">
    /// True to hear them on the writer's own thread, which spares waking another for each; only for a listener that never waits.
    /// </param>
    public Feed OpenAll(bool atOnce = false) => Add(new(this, static _ => true, atOnce));

    /// <summary>
    /// A mark that is another one after every change of this user's: what was read since it was taken is current as long as it is the same.
    /// </summary>
    public object MarkOf(string userId) => _marks.GetOrAdd(userId, static _ => new());

    /// <summary>Tells every listener whom it concerns. Called after the commit, in commit order.</summary>
    internal void Publish(Change change)
    {
        _marks.TryRemove(change.UserId, out _);
        foreach (var (feed, _) in _feeds)
            feed.Offer(change);
    }

    internal void TellAccess(string userId) => AccessChanged?.Invoke(userId);

    Feed Add(Feed feed)
    {
        _feeds[feed] = 0;
        return feed;
    }

    /// <summary>One listener. Disposing it is unsubscribing.</summary>
    public sealed class Feed : IDisposable
    {
        readonly ReviewEvents _events;
        readonly Func<Change, bool> _concerns;
        readonly Channel<Change> _changes;
        static readonly Change Lost = new ChangesLost("");
        int _lost;
        int _weight;

        internal Feed(ReviewEvents events, Func<Change, bool> concerns, bool atOnce = false)
        {
            (_events, _concerns) = (events, concerns);
            _changes = Channel.CreateBounded<Change>(
                new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = atOnce });
        }

        internal void Offer(Change change)
        {
            if (!_concerns(change))
                return;
            // What a listener that reads nothing can hold is bounded in bytes too.
            if (Interlocked.Add(ref _weight, change.Weight) <= MaxWeight && _changes.Writer.TryWrite(change))
                return;
            Interlocked.Add(ref _weight, -change.Weight);
            Volatile.Write(ref _lost, 1);
            // The listener may have read all that was waiting just before: this wakes it. Where it doesn't fit, there is more to read
            // anyway.
            _changes.Writer.TryWrite(Lost);
        }

        /// <summary>
        /// The changes in commit order, until the feed is disposed or the token is cancelled. A gap shows as <see cref="ChangesLost"/>.
        /// </summary>
        public async IAsyncEnumerable<Change> ReadAsync([EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(ct))
            {
                Interlocked.Add(ref _weight, -change.Weight);
                if (change != Lost)
                    yield return change;
                if (Interlocked.Exchange(ref _lost, 0) == 1)
                    yield return Lost;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _events._feeds.TryRemove(this, out _);
            _changes.Writer.TryComplete();
        }
    }
}
