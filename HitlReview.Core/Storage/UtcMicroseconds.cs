using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace HitlReview.Core.Storage;

/// <summary>
/// Times are stored as microseconds since 1970-01-01T00:00:00Z: SQLite can't order its own text form of an offset time, and both databases
/// order and compare integers alike.
/// </summary>
public sealed class UtcMicroseconds() : ValueConverter<DateTimeOffset, long>(time => From(time), stored => To(stored))
{
    /// <summary>The stored form.</summary>
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of a stored form.</summary>
    public static DateTimeOffset To(long stored) => DateTimeOffset.UnixEpoch.AddTicks(stored * TimeSpan.TicksPerMicrosecond);
}
