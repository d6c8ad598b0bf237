using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hubs;

/// <summary>The hub, and which pages may connect to it.</summary>
static class HubServices
{
    const string CorsPolicy = "hub";
    const string Path = "/hubs";

    public static void AddHitlHub(this IServiceCollection services)
    {
        services.AddChecked<HubOptions>("Hub");
        services.AddSingleton<Quotas>();
        services.AddSingleton<Connected>();
        services.AddSignalR().AddJsonProtocol(json => WireJson.Configure(json.PayloadSerializerOptions));
        services.AddSingleton<ReviewsFeed>();
        services.AddSingleton<FeedCursors>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<HubOptions>>((cors, hub) => cors.AddPolicy(CorsPolicy, policy => policy
            .WithOrigins(hub.Value.AllowedOrigins).AllowAnyHeader().WithMethods("GET", "POST", "DELETE").AllowCredentials()));
    }

    /// <summary>
    /// Refuses pages of other origins. CORS alone does not: browsers ask nobody before they open a WebSocket, and send the cookie along.
    /// It does not protect from programs, which send whatever origin they like; those need a key anyway.
    /// </summary>
    public static IApplicationBuilder UseHubOrigins(this IApplicationBuilder app)
    {
        var allowed = app.ApplicationServices.GetRequiredService<IOptions<HubOptions>>().Value.AllowedOrigins;
        return app
            .UseWhen(http => http.Request.Path.StartsWithSegments(Path), hub => hub.Use((http, next) =>
            {
                foreach (var origin in http.Request.Headers.Origin)
                    if (!Origins.IsOwn(http.Request, origin) && !allowed.Contains(origin, StringComparer.OrdinalIgnoreCase))
                        throw new RefusedException(
                            Refusal.Forbidden,
                            $"Pages of the origin '{origin}' may not connect. Name it in Hub:AllowedOrigins to allow it.");
                return next(http);
            }))
            .UseCors();
    }

    public static void MapHitlHub(this IEndpointRouteBuilder app) =>
        app.MapHub<ReviewsHub>($"{Path}/reviews", connection =>
            {
                connection.CloseOnAuthenticationExpiration = true;
                // A message waits until as much as this is left of those before it.
                connection.TransportMaxBufferSize = connection.ApplicationMaxBufferSize = 64 * 1024;
                // The feed closes a connection that takes nothing, and says so; this is for what would hold up the closing.
                var limits = app.ServiceProvider.GetRequiredService<IOptions<LimitOptions>>().Value;
                connection.TransportSendTimeout = limits.UnreadAfter + TimeSpan.FromSeconds(5);
            })
            .RequireAuthorization().RequireCors(CorsPolicy).ForKeysThatMay(KeyMay.ask | KeyMay.decide);

    /// <summary>
    /// Answers 429 where the user has as many connections as may be. For requests that open one: those of an open one name it.
    /// </summary>
    public static IApplicationBuilder UseHubQuota(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<IOptions<LimitOptions>>().Value;
        var quotas = app.ApplicationServices.GetRequiredService<Quotas>();
        var full = $"You have {limits.HubConnections} hub connections open, and more may not be at a time (Limits:HubConnections).";
        return app.UseWhen(Opens, hub => hub.Use((http, next) =>
            http.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } userId && quotas.HubConnections.IsFull(userId)
                ? throw new RefusedException(Refusal.TooMany, full)
                : next(http)));

        static bool Opens(HttpContext http) => http.Request.Path.StartsWithSegments(Path) && !http.Request.Query.ContainsKey("id");
    }
}
