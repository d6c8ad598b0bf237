using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Web.Auth;

/// <summary>What a set-up link is good for.</summary>
enum SetupLinkState
{
    /// <summary>It is none of ours, or from before a restart.</summary>
    Unknown,

    /// <summary>It makes the first account.</summary>
    Open,

    /// <summary>It is ours, and there is an account already.</summary>
    Done,
}

/// <summary>
/// The one-time link with which the first admin makes their account. It works only while there is no account, and exists only in this
/// process's memory and on its console.
/// </summary>
sealed class SetupLink(IDbContextFactory<HitlDbContext> contexts)
{
    // One for the life of the process: whoever asks for the link twice is given the same.
    readonly string _token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The link, if nobody has an account yet.</summary>
    /// <returns>Path and query of the link; null if there is an account.</returns>
    public async Task<string?> PrepareAsync(CancellationToken ct) => await IsDoneAsync(ct) ? null : $"/account/setup?token={_token}";

    /// <summary>
    /// What a token is good for. Takes the same time however much of it is right; only who has the right one learns whether there is an
    /// account.
    /// </summary>
    public async Task<SetupLinkState> StateOfAsync(string? token, CancellationToken ct) =>
        !CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(_token), Encoding.UTF8.GetBytes(token ?? "")) ? SetupLinkState.Unknown
        : await IsDoneAsync(ct) ? SetupLinkState.Done
        : SetupLinkState.Open;

    async Task<bool> IsDoneAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await db.Users.AnyAsync(ct);
    }
}
