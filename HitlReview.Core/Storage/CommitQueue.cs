using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Storage;

/// <summary>
/// The one writer of this process. Pieces of work that wait at the same time share one database transaction, so that the price of a
/// durable commit (<c>synchronous=FULL</c>) is paid once for all of them. One that fails takes back its own changes only. Nobody is
/// answered before the commit. Where several owners' work waits they take turns, and none keeps the others waiting for more than a few
/// pieces of its own.
/// </summary>
/// <remarks>Whoever finds the writer idle becomes it and runs on their own thread: a lone caller pays for no hand-over.</remarks>
public sealed partial class CommitQueue(Store store, IRecorder recorder, TimeProvider clock, ILogger<CommitQueue> log) : IAsyncDisposable
{
    const int MaxBatch = 128;
    const int MaxShare = 16;
    static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(250);

    // A server that restarts is back by then.
    static readonly TimeSpan LookFor = TimeSpan.FromSeconds(20);
    static readonly long GatherTicks = Stopwatch.Frequency / 10_000; // 0.1 ms

    readonly ConcurrentQueue<Work> _arrived = new();
    readonly OwnerTurns<Work> _waiting = new(MaxShare); // the writer's alone
    WriteConnection? _connection;
    string? _transaction; // as the database names it
    bool _isSent; // its commit, of which the answer has not come
    bool _isUnknown; // whether an earlier batch was committed
    int _writing;
    int _lastBatch;

