namespace HitlReview.Core.Accounts;

/// <summary>The settings under <c>Accounts</c> that say how long a sign-in lasts.</summary>
public sealed class UserSessionOptions : ICheckedOptions
{
    static readonly TimeSpan s_longestIdle = TimeSpan.FromDays(30);
    static readonly TimeSpan s_longest = TimeSpan.FromDays(90);

    /// <summary>A sign-in that nobody uses for this long ends. 1 min to 30 d.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(12);

    /// <summary>A sign-in ends after this long, however much it is used. At least <see cref="SessionIdle"/>, at most 90 d.</summary>
    public TimeSpan SessionMax { get; set; } = TimeSpan.FromDays(14);

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (SessionIdle < TimeSpan.FromMinutes(1) || SessionIdle > s_longestIdle)
            yield return $"Accounts:SessionIdle must be between 00:01:00 and {s_longestIdle:c}; it is {SessionIdle}.";
        if (SessionMax < SessionIdle || SessionMax > s_longest)
            yield return $"Accounts:SessionMax must be between Accounts:SessionIdle ({SessionIdle}) and {s_longest:c}; it is {SessionMax}.";
    }
}
