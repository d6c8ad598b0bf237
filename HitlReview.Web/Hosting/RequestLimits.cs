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

    /// <summary>So many times what each key has, all keys of a user have together, however many they are.</summary>
    const int Together = 3;

    /// <summary>The most answers of up to 10 MB that one key or person is given at a time.</summary>
    const int LargeAnswers = 4;

    enum Kind
    {
        Ordinary,
        Waits,
        Streams,
        Large,
    }

    /// <summary>What an endpoint's answers are like.</summary>
    sealed record Answers(Kind Kind);

    /// <summary>The endpoint's answer waits for a decision where the query has a <c>wait</c> other than 0.</summary>
    public static TBuilder MayWait<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Answers(Kind.Waits));

    /// <summary>The endpoint's answer goes on as long as what it is about.</summary>
    public static TBuilder Streams<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Answers(Kind.Streams));

    /// <summary>The endpoint's answer is one piece of up to 10 MB.</summary>
    public static TBuilder AnswersLarge<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Answers(Kind.Large));

    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.AddSingleton<LargeBodies>();
        services.AddAnonymousLimits();
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, limits) => limiter.GlobalLimiter =
            PartitionedRateLimiter.CreateChained(
                // Each key by itself first: an agent that holds all its places holds up neither its person nor other agents.
                PartitionedRateLimiter.Create<HttpContext, (string Who, Kind)>(context => PlacesOf(context, limits.Value)),
                PartitionedRateLimiter.Create<HttpContext, (string Who, Kind)>(context => PlacesOfAllKeys(context, limits.Value)),
                PartitionedRateLimiter.Create<HttpContext, string>(LargeOf)));
    }

    static RateLimitPartition<(string, Kind)> PlacesOf(HttpContext context, LimitOptions limits) =>
        UserOf(context) is not null && Callers.KeyOrUserIdOf(context.User) is { } who
            ? Places(who, KindOf(context), limits, 1)
            : RateLimitPartition.GetNoLimiter(("", Kind.Ordinary));

    static RateLimitPartition<(string, Kind)> PlacesOfAllKeys(HttpContext context, LimitOptions limits) =>
        UserOf(context) is { } userId && Callers.KeyOf(context.User) is not null
            ? Places(userId, KindOf(context), limits, Together)
            : RateLimitPartition.GetNoLimiter(("", Kind.Ordinary));

    static RateLimitPartition<(string, Kind)> Places(string who, Kind kind, LimitOptions limits, int times) => kind == Kind.Waits
        ? RateLimitPartition.GetConcurrencyLimiter((who, kind), _ => new() { PermitLimit = limits.LongPolls * times })
        : RateLimitPartition.GetConcurrencyLimiter((who, Kind.Ordinary),
            _ => new() { PermitLimit = limits.Requests * times, QueueLimit = limits.Requests * times * Waiting });

    static RateLimitPartition<string> LargeOf(HttpContext context) =>
        UserOf(context) is not null && KindOf(context) == Kind.Large && Callers.KeyOrUserIdOf(context.User) is { } who
            ? RateLimitPartition.GetConcurrencyLimiter(who,
                _ => new() { PermitLimit = LargeAnswers, QueueLimit = int.MaxValue })
            : RateLimitPartition.GetNoLimiter("");

    /// <summary>Says to a program why it was refused.</summary>
    public static RefusedException Refusal(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        return new(Core.Refusal.TooMany, KindOf(context) == Kind.Waits
            ? $"{limits.LongPolls} requests of yours wait for a decision already, and more may not at a time (Limits:LongPolls)."
            : $"{limits.Requests} requests of yours are being answered, as many as may be, and too many wait for it (Limits:Requests).");
    }

    static string? UserOf(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") ? Callers.IdOf(context.User) : null;

    static Kind KindOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Answers>()?.Kind switch
    {
        Kind.Waits when context.Request.Query["wait"].ToString() is { Length: > 0 } wait && wait != "0" => Kind.Waits,
        Kind.Streams => Kind.Waits,
        Kind.Large => Kind.Large,
        _ => Kind.Ordinary,
    };
}
