using System.Data.Common;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Storage;

public sealed class CommitQueueOnSqlite() : CommitQueueSpec(new SqliteStore());

public sealed class CommitQueueOnPostgres() : CommitQueueSpec(new PostgresStore());

public abstract class CommitQueueSpec(TestStore store) : StoreSpec(store)
{
    const string Insert = "INSERT INTO stopped_executions (user_id, graph_exec_id, stopped_at) VALUES (@user, @exec, @at)";

    static Task<int> InsertAsync(WriteTransaction tx, string id) =>
        tx.ExecuteAsync(Insert, Ct, ("user", Cast.Rosa.Id), ("exec", id), ("at", tx.Now));

    async Task<List<string>> IdsAsync()
    {
        await using var db = Store.Db();
        return await db.StoppedExecutions.Select(s => s.GraphExecId).Order().ToListAsync(Ct);
    }

    [Fact]
    public async Task What_was_written_is_read_by_others_when_the_write_returns()
    {
        var missing = 0;
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Ct }, async (i, ct) =>
        {
            var id = $"exec-{i}";
            await Queue.WriteAsync(tx => InsertAsync(tx, id), ct);
            await using var db = Store.Db();
            if (!await db.StoppedExecutions.AnyAsync(s => s.GraphExecId == id, ct))
                Interlocked.Increment(ref missing);
        });
        Assert.Equal(0, missing);
        Assert.Equal(300, (await IdsAsync()).Count);
    }

    [Fact]
    public async Task Work_that_waits_together_is_committed_together()
    {
        var held = new HeldWriter(Queue);
        var times = Enumerable.Range(0, 50).Select(i => Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, $"exec-{i}");
            Store.Clock.Advance(TimeSpan.FromMicroseconds(1)); // A transaction of its own would see a later time.
            return tx.Now;
        }, Ct)).ToList();
        Assert.DoesNotContain(times, t => t.IsCompleted);
        await held.ReleaseAsync();

        Assert.Single((await Task.WhenAll(times)).Distinct());
        Assert.Equal(50, (await IdsAsync()).Count);
    }

    /// <summary>Writes that tell in which transaction, by its time, and as the how manyth they ran.</summary>
    Func<string, Task<(string Owner, DateTimeOffset At, int Place)>> Telling(TimeSpan takes)
    {
        var place = 0;
        return owner => Queue.WriteAsync(tx =>
        {
            Store.Clock.Advance(takes);
            return Task.FromResult((owner, tx.Now, place++));
        }, Ct, owner);
    }

    [Fact]
    public async Task Owners_take_turns_however_much_one_of_them_has_waiting()
    {
        var write = Telling(TimeSpan.FromMicroseconds(1));
        var held = new HeldWriter(Queue);
        var flood = Enumerable.Range(0, 100).Select(_ => write("rosa")).ToList();
        var ben = new[] { write("ben"), write("ben") };
        var nobodys = Queue.WriteAsync(tx => Task.FromResult(tx.Now), Ct);
        await held.ReleaseAsync();

        var rosas = await Task.WhenAll(flood);
        var bens = await Task.WhenAll(ben);
        Assert.Equal(rosas.Select(r => r.Place).Order(), rosas.Select(r => r.Place)); // one's own work keeps its order
        Assert.Equal([1, 3], bens.Select(b => b.Place));
        // All are answered by the first commit, which takes only so much of the flood.
        Assert.Equal(rosas[0].At, Assert.Single(bens.Select(b => b.At).Append(await nobodys).Distinct()));
        Assert.Equal(16, rosas.Count(r => r.At == rosas[0].At));
        Assert.Equal(2, rosas.Select(r => r.At).Distinct().Count());
    }

    [Fact]
    public async Task A_batch_of_heavy_work_ends_early_and_who_came_meanwhile_is_next()
    {
        var write = Telling(TimeSpan.FromMilliseconds(20));
        var held = new HeldWriter(Queue);
        Task<(string, DateTimeOffset At, int)>? ben = null;
        var first = Queue.WriteAsync(tx =>
        {
            ben = write("ben");
            return Task.FromResult(tx.Now);
        }, Ct, "rosa");
        var flood = Enumerable.Range(0, 20).Select(_ => write("rosa")).ToList();
        await held.ReleaseAsync();

        var rosas = await Task.WhenAll(flood);
        Assert.Equal([3, 2, 3], rosas.Select(r => r.At).GroupBy(at => at).Take(3).Select(batch => batch.Count()));
        Assert.Equal(await first, rosas[0].At);
        Assert.Equal((await ben!).At, rosas[3].At);
    }

    [Fact]
    public async Task Nothing_of_a_batch_is_seen_or_answered_before_its_commit()
    {
        var held = new HeldWriter(Queue);
        var first = Queue.WriteAsync(tx => InsertAsync(tx, "first"), Ct);
        var (inLast, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var last = Queue.WriteAsync(async tx =>
        {
            inLast.SetResult();
            await goOn.Task;
            return await InsertAsync(tx, "last");
        }, Ct);
        await held.ReleaseAsync();

        await inLast.Task.WaitAsync(Ct);
        Assert.False(first.IsCompleted);
        Assert.Empty(await IdsAsync());
        goOn.SetResult();
        await Task.WhenAll(first, last);
        Assert.Equal(["first", "last"], await IdsAsync());
    }

    [Fact, Invariant(3)]
    public async Task Work_that_fails_takes_back_its_own_changes_only()
    {
        var held = new HeldWriter(Queue);
        var before = Queue.WriteAsync(tx => InsertAsync(tx, "before"), Ct);
        var failing = Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "failing-1");
            await InsertAsync(tx, "failing-2");
            tx.Record(new(AuditActions.GraphStored, Cast.Rosa.Id, Surface.Rest) { Detail = "failing" });
            tx.Tell(new AutoApprovalsChanged("failing"));
            throw new InvalidTimeZoneException("on purpose");
        }, Ct);
        var breaking = Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "breaking");
            await InsertAsync(tx, "breaking");
        }, Ct);
        var after = Queue.WriteAsync(tx => InsertAsync(tx, "after"), Ct);
        using var feed = Store.Events.OpenAll();
        await held.ReleaseAsync();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => failing);
        await Assert.ThrowsAnyAsync<DbException>(() => breaking);
        await Task.WhenAll(before, after);
        Assert.Equal(["after", "before"], await IdsAsync());
        await using var db = Store.Db();
        Assert.Empty(await db.AuditEvents.ToListAsync(Ct));
        await Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "end");
            tx.Tell(new AutoApprovalsChanged("end"));
        }, Ct);
        Assert.Equal("end", (await feed.ReadAsync(Ct).FirstAsync(Ct)).UserId);
    }

    [Fact]
    public async Task What_failing_work_left_in_the_context_does_not_reach_the_next_one()
    {
        var held = new HeldWriter(Queue);
        var failing = Queue.WriteAsync(tx =>
        {
            tx.Db.StoppedExecutions.Add(new() { UserId = Cast.Rosa.Id, GraphExecId = "failing", StoppedAt = tx.Now });
            throw new InvalidTimeZoneException("on purpose");
        }, Ct);
        var next = Queue.WriteAsync(async tx =>
        {
            tx.Db.StoppedExecutions.Add(new() { UserId = Cast.Rosa.Id, GraphExecId = "next", StoppedAt = tx.Now });
            await tx.Db.SaveChangesAsync(Ct);
        }, Ct);
        await held.ReleaseAsync();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => failing);
        await next;
        Assert.Equal(["next"], await IdsAsync());
    }

    [Fact]
    public async Task Each_caller_gets_their_own_result_or_refusal()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                return await Task.Run(() => Queue.WriteAsync(async tx =>
                {
                    await InsertAsync(tx, $"exec-{i}");
                    return i % 3 == 0 ? throw new RefusedException(Refusal.Conflict, $"refused {i}") : i;
                }, Ct));
            }
            catch (RefusedException e)
            {
                Assert.Equal($"refused {i}", e.Message);
                return -1;
            }
        }));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? -1 : i), answers);
        Assert.Equal(answers.Count(a => a >= 0), (await IdsAsync()).Count);
    }

    /// <summary>64 writes of which every second is refused.</summary>
    /// <returns>The times of the transactions of the others.</returns>
    async Task<IReadOnlyList<DateTimeOffset>> WriteHalfRefusedAsync(TimeSpan takes)
    {
        var held = new HeldWriter(Queue);
        var writes = Enumerable.Range(0, 64).Select(i => Queue.WriteAsync(async tx =>
        {
            Store.Clock.Advance(takes);
            await InsertAsync(tx, $"exec-{i:00}");
            return i % 2 == 0 ? tx.Now : throw new RefusedException(Refusal.Conflict, "no");
        }, Ct)).ToList();
        await held.ReleaseAsync();
        foreach (var refused in writes.Where((_, i) => i % 2 == 1))
            await Assert.ThrowsAsync<RefusedException>(() => refused);
        var times = await Task.WhenAll(writes.Where((_, i) => i % 2 == 0));
        Assert.Equal(Enumerable.Range(0, 32).Select(i => $"exec-{2 * i:00}"), await IdsAsync());
        return times;
    }

    [Fact]
    public async Task Refused_work_does_not_end_the_batch_for_those_behind_it() =>
        Assert.Single((await WriteHalfRefusedAsync(TimeSpan.FromMicroseconds(1))).Distinct());

    [Fact]
    public async Task A_batch_that_is_run_again_has_no_more_time_for_it()
    {
        var times = await WriteHalfRefusedAsync(TimeSpan.FromMilliseconds(20));
        Assert.All(times.Skip(1).GroupBy(at => at), batch => Assert.Single(batch));
    }

    [Fact]
    public async Task A_refusal_of_a_lone_caller_writes_nothing_and_leaves_the_writer_usable()
    {
        await Assert.ThrowsAsync<RefusedException>(() => Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "refused");
            throw new RefusedException(Refusal.Invalid, "no");
        }, Ct));
        await Assert.ThrowsAnyAsync<DbException>(() => Queue.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO nowhere VALUES (1)", Ct), Ct));
        await Queue.WriteAsync(tx => InsertAsync(tx, "next"), Ct);
        Assert.Equal(["next"], await IdsAsync());
    }

    [Fact]
    public async Task Work_given_up_while_it_waits_is_never_run()
    {
        var held = new HeldWriter(Queue);
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ran = false;
        var waiting = Queue.WriteAsync(async tx =>
        {
            ran = true;
            await InsertAsync(tx, "given up");
        }, givenUp.Token);
        var other = Queue.WriteAsync(tx => InsertAsync(tx, "other"), Ct);
        await givenUp.CancelAsync();
        await held.ReleaseAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await other;
        Assert.False(ran);
        Assert.Equal(["other"], await IdsAsync());
    }

    [Fact]
    public async Task Work_given_up_after_it_started_is_finished()
    {
        using var givenUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Queue.WriteAsync(async tx =>
        {
            await givenUp.CancelAsync();
            await InsertAsync(tx, "started");
        }, givenUp.Token);
        Assert.Equal(["started"], await IdsAsync());
    }

    [Fact]
    public async Task Writing_from_a_single_threaded_scheduler_does_not_hang_it_or_run_on_it()
    {
        // As a grain does: its scheduler runs one thing at a time and must not be kept busy with the work of others.
        var grain = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var others = Enumerable.Range(0, 20).Select(i => Queue.WriteAsync(tx => InsertAsync(tx, $"other-{i}"), Ct)).ToList();
        var ranOnGrain = await Task.Factory.StartNew(
            async () =>
            {
                var onGrain = await Queue.WriteAsync(async tx =>
                {
                    await InsertAsync(tx, "grain");
                    return TaskScheduler.Current == grain;
                }, Ct);
                Assert.Same(grain, TaskScheduler.Current); // and afterwards it is back where it was
                return onGrain;
            }, Ct, TaskCreationOptions.None, grain).Unwrap();
        Assert.False(ranOnGrain);
        await Task.WhenAll(others);
        Assert.Equal(21, (await IdsAsync()).Count);
    }

    [Fact]
    public async Task Writing_under_a_synchronization_context_does_not_run_on_it()
    {
        // As a circuit does. This one never runs what is posted to it, so that anything that needs it would hang.
        Task write;
        SynchronizationContext.SetSynchronizationContext(new DeafContext());
        try
        {
            write = Queue.WriteAsync(tx => InsertAsync(tx, "circuit"), Ct);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
        var held = new HeldWriter(Queue); // behind it in the queue
        await held.ReleaseAsync();
        Assert.Equal(["circuit"], await IdsAsync());
    }

    [Fact]
    public async Task Listeners_hear_of_changes_in_commit_order_and_only_after_the_commit()
    {
        using var feed = Store.Events.OpenAll();
        var held = new HeldWriter(Queue);
        var writes = Enumerable.Range(0, 30).Select(i => Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, $"{i}");
            tx.Tell(new AutoApprovalsChanged($"{i}"));
        }, Ct)).ToList();
        await held.ReleaseAsync();

        var next = 0;
        await foreach (var change in feed.ReadAsync(Ct).Take(30))
        {
            Assert.Equal($"{next++}", change.UserId);
            Assert.Equal(30, (await IdsAsync()).Count);
        }
        await Task.WhenAll(writes);
    }

    [Fact]
    public async Task What_follows_a_commit_can_fail_without_failing_the_change()
    {
        var followed = false;
        await Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "committed");
            tx.AfterCommit(() => throw new InvalidTimeZoneException("on purpose"));
            tx.AfterCommit(() => followed = true);
        }, Ct);
        Assert.True(followed);
        Assert.Equal(["committed"], await IdsAsync());
        Assert.Single(Store.Log.Entries, e => e.Event == "AfterCommitFailed");
    }

    [Fact]
    public async Task A_write_inside_what_follows_a_commit_is_not_lost()
    {
        var followUp = new TaskCompletionSource<Task>();
        await Queue.WriteAsync(async tx =>
        {
            await InsertAsync(tx, "first");
            tx.AfterCommit(() => followUp.SetResult(Queue.WriteAsync(next => InsertAsync(next, "follow-up"), Ct)));
        }, Ct);
        await (await followUp.Task);
        Assert.Equal(["first", "follow-up"], await IdsAsync());
    }

    [Fact]
    public async Task A_write_carries_the_clocks_time_to_the_microsecond()
    {
        Store.Clock.Advance(TimeSpan.FromTicks(12_345_678_9));
        await Queue.WriteAsync(tx => InsertAsync(tx, "timed"), Ct);
        await using var db = Store.Db();
        Assert.Equal(TestStore.Start.AddTicks(12_345_678_0), (await db.StoppedExecutions.SingleAsync(Ct)).StoppedAt);
    }

    [Fact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        await Queue.WriteAsync(tx => InsertAsync(tx, "before"), Ct);
        await Store.RestartAsync();
        await Queue.WriteAsync(tx => InsertAsync(tx, "after"), Ct);
        Assert.Equal(["after", "before"], await IdsAsync());
    }

    [Fact]
    public async Task No_write_is_forgotten_when_the_writer_goes_idle()
    {
        // Two callers that keep meeting just when the writer stops. They write nothing, so that they meet often.
        var callers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 3_000; i++)
                await Queue.WriteAsync(_ => Task.CompletedTask, Ct);
        }, Ct));
        await Task.WhenAll(callers).WaitAsync(Recorded<int>.Patience, Ct);
    }

    sealed class DeafContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
