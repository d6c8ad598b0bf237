using HitlReview.Core.Executions;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Core.Copilot;

/// <summary>Registers chats.</summary>
public static class CopilotServices
{
    /// <summary>Adds the chats and their tools. Needs storage, blocks and reviews beside it.</summary>
    public static IServiceCollection AddHitlCopilot(this IServiceCollection services)
    {
        services.AddSingleton<CopilotSessions>();
        services.AddSingleton<CopilotTools>();
        services.AddSingleton<RunningTurns>();
        services.AddSingleton<IRunningTurns>(provider => provider.GetRequiredService<RunningTurns>());
        return services;
    }
}
