namespace HitlReview.Web.Components.Live;

/// <summary>The pause in typing after which what was typed is looked for.</summary>
/// <param name="clock">Tells the time.</param>
sealed class TypingPause(TimeProvider clock)
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    int _turn;

    /// <summary>True from the first letter until its pause is over.</summary>
    public bool IsTyping { get; private set; }

    /// <summary>Something was typed.</summary>
    /// <param name="gone">The page's end.</param>
    /// <returns>False where more was typed before the pause was over, then that call acts; or where the page has ended.</returns>
    public async Task<bool> EndsAsync(CancellationToken gone)
    {
        var turn = ++_turn;
        IsTyping = true;
        await Task.Delay(s_pause, clock, gone)
            .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (turn != _turn || gone.IsCancellationRequested)
            return false;
        IsTyping = false;
        return true;
    }
}
