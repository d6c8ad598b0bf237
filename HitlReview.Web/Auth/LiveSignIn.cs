using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Auth;

/// <summary>
/// A sign-in or key behind something that outlives a look at it: an open page, a connection, a call that waits. Disposing it is no longer
/// following it.
/// </summary>
public sealed class LiveSignIn : IDisposable
{
    readonly LiveSignIns _signIns;
    readonly CancellationTokenSource _ended = new();
    int _doubts, _cleared;

    internal LiveSignIn(LiveSignIns signIns, Caller caller, DateTimeOffset due)
    {
        (_signIns, Caller, Due) = (signIns, caller, due);
        Ended = _ended.Token;
    }

    /// <summary>Cancelled when it no longer stands; <see cref="Why"/> is set then.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why it no longer stands; null while it does.</summary>
    public SignInEnd? Why { get; private set; }

    internal Caller Caller { get; }

    /// <summary>When it must be looked at again if nothing happens before.</summary>
    internal DateTimeOffset Due { get; private set; }

    internal bool IsDoubted => Volatile.Read(ref _doubts) != Volatile.Read(ref _cleared);

    /// <summary>
    /// True while it stands, by all that this process has written until now: looked at anew if anything of it may have changed.
    /// </summary>
    public async ValueTask<bool> StandsAsync(CancellationToken ct)
    {
        if (IsDoubted && !Ended.IsCancellationRequested)
            await _signIns.LookAsync([this], ct);
        return !Ended.IsCancellationRequested;
    }

    /// <summary>Something has happened that may have ended it.</summary>
    internal void Doubt() => Interlocked.Increment(ref _doubts);

    /// <summary>The doubts that a look which begins now clears.</summary>
    internal int Doubts => Volatile.Read(ref _doubts);

    internal void Stands(int doubts, DateTimeOffset until)
    {
        Volatile.Write(ref _cleared, doubts);
        Due = until;
    }

    internal void End(SignInEnd why)
    {
        lock (_ended)
        {
            if (Ended.IsCancellationRequested)
                return;
            Why = why;
            // Whoever must act on it does so on threads of their own.
            _ = _ended.CancelAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signIns.Forget(this);
        // Not the source: it holds nothing, and its token may still be asked.
        GC.SuppressFinalize(this);
    }
}
