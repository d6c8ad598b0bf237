using System.Security.Claims;
using System.Threading.RateLimiting;
using HitlReview.Core;
using HitlReview.Web.Auth;

namespace HitlReview.Web.Hosting;

/// <summary>
/// One large body of a user at a time: a megabyte of JSON keeps a core busy for some ten milliseconds and becomes many times its size in
/// objects, so that a few at once would take what all share. The others wait until the one that is on has been dealt with; how fast its
/// answer is read, or what comes before it from another key, keeps nobody waiting.
/// </summary>
sealed class LargeBodies(TimeProvider clock) : IDisposable
{
    /// <summary>A body of so many bytes is dealt with alone, once it is there.</summary>
    public const int From = 200_000;

    /// <summary>
    /// A body of so many bytes is also taken in alone, beside no other of the same key or person: more than a payload, what is said beside
    /// it, and some air. Of those that wait for it no more than their beginning is in memory.
    /// </summary>
    public const int TakenInAloneFrom = 1_200_000;

    /// <summary>How long whoever is taken in alone may send nothing, beyond the time that <see cref="BytesPerSecond"/> gives.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How fast a body must come that is taken in alone.</summary>
    public const int BytesPerSecond = 50_000;

    const int MostWaiting = 1_000;

    // Each key by itself first: however many of an agent's wait, its person comes next.
    readonly PartitionedRateLimiter<string> _arrivals = OneOfEach(), _turnsOfKeys = OneOfEach(), _turns = OneOfEach();

    /// <summary>Waits until no other body of that size comes in from the same key or person, and keeps the place until the answer begins.</summary>
    /// <returns>The time that the body has got.</returns>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task<Pace> TakeInAsync(HttpContext context, CancellationToken ct)
    {
        await TakeAsync(_arrivals, WhoIs(context), context, ct);
        return new(clock);
    }

    /// <summary>Waits for the turn of a body that is there, and keeps it until <see cref="Leave"/>, or the answer begins.</summary>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task EnterAsync(HttpContext context, CancellationToken ct)
    {
        var ofKey = await TakeAsync(_turnsOfKeys, WhoIs(context), context, ct);
        context.Features.Set(new Turn(ofKey, await TakeAsync(_turns, UserOf(context), context, ct)));
    }

    /// <summary>Lets the user's next in. For a request that from here on may take its time: what it runs is outside.</summary>
    public static void Leave(HttpContext context)
    {
        if (context.Features.Get<Turn>() is not { } turn)
            return;
        turn.OfUser.Dispose();
        turn.OfKey.Dispose();
    }

    /// <summary>True while a body of the key or person is taken in alone.</summary>
    public bool IsTakingIn(string keyOrUserId) => _arrivals.GetStatistics(keyOrUserId) is { CurrentAvailablePermits: 0 };

    /// <summary>How many wait for that.</summary>
    public long Waiting(string keyOrUserId) => _arrivals.GetStatistics(keyOrUserId)?.CurrentQueuedCount ?? 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _arrivals.Dispose();
        _turnsOfKeys.Dispose();
        _turns.Dispose();
    }

    static string UserOf(HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";

    static string WhoIs(HttpContext context) => Callers.KeyOf(context.User)?.Id ?? UserOf(context);

    static PartitionedRateLimiter<string> OneOfEach() => PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetConcurrencyLimiter(who, _ => new() { PermitLimit = 1, QueueLimit = MostWaiting }));

    static async Task<RateLimitLease> TakeAsync(PartitionedRateLimiter<string> places, string who, HttpContext context, CancellationToken ct)
    {
        var lease = await places.AcquireAsync(who, 1, ct);
        context.Response.RegisterForDispose(lease);
        if (!lease.IsAcquired)
            throw new RefusedException(Refusal.TooMany, "Too many large bodies of yours wait for their turn.");
        context.Response.OnStarting(() =>
        {
            lease.Dispose();
            return Task.CompletedTask;
        });
        return lease;
    }

    sealed record Turn(RateLimitLease OfKey, RateLimitLease OfUser);

    /// <summary>Since when a body is taken in alone, and how long that may go on.</summary>
    public sealed class Pace(TimeProvider clock)
    {
        readonly long _since = clock.GetTimestamp();
        long? _before;

        /// <summary>How long the next part of the body may take to come.</summary>
        /// <param name="read">How many bytes are there.</param>
        public TimeSpan Left(long read)
        {
            _before ??= read;
            var left = Grace + TimeSpan.FromSeconds((double)(read - _before.Value) / BytesPerSecond) - clock.GetElapsedTime(_since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
