using Microsoft.Extensions.Caching.Memory;

namespace HitlReview.Core.Accounts;

/// <summary>
/// Counts the wrong passwords of those who are known in some way: a browser in which somebody has signed in before, or the form that
/// changes one's own password. Who is known can't be shut out by strangers, whom the account itself counts, and doesn't guess freely
/// either.
/// </summary>
/// <remarks>In memory: a restart forgets, and nobody from outside brings one about.</remarks>
public sealed class WrongPasswords(TimeProvider clock) : IDisposable
{
    // More than there are people and browsers: strangers aren't counted here.
    const int MaxKept = 100_000;
    readonly MemoryCache _counts = Caches.Make(clock, MaxKept);
    readonly Lock _lock = new();

    /// <summary>Takes a try into account.</summary>
    /// <param name="who">Whose.</param>
    /// <param name="right">True if the password was right.</param>
    /// <param name="max">How many wrong ones in a row shut them out.</param>
    /// <param name="time">For how long.</param>
    /// <returns>True if the try counts; false while they are shut out, right or not.</returns>
    public bool Take(string who, bool right, int max, TimeSpan time)
    {
        lock (_lock)
        {
            var count = _counts.Get<int>(who);
            if (count >= max)
                return false;
            if (right)
                _counts.Remove(who);
            else
                _counts.Keep(who, count + 1, clock.GetUtcNow() + time);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _counts.Dispose();
}
