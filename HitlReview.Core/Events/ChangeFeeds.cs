using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace HitlReview.Core.Events;

/// <summary>The one source of what happened in Core. Publishing never waits for, and never fails because of, a listener.</summary>
public sealed class ChangeFeeds
{
    const int Capacity = 1_000;
    const int MaxWeight = 1_000_000;

    // By what they listen to, so that telling one thing takes no longer the more others listen. Changed under the lock, and read without.
    readonly ConcurrentDictionary<Topic, ConcurrentDictionary<Feed, byte>> _feeds = [];
    readonly Lock _changing = new();

    /// <summary>
    /// Raised with a user's id on the writer's own thread, before any later change is told: their account, sign-ins or keys have changed,
    /// and what goes on in their name may have to end. A listener must be quick.
    /// </summary>
    public event Action<string>? AccessChanged;

    /// <summary>
    /// Listens to the changes of one user. Open the feed first and read the present state second, so that nothing falls in between.
    /// </summary>
    public Feed Open(string userId) => Add([new(userId, null)]);

    /// <summary>Listens to what happens to a user's reviews or executions: see <see cref="Change.About"/>.</summary>
    /// <param name="userId">The owner.</param>
    /// <param name="about">The ids of the reviews and executions.</param>
    public Feed OpenAbout(string userId, params IEnumerable<string> about) =>
        Add([.. about.Distinct().Select(id => new Topic(userId, id))]);

    /// <summary>Listens to the changes of all users; for admins' pages and for this process's own services.</summary>
    /// <param name="atOnce">
    /// True to hear them on the writer's own thread, which spares waking another for each; only for a listener that never waits.
    /// </param>
    public Feed OpenAll(bool atOnce = false) => Add([Topic.All], atOnce);

    /// <summary>Tells every listener whom it concerns. Called after the commit, in commit order.</summary>
    internal void Publish(Change change)
    {
        Tell(Topic.All);
        Tell(new(change.UserId, null));
        if (change.About is { } about)
            Tell(new(change.UserId, about));

        void Tell(Topic topic)
        {
            if (_feeds.TryGetValue(topic, out var feeds))
                foreach (var (feed, _) in feeds)
                    feed.Offer(change);
        }
    }

    /// <summary>Tells every listener that changes may have been made of which nobody can be told.</summary>
    internal void PublishGap()
    {
        foreach (var (_, feeds) in _feeds)
            foreach (var (feed, _) in feeds)
                feed.Miss();
    }

    internal void TellAccess(string userId) => AccessChanged?.Invoke(userId);

    Feed Add(IReadOnlyList<Topic> topics, bool atOnce = false)
    {
        var feed = new Feed(this, topics, atOnce);
        lock (_changing)
            foreach (var topic in topics)
                _feeds.GetOrAdd(topic, static _ => [])[feed] = 0;
        return feed;
    }

    void Remove(Feed feed, IReadOnlyList<Topic> topics)
    {
        lock (_changing)
            foreach (var topic in topics)
                if (_feeds.TryGetValue(topic, out var feeds) && feeds.TryRemove(feed, out _) && feeds.IsEmpty)
                    _feeds.TryRemove(topic, out _);
    }

    /// <summary>What is listened to.</summary>
    /// <param name="UserId">Whose; null for all users'.</param>
    /// <param name="About">A review or execution of theirs; null for all.</param>
    internal readonly record struct Topic(string? UserId, string? About)
    {
        public static Topic All { get; } = new(null, null);
    }

    /// <summary>One listener. Disposing it is unsubscribing.</summary>
    public sealed class Feed : IDisposable
    {
        readonly ChangeFeeds _events;
        readonly IReadOnlyList<Topic> _topics;
        readonly Channel<Change> _changes;
        static readonly Change Lost = new ChangesLost("");
        int _lost;
        int _weight;

        internal Feed(ChangeFeeds events, IReadOnlyList<Topic> topics, bool atOnce)
        {
            (_events, _topics) = (events, topics);
            _changes = Channel.CreateBounded<Change>(
                new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = atOnce });
        }

        internal void Offer(Change change)
        {
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
            _events.Remove(this, _topics);
            _changes.Writer.TryComplete();
        }
    }
}
