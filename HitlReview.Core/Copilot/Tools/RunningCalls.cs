namespace HitlReview.Core.Copilot.Tools;

/// <summary>
/// What runs in chats right now, so that a stop can ask it to cancel. Nothing else depends on it: the database decides what may start.
/// </summary>
public sealed class RunningCalls : IDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _shutdown = new();
    readonly Dictionary<string, List<Call>> _running = new(StringComparer.Ordinal);

    /// <summary>Cancelled once the process has waited long enough for what runs.</summary>
    internal CancellationToken Shutdown { get; }

    /// <summary>Nothing runs yet.</summary>
    // Kept, because the source gives none away once it is disposed of, and a call may just have made its claim.
    public RunningCalls() => Shutdown = _shutdown.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _shutdown.Cancel();
        _shutdown.Dispose();
    }

    /// <summary>
    /// Announces a tool call. It must do so before it claims anything: a stop that comes after the claim then finds it here.
    /// </summary>
    /// <param name="graphExecId">The synthetic execution of its chat.</param>
    public Call Open(string graphExecId)
    {
        var call = new Call(this, graphExecId);
        lock (_lock)
        {
            if (!_running.TryGetValue(graphExecId, out var calls))
                _running[graphExecId] = calls = [];
            calls.Add(call);
        }
        return call;
    }

    /// <summary>Asks what runs in a chat to cancel. Returns at once and never throws.</summary>
    /// <param name="graphExecId">The synthetic execution of the chat.</param>
    public void Cancel(string graphExecId)
    {
        lock (_lock)
            foreach (var call in _running.GetValueOrDefault(graphExecId) ?? [])
                call.Cancel();
    }

    void Close(Call call)
    {
        lock (_lock)
            if (_running.TryGetValue(call.GraphExecId, out var calls) && calls.Remove(call) && calls.Count == 0)
                _running.Remove(call.GraphExecId);
    }

    /// <summary>One running tool call; disposed when it has ended.</summary>
    public sealed class Call : IDisposable
    {
        readonly RunningCalls _calls;
        readonly CancellationTokenSource _stop = new();

        internal Call(RunningCalls calls, string graphExecId) => (_calls, GraphExecId) = (calls, graphExecId);

        internal string GraphExecId { get; }

        /// <summary>Cancelled once the chat is stopped.</summary>
        public CancellationToken Stop => _stop.Token;

        // The callbacks run elsewhere: whoever stops must not wait for, or fail because of, what is stopped.
        internal void Cancel() => _ = _stop.CancelAsync();

        /// <inheritdoc/>
        public void Dispose()
        {
            _calls.Close(this);
            _stop.Dispose();
        }
    }
}
