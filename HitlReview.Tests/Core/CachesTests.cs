using System.Globalization;
using HitlReview.Core;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core;

public sealed class CachesTests
{
    readonly FakeTimeProvider _clock = new();

    [Fact]
    public void An_entry_is_kept_until_its_end_by_the_clock_it_was_given()
    {
        using var cache = Caches.Make(_clock, 10);
        cache.Keep("a", 1, _clock.GetUtcNow() + TimeSpan.FromMinutes(1));

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, cache.Get<int>("a"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.TryGetValue("a", out _));
    }

    [Fact]
    public void No_more_entries_are_kept_than_there_is_room_for()
    {
        using var cache = Caches.Make(_clock, 100);
        var end = _clock.GetUtcNow() + TimeSpan.FromMinutes(1);

        for (var i = 0; i < 10_000; i++)
            cache.Keep(i.ToString(CultureInfo.InvariantCulture), i, end);

        Assert.InRange(cache.Count, 1, 100);
    }
}
