using Microsoft.AspNetCore.Identity;

namespace HitlReview.Core.Accounts;

/// <summary>A person who signs in, or on whose behalf programs call with an API key.</summary>
public sealed class HitlUser : IdentityUser
{
    /// <summary>True if an operator has locked the account for good.</summary>
    /// <remarks>
    /// A lock of a few minutes after wrong passwords is not meant: it concerns the password only. Otherwise anyone who knows an
    /// e-mail address could cut off that user's agents by guessing.
    /// </remarks>
    public bool IsDisabled(DateTimeOffset now) => LockoutEnd > now.AddDays(1);
}
