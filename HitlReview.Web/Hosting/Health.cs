using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HitlReview.Web.Hosting;

/// <summary><c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: what it needs to do its work is there too.</summary>
static class Health
{
    /// <summary>The tag of checks that readiness waits for.</summary>
    public const string Ready = "ready";

    public static void AddHitlHealth(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks()
        .AddCheck<DatabaseAnswers>("database", tags: [Ready], timeout: TimeSpan.FromSeconds(5));

    public static void MapHitlHealth(this WebApplication app)
    {
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous()
            .ForKeysThatMay(KeyRights.Any);
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).AllowAnonymous()
            .ForKeysThatMay(KeyRights.Any);
    }

    sealed class DatabaseAnswers(IDbContextFactory<HitlDbContext> contexts, CommitQueue queue) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var db = contexts.CreateDbContext();
            if (!await db.Database.CanConnectAsync(cancellationToken))
                return HealthCheckResult.Unhealthy("The database can't be reached.");
            // What can be read can't always be written: the writer has a connection of its own, and a lock.
            await queue.WriteAsync(_ => Task.CompletedTask, cancellationToken).WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
