using System.IO.Pipelines;
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

    /// <summary>
    /// Waits until no other body of that size comes in from the same key or person, and keeps the place until the answer begins.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="there">How many bytes of the body are there.</param>
    /// <param name="ct">Gives up the place in the queue.</param>
    /// <returns>Reads the rest, as long as it keeps up the pace.</returns>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task<Pace> TakeInAsync(HttpContext context, long there, CancellationToken ct)
    {
        await TakeAsync(_arrivals, Callers.KeyOrUserIdOf(context.User), context, ct);
        return new(clock, there);
    }

    /// <summary>Waits for the turn of a body that is there, and keeps it until <see cref="Leave"/>, or the answer begins.</summary>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task EnterAsync(HttpContext context, CancellationToken ct)
    {
        var ofKey = await TakeAsync(_turnsOfKeys, Callers.KeyOrUserIdOf(context.User), context, ct);
        context.Features.Set(new Turn(ofKey, await TakeAsync(_turns, Callers.IdOf(context.User), context, ct)));
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

    static PartitionedRateLimiter<string> OneOfEach() => PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetConcurrencyLimiter(who, _ => new() { PermitLimit = 1, QueueLimit = MostWaiting }));

    static async Task<RateLimitLease> TakeAsync(
        PartitionedRateLimiter<string> places, string? who, HttpContext context, CancellationToken ct)
    {
        var lease = await places.AcquireAsync(who ?? "", 1, ct);
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

    /// <summary>
    /// How long a body that is taken in alone may take: the server's own least rate counts only for bodies it knew of before.
    /// </summary>
    /// <param name="clock">Tells the time.</param>
    /// <param name="before">How many bytes were there when it got its place.</param>
    public sealed class Pace(TimeProvider clock, long before)
    {
        readonly long _since = clock.GetTimestamp();
        readonly long _before = before;
        long _read = before;

        /// <summary>Reads on.</summary>
        /// <exception cref="BadHttpRequestException">The body comes too slowly (408).</exception>
        public async Task<ReadResult> ReadAsync(PipeReader body, CancellationToken ct)
        {
            using var late = new CancellationTokenSource(Left(), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            try
            {
                var result = await body.ReadAsync(either.Token);
                _read = result.Buffer.Length;
                return result;
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                throw new BadHttpRequestException(
                    $"The body comes too slowly: from {TakenInAloneFrom} bytes on it must come at {BytesPerSecond} a second.",
                    StatusCodes.Status408RequestTimeout);
            }
        }

        TimeSpan Left()
        {
            var left = Grace + TimeSpan.FromSeconds((double)(_read - _before) / BytesPerSecond) - clock.GetElapsedTime(_since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
