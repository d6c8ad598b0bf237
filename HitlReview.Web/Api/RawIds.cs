using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace HitlReview.Web.Api;

/// <summary>
/// Ids that agents choose may hold a slash, which an address writes as <c>%2F</c>. That one escape the server leaves in a path as it is;
/// here it is undone, from the text that was sent.
/// </summary>
static class RawIds
{
    public static IApplicationBuilder UseRawIds(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint() is RouteEndpoint endpoint && !IsErrorPage(http)
            && http.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] is { } path
            && path.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            Undo(http.Request, path, endpoint.RoutePattern.PathSegments);
        return next(http);
    });

    // It is shown in place of the address that was asked for, whose parts are none of its own.
    static bool IsErrorPage(HttpContext http) =>
        http.Features.Get<IExceptionHandlerFeature>() is not null || http.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    static void Undo(HttpRequest request, string path, IReadOnlyList<RoutePatternPathSegment> pattern)
    {
        var sent = path[request.PathBase.ToUriComponent().Length..].Trim('/').Split('/');
        if (sent.Length != pattern.Count)
            return;
        for (var i = 0; i < sent.Length; i++)
            if (pattern[i].Parts is [RoutePatternParameterPart parameter])
                request.RouteValues[parameter.Name] = Uri.UnescapeDataString(sent[i]);
    }
}
