using HitlReview.Core;
using HitlReview.Web.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>What an admin sees of who is connected.</summary>
public sealed class ConnectedTests
{
    readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Pushes_are_counted_by_the_hour_for_a_day()
    {
        var connected = New(out _);
        connected.Pushed();
        _clock.Advance(TimeSpan.FromHours(2));
        connected.Pushed();
        connected.Pushed();

        Assert.Equal([1, 0, 2], connected.Pushes(3));
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal([2, .. Enumerable.Repeat(0, 23)], connected.Pushes(24));
        _clock.Advance(TimeSpan.FromHours(2));
        connected.Pushed();
        Assert.Equal([.. Enumerable.Repeat(0, 23), 1], connected.Pushes(24));
    }

    [Fact]
    public void Pages_and_programs_are_counted_over_all_people()
    {
        var connected = New(out var quotas);
        using var one = quotas.OpenPages.TryTake("rosa");
        using (quotas.OpenPages.TryTake("ben"))
        using (quotas.HubConnections.TryTake("ben"))
            Assert.Equal((2, 1), (connected.Pages, connected.Programs));
        Assert.Equal((1, 0), (connected.Pages, connected.Programs));
    }

    Connected New(out Quotas quotas) => new(quotas = new(Options.Create(new LimitOptions())), _clock);
}