    /// <summary>Runs the work in a transaction and returns once it is committed.</summary>
    /// <param name="work">
    /// Reads and writes through the transaction. It may be run more than once until it commits, so it must have no effect outside it, and
    /// it must not wait for anything but the database.
    /// </param>
    /// <param name="ct">Gives up while the work still waits for its turn; once started it is finished.</param>
    /// <param name="owner">Whose work it is: the user whose turn it takes. Null for what is nobody's; that has a turn of its own.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="RefusedException">The work refused; nothing of it was written.</exception>
    /// <exception cref="DbException">
    /// The database failed, or what leads to it. Nothing of it was written, unless the connection was lost in the middle of the commit and
    /// could not be had again for a while: then all listeners are told that they may have missed something.
    /// </exception>
    public async Task<T> WriteAsync<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct, string? owner = null)
    {
        var item = new Work<T>(work, ct) { Owner = owner ?? "" };
        _arrived.Enqueue(item);
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
        {
            // A scheduler other than the pool's (a grain, a circuit) must not have the work of others run on it, nor keep them waiting.
            if (TaskScheduler.Current == TaskScheduler.Default && SynchronizationContext.Current is null)
                await WriteOnceAsync();
            else
                await Task.Run(WriteOnceAsync, CancellationToken.None);
        }
        return await item.Result;
    }

    /// <summary>As <see cref="WriteAsync{T}"/>, for work without a result.</summary>
    public Task WriteAsync(Func<WriteTransaction, Task> work, CancellationToken ct, string? owner = null) =>
        WriteAsync(async tx =>
        {
            await work(tx);
            return true;
        }, ct, owner);

    bool HasWork => !_arrived.IsEmpty || _waiting.Count > 0;

    async Task WriteOnceAsync()
    {
        try
        {
            await WriteBatchAsync();
        }
        finally
        {
            Release();
        }
    }

    void Release()
    {
        // A full barrier: were the look at the queue below to come before this is seen, a caller who is just adding to it could find
        // the writer busy and this one the queue empty, and nobody would write.
        Interlocked.Exchange(ref _writing, 0);
        // What came in meanwhile found the writer busy: the pool goes on with it, and this caller with their own business.
        if (HasWork && Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
            _ = Task.Run(async () =>
            {
                try
                {
                    while (HasWork)
                    {
                        Gather();
                        await WriteBatchAsync();
                    }
                }
                finally
                {
                    Release();
                }
            });
    }

    /// <summary>
    /// Those who were answered together come back together: giving them a moment shorter than a commit lets one commit serve them all
    /// again.
    /// </summary>
    void Gather()
    {
        var until = Stopwatch.GetTimestamp() + GatherTicks;
        while (_waiting.Count + _arrived.Count < _lastBatch && Stopwatch.GetTimestamp() < until)
            Thread.Yield();
    }

    async Task WriteBatchAsync()
    {
        while (_arrived.TryDequeue(out var arrived))
            _waiting.Add(arrived.Owner, arrived);
        _waiting.BeginRound();
        var batch = new List<Work>();
        if (!TakeNext(batch))
            return;

        try
        {
            await CommitOnceAsync(batch);
        }
        catch (Exception e)
        {
            // What fails here is the database or what leads to it; what is wrong with a piece of work has failed that alone.
            var fault = e as DbException ?? new StoreUnavailableException(e);
            if (_isSent)
                BatchUnknown(log, batch.Count, e);
            else
                BatchFailed(log, batch.Count, e);
            var cantOpen = _connection is null;
            await DropConnectionAsync();
            foreach (var item in batch)
                item.Fail(fault);
            // Each of the others would only find out for itself, one after another.
            while (cantOpen && _waiting.TryTake(out var waiting))
                if (!waiting.GivenUp())
                    waiting.Fail(fault);
            if (_isSent)
                LookLater();
            return;
        }

        _lastBatch = batch.Count;
        foreach (var item in batch)
            if (item.Transaction is { } tx)
            {
                RunCommitted(() => recorder.Tell(tx.Records));
                foreach (var action in tx.Committed)
                    RunCommitted(action);
            }
        if (_isUnknown)
        {
            _isUnknown = false;
            RunCommitted(recorder.TellGap);
        }
        foreach (var item in batch)
            RunCommitted(item.Complete);
    }

    /// <summary>
    /// Of a commit that may have taken place nobody was told. All listeners are told of a gap as soon as the database can be read again,
    /// which the first batch that succeeds shows.
    /// </summary>
    void LookLater()
    {
        _isUnknown = true;
        _ = Task.Run(async () =>
        {
            while (Volatile.Read(ref _isUnknown))
                try
                {
                    await Task.Delay(LookAgainAfter, clock);
                    await WriteAsync(_ => Task.CompletedTask, CancellationToken.None);
                }
                catch (DbException)
                {
                    // The next time, then.
                }
        });
    }

    bool IsLost(Exception fault) => store.IsTransient(fault) || _connection is { IsOpen: false };

    /// <summary>Commits a batch, after a passing fault a second time, and never twice.</summary>
    async Task CommitOnceAsync(List<Work> batch)
    {
        for (var isFirst = true; ; isFirst = false)
            try
            {
                await CommitAsync(batch, isFirst);
                return;
            }
            catch (Exception e) when (IsLost(e))
            {
                RetryingBatch(log, batch.Count, e);
                await RecoverAsync();
                var isCommitted = _isSent && await WasCommittedAsync();
                _isSent = false;
                if (isCommitted)
                    return;
                if (!isFirst)
                    throw;
            }
    }

    /// <summary>Keeps the connection if it still is one: with it goes the lock of this process.</summary>
    async Task RecoverAsync()
    {
        try
        {
            if (_connection is { IsOpen: true } open)
            {
                await open.RollbackAsync();
                return;
            }
        }
        catch (Exception e)
        {
            ConnectionLost(log, e);
        }
        await DropConnectionAsync();
    }

    bool TakeNext(List<Work> batch)
    {
        while (batch.Count < MaxBatch && _waiting.TryTake(out var item))
            if (!item.GivenUp())
            {
                batch.Add(item);
                return true;
            }
        return false;
    }

    void RunCommitted(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            AfterCommitFailed(log, e);
        }
    }

    /// <remarks>Where this throws, the connection is of no more use: closing it takes back what was not committed.</remarks>
    async Task CommitAsync(List<Work> batch, bool isFirst)
    {
        // Before anything can fail: what an earlier batch was committing says nothing of this one.
        _isSent = false;
        _connection ??= await store.OpenWriterAsync(CancellationToken.None);
        await BeginAsync();
        var now = UtcMicroseconds.To(UtcMicroseconds.From(clock.GetUtcNow()));
        var began = clock.GetTimestamp();
        // Savepoints cost as much as the work itself, and most work succeeds: only a batch in which some fails is run again with them, and
        // goes on growing: where refusals are common, it would else end with each of them.
        if (!await RunAllAsync(batch, now, began, apart: false, takesMore: isFirst) && batch.Count > 1)
        {
            await _connection.RollbackAsync();
            await BeginAsync();
            await RunAllAsync(batch, now, began, apart: true, takesMore: isFirst);
        }
        if (batch.TrueForAll(item => item.Failure is not null))
        {
            await _connection.RollbackAsync();
            return;
        }
        var kept = batch.SelectMany(item => item.Transaction?.Kept ?? []).GroupBy(added => added.Number, added => added.Change);
        foreach (var added in kept)
            await added.Key.AddAsync(new(_connection, now), added.Sum(), added.Any(change => change > 0), CancellationToken.None);
        await recorder.AppendAsync(
            new(_connection, now), batch.SelectMany(item => item.Transaction?.Records ?? []), CancellationToken.None);
        _isSent = true;
        await _connection.CommitAsync(CancellationToken.None);
        _isSent = false;
    }

    /// <summary>
    /// Begins a transaction that has the database to itself. Two processes (the program and a verb of its command line) may write at once:
    /// what one of them reads must still hold when it commits, and the chain grows by one of them at a time.
    /// </summary>
    async Task BeginAsync()
    {
        await _connection!.BeginAsync(CancellationToken.None);
        // In a statement of its own and before any other, so that each of those sees what whoever had the lock has committed.
        if (store.WriterLockSql is { } writerLock)
        {
            (var session, _transaction) = await new WriteTransaction(_connection, default).FirstAsync(
                writerLock, r => (r.GetInt32(0), r.GetString(1)), CancellationToken.None);
            store.RequireLocked(session);
        }
    }

    /// <summary>
    /// A connection that was lost during a commit leaves open whether it took place. The database tells once it is there again.
    /// </summary>
    async Task<bool> WasCommittedAsync()
    {
        var lost = _transaction;
        for (var began = clock.GetTimestamp(); ;)
            try
            {
                _connection ??= await store.OpenWriterAsync(CancellationToken.None);
                // The lost transaction, if it hasn't ended yet, holds the lock until it has.
                await BeginAsync();
                var was = await new WriteTransaction(_connection, default).FirstAsync(
                    store.WasCommittedSql, r => r.GetBoolean(0), CancellationToken.None, ("transaction", lost));
                await _connection.RollbackAsync();
                return was;
            }
            catch (Exception e) when (IsLost(e) && clock.GetElapsedTime(began) < LookFor)
            {
                await DropConnectionAsync();
                await Task.Delay(LookAgainAfter, clock);
            }
    }

    /// <param name="batch">
    /// The work. Where it takes more it grows, as long as it is short: heavy work of some must not keep the others waiting for their
    /// answer.
    /// </param>
    /// <param name="now">The time that all of it sees.</param>
    /// <param name="began">When the first of it was begun, also if it is run again.</param>
    /// <param name="apart">Whether each gets a savepoint.</param>
    /// <param name="takesMore">Whether to take in what else waits.</param>
    /// <returns>False if not apart and one failed; the rest of the batch has not run then.</returns>
    async Task<bool> RunAllAsync(List<Work> batch, DateTimeOffset now, long began, bool apart, bool takesMore)
    {
        for (var i = 0; i < batch.Count || (takesMore && clock.GetElapsedTime(began) < BatchTime && TakeNext(batch)); i++)
        {
            var item = batch[i];
            var tx = new WriteTransaction(_connection!, now);
            if (apart)
                await tx.ExecuteAsync("SAVEPOINT work", CancellationToken.None);
            try
            {
                await item.RunAsync(tx);
                item.Transaction = tx;
                item.Failure = null;
            }
            catch (Exception e) when (!IsLost(e))
            {
                // EF Core's wrapping says nothing that its cause doesn't.
                item.Failure = e is DbUpdateException { InnerException: { } cause } ? cause : e;
                item.Transaction = null;
                _connection!.ForgetTracked();
                if (!apart)
                    return false;
                await tx.ExecuteAsync("ROLLBACK TO SAVEPOINT work", CancellationToken.None);
            }
            if (apart)
                await tx.ExecuteAsync("RELEASE SAVEPOINT work", CancellationToken.None);
        }
        return true;
    }

    async Task DropConnectionAsync()
    {
        if (_connection is not { } broken)
            return;
        _connection = null;
        try
        {
            await broken.DisposeAsync();
        }
        catch (Exception e)
        {
            ConnectionLost(log, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DropConnectionAsync();

    abstract class Work
    {
        public required string Owner { get; init; }

        public WriteTransaction? Transaction { get; set; }

        public Exception? Failure { get; set; }

        public abstract bool GivenUp();

        public abstract Task RunAsync(WriteTransaction tx);

        public abstract void Complete();

        public abstract void Fail(Exception e);
    }

    sealed class Work<T>(Func<WriteTransaction, Task<T>> work, CancellationToken ct) : Work
    {
        readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T? _result;

        public Task<T> Result => _done.Task;

        public override bool GivenUp() => ct.IsCancellationRequested && _done.TrySetCanceled(ct);

        public override async Task RunAsync(WriteTransaction tx) => _result = await work(tx);

        public override void Complete()
        {
            if (Failure is not null)
                _done.SetException(Failure);
            else
                _done.SetResult(_result!);
        }

        public override void Fail(Exception e) => _done.SetException(e);
    }
}
