using System.Net;
using System.Net.Sockets;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HitlReview.Core.Executions;

/// <summary>Registers graph executions.</summary>
public static class ExecutionServices
{
    /// <summary>Adds graphs and the engine's steps; without anything that runs by itself.</summary>
    /// <param name="services">Needs actions beside it.</param>
    public static IServiceCollection AddHitlExecutions(this IServiceCollection services)
    {
        services.AddSingleton<Graphs>();
        services.AddSingleton<UnstoredGraphs>();
        services.AddSingleton<ExecutionService>();
        services.AddSingleton<ExecutionMaps>();
        services.AddSingleton<MissedChanges>();
        services.AddSingleton<ExecutionEngine>();
        services.AddHitlStopping();
        services.AddSingleton<ISettledRuns, SettledGraphRuns>();
        services.AddSingleton<AdminExecutions>();
        services.TryAddSingleton<IExecutionWaker, GrainWaker>();
        services.AddChecked<ExecutionOptions>("Executions");
        services.AddChecked<StuckOptions>("Stuck");
        return services;
    }

    /// <summary>Adds what stops executions, also at the command line, where none runs.</summary>
    public static IServiceCollection AddHitlStopping(this IServiceCollection services)
    {
        services.TryAddSingleton<Stopping>();
        services.TryAddSingleton<IEndsWithAccount>(provider => provider.GetRequiredService<Stopping>());
        // The outside agents' last of these: any id may be theirs.
        services.TryAddEnumerable(
            [ServiceDescriptor.Singleton<IRunKind, GraphRuns>(), ServiceDescriptor.Singleton<IRunKind, OutsideRuns>()]);
        return services;
    }

    /// <summary>Adds what runs executions: the co-hosted silo and recovery. The database must be open before the host starts.</summary>
    public static IHostApplicationBuilder AddHitlEngine(this IHostApplicationBuilder builder)
    {
        builder.UseOrleans(silo =>
        {
            // The ports that Orleans would take by itself are fixed ones: a second instance on the machine would not start.
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort);
        });
        builder.Services.AddHostedService<Recovery>();
        builder.Services.AddHostedService<ScheduleClock>();
        return builder;
    }

    static (int, int) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
