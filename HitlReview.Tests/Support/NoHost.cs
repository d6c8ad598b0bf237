using Microsoft.Extensions.Hosting;

namespace HitlReview.Tests.Support;

/// <summary>In the place of a host, for what would run by itself and is run here by the test.</summary>
sealed class NoHost : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => default;

    public CancellationToken ApplicationStopping => default;

    public CancellationToken ApplicationStopped => default;

    public void StopApplication()
    {
    }
}
