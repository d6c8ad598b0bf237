using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HitlReview.Core.Copilot;

/// <summary>Registers chats.</summary>
public static class CopilotServices
{
    /// <summary>Adds what stops chats, also at the command line, where none runs.</summary>
    public static IServiceCollection AddHitlChatRuns(this IServiceCollection services)
    {
        services.TryAddSingleton<RunningTurns>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRunKind, ChatRuns>());
        return services;
    }

    /// <summary>Adds the chats and their tools. Needs storage, blocks and reviews beside it.</summary>
    public static IServiceCollection AddHitlCopilot(this IServiceCollection services)
    {
        services.AddHitlChatRuns();
        services.AddSingleton<CopilotSessions>();
        services.AddSingleton<CopilotTools>();
        services.AddSingleton<ISettledRuns, SettledChatRuns>();
        return services;
    }
}
