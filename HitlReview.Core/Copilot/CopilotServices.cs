using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Commands;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
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
        services.TryAddSingleton<RunningCalls>();
        services.TryAddSingleton<ChatSignals>();
        services.TryAddSingleton<LiveTurns>();
        services.TryAddSingleton<Turns>();
        services.TryAddSingleton<Outcomes>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRunKind, ChatRuns>());
        return services;
    }

    /// <summary>Adds the chats, their tools and what answers in them. Needs storage, blocks and reviews beside it.</summary>
    public static IServiceCollection AddHitlCopilot(this IServiceCollection services)
    {
        services.AddHitlChatRuns();
        services.AddSingleton<CopilotSessions>();
        services.AddSingleton<Chats>();
        services.AddSingleton<AskRules>();
        services.AddSingleton<CopilotTools>();
        services.AddSingleton<ISettledRuns, SettledChatRuns>();
        services.AddChecked<CopilotOptions>("Copilot");
        services.AddSingleton<CommandClient>();
        services.TryAddSingleton<Assistant>();
        services.AddSingleton<Usage>();
        services.AddSingleton<ToolCalls>();
        services.AddSingleton<ChatHistory>();
        services.AddSingleton<HeldCalls>();
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<ChatWork>();
        return services;
    }

    /// <summary>Adds what answers turns and runs approved calls by itself. The database must be open before the host starts.</summary>
    public static IServiceCollection AddHitlChatEngine(this IServiceCollection services) =>
        services.AddHostedService<ChatEngine>();
}
