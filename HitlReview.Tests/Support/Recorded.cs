namespace HitlReview.Tests.Support;

/// <summary>A growing list that can be waited on: no test sleeps.</summary>
public sealed class Recorded<T>
{
    /// <summary>How long anything is waited for before the test fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly Lock _lock = new();
    readonly List<T> _items = [];
    readonly List<(Func<List<T>, bool> Enough, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>What there is so far.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_lock)
                return [.. _items];
        }
    }

    /// <summary>Adds an item and wakes who waited for it.</summary>
    public void Add(T item)
    {
        lock (_lock)
        {
            _items.Add(item);
            _waiting.RemoveAll(w => w.Enough(_items) && w.Reached.TrySetResult());
        }
    }

    /// <summary>Waits for items; those that are there already count.</summary>
    /// <param name="wanted">Which ones.</param>
    /// <param name="count">How many at least.</param>
    /// <param name="what">What to say did not happen.</param>
    /// <returns>The wanted items.</returns>
    public async Task<IReadOnlyList<T>> WaitAsync(Func<T, bool> wanted, int count, string what)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            if (_items.Count(wanted) < count)
                _waiting.Add((items => items.Count(wanted) >= count, reached));
            else
                reached.SetResult();
        try
        {
            await reached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"Did not happen {count} time(s) within {Patience.TotalSeconds} s: {what}. There were {All.Count} in all: "
                + $"{string.Join("; ", All.TakeLast(20))}");
        }
        return [.. All.Where(wanted)];
    }
}
