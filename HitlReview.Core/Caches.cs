using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;

namespace HitlReview.Core;

/// <summary>What a process remembers to spare itself work: at most so many entries, each until its end.</summary>
public static class Caches
{
    /// <summary>Makes one that goes by a clock and holds at most so many entries.</summary>
    public static MemoryCache Make(TimeProvider clock, int most) =>
        new(new MemoryCacheOptions { Clock = new Clock(clock), SizeLimit = most });

    /// <summary>Keeps a value until its end. Where there is no room it isn't kept, and room is made for the next.</summary>
    public static void Keep<T>(this MemoryCache cache, string key, T value, DateTimeOffset until) =>
        cache.Set(key, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = until });

    sealed class Clock(TimeProvider clock) : ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }
}
