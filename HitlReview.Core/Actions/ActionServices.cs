using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Core.Actions;

/// <summary>Registers actions, whoever asks for them.</summary>
public static class ActionServices
{
    /// <summary>Adds the gate, the claimed run and what becomes of it; without anything that runs by itself.</summary>
    /// <param name="services">Needs reviews and the kinds of runs beside it.</param>
    public static IServiceCollection AddHitlActions(this IServiceCollection services)
    {
        services.AddSingleton<ActionRun>();
        services.AddSingleton<InFlight>();
        services.AddSingleton<ActionOutcomes>();
        services.AddSingleton<OutsideAgents>();
        services.AddSingleton<Settling>();
        return services;
    }
}
