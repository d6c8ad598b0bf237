using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Web.Wire;

namespace HitlReview.Web.Auth;

/// <summary>What a key must be able to do to reach an endpoint.</summary>
/// <param name="AnyOf">One of these is enough.</param>
sealed record KeyRight(KeyMay AnyOf);

/// <summary>
/// Which endpoints a key reaches. One that says nothing of keys is for people: no key ever reaches a page, whatever it may.
/// </summary>
static class KeyRights
{
    /// <summary>Anything at all.</summary>
    public const KeyMay Any = KeyMay.ask | KeyMay.decide | KeyMay.admin | KeyMay.metrics;

    /// <summary>Lets keys in that may do one of these.</summary>
    public static TBuilder ForKeysThatMay<TBuilder>(this TBuilder endpoint, KeyMay anyOf) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new KeyRight(anyOf));

    /// <summary>Refuses a key what it may not, before anything else looks at the request.</summary>
    public static void UseKeyRights(this WebApplication app) => app.Use((context, next) =>
    {
        // What is no route is routing's own answer to a wrong method or media type, which tells nothing.
        if (context.GetEndpoint() is not RouteEndpoint endpoint || Callers.KeyOf(context.User) is not { } key)
            return next(context);
        var right = endpoint.Metadata.GetMetadata<KeyRight>();
        if (right is not null && (key.May & right.AnyOf) != 0)
            return next(context);
        if (context.Request.IsForPrograms())
            throw right is null
                ? new RefusedException(Refusal.Forbidden, "No API key reaches this address. Sign in.")
                : Access.Missing(key, right.AnyOf);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("An API key opens no page. Sign in to see it.", context.RequestAborted);
    });
}
