using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>The turns that this process answers now.</summary>
public sealed class LiveTurns
{
    readonly ConcurrentDictionary<string, LiveTurn> _turns = new(StringComparer.Ordinal);
    TaskCompletionSource _opened = LiveTurn.New();

    /// <summary>The turn of a chat that runs now; null if none does. Whoever gives it away must have asked whose chat it is.</summary>
    public LiveTurn? Find(string sessionId) => _turns.GetValueOrDefault(sessionId);

    /// <summary>Begins to show a turn, in the place of the one before it in its chat.</summary>
    internal LiveTurn Open(CopilotTurn turn)
    {
        var live = _turns[turn.SessionId] = new(turn.Id, turn.SessionId, this);
        Interlocked.Exchange(ref _opened, LiveTurn.New()).TrySetResult();
        return live;
    }

    /// <summary>A turn that has begun in the database and is about to be shown. Whose chat it is must have been asked.</summary>
    /// <param name="sessionId">The chat.</param>
    /// <param name="turnId">The turn.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null if it isn't shown in that time: it has ended by now.</returns>
    public async Task<LiveTurn?> WaitAsync(string sessionId, string turnId, TimeSpan patience, CancellationToken ct)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct);
        any.CancelAfter(patience);
        while (true)
        {
            var opened = Volatile.Read(ref _opened).Task;
            if (Find(sessionId) is { } turn && turn.TurnId == turnId)
                return turn;
            try
            {
                await opened.WaitAsync(any.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    internal void Close(LiveTurn turn) => _turns.TryRemove(KeyValuePair.Create(turn.SessionId, turn));
}

/// <summary>
/// A turn while it runs, for all who look on: each reads its events from the first, at their own pace. They are told nothing that isn't
/// committed, so that what somebody has seen is still there after a crash.
/// </summary>
public sealed class LiveTurn : IDisposable
{
    readonly Lock _lock = new();
    readonly LiveTurns _turns;
    readonly List<TurnEvent> _events = [];
    readonly CancellationTokenSource _stop = new();
    TaskCompletionSource _more = New();
    bool _ended;

    internal LiveTurn(string turnId, string sessionId, LiveTurns turns) => (TurnId, SessionId, _turns) = (turnId, sessionId, turns);

    /// <summary>The turn.</summary>
    public string TurnId { get; }

    /// <summary>Its chat.</summary>
    public string SessionId { get; }

    /// <summary>Cancelled once the turn is stopped.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>Its events from the first on, and those to come, until it has ended.</summary>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>What is there, in portions, each as large as the reader was slow.</returns>
    public async IAsyncEnumerable<IReadOnlyList<TurnEvent>> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var read = 0;
        while (true)
        {
            TurnEvent[] fresh;
            Task more;
            bool ended;
            lock (_lock)
            {
                fresh = [.. _events.Skip(read)];
                (more, ended) = (_more.Task, _ended);
            }
            read += fresh.Length;
            if (fresh.Length > 0)
                yield return fresh;
            if (ended)
                yield break;
            await more.WaitAsync(ct);
        }
    }

    internal void Add(IReadOnlyList<TurnEvent> events)
    {
        lock (_lock)
        {
            _events.AddRange(events);
            Wake();
        }
    }

    /// <summary>Asks whoever answers it to stop. Returns at once and never throws.</summary>
    internal void Cancel()
    {
        lock (_lock)
            if (!_ended)
                _ = _stop.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turns.Close(this);
        lock (_lock)
        {
            _ended = true;
            Wake();
        }
        _stop.Dispose();
    }

    void Wake()
    {
        _more.TrySetResult();
        _more = New();
    }

    internal static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
