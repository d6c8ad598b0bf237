using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Support;

/// <summary>A clock that stands still until the test advances it, which it can do once somebody waits for a time.</summary>
public sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    readonly Recorded<TimeSpan> _timers = new();

    /// <summary>Waits until somebody waits for so long.</summary>
    public Task WaitForTimerAsync(TimeSpan time) => _timers.WaitAsync(timer => timer == time, 1, $"a timer of {time}");

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Add(dueTime);
        return timer;
    }
}
