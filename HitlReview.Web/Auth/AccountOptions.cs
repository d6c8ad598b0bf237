using HitlReview.Core;

namespace HitlReview.Web.Auth;

/// <summary>The settings under <c>Accounts</c>: how passwords are guarded against guessing.</summary>
public sealed class AccountOptions : ICheckedOptions
{
    /// <summary>How many wrong passwords in a row lock an account for <see cref="LockoutTime"/>. 1 to 100.</summary>
    public int MaxFailedSignIns { get; set; } = 10;

    /// <summary>How long such a lock lasts. 1 s to 1 d.</summary>
    public TimeSpan LockoutTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many times a minute one address may try to sign in or to set up, whoever it tries to be. 1 to 100,000.</summary>
    public int SignInsPerMinute { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (MaxFailedSignIns is < 1 or > 100)
            yield return $"Accounts:MaxFailedSignIns must be between 1 and 100; it is {MaxFailedSignIns}.";
        if (LockoutTime < TimeSpan.FromSeconds(1) || LockoutTime > TimeSpan.FromDays(1))
            yield return $"Accounts:LockoutTime must be between 00:00:01 and 1.00:00:00; it is {LockoutTime}.";
        if (SignInsPerMinute is < 1 or > 100_000)
            yield return $"Accounts:SignInsPerMinute must be between 1 and 100000; it is {SignInsPerMinute}.";
    }
}
