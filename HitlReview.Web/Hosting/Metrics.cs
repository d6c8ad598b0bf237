using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Web.Auth;
using OpenTelemetry.Metrics;

namespace HitlReview.Web.Hosting;

/// <summary>
/// <c>/metrics</c> in the format of Prometheus. It tells how much everybody works, so it is for admins: a scraper uses a key of an admin's
/// that may <c>metrics</c>.
/// </summary>
static class Metrics
{
    public static void AddHitlMetrics(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<ReviewMetrics>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(ReviewMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http.Connections", "System.Runtime")
            .AddPrometheusExporter());
    }

    public static void MapHitlMetrics(this WebApplication app) =>
        app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(Roles.Admin).ForKeysThatMay(KeyMay.metrics);
}
