using System.Security.Claims;
using System.Threading.RateLimiting;
using HitlReview.Core;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hosting;

/// <summary>
/// How many requests of one user are answered at a time, so that one who takes answers slowly, or waits for very much, holds up nobody
/// else. An ordinary request waits for its turn; one that would itself wait for a decision is refused.
/// </summary>
static class RequestLimits
{
    /// <summary>So many more requests may wait for their turn for each that is answered.</summary>
    const int Waiting = 20;

    public static void AddRequestLimits(this IServiceCollection services) =>
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, limits) => limiter.GlobalLimiter =
            PartitionedRateLimiter.Create<HttpContext, (string Who, bool Waits)>(context => PartitionOf(context, limits.Value)));

    static RateLimitPartition<(string, bool)> PartitionOf(HttpContext context, LimitOptions limits)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || context.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId)
            return RateLimitPartition.GetNoLimiter(("", false));
        var waits = Waits(context.Request);
        // Each key by itself: an agent that holds all its places holds up neither its person nor other agents.
        return RateLimitPartition.GetConcurrencyLimiter((Callers.KeyOf(context.User)?.Id ?? userId, waits), _ => waits
            ? new() { PermitLimit = limits.LongPolls }
            : new() { PermitLimit = limits.Requests, QueueLimit = limits.Requests * Waiting });
    }

    /// <summary>Says to a program why it was refused.</summary>
    public static RefusedException Refusal(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        return new(Core.Refusal.TooMany, Waits(context.Request)
            ? $"{limits.LongPolls} requests of yours wait for a decision already, and more may not at a time (Limits:LongPolls)."
            : $"{limits.Requests} requests of yours are being answered, as many as may be, and too many wait for it (Limits:Requests).");
    }

    static bool Waits(HttpRequest request) => request.Query["wait"].ToString() is { Length: > 0 } wait && wait != "0";
}
