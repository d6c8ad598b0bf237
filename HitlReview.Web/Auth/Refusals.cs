using HitlReview.Core.Audit;
using Microsoft.AspNetCore.Diagnostics;

namespace HitlReview.Web.Auth;

/// <summary>Tells <see cref="SecurityEvents"/> of requests that were refused for who sent them.</summary>
static class Refusals
{
    /// <summary>Looks at every answer.</summary>
    public static void UseRefusals(this WebApplication app)
    {
        var events = app.Services.GetRequiredService<SecurityEvents>();
        app.Use(async (context, next) =>
        {
            await next(context);
            var action = context.Response.StatusCode switch
            {
                StatusCodes.Status401Unauthorized when ApiKeyHandler.HasKey(context.Request) => AuditActions.KeyRefused,
                StatusCodes.Status403Forbidden => AuditActions.AccessRefused,
                StatusCodes.Status429TooManyRequests => AuditActions.AccessLimited,
                _ => null,
            };
            // The page that is shown instead was told of already.
            if (action is null || context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
                return;
            // The route and not the path: a path is whatever somebody sends.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
            events.Report(action, ClientAddress.Of(context), Callers.IdOf(context.User), route);
        });
    }
}
