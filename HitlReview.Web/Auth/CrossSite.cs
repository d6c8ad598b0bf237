using HitlReview.Core;
using HitlReview.Web.Wire;

namespace HitlReview.Web.Auth;

/// <summary>
/// Refuses changes that a page of another origin asks for in the name of whoever is signed in here. The cookie alone doesn't: to a
/// browser, every port of this machine is the same site.
/// </summary>
/// <remarks>
/// Requests with a key aren't concerned, since no browser adds one by itself. The hub has its own check, which knows of allowed origins.
/// </remarks>
static class CrossSite
{
    public static void UseCrossSiteCheck(this WebApplication app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (!IsConcerned(request) || ComesFromHere(request))
            return next(context);
        if (request.IsForPrograms())
            throw new RefusedException(
                Refusal.Forbidden, "A page of another origin may not change anything here with your sign-in. Use an API key.");
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    });

    static bool IsConcerned(HttpRequest request) =>
        (request.Path.StartsWithSegments("/_blazor")
            || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)))
        && !request.Path.StartsWithSegments("/hubs") && !ApiKeyHandler.HasKey(request);

    // Browsers say it in Sec-Fetch-Site where the connection is trustworthy, in Origin else; who sends neither is no browser.
    static bool ComesFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site is "same-origin" or "none"
            : request.Headers.Origin.ToString() is not { Length: > 0 } origin || Origins.IsOwn(request, origin);
}
