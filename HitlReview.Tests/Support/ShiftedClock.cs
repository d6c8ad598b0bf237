namespace HitlReview.Tests.Support;

/// <summary>A clock that runs as all do, and can be set ahead.</summary>
public sealed class ShiftedClock : TimeProvider
{
    long _ahead;

    /// <summary>Sets it ahead by so much more.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}
