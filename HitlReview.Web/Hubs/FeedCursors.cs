using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace HitlReview.Web.Hubs;

/// <summary>
/// A place in the trail as a client keeps it. Sealed: the places are numbered for all users together, and how much the others do is
/// nobody's business.
/// </summary>
public sealed class FeedCursors(IDataProtectionProvider protection)
{
    readonly IDataProtector _seal = protection.CreateProtector("reviews hub cursor");

    /// <summary>What the client keeps.</summary>
    public string Seal(long place) => _seal.Protect(place.ToString(CultureInfo.InvariantCulture));

    /// <summary>The place that a client names; null where it names none that this server gave out.</summary>
    public long? Open(string? cursor)
    {
        try
        {
            return string.IsNullOrEmpty(cursor) ? null : long.Parse(_seal.Unprotect(cursor), CultureInfo.InvariantCulture);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
