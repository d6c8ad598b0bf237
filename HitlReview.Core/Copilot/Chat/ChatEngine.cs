using System.Collections.Concurrent;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>Runs the chats of this process: what is signalled at once, and from the start and from time to time what is found.</summary>
sealed partial class ChatEngine(
    Store store, ChatSignals signals, ChatWork work, IOptions<ExecutionOptions> options, IHostApplicationLifetime host, TimeProvider clock,
    ILogger<ChatEngine> log) : BackgroundService
{
    readonly ConcurrentDictionary<Task, byte> _running = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.WhenServing.WaitAsync(stoppingToken);
        await host.WhenStartedAsync(stoppingToken);
        // From the first word that the process is to end: nothing new is begun while it waits for its slowest request.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        try
        {
            await Task.WhenAll(FollowAsync(ends.Token), SweepAllAsync(ends.Token));
        }
        finally
        {
            // Turns end at once; an action that was claimed gets its time.
            await Task.WhenAll(_running.Keys);
        }
    }

    async Task FollowAsync(CancellationToken stopping)
    {
        await foreach (var signal in signals.Reader.ReadAllAsync(stopping))
        {
            var doing = Task.Run(() => work.DoAsync(signal, stopping), CancellationToken.None);
            _running[doing] = 0;
            _ = doing.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    async Task SweepAllAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.Value.SweepEvery, clock);
        do
            try
            {
                await work.SweepAsync(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                SweepFailed(log, e);
            }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for what is to be done in chats failed; the next sweep tries again")]
    static partial void SweepFailed(ILogger log, Exception cause);
}
