using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Core.Storage;

/// <summary>Registers the database.</summary>
public static class StorageServices
{
    /// <summary>Adds <see cref="Store"/>, <see cref="CommitQueue"/>, <see cref="ReviewEvents"/> and contexts to read with.</summary>
    public static IServiceCollection AddHitlStorage(this IServiceCollection services, StoreOptions options)
    {
        // Made by the container, so that the container closes it and the process lock goes with the host.
        services.AddSingleton(_ => new Store(options));
        services.AddSingleton<IDbContextFactory<HitlDbContext>>(provider => provider.GetRequiredService<Store>());
        services.AddScoped(provider => provider.GetRequiredService<Store>().CreateDbContext());
        services.AddSingleton<ReviewEvents>();
        services.AddSingleton<CommitQueue>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AccessTrail>();
        return services;
    }
}
