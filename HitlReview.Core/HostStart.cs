using Microsoft.Extensions.Hosting;

namespace HitlReview.Core;

/// <summary>When the program's own work may begin.</summary>
static class HostStart
{
    /// <summary>
    /// Waits until the program has started: one that turns out unable to serve, such as one whose address is in use, must not have begun
    /// or decided anything.
    /// </summary>
    public static async Task WhenStartedAsync(this IHostApplicationLifetime host, CancellationToken ct)
    {
        var started = new TaskCompletionSource();
        await using (host.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(ct);
    }
}
