using HitlReview.Core.Events;

namespace HitlReview.Tests.Support;

/// <summary>Keeps what the core reports, so that a test can look at it or wait for it.</summary>
public sealed class ChangeRecorder : IAsyncDisposable
{
    readonly ChangeFeeds _events;
    readonly ChangeFeeds.Feed _feed;
    readonly Recorded<Change> _changes = new();
    readonly Task _pump;

    /// <summary>Starts listening.</summary>
    public ChangeRecorder(ChangeFeeds events)
    {
        _events = events;
        _feed = events.OpenAll();
        _pump = PumpAsync();
    }

    /// <summary>What was reported so far, in order.</summary>
    public IReadOnlyList<Change> All => _changes.All;

    /// <summary>Waits for changes of a kind, and gives the last.</summary>
    /// <param name="which">Which of them; all, if not given.</param>
    /// <param name="times">How many of them at least.</param>
    public async Task<T> WaitForAsync<T>(Func<T, bool>? which = null, int times = 1) where T : Change =>
        (T)(await _changes.WaitAsync(change => change is T wanted && (which is null || which(wanted)), times, typeof(T).Name))[^1];

    /// <summary>Waits until a condition holds. It is looked at now and after every change.</summary>
    /// <param name="condition">Reads from the database, say.</param>
    /// <param name="what">What to say did not happen.</param>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Recorded<Change>.Patience);
        using var feed = _events.OpenAll();
        await using var changes = feed.ReadAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        try
        {
            while (!await condition())
                await changes.MoveNextAsync();
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Did not happen within {Recorded<Change>.Patience.TotalSeconds} s: {what}. The last changes: "
                + $"{string.Join("; ", All.TakeLast(20))}");
        }
    }

    async Task PumpAsync()
    {
        await foreach (var change in _feed.ReadAsync(CancellationToken.None))
            _changes.Add(change);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        await _pump;
    }
}
