using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Executions;

public sealed class MissedChangesOnSqlite() : MissedChangesSpec(new SqliteStore());

public sealed class MissedChangesOnPostgres() : MissedChangesSpec(new PostgresStore());

/// <summary>
/// What somebody who was away is told, and when they must read anew. That it is what was told live, InterleavingSpec holds against it.
/// </summary>
public abstract class MissedChangesSpec(TestStore store) : CoreSpec(store)
{
    MissedChanges Missed => Store.Get<MissedChanges>();

    [Fact]
    public async Task Whoever_has_missed_nothing_is_told_nothing()
    {
        await AskAsync("a");
        var head = await Missed.HeadAsync(Ct);

        var read = await Missed.ReadAsync(Rosa, head, Ct);

        Assert.Equal((head, 0), (read!.Value.Head, read.Value.Changes.Count));
    }

    [Fact]
    public async Task A_place_that_is_not_in_this_trail_must_be_read_anew()
    {
        await AskAsync("a");
        var head = await Missed.HeadAsync(Ct);

        Assert.Null(await Missed.ReadAsync(Rosa, head with { Seq = head.Seq + 1 }, Ct));
        Assert.Null(await Missed.ReadAsync(Rosa, head with { Hash = AuditChain.Genesis }, Ct));
    }

    [Fact]
    public async Task What_can_no_longer_be_told_must_be_read_anew()
    {
        await AskAsync("a");
        await AskAsync("b");
        await DecideAsync(Approve("a"));
        await Agents.ConsumeAsync(Rosa, "a", Ct);
        var before = await Missed.HeadAsync(Ct);
        await DecideAsync(Approve("b"));
        Assert.Equal(
            ["b"],
            (await Missed.ReadAsync(Rosa, before, Ct))!.Value.Changes.Cast<ReviewDecided>().Select(c => c.Review.NodeExecId));

        // As a chat deletes what it has used.
        await Agents.ConsumeAsync(Rosa, "b", Ct);
        await Queue.WriteAsync(async tx => Assert.True(
            await ReviewMoves.DeleteAsync(tx, await tx.Db.Reviews.SingleAsync(r => r.NodeExecId == "b", Ct), Ct)), Ct);

        Assert.Null(await Missed.ReadAsync(Rosa, before, Ct));
    }

    [Theory]
    [InlineData("rosa", MissedChanges.Most, true), InlineData("rosa", MissedChanges.Most + 1, false)]
    [InlineData("ben", MissedChanges.MostEntries, true), InlineData("ben", MissedChanges.MostEntries + 1, false)]
    public async Task Whoever_has_missed_too_much_must_read_anew(string owner, int changes, bool isTold)
    {
        var before = await Missed.HeadAsync(Ct);
        await Queue.WriteAsync(tx =>
        {
            for (var i = 0; i < changes; i++)
                tx.Record(new(AuditActions.ExecutionMoved, null, Surface.Engine)
                {
                    OwnerId = owner,
                    GraphExecId = $"run-{i}",
                    Detail = nameof(ExecutionStatus.RUNNING),
                });
            return Task.CompletedTask;
        }, Ct);

        var read = await Missed.ReadAsync(Rosa, before, Ct);

        Assert.Equal(isTold, read is not null);
        Assert.Equal(isTold && owner == "rosa" ? changes : 0, read?.Changes.Count ?? 0);
    }
}
