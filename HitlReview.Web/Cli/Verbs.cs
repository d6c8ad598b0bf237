using System.CommandLine;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using Microsoft.Extensions.Logging.Console;

namespace HitlReview.Web.Cli;

/// <summary>What all verbs have in common: the server's settings and database, but no server. They may run beside one.</summary>
static class Verbs
{
    /// <summary>Does a verb's work.</summary>
    /// <returns>The exit code.</returns>
    public delegate Task<int> Work(IServiceProvider services, ParseResult parsed, CancellationToken ct);

    /// <summary>Makes the work what the command does.</summary>
    public static void Does(this Command command, Work work)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, ct) => Faults.TellAsync(async () =>
        {
            var host = Build(CommandLine.Settings(parsed));
            await using var closing = (IAsyncDisposable)host;
            await using var scope = host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Store>().OpenBesideAsync(ct);
            return await work(scope.ServiceProvider, parsed, ct);
        }));
    }

    static IHost Build(string[] settings)
    {
        var builder =
            new HostApplicationBuilder(new HostApplicationBuilderSettings { Args = settings, ContentRootPath = AppContext.BaseDirectory });
        // Standard output is for the answer alone: a script takes the key from it.
        // The settings' levels are the server's; a verb says itself what it has done.
        builder.Logging.ClearProviders().AddFilter<ConsoleLoggerProvider>(null, LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddHitlStorage(StoreOptions.Read(builder.Configuration));
        builder.Services.AddHitlTrail();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHitlAccounts();
        return builder.Build();
    }
}
