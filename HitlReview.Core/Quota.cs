namespace HitlReview.Core;

/// <summary>Counts what each user has open at a time.</summary>
/// <param name="most">How much that may be.</param>
public sealed class Quota(int most)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>How many the user has open.</summary>
    public int Count(string userId)
    {
        lock (_lock)
            return _open.GetValueOrDefault(userId);
    }

    /// <summary>How many all users have open.</summary>
    public int Total
    {
        get
        {
            lock (_lock)
                return _open.Values.Sum();
        }
    }

    /// <summary>True if the user has as many as may be, or so many times as many.</summary>
    public bool IsFull(string userId, int times = 1) => Count(userId) >= most * times;

    /// <summary>Takes a place, if there is one among as many as may be, or so many times as many.</summary>
    /// <returns>Disposing it gives the place back; null where there is none.</returns>
    public IDisposable? TryTake(string userId, int times = 1)
    {
        lock (_lock)
        {
            if (_open.GetValueOrDefault(userId) is var open && open >= most * times)
                return null;
            _open[userId] = open + 1;
            return new Place(this, userId);
        }
    }

    void GiveBack(string userId)
    {
        lock (_lock)
            if (--_open[userId] == 0)
                _open.Remove(userId);
    }

    sealed class Place(Quota quota, string userId) : IDisposable
    {
        int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                quota.GiveBack(userId);
        }
    }
}
