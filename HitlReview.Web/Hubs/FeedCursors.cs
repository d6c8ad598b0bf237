using System.Globalization;
using System.Security.Cryptography;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace HitlReview.Web.Hubs;

/// <summary>
/// A place in the trail as a client keeps it. Sealed for its user: the places are numbered for all users together, and how much the others
/// do is nobody's business.
/// </summary>
public sealed class FeedCursors(IDataProtectionProvider protection)
{
    const string Purpose = "reviews hub cursor";

    /// <summary>What the client keeps.</summary>
    public string Seal(string userId, RecordMark place) =>
        SealOf(userId).Protect(string.Create(CultureInfo.InvariantCulture, $"{place.Seq} {place.Hash}"));

    /// <summary>The place that a client names; null where it names none that this server gave to its user.</summary>
    public RecordMark? Open(string userId, string? cursor)
    {
        try
        {
            return !string.IsNullOrEmpty(cursor) && SealOf(userId).Unprotect(cursor).Split(' ') is [var seq, var hash]
                ? new(long.Parse(seq, CultureInfo.InvariantCulture), hash)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    IDataProtector SealOf(string userId) => protection.CreateProtector(Purpose, userId);
}
