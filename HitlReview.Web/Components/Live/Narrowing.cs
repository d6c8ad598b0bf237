namespace HitlReview.Web.Components.Live;

/// <summary>What a list is narrowed to: what its address says, and what was chosen or typed since and isn't there yet.</summary>
/// <remarks>
/// The address is the browser's, and half a trip away: what is asked of it may meet a link that was pressed meanwhile, and would put back
/// what that had changed. So each choice builds upon the last one, and what overtook another is asked for again.
/// </remarks>
/// <typeparam name="T">What the address says.</typeparam>
/// <param name="clock">Tells the time.</param>
/// <param name="now">What the address says now.</param>
/// <param name="typedIn">The first, with what is typed as in the second.</param>
/// <param name="go">Asks the browser for an address; the flag is true where it takes the place of the one before in its history.</param>
public sealed class Narrowing<T>(TimeProvider clock, T now, Func<T, T, T> typedIn, Action<T, bool> go)
    where T : IEquatable<T>
{
    readonly TypingPause _pause = new(clock);
    readonly List<T> _asked = []; // and not there yet, in their order
    readonly List<T> _typed = []; // while the address isn't what it is to be: what links may have been drawn with

    T _there = now;

    /// <summary>What it is to be, with each letter that was typed: links and the next choice build upon this.</summary>
    public T Wanted { get; private set; } = now;

    /// <summary>What was last asked of the address, at once as the next may come before the browser has said that it is there.</summary>
    public T Asked => _asked is [.., var last] ? last : _there;

    /// <summary>
    /// What the fields are given. Not what is typed in them: their text is the browser's, and must not be overwritten by what was typed
    /// before.
    /// </summary>
    public T Given { get; private set; } = now;

    /// <summary>
    /// Another number where the fields must be drawn anew: what is typed in them is not what <see cref="Given"/> says, which may be what it
    /// said before.
    /// </summary>
    public int Turn { get; private set; }

    /// <summary>True while somebody types, or the address isn't yet what it is to be.</summary>
    public bool IsBehind => _pause.IsTyping || _asked.Count > 0;

    /// <summary>The address says this by now.</summary>
    public void Arrived(T there)
    {
        var place = _asked.IndexOf(there);
        if (place >= 0)
            _asked.RemoveRange(0, place + 1);
        else if (there.Equals(_there))
            return;
        else if (IsBehind && _typed.Append(_there).Concat(_asked).Any(drawn => typedIn(there, drawn).Equals(there)))
            // A link that leaves what is typed as it was when it was drawn goes with what has been typed since.
            Wanted = typedIn(there, Wanted);
        else
        {
            if (!typedIn(there, Wanted).Equals(there))
                Turn++;
            Given = Wanted = there;
        }
        _there = there;
        if (!_pause.IsTyping)
            Ask(replaces: true);
        if (!IsBehind)
            _typed.Clear();
    }

    /// <summary>Something was chosen.</summary>
    /// <param name="wanted">All of it.</param>
    /// <param name="replaces">True where the way back doesn't lead to what was there before.</param>
    public void Choose(T wanted, bool replaces = false)
    {
        Wanted = wanted;
        Ask(replaces);
    }

    /// <summary>Something was typed.</summary>
    /// <param name="wanted">All of it.</param>
    /// <param name="gone">The page's end.</param>
    public async Task TypeAsync(T wanted, CancellationToken gone)
    {
        Wanted = wanted;
        _typed.Add(wanted);
        if (await _pause.EndsAsync(gone))
            Ask(replaces: true);
    }

    void Ask(bool replaces)
    {
        if (Wanted.Equals(Asked))
            return;
        _asked.Add(Wanted);
        go(Wanted, replaces);
    }
}
