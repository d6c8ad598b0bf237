using System.Security.Claims;
using System.Threading.RateLimiting;
using HitlReview.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace HitlReview.Web.Hosting;

/// <summary>
/// One large body of a user at a time: a megabyte of JSON keeps a core busy for some ten milliseconds and becomes many times its size in
/// objects, so that a few at once would take what all share. The others wait until the request that is on has been answered.
/// </summary>
sealed class LargeBodies : IDisposable
{
    /// <summary>A body of so many bytes is dealt with alone, once it is there.</summary>
    public const int From = 200_000;

    /// <summary>
    /// A body of so many bytes is also taken in alone: more than a payload, what is said beside it, and some air. Of those that wait for it
    /// no more than their beginning is in memory.
    /// </summary>
    public const int TakenInAloneFrom = 1_200_000;

    const int MostWaiting = 1_000;

    // Whoever comes in alone keeps the user's others waiting, and so can't take hours about it.
    static readonly MinDataRate s_speed = new(bytesPerSecond: 50_000, gracePeriod: TimeSpan.FromSeconds(10));

    readonly PartitionedRateLimiter<string> _arrivals = OneOfEachUser(), _turns = OneOfEachUser();

    /// <summary>Waits until no other body of that size comes in, and keeps the place until the request has ended.</summary>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task TakeInAsync(HttpContext context, CancellationToken ct)
    {
        await TakeAsync(_arrivals, context, ct);
        if (context.Request.Protocol == HttpProtocol.Http11 && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = s_speed;
    }

    /// <summary>Waits for the turn of a body that is there, and keeps it until <see cref="Leave"/> or the request's end.</summary>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task EnterAsync(HttpContext context, CancellationToken ct) => context.Features.Set(new Turn(await TakeAsync(_turns, context, ct)));

    /// <summary>Lets the user's next in. For a request that from here on may take its time: what it runs is outside.</summary>
    public static void Leave(HttpContext context) => context.Features.Get<Turn>()?.Lease.Dispose();

    /// <summary>True while a body of the user is taken in alone.</summary>
    public bool IsTakingIn(string userId) => _arrivals.GetStatistics(userId) is { CurrentAvailablePermits: 0 };

    /// <summary>How many wait for that.</summary>
    public long Waiting(string userId) => _arrivals.GetStatistics(userId)?.CurrentQueuedCount ?? 0;

    /// <summary>True while a large body of the user is dealt with.</summary>
    public bool HasTurn(string userId) => _turns.GetStatistics(userId) is { CurrentAvailablePermits: 0 };

    /// <inheritdoc/>
    public void Dispose()
    {
        _arrivals.Dispose();
        _turns.Dispose();
    }

    static PartitionedRateLimiter<string> OneOfEachUser() => PartitionedRateLimiter.Create<string, string>(userId =>
        RateLimitPartition.GetConcurrencyLimiter(userId, _ => new() { PermitLimit = 1, QueueLimit = MostWaiting }));

    static async Task<RateLimitLease> TakeAsync(PartitionedRateLimiter<string> places, HttpContext context, CancellationToken ct)
    {
        var lease = await places.AcquireAsync(context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", 1, ct);
        context.Response.RegisterForDispose(lease);
        return lease.IsAcquired ? lease : throw new RefusedException(Refusal.TooMany, "Too many large bodies of yours wait for their turn.");
    }

    sealed record Turn(RateLimitLease Lease);
}
