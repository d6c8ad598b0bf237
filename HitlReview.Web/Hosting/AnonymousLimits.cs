using System.Globalization;
using System.Threading.RateLimiting;
using HitlReview.Web.Auth;
using HitlReview.Web.Wire;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hosting;

/// <summary>
/// Limits how fast one address may try passwords and set-up tokens, whoever is signed in there: a key or cookie is no licence to guess.
/// </summary>
static class AnonymousLimits
{
    /// <summary>The policy of the pages that take a password or token.</summary>
    public const string Policy = "anonymous";

    public static void AddAnonymousLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Policy, context =>
        {
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                return RateLimitPartition.GetNoLimiter("");
            var perMinute = context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.SignInsPerMinute;
            return RateLimitPartition.GetFixedWindowLimiter(
                ClientAddress.Of(context), _ => new() { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) });
        });
        limiter.OnRejected = async (rejected, ct) =>
        {
            if (rejected.HttpContext.Request.IsForPrograms())
                throw RequestLimits.Refusal(rejected.HttpContext);
            var response = rejected.HttpContext.Response;
            response.StatusCode = StatusCodes.Status429TooManyRequests;
            if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
                response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await response.WriteAsync("Too many attempts from this address. Wait a minute and try again.", ct);
        };
    });
}
