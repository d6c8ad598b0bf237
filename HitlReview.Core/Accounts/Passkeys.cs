using System.Buffers.Text;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace HitlReview.Core.Accounts;

/// <summary>A passkey of a person, as they see it.</summary>
/// <param name="Id">The id of the credential, base64url.</param>
/// <param name="Name">What they call it.</param>
/// <param name="CreatedAt">Since when they have it.</param>
/// <param name="LastUsedAt">When they last signed in with it; null for never.</param>
public sealed record Passkey(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>The passkeys of people. Whoever has one doesn't get in with a password alone.</summary>
public sealed class Passkeys(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The most characters (code points) a passkey's name may have.</summary>
    public const int MaxName = 100;

    /// <summary>The most passkeys that one person may have.</summary>
    public const int MaxCount = 10;

    /// <summary>When a passkey was last used, beside what Identity keeps of it. Null for never.</summary>
    internal const string LastUsedAt = nameof(LastUsedAt);

    /// <summary>The passkeys of a user, the oldest first.</summary>
    public async Task<IReadOnlyList<Passkey>> ListAsync(string userId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await ListAsync(db, userId, ct);
    }

    internal static async Task<IReadOnlyList<Passkey>> ListAsync(HitlDbContext db, string userId, CancellationToken ct)
    {
        var rows = await Of(db, userId).AsNoTracking()
            .Select(p => new { p.CredentialId, p.Data.Name, p.Data.CreatedAt, Used = EF.Property<DateTimeOffset?>(p.Data, LastUsedAt) })
            .ToListAsync(ct);
        var passkeys = rows.Select(p => new Passkey(Base64Url.EncodeToString(p.CredentialId), p.Name ?? "", p.CreatedAt, p.Used));
        return [.. passkeys.OrderBy(p => p.CreatedAt).ThenBy(p => p.Id, StringComparer.Ordinal)];
    }

    /// <summary>True if a password alone doesn't sign this user in.</summary>
    public async Task<bool> AreNeededAsync(string userId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await Of(db, userId).AnyAsync(ct);
    }

    /// <summary>Gives the caller a passkey. The browser must have shown that it has it.</summary>
    /// <param name="caller">A person.</param>
    /// <param name="passkey">What the browser has shown.</param>
    /// <param name="name">What they call it.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Forbidden: a key asks. Invalid: the name is blank, too long or has control characters.
    /// Conflict: somebody has this passkey already, or they have too many.
    /// </exception>
    public async Task AddAsync(Caller caller, UserPasskeyInfo passkey, string name, CancellationToken ct)
    {
        RequirePerson(caller);
        name = NameOf(name);
        await queue.WriteAsync(caller, async tx =>
        {
            var all = tx.Db.Set<IdentityUserPasskey<string>>();
            if (await all.AnyAsync(p => p.CredentialId == passkey.CredentialId, CancellationToken.None))
                throw new RefusedException(Refusal.Conflict, "This passkey is in use already.");
            if (await Of(tx.Db, caller.UserId).CountAsync(CancellationToken.None) >= MaxCount)
                throw new RefusedException(Refusal.Conflict, $"There are {MaxCount} passkeys already. Remove one first.");
            all.Add(new()
            {
                UserId = caller.UserId,
                CredentialId = passkey.CredentialId,
                Data = new()
                {
                    PublicKey = passkey.PublicKey,
                    Name = name,
                    CreatedAt = tx.Now,
                    SignCount = passkey.SignCount,
                    Transports = passkey.Transports,
                    IsUserVerified = passkey.IsUserVerified,
                    IsBackupEligible = passkey.IsBackupEligible,
                    IsBackedUp = passkey.IsBackedUp,
                    AttestationObject = passkey.AttestationObject,
                    ClientDataJson = passkey.ClientDataJson,
                },
            });
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            tx.Record(AuditEntry.By(caller, AuditActions.PasskeyAdded) with { OwnerId = caller.UserId, Detail = name });
        }, ct);
    }

    /// <summary>What a passkey may be called.</summary>
    /// <returns>The name without blanks around it.</returns>
    /// <exception cref="RefusedException">Invalid: the name is blank, too long or has control characters.</exception>
    public static string NameOf(string name)
    {
        name = name.Trim();
        return name.Length > 0 && name.EnumerateRunes().Count() <= MaxName && !name.Any(char.IsControl)
            ? name
            : throw new RefusedException(Refusal.Invalid, $"name must have 1 to {MaxName} characters and no control characters.");
    }

    /// <summary>Takes one of the caller's passkeys from them. Without any, their password alone signs them in again.</summary>
    /// <exception cref="RefusedException">Forbidden: a key asks. NotFound: they have no such passkey.</exception>
    public async Task RemoveAsync(Caller caller, string id, CancellationToken ct)
    {
        RequirePerson(caller);
        var credential = Base64Url.IsValid(id) ? Base64Url.DecodeFromChars(id) : [];
        await queue.WriteAsync(caller, async tx =>
        {
            var which = Of(tx.Db, caller.UserId).Where(p => p.CredentialId == credential);
            if (await RemoveAsync(tx, which, AuditEntry.By(caller, "")) == 0)
                throw new RefusedException(Refusal.NotFound, "That passkey is removed already.");
        }, ct);
    }

    /// <summary>Takes all passkeys from somebody, in the transaction of whoever lets them in again who has lost theirs.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="userId">From whom.</param>
    /// <param name="by">Who did it and where it came in.</param>
    /// <returns>How many they had.</returns>
    public static Task<int> RemoveAllAsync(WriteTransaction tx, string userId, AuditEntry by) => RemoveAsync(tx, Of(tx.Db, userId), by);

    static async Task<int> RemoveAsync(WriteTransaction tx, IQueryable<IdentityUserPasskey<string>> which, AuditEntry by)
    {
        var gone = await which.Select(p => new { p.UserId, p.Data.Name, p.Data.CreatedAt }).ToListAsync(CancellationToken.None);
        await which.ExecuteDeleteAsync(CancellationToken.None);
        foreach (var passkey in gone.OrderBy(p => p.CreatedAt))
            tx.Record(by with { Action = AuditActions.PasskeyRemoved, OwnerId = passkey.UserId, Detail = passkey.Name });
        return gone.Count;
    }

    /// <summary>Spends what the right password gave: the right to come in once with a passkey. Notes that the passkey was used.</summary>
    /// <param name="userId">Who comes in.</param>
    /// <param name="stamp">Their security stamp when the password was given. Another password since then ends the right.</param>
    /// <param name="since">When the password was given. A sign-in with a passkey since then ends the right.</param>
    /// <param name="used">The passkey as it is after the browser has shown that it has it.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <returns>False if the right is spent or ended, or the passkey was removed meanwhile; nothing was written.</returns>
    public Task<bool> UseAsync(string userId, string stamp, DateTimeOffset since, UserPasskeyInfo used, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            // Holds the account: of two that spend the same right at once, the second waits here and then sees what the first has written.
            var account = tx.Db.Users.Where(u => u.Id == userId && u.SecurityStamp == stamp);
            if (await account.ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, stamp), CancellationToken.None) == 0)
                return false;
            var passkeys = await Of(tx.Db, userId).AsTracking().ToListAsync(CancellationToken.None);
            var passkey = passkeys.FirstOrDefault(p => p.CredentialId.AsSpan().SequenceEqual(used.CredentialId));
            if (passkey is null || passkeys.Any(p => LastUse(p).CurrentValue >= since))
                return false;
            passkey.Data.SignCount = used.SignCount;
            passkey.Data.IsBackedUp = used.IsBackedUp;
            LastUse(passkey).CurrentValue = tx.Now;
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            return true;

            PropertyEntry<IdentityPasskeyData, DateTimeOffset?> LastUse(IdentityUserPasskey<string> passkey) =>
                tx.Db.Entry(passkey).Reference(p => p.Data).TargetEntry!.Property<DateTimeOffset?>(LastUsedAt);
        }, ct);

    static IQueryable<IdentityUserPasskey<string>> Of(HitlDbContext db, string userId) =>
        db.Set<IdentityUserPasskey<string>>().Where(p => p.UserId == userId);

    static void RequirePerson(Caller caller)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "A key can't add or remove passkeys. Sign in to do so.");
    }
}
