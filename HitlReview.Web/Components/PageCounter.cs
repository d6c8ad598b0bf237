using System.Security.Claims;
using HitlReview.Web.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HitlReview.Web.Components;

/// <summary>Counts the open pages of each user. A page that would be one too many says so instead of opening (App.razor).</summary>
sealed class PageCounter(AuthenticationStateProvider authentication, Quotas quotas) : CircuitHandler
{
    IDisposable? _place;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if ((await authentication.GetAuthenticationStateAsync()).User.FindFirstValue(ClaimTypes.NameIdentifier) is { } userId)
            _place = quotas.OpenPages.Take(userId);
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _place?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>The hard end of that count.</summary>
static class PageQuota
{
    /// <summary>
    /// Refuses connections of pages to whoever has twice as many as may be, for which no browser is needed: a page's own address says so
    /// long
    /// before. Half of them are left to pages that come back after their connection was lost.
    /// </summary>
    public static IApplicationBuilder UsePageQuota(this IApplicationBuilder app)
    {
        var quotas = app.ApplicationServices.GetRequiredService<Quotas>();
        return app.UseWhen(Opens, circuits => circuits.Use((http, next) =>
        {
            if (http.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId || !quotas.OpenPages.IsFull(userId, times: 2))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return http.Response.WriteAsync(Texts.TooManyPagesTitle, http.RequestAborted);
        }));

        static bool Opens(HttpContext http) => http.Request.Path.StartsWithSegments("/_blazor") && !http.Request.Query.ContainsKey("id");
    }
}
