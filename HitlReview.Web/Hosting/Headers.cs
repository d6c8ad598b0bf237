using HitlReview.Web.Auth;

namespace HitlReview.Web.Hosting;

/// <summary>What every answer tells the browser not to do.</summary>
static class Headers
{
    // MudBlazor writes inline styles; nothing of ours or theirs writes an inline script.
    const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    const string StrictTransportSecurity = "max-age=31536000; includeSubDomains";

    public static void UseHitlHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            // An endpoint that must be embedded elsewhere, or load from elsewhere, states its own policy.
            headers.ContentSecurityPolicy =
                headers.ContentSecurityPolicy.Count == 0 ? ContentSecurityPolicy : headers.ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            // What somebody was shown stays in no cache, for the next person at the same browser to find. Assets, which are everybody's,
            // say so themselves.
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            if (context.Request.IsHttps && !Origins.IsLoopback(context.Request.Host.Host))
                headers.StrictTransportSecurity = StrictTransportSecurity;
            StayHere(context);
            return Task.CompletedTask;
        });
        return next(context);
    });

    /// <summary>A redirect within the program names no host: the one in the request is a stranger's word.</summary>
    static void StayHere(HttpContext context)
    {
        var own = $"{context.Request.Scheme}://{context.Request.Host}";
        if (context.Response.Headers.Location.ToString() is var there && there.StartsWith(own + "/", StringComparison.OrdinalIgnoreCase)
            && there[own.Length..] is var path && ReturnUrls.Local(path) == path)
            context.Response.Headers.Location = path;
    }
}
