using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ConcurrencyOnSqlite() : ConcurrencySpec(new SqliteStore());

public sealed class ConcurrencyOnPostgres() : ConcurrencySpec(new PostgresStore());

/// <summary>Many at once.</summary>
public abstract class ConcurrencySpec(TestStore store) : CoreSpec(store)
{
    /// <summary>Does all of it at once.</summary>
    /// <returns>What each was refused with; null where it succeeded.</returns>
    static async Task<IReadOnlyList<Refusal?>> AtOnceAsync(int count, Func<int, Task> act)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await go.Task;
            try
            {
                await act(i);
                return (Refusal?)null;
            }
            catch (RefusedException e)
            {
                return e.Refusal;
            }
        }, Ct)).ToList();
        go.SetResult();
        return await Task.WhenAll(all);
    }

    [Fact, Invariant(2), Invariant(9)]
    public async Task Of_64_different_decisions_at_once_one_wins_and_63_are_conflicts()
    {
        await AskAsync();

        var results = await AtOnceAsync(64, i => DecideAsync(i == 0 ? Reject() : Approve(edit: $"[{i}]") with { Message = $"{i}" }));

        Assert.Equal((1, 63), (results.Count(r => r is null), results.Count(r => r is Refusal.Conflict)));
        var winner = results.ToList().IndexOf(null);
        var review = await ReadAsync();
        Assert.Equal(winner == 0 ? (ReviewStatus.REJECTED, """{"to":"bob"}""", null) : (ReviewStatus.APPROVED, $"[{winner}]", $"{winner}"), (review.Status, review.Payload, review.ReviewMessage));
        Assert.Equal(1, (await TrailAsync()).Count(e => e.Action is AuditActions.ReviewApproved or AuditActions.ReviewRejected));
    }

    [Fact, Invariant(2)]
    public async Task Of_64_decisions_at_once_that_are_the_same_all_succeed_and_one_is_written()
    {
        await AskAsync();

        var results = await AtOnceAsync(64, i => DecideAsync(Approve(edit: i % 2 == 0 ? "[1]" : "[1.0]")));

        Assert.All(results, Assert.Null);
        Assert.Equal(1, (await TrailAsync()).Count(e => e.Action == AuditActions.ReviewApproved));
    }

    [Fact, Invariant(4), Invariant(5)]
    public async Task Of_32_who_consume_at_once_one_gets_the_payload()
    {
        await AskAsync();
        await DecideAsync(Approve());

        var results = await AtOnceAsync(32, _ => Agents.ConsumeAsync(Rosa, "act-1", Ct));

        Assert.Equal((1, 31), (results.Count(r => r is null), results.Count(r => r is Refusal.Conflict)));
        Assert.Equal(1, (await TrailAsync()).Count(e => e.Action == AuditActions.ReviewConsumed));
    }

    [Fact]
    public async Task Of_32_who_ask_at_once_with_one_id_one_makes_the_review_and_all_get_it()
    {
        var made = 0;
        var results = await AtOnceAsync(32, async i =>
        {
            var (review, created) = await Agents.RequestAsync(Rosa, Request(payload: $"[{i}]"), Ct);
            Assert.Equal("act-1", review.NodeExecId);
            Interlocked.Add(ref made, created ? 1 : 0);
        });

        Assert.All(results, Assert.Null);
        Assert.Equal(1, made);
        Assert.Equal(1, (await TrailAsync()).Count(e => e.Action == AuditActions.ReviewRequested));
    }

    [Fact, Invariant(1)]
    public async Task Two_users_who_ask_at_once_with_one_id_have_one_review_each()
    {
        var results = await AtOnceAsync(16, i => Agents.RequestAsync(i % 2 == 0 ? Rosa : Ben, Request(graphExecId: $"run-{i % 2}"), Ct));

        Assert.All(results, Assert.Null);
        await using var db = Store.Db();
        Assert.Equal(["ben run-1", "rosa run-0"],
            (await db.Reviews.AsNoTracking().ToListAsync(Ct)).Select(r => $"{r.UserId} {r.GraphExecId}").Order(StringComparer.Ordinal));
    }

    [Fact, Invariant(3)]
    public async Task Of_overlapping_batches_at_once_each_counts_as_a_whole_or_not_at_all()
    {
        for (var i = 0; i < 12; i++)
            await AskAsync($"act-{i}");

        // Every batch shares a review with the next one, and odd ones reject what even ones approve.
        var results = await AtOnceAsync(11, i => DecideAsync(i % 2 == 0
            ? [Approve($"act-{i}", $"[{i}]"), Approve($"act-{i + 1}", $"[{i}]")]
            : [Reject($"act-{i}", $"{i}"), Reject($"act-{i + 1}", $"{i}")]));

        for (var i = 0; i < 11; i++)
        {
            var pair = new[] { await ReadAsync($"act-{i}"), await ReadAsync($"act-{i + 1}") };
            var wrote = pair.Count(r => r.Payload == $"[{i}]" || r.ReviewMessage == $"{i}");
            Assert.Equal(results[i] is null ? 2 : 0, wrote);
        }
        Assert.Contains(null, results);
    }

    [Fact, Invariant(7)]
    public async Task Of_a_stop_and_decisions_and_consumes_at_once_nothing_is_taken_up_after_the_stop()
    {
        for (var round = 0; round < 20; round++)
        {
            var (run, act) = ($"run-{round}", $"act-{round}");
            await AskAsync(act, run);
            var stopped = 0;
            var tookUp = 0;
            await AtOnceAsync(3, i => i switch
            {
                0 => DecideAsync(Approve(act)),
                1 => Stopping.StopAsync(Rosa, run, Ct).ContinueWith(_ => Volatile.Write(ref stopped, 1), TaskScheduler.Default),
                _ => TakeUpAsync(),
            });

            async Task TakeUpAsync()
            {
                var late = Volatile.Read(ref stopped) == 1;
                await Agents.ConsumeAsync(Rosa, act, Ct);
                tookUp = late ? 2 : 1;
            }
            Assert.NotEqual(2, tookUp);
            var review = await ReadAsync(act);
            Assert.True(review.Processed);
            Assert.Equal(tookUp == 1, review.DeliveredAt is not null);
            await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, act, Ct));
        }
    }
}
