using HitlReview.Core.Copilot.Tools;

namespace HitlReview.Tests.Core.Copilot;

public sealed class RunningCallsTests
{
    [Fact]
    public void A_stop_reaches_every_open_call_of_its_chat_and_no_other()
    {
        var calls = new RunningCalls();
        using var one = calls.Open("a");
        using var two = calls.Open("a");
        using var other = calls.Open("b");

        calls.Cancel("a");

        Assert.True(one.Stop.IsCancellationRequested && two.Stop.IsCancellationRequested);
        Assert.False(other.Stop.IsCancellationRequested);
    }

    [Fact]
    public void A_call_that_has_ended_is_not_in_the_way_of_a_stop()
    {
        var calls = new RunningCalls();
        calls.Open("a").Dispose();

        calls.Cancel("a");

        using var next = calls.Open("a");
        Assert.False(next.Stop.IsCancellationRequested);
    }
}
