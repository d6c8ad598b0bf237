namespace HitlReview.Web.Components.Live;

/// <summary>The pause in typing after which a list is narrowed to what was typed.</summary>
/// <param name="clock">Tells the time.</param>
sealed class TypingPause(TimeProvider clock)
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    int _turn;

    /// <summary>True from the first letter until its pause is over.</summary>
    public bool IsTyping { get; private set; }

    /// <summary>Something was typed.</summary>
    /// <returns>False where more was typed before the pause was over: then that call acts.</returns>
    public async Task<bool> EndsAsync()
    {
        var turn = ++_turn;
        IsTyping = true;
        await Task.Delay(s_pause, clock);
        if (turn != _turn)
            return false;
        IsTyping = false;
        return true;
    }
}
