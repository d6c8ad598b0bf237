using HitlReview.Core.Copilot;

namespace HitlReview.Tests.Core.Copilot;

public sealed class RunningTurnsTests
{
    [Fact]
    public void A_stop_reaches_every_open_turn_of_its_chat_and_no_other()
    {
        var turns = new RunningTurns();
        using var one = turns.Open("a");
        using var two = turns.Open("a");
        using var other = turns.Open("b");

        turns.Cancel("a");

        Assert.True(one.Stop.IsCancellationRequested && two.Stop.IsCancellationRequested);
        Assert.False(other.Stop.IsCancellationRequested);
    }

    [Fact]
    public void A_turn_that_has_ended_is_not_in_the_way_of_a_stop()
    {
        var turns = new RunningTurns();
        turns.Open("a").Dispose();

        turns.Cancel("a");

        using var next = turns.Open("a");
        Assert.False(next.Stop.IsCancellationRequested);
    }
}
