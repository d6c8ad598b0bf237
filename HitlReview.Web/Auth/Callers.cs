using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core;
using HitlReview.Core.Accounts;

namespace HitlReview.Web.Auth;

/// <summary>From the signed-in principal to what Core asks for.</summary>
public static class Callers
{
    const string KeyId = "hitl:key";
    const string KeyName = "hitl:key_name";
    const string KeyRights = "hitl:key_may";

    /// <summary>The claim that names the sign-in session behind a cookie.</summary>
    public const string Session = "hitl:session";

    /// <summary>The caller behind a principal, signed in by cookie or key alike.</summary>
    /// <exception cref="RefusedException">
    /// SignedOut: nobody is signed in, or with neither a session nor a key, which only the program itself has. Endpoints and pages ask for
    /// a user, so this means a sign-in that ended under an open page.
    /// </exception>
    public static Caller CallerOf(ClaimsPrincipal user, Surface surface)
    {
        if (user.Identity is not { IsAuthenticated: true } || user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id)
            throw Standing.Ended(isKey: false);
        var caller = new Caller(id, user.IsInRole(Roles.Admin), surface) { Key = KeyOf(user), SessionId = user.FindFirstValue(Session) };
        return caller is { Key: null, SessionId: null } ? throw Standing.Ended(isKey: false) : caller;
    }

    /// <summary>The id of the user behind a principal; null for nobody.</summary>
    public static string? IdOf(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } ? user.FindFirstValue(ClaimTypes.NameIdentifier) : null;

    /// <summary>The key behind a principal; null for a person.</summary>
    public static CallerKey? KeyOf(ClaimsPrincipal user) => user.FindFirstValue(KeyId) is { } id
        ? new(id, user.FindFirstValue(KeyName) ?? "", Enum.Parse<KeyMay>(user.FindFirstValue(KeyRights) ?? nameof(KeyMay.none)))
        : null;

    /// <summary>The id of the key behind a principal, or of the person without one; null for nobody.</summary>
    public static string? KeyOrUserIdOf(ClaimsPrincipal user) => KeyOf(user)?.Id ?? IdOf(user);

    /// <summary>What a browser may keep to tell its people apart, of no other use; empty for nobody.</summary>
    public static string MarkOf(ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id && user.Identity is { IsAuthenticated: true }
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"person {id}"))[..8])
        : "";

    /// <summary>What a principal says of a key and of the user on whose behalf it calls.</summary>
    public static IEnumerable<Claim> ClaimsOf(KeyOwner owner)
    {
        yield return new(ClaimTypes.NameIdentifier, owner.UserId);
        yield return new(ClaimTypes.Name, owner.Email);
        // A key that may neither has nothing of an admin, whoever made it.
        var isAdmin = owner.IsAdmin && (owner.Key.May & (KeyMay.admin | KeyMay.metrics)) != 0;
        yield return new(ClaimTypes.Role, isAdmin ? Roles.Admin : Roles.Reviewer);
        yield return new(KeyId, owner.Key.Id);
        yield return new(KeyName, owner.Key.Name);
        yield return new(KeyRights, owner.Key.May.ToString());
    }
}
