using HitlReview.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

/// <summary>Who of a user's node executions may run when.</summary>
public sealed class RunRoomTests
{
    readonly RunRoom _room = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    Task<IDisposable> EnterAsync(int bytes, CancellationToken? ct = null) =>
        _room.EnterAsync(Cast.Rosa.Id, new("node", "block", bytes), ct ?? Ct);

    [Fact]
    public async Task Whoever_was_behind_one_that_is_stopped_starts_as_soon_as_there_is_room_for_them()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var running = await EnterAsync(6_000_000);
        var stopped = EnterAsync(5_000_000, stop.Token);
        var behind = EnterAsync(1_000_000);
        Assert.False(behind.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        (await behind.WaitAsync(TimeSpan.FromSeconds(20), Ct)).Dispose();
    }
}
