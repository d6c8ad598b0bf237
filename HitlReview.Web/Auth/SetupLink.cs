using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Web.Auth;

/// <summary>
/// The one-time link with which the first admin makes their account. It exists only while there is no account, only in this process's
/// memory, and on its console.
/// </summary>
sealed class SetupLink(IDbContextFactory<HitlDbContext> contexts)
{
    volatile byte[]? _token;

    /// <summary>Makes the token if nobody has an account yet.</summary>
    /// <returns>Path and query of the link; null if there is an account.</returns>
    public async Task<string?> PrepareAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        if (await db.Users.AnyAsync(ct))
            return null;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _token = Encoding.ASCII.GetBytes(token);
        return $"/account/setup?token={token}";
    }

    /// <summary>True if this is the token, and nobody has used it yet. Takes the same time however much of it is right.</summary>
    public bool Accepts(string? token) => _token is { } expected && CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(token ?? ""));

    /// <summary>The first account is made: the link is worthless from now on.</summary>
    public void Close() => _token = null;
}
