using System.Security.Claims;
using System.Threading.RateLimiting;
using HitlReview.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace HitlReview.Web.Hosting;

/// <summary>
/// One large body of a user at a time: from ten megabytes of JSON come some hundred of objects, so that a few at once would take what all
/// share. The others wait, with no more than their beginning in memory, until the request that is on has been answered.
/// </summary>
sealed class LargeBodies : IDisposable
{
    /// <summary>A body is large from so many bytes on: a payload, what is said beside it, and some air.</summary>
    public const int From = 1_200_000;

    const int MostWaiting = 1_000;

    // Whoever has the turn keeps the user's others waiting, and so can't take hours about it.
    static readonly MinDataRate s_speed = new(bytesPerSecond: 50_000, gracePeriod: TimeSpan.FromSeconds(10));

    readonly PartitionedRateLimiter<string> _turns = PartitionedRateLimiter.Create<string, string>(userId =>
        RateLimitPartition.GetConcurrencyLimiter(userId, _ => new() { PermitLimit = 1, QueueLimit = MostWaiting }));

    /// <summary>Waits for the turn of a request whose body turns out to be large, and keeps it until the request has ended.</summary>
    /// <exception cref="RefusedException">TooMany: a thousand wait already.</exception>
    public async Task EnterAsync(HttpContext context, CancellationToken ct)
    {
        var turn = await _turns.AcquireAsync(context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", 1, ct);
        context.Response.RegisterForDispose(turn);
        if (!turn.IsAcquired)
            throw new RefusedException(Refusal.TooMany, "Too many large bodies of yours wait for their turn.");
        if (context.Request.Protocol == HttpProtocol.Http11 && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = s_speed;
    }

    /// <summary>True while a large body of the user is taken in.</summary>
    public bool HasTurn(string userId) => _turns.GetStatistics(userId) is { CurrentAvailablePermits: 0 };

    /// <summary>How many wait for it.</summary>
    public long Waiting(string userId) => _turns.GetStatistics(userId)?.CurrentQueuedCount ?? 0;

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}
