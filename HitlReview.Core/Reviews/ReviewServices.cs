using HitlReview.Core.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HitlReview.Core.Reviews;

/// <summary>Registers reviews.</summary>
public static class ReviewServices
{
    /// <summary>Adds what asks, reads and decides; without anything that runs by itself.</summary>
    /// <param name="services">Needs storage and blocks beside it.</param>
    public static IServiceCollection AddHitlReviews(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ReviewService>();
        services.AddSingleton<Deciding>();
        services.AddSingleton<ScheduledDecisions>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<ReviewList>();
        services.AddSingleton<ReviewHistory>();
        services.AddSingleton<ReviewFigures>();
        services.AddSingleton<Snoozes>();
        services.AddSingleton<ReviewNotes>();
        services.AddSingleton<OutsideRunList>();
        services.AddSingleton<Preferences>();
        services.AddSingleton<AutoApprovals>();
        services.AddChecked<LimitOptions>("Limits");
        return services;
    }
}
