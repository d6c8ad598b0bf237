using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Events;

public class ChangeFeedsTests
{
    readonly ChangeFeeds _events = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static ReviewSummary Asked(int id, int length) => ReviewSummary.Of(new()
    {
        NodeExecId = $"{id}",
        UserId = Cast.Rosa.Id,
        GraphExecId = "run",
        NodeId = "node",
        Origin = ReviewOrigin.Agent,
        Payload = new('x', length),
        PayloadHash = "",
        Editable = true,
        CreatedAt = default,
    });

    static async Task<List<Change>> DrainAsync(ChangeFeeds.Feed feed)
    {
        feed.Dispose(); // What is in it is still read.
        return await feed.ReadAsync(Ct).ToListAsync(Ct);
    }

    [Fact, Invariant(1)]
    public async Task A_user_hears_of_their_own_changes_only()
    {
        var (rosa, ben, all) = (_events.Open(Cast.Rosa.Id), _events.Open(Cast.Ben.Id), _events.OpenAll());
        _events.Publish(new AutoApprovalsChanged(Cast.Rosa.Id));
        _events.Publish(new ReviewDelivered(Cast.Ben.Id, "node"));
        _events.Publish(new AutoApprovalsChanged("ROSA"));
        _events.Publish(new AutoApprovalsChanged(""));
        Assert.Equal([new AutoApprovalsChanged(Cast.Rosa.Id)], await DrainAsync(rosa));
        Assert.Equal([new ReviewDelivered(Cast.Ben.Id, "node")], await DrainAsync(ben));
        Assert.Equal(4, (await DrainAsync(all)).Count);
    }

    [Fact]
    public async Task Who_waits_for_one_thing_hears_of_its_end_only()
    {
        var (review, run, both) = (
            _events.OpenAbout(Cast.Rosa.Id, "7"), _events.OpenAbout(Cast.Rosa.Id, "run"), _events.OpenAbout(Cast.Rosa.Id, "7", "run"));
        var (decided, cancelled) = (new ReviewDecided(Asked(7, 1)), new ReviewsCancelled(Cast.Rosa.Id, "run", 1));
        _events.Publish(decided);
        _events.Publish(new ReviewDecided(Asked(7, 1) with { UserId = Cast.Ben.Id }));
        _events.Publish(new ReviewDelivered(Cast.Rosa.Id, "7"));
        _events.Publish(cancelled);
        _events.Publish(new ReviewsCancelled(Cast.Rosa.Id, "other", 1));

        Assert.Equal([decided], await DrainAsync(review));
        Assert.Equal([cancelled], await DrainAsync(run));
        Assert.Equal([decided, cancelled], await DrainAsync(both));
    }

    [Fact]
    public async Task A_listener_that_is_too_slow_is_told_so_and_holds_up_nobody()
    {
        var (slow, quick) = (_events.OpenAll(), _events.OpenAll());
        var heard = 0;
        for (var i = 0; i < 5_000; i++)
        {
            _events.Publish(new AutoApprovalsChanged($"{i}"));
            await using var next = quick.ReadAsync(Ct).GetAsyncEnumerator(Ct);
            Assert.True(await next.MoveNextAsync());
            Assert.Equal($"{heard++}", next.Current.UserId);
        }

        var told = await DrainAsync(slow);
        var lost = Assert.Single(told, change => change is ChangesLost);
        Assert.Equal("0", told[0].UserId);
        Assert.True(told.Count < 5_000);
        Assert.Contains(lost, told);
        Assert.DoesNotContain(await DrainAsync(quick), change => change is ChangesLost);
    }

    [Fact]
    public async Task After_a_loss_the_listener_is_told_before_or_after_but_never_not()
    {
        // Whatever is lost, a ChangesLost comes after the loss: the listener then reads the present state.
        var feed = _events.OpenAll();
        for (var i = 0; i < 1_500; i++)
            _events.Publish(new AutoApprovalsChanged($"{i}"));
        await using var changes = feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        var kept = 0;
        while (await changes.MoveNextAsync() && changes.Current is not ChangesLost)
            kept++;
        for (var i = 0; i < 1_500; i++)
            _events.Publish(new AutoApprovalsChanged($"again {i}"));
        var toldAgain = false;
        feed.Dispose();
        while (await changes.MoveNextAsync())
            toldAgain |= changes.Current is ChangesLost;
        Assert.True(kept > 0);
        Assert.True(toldAgain);
    }

    [Fact]
    public async Task A_listener_that_reads_nothing_holds_no_more_than_a_million_characters()
    {
        var feed = _events.Open(Cast.Rosa.Id);
        for (var i = 0; i < 500; i++)
            _events.Publish(new ReviewCreated(Asked(i, 1_000_000)));

        var kept = (await DrainAsync(feed)).OfType<ReviewCreated>().ToList();

        Assert.InRange(kept.Sum(created => created.Review.PayloadStart.Length), 900_000, 1_000_000);
    }

    [Fact]
    public async Task What_was_read_makes_room()
    {
        using var feed = _events.Open(Cast.Rosa.Id);
        await using var changes = feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        for (var i = 0; i < 500; i++)
        {
            _events.Publish(new ReviewCreated(Asked(i, 16_000)));
            Assert.True(await changes.MoveNextAsync());
            Assert.Equal($"{i}", Assert.IsType<ReviewCreated>(changes.Current).Review.NodeExecId);
        }
    }

    [Fact]
    public async Task Leaving_is_leaving()
    {
        var feed = _events.Open(Cast.Rosa.Id);
        _events.Publish(new AutoApprovalsChanged(Cast.Rosa.Id));
        feed.Dispose();
        feed.Dispose();
        _events.Publish(new AutoApprovalsChanged(Cast.Rosa.Id));
        Assert.Single(await feed.ReadAsync(Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Reading_ends_when_the_listener_goes()
    {
        var feed = _events.Open(Cast.Rosa.Id);
        var reading = feed.ReadAsync(Ct).ToListAsync(Ct).AsTask();
        Assert.False(reading.IsCompleted);
        feed.Dispose();
        Assert.Empty(await reading.WaitAsync(Recorded<int>.Patience, Ct));
    }

    [Fact]
    public async Task Reading_ends_when_it_is_cancelled()
    {
        using var feed = _events.Open(Cast.Rosa.Id);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var reading = feed.ReadAsync(gone.Token).ToListAsync(gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Recorded<int>.Patience, Ct));
    }
}
