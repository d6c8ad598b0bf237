using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Accounts;

/// <summary>Writes once a minute, and at the end, when keys were last used.</summary>
public sealed partial class KeyUseClock(ApiKeys keys, TimeProvider clock, ILogger<KeyUseClock> log)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>How often it is written.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Before anything else stops: afterwards there may be no database left to write to.
    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => WriteAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // That it isn't known when a key was used must not end the program; the next time tries again.
    async Task WriteAsync(CancellationToken ct)
    {
        try
        {
            await keys.WriteUsesAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            NotWritten(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When API keys were last used could not be written; it is tried again in a minute")]
    static partial void NotWritten(ILogger log, Exception cause);
}
