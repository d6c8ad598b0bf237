using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Web.Hosting;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// Counts the open pages of each user: a page has the place of the connection that it was opened over, and keeps it while it is without
/// one. A page that would be one too many says so instead of opening (App.razor).
/// </summary>
sealed class PageCounter : CircuitHandler
{
    PageConnection? _connection;
    IDisposable? _place;

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _connection = PageConnection.Current;
        var place = _connection?.TakePlace();
        if (_place is null)
            _place = place ?? throw new RefusedException(Refusal.TooMany, "The connection that this page was to be opened over is gone.");
        else
            place?.Dispose();
        return Task.CompletedTask;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_place is { } place)
            _connection!.GiveBack(place);
        return Task.CompletedTask;
    }
}

/// <summary>The hard end of that count.</summary>
static class PageQuota
{
    /// <summary>
    /// How many times as many pages as may be there can be at all: half are left to those that come back after their connection was lost.
    /// </summary>
    public const int HardEnd = 2;

    /// <summary>
    /// Refuses connections of pages to whoever is at the hard end, for which no browser is needed: a page's own address says so long
    /// before.
    /// </summary>
    public static IApplicationBuilder UsePageQuota(this IApplicationBuilder app)
    {
        var quotas = app.ApplicationServices.GetRequiredService<Quotas>();
        return app.UseWhen(Opens, circuits => circuits.Use((http, next) =>
        {
            if (http.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } userId || !quotas.OpenPages.IsFull(userId, HardEnd))
                return next(http);
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return http.Response.WriteAsync(Texts.TooManyPagesTitle, http.RequestAborted);
        }));

        static bool Opens(HttpContext http) => http.Request.Path.StartsWithSegments("/_blazor") && !http.Request.Query.ContainsKey("id");
    }
}
