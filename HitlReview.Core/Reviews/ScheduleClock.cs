using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Reviews;

/// <summary>Carries decisions out when they can no longer be undone; at start those that came due while nothing ran.</summary>
public sealed partial class ScheduleClock(
    ScheduledDecisions scheduledDecisions, IHostApplicationLifetime host, TimeProvider clock, ILogger<ScheduleClock> log)
    : BackgroundService
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Of a commit that took place, but whose connection was lost, nobody is told.
    static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await host.WhenStartedAsync(stoppingToken);

        while (true)
        {
            // Asked for before the look at the database, so that what is scheduled in between is not overslept.
            var scheduled = scheduledDecisions.WhenScheduledAsync();
            var wait = await CommitDueAsync(stoppingToken);
            using var earlier = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(scheduled, Task.Delay(wait, clock, earlier.Token));
            await earlier.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    /// <returns>How long to sleep.</returns>
    async Task<TimeSpan> CommitDueAsync(CancellationToken ct)
    {
        try
        {
            var wait = await scheduledDecisions.CommitDueAsync(ct) - clock.GetUtcNow() ?? LongestSleep;
            return wait > LongestSleep ? LongestSleep
                : wait > TimeSpan.Zero ? wait
                : TimeSpan.Zero;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it is, the next time may go well; without one nothing would ever be carried out.
            CommitFailed(log, e);
            return RetryAfter;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Decisions that are due could not be carried out; trying again")]
    static partial void CommitFailed(ILogger log, Exception cause);
}
