namespace HitlReview.Core.Accounts;

/// <summary>
/// Counts the wrong passwords of those who are known in some way: a browser in which somebody has signed in before, or the form that
/// changes one's own password. Who is known can't be shut out by strangers, whom the account itself counts, and doesn't guess freely
/// either.
/// </summary>
/// <remarks>In memory: a restart forgets, and nobody from outside brings one about.</remarks>
public sealed class WrongPasswords(TimeProvider clock)
{
    const int MaxKept = 10_000;
    readonly Dictionary<string, (int Count, DateTimeOffset Until)> _counts = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>Takes a try into account.</summary>
    /// <param name="who">Whose.</param>
    /// <param name="right">True if the password was right.</param>
    /// <param name="max">How many wrong ones in a row shut them out.</param>
    /// <param name="time">For how long.</param>
    /// <returns>True if the try counts; false while they are shut out, right or not.</returns>
    public bool Take(string who, bool right, int max, TimeSpan time)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var (count, until) = _counts.GetValueOrDefault(who);
            if (until <= now)
                count = 0;
            if (count >= max)
                return false;
            if (right)
                _counts.Remove(who);
            else
            {
                if (_counts.Count >= MaxKept)
                    foreach (var old in _counts.Where(c => c.Value.Until <= now).Select(c => c.Key).ToList())
                        _counts.Remove(old);
                _counts[who] = (count + 1, now + time);
            }
            return true;
        }
    }
}
