using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Core.Storage;

/// <summary>Registers the database.</summary>
public static class StorageServices
{
    /// <summary>Adds <see cref="Store"/>, <see cref="CommitQueue"/> and contexts to read with.</summary>
    /// <param name="services">Needs an <see cref="IRecorder"/> beside it.</param>
    /// <param name="options">Where the database is.</param>
    public static IServiceCollection AddHitlStorage(this IServiceCollection services, StoreOptions options)
    {
        // Made by the container, so that the container closes it and the process lock goes with the host.
        services.AddSingleton(_ => new Store(options));
        services.AddSingleton<IDbContextFactory<HitlDbContext>>(provider => provider.GetRequiredService<Store>());
        services.AddScoped(provider => provider.GetRequiredService<Store>().CreateDbContext());
        services.AddSingleton<CommitQueue>();
        return services;
    }
}
