using HitlReview.Core.Blocks.Wait;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Time.Testing;

namespace HitlReview.Tests.Core.Blocks;

public class WaitBlockTests
{
    readonly FakeTimeProvider _clock = new(BlockTest.Context.StartedAt);

    [Fact]
    public async Task The_data_passes_unchanged_when_the_time_is_over_and_not_before()
    {
        var run = new WaitBlock(_clock).RunAsync("""{"seconds":10.5,"data":{ "a":1.0 }}""");

        _clock.Advance(TimeSpan.FromSeconds(10.4));
        Assert.False(run.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("""{ "a":1.0 }""", (await run).On("data"));
    }

    [Fact]
    public async Task After_a_restart_only_the_rest_is_waited_for()
    {
        _clock.Advance(TimeSpan.FromSeconds(86_399));
        var run = new WaitBlock(_clock).RunAsync("""{"seconds":86400}""");

        Assert.False(run.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("null", (await run).On("data"));
    }

    [Fact]
    public async Task Once_the_time_is_over_nothing_is_waited_for()
    {
        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal("1", (await new WaitBlock(_clock).RunAsync("""{"seconds":10,"data":1}""")).On("data"));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_lengthen_the_wait()
    {
        var context = BlockTest.Context with { StartedAt = _clock.GetUtcNow() + TimeSpan.FromDays(1) };
        var run = new WaitBlock(_clock).RunAsync(
            JsonText.Parse("""{"seconds":10}""", "input"), context, TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("null", (await run).On("data"));
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var run = new WaitBlock(_clock).RunUntilAsync("""{"seconds":10}""", stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory]
    [InlineData("-1", "$.seconds must be at least 0")]
    [InlineData("86400.5", "$.seconds must be at most 86400")]
    [InlineData("1e999999999", "$.seconds must be at most 86400")]
    [InlineData("\"1\"", "$.seconds must be a number")]
    [InlineData("1e-999999999", "")]
    public void Only_up_to_a_day_can_be_waited_for(string seconds, string fault) =>
        Assert.Equal(fault, new WaitBlock(_clock).Faults($$"""{"seconds":{{seconds}}}"""));
}
