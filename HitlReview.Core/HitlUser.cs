using Microsoft.AspNetCore.Identity;

namespace HitlReview.Core;

/// <summary>
/// A person who signs in, or on whose behalf programs call with an API key. Here and not with the accounts: the schema is built on it.
/// </summary>
public sealed class HitlUser : IdentityUser
{
    /// <summary>Until when a disabled account is locked.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>True if an operator has locked the account for good.</summary>
    /// <remarks>
    /// A lock of a few minutes after wrong passwords is not meant: it concerns the password only. Otherwise anyone who knows an
    /// e-mail address could cut off that user's agents by guessing.
    /// </remarks>
    public bool IsDisabled(DateTimeOffset now) => LockoutEnd > now.AddDays(1);

    /// <summary>True while wrong passwords keep strangers from trying more of them.</summary>
    public bool IsLocked(DateTimeOffset now) => LockoutEnd > now && !IsDisabled(now);
}
