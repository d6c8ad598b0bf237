using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Core.Audit;

/// <summary>Registers the trail.</summary>
public static class AuditServices
{
    /// <summary>Adds what records changes and tells of them, what verifies the trail, and what reads on in it.</summary>
    public static IServiceCollection AddHitlTrail(this IServiceCollection services)
    {
        services.AddSingleton<ChangeFeeds>();
        services.AddSingleton<IRecorder, Trail>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AccessTrail>();
        return services;
    }
}
