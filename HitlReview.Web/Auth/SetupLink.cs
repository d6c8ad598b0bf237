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
    // One for the life of the process: whoever asks for the link twice is given the same.
    readonly string _token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    volatile bool _isOpen;

    /// <summary>Opens the link if nobody has an account yet.</summary>
    /// <returns>Path and query of the link; null if there is an account.</returns>
    public async Task<string?> PrepareAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        if (await db.Users.AnyAsync(ct))
            return null;
        _isOpen = true;
        return $"/account/setup?token={_token}";
    }

    /// <summary>True if this is the token, and nobody has used it yet. Takes the same time however much of it is right.</summary>
    public bool Accepts(string? token) => _isOpen && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(_token), Encoding.UTF8.GetBytes(token ?? ""));

    /// <summary>The first account is made: the link is worthless from now on.</summary>
    public void Close() => _isOpen = false;
}
