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

    /// <summary>True if the user has as many as may be, or so many times as many.</summary>
    public bool IsFull(string userId, int times = 1) => Count(userId) >= most * times;

    /// <summary>Takes a place, if there is one.</summary>
    /// <returns>Disposing it gives the place back; null where there is none.</returns>
    public IDisposable? TryTake(string userId)
    {
        lock (_lock)
            return _open.GetValueOrDefault(userId) < most ? Add(userId) : null;
    }

    /// <summary>Takes a place, also where there is none: for what is there already and can only be counted.</summary>
    public IDisposable Take(string userId)
    {
        lock (_lock)
            return Add(userId);
    }

    Place Add(string userId)
    {
        _open[userId] = _open.GetValueOrDefault(userId) + 1;
        return new(this, userId);
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
