using System.Collections.Concurrent;
using System.Security.Claims;
using System.Threading.Channels;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;

namespace HitlReview.Web.Auth;

/// <summary>
/// Ends what goes on in the name of a sign-in or key, within a second of the sign-in's or key's own end: pages, connections, calls that
/// wait. What this process writes is looked at once it is committed; what another wrote beside it (the command line), when the trail is
/// read next; what ends by itself, at its time.
/// </summary>
public sealed partial class LiveSignIns(
    UserSessions sessions,
    ApiKeys keys,
    AccessTrail trail,
    ChangeFeeds events,
    Store store,
    TimeProvider clock,
    ILogger<LiveSignIns> log) : BackgroundService
{
    /// <summary>How often it is read what other processes have written.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(300);

    readonly ConcurrentDictionary<LiveSignIn, byte> _live = [];
    readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>
    /// Follows the sign-in or key of a request, from now on until it is disposed. Something may have ended it just before: it is looked at
    /// once more.
    /// </summary>
    /// <exception cref="RefusedException">SignedOut: nobody is signed in.</exception>
    public LiveSignIn Follow(ClaimsPrincipal user)
    {
        // Most requests are over before their time comes, and are never looked at again.
        var signIn = new LiveSignIn(this, Callers.CallerOf(user, Surface.Engine), clock.GetUtcNow() + ReadEvery);
        _live[signIn] = 0;
        return signIn;
    }

    /// <summary>The sessions that somebody is connected with now.</summary>
    internal IReadOnlySet<string> Sessions() =>
        _live.Keys.Select(signIn => signIn.Caller.SessionId).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>True while anything goes on in this user's name.</summary>
    internal bool IsFollowed(string userId) => _live.Keys.Any(signIn => signIn.Caller.UserId == userId);

    internal void Forget(LiveSignIn signIn) => _live.TryRemove(signIn, out _);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.WhenServing.WaitAsync(stoppingToken);
        events.AccessChanged += Doubt;
        try
        {
            await using var timer = clock.CreateTimer(_ => _wake.Writer.TryWrite(true), null, ReadEvery, ReadEvery);
            long? head = null;
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
                try
                {
                    head = await CheckAsync(head, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // Whatever it is, the next look may go well; without one nothing would ever end.
                    CheckFailed(log, e);
                }
        }
        finally
        {
            events.AccessChanged -= Doubt;
        }
    }

    /// <summary>On the writer's own thread: whatever is sent after this has been looked at.</summary>
    void Doubt(string userId)
    {
        foreach (var (signIn, _) in _live)
            if (signIn.Caller.UserId == userId)
                signIn.Doubt();
        _wake.Writer.TryWrite(true);
    }

    async Task<long> CheckAsync(long? after, CancellationToken ct)
    {
        var (head, userIds) = await trail.ReadAsync(after, ct);
        if (userIds.Count > 0)
        {
            keys.Recheck();
            var whose = userIds.ToHashSet();
            foreach (var (signIn, _) in _live)
                if (whose.Contains(signIn.Caller.UserId))
                    signIn.Doubt();
        }
        var now = clock.GetUtcNow();
        await LookAsync(
            [.. _live.Keys.Where(signIn => !signIn.Ended.IsCancellationRequested && (signIn.IsDoubted || signIn.Due <= now))], ct);
        return head;
    }

    /// <summary>Looks whether they still stand, and ends those that don't.</summary>
    internal async Task LookAsync(IReadOnlyList<LiveSignIn> those, CancellationToken ct)
    {
        // One person's windows are one look.
        foreach (var same in those.GroupBy(signIn => signIn.Caller))
        {
            var doubts = same.Select(signIn => (SignIn: signIn, signIn.Doubts)).ToList();
            var look = await sessions.LookAsync(same.Key, ct);
            // Found in its row, perhaps before the event that tells of it was read.
            if (look.End is not null && same.Key.Key is not null)
                keys.Recheck();
            foreach (var (signIn, cleared) in doubts)
                if (look.End is { } why)
                    signIn.End(why);
                else
                    signIn.Stands(cleared, look.Until);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether sign-ins that are in use still stand could not be read; trying again")]
    static partial void CheckFailed(ILogger log, Exception cause);
}
