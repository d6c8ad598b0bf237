namespace HitlReview.Web.Hosting;

/// <summary>How many pages and programs are connected to this process, and what was pushed to the programs.</summary>
public sealed class Connected(Quotas quotas, TimeProvider clock)
{
    // One more than are shown: the oldest is written over while the newest begins.
    const int Kept = 25;

    readonly Lock _lock = new();
    readonly (long Hour, int Count)[] _pushes = new (long, int)[Kept];

    /// <summary>Pages with a circuit.</summary>
    public int Pages => quotas.OpenPages.Total;

    /// <summary>Programs at the hub.</summary>
    public int Programs => quotas.HubConnections.Total;

    /// <summary>A change was pushed to a program.</summary>
    public void Pushed()
    {
        var hour = Hour;
        lock (_lock)
        {
            ref var slot = ref _pushes[hour % Kept];
            slot = (hour, slot.Hour == hour ? slot.Count + 1 : 1);
        }
    }

    /// <summary>How much was pushed in each of the last hours since this process started, the one that runs last.</summary>
    /// <param name="hours">How many; 24 at most.</param>
    public IReadOnlyList<int> Pushes(int hours)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(hours, Kept);
        var now = Hour;
        lock (_lock)
            return [.. Enumerable.Range(0, hours).Select(i => now - hours + 1 + i)
                .Select(hour => _pushes[hour % Kept] is var slot && slot.Hour == hour ? slot.Count : 0)];
    }

    long Hour => clock.GetUtcNow().Ticks / TimeSpan.TicksPerHour;
}
