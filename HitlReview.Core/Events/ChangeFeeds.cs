using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace HitlReview.Core.Events;

/// <summary>The one source of what happened in Core. Publishing never waits for, and never fails because of, a listener.</summary>
public sealed class ChangeFeeds
{
    const int Capacity = 1_000;
    const int MaxWeight = 1_000_000;
    readonly ConcurrentDictionary<Feed, byte> _feeds = [];

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

    /// <summary>Tells every listener whom it concerns. Called after the commit, in commit order.</summary>
    internal void Publish(Change change)
    {
        foreach (var (feed, _) in _feeds)
            feed.Offer(change);
    }

    /// <summary>Tells every listener that changes may have been made of which nobody can be told.</summary>
    internal void PublishGap()
    {
        foreach (var (feed, _) in _feeds)
            feed.Miss();
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
        readonly ChangeFeeds _events;
        readonly Func<Change, bool> _concerns;
        readonly Channel<Change> _changes;
        static readonly Change Lost = new ChangesLost("");
        int _lost;
        int _weight;

        internal Feed(ChangeFeeds events, Func<Change, bool> concerns, bool atOnce = false)
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
            Miss();
        }

        internal void Miss()
        {
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
