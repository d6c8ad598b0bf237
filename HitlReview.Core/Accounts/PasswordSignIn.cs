using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Accounts;

/// <summary>What became of an attempt to sign in with a password. Only the log and the trail may tell the refusals apart.</summary>
public enum PasswordAnswer
{
    /// <summary>The password is right, and the account may be entered.</summary>
    right,

    /// <summary>The password is wrong.</summary>
    wrong,

    /// <summary>Nobody has this address.</summary>
    unknown,

    /// <summary>The account has no password: its person signs in elsewhere.</summary>
    passwordless,

    /// <summary>The account takes no passwords for some minutes, or this browser's no more.</summary>
    locked,

    /// <summary>The account is disabled.</summary>
    disabled,
}

/// <summary>
/// Decides whether somebody may come in with a password. Strangers are counted by the account, in the database: too many wrong ones in a
/// row lock it to strangers for some minutes. A browser in which this person has signed in before is counted by itself, so that strangers
/// can't keep a person out of their account.
/// </summary>
public sealed class PasswordSignIn(
    UserManager<HitlUser> users, CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, PasswordHashing hashing,
        WrongPasswords wrong,
    IOptions<IdentityOptions> identity)
{
    /// <summary>Looks at an address and a password. Every refusal takes as long as a wrong password does.</summary>
    /// <param name="email">The address as given.</param>
    /// <param name="password">The password as given.</param>
    /// <param name="browserOf">What the browser is called if it has signed in as the user of this id before; else null.</param>
    /// <param name="source">The address that the attempt comes from.</param>
    /// <param name="ct">Gives up while the attempt waits for its turn.</param>
    /// <returns>The answer, and the account where there is one.</returns>
    /// <exception cref="RefusedException">TooMany: too many passwords are being checked.</exception>
    public async Task<(PasswordAnswer Answer, HitlUser? User)> TryAsync(
        string email, string password, Func<string, string?> browserOf, string source, CancellationToken ct)
    {
        var user = await FindAsync(email, ct);
        var check = await hashing.CheckAsync(user?.PasswordHash, password, source, ct);
        if (user is null)
            return (PasswordAnswer.unknown, null);
        if (user.PasswordHash is null)
            return (PasswordAnswer.passwordless, user);
        var right = check != PasswordVerificationResult.Failed;
        // The known are counted by their browser; whether the account is locked to strangers doesn't concern them.
        var browser = browserOf(user.Id);
        if (browser is not null && !wrong.Take(
            "browser " + browser, right, identity.Value.Lockout.MaxFailedAccessAttempts, identity.Value.Lockout.DefaultLockoutTimeSpan))
            return (PasswordAnswer.locked, user);
        if (!right)
            return (browser is not null ? PasswordAnswer.wrong : await CountAsync(user.Id), user);
        var answer = await EnterAsync(user, browser is not null);
        if (answer == PasswordAnswer.right && check == PasswordVerificationResult.SuccessRehashNeeded)
            await RenewAsync(user, password, source, ct);
        return (answer, user);
    }

    async Task<HitlUser?> FindAsync(string email, CancellationToken ct)
    {
        var wanted = users.NormalizeEmail(email);
        await using var db = contexts.CreateDbContext();
        return await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == wanted, ct);
    }

    /// <summary>
    /// One more wrong password of a stranger's. Those that come while the account is locked change nothing: no attempt lengthens a lock.
    /// </summary>
    Task<PasswordAnswer> CountAsync(string userId) => queue.WriteAsync(async tx =>
    {
        var (max, until) = (identity.Value.Lockout.MaxFailedAccessAttempts, tx.Now + identity.Value.Lockout.DefaultLockoutTimeSpan);
        var open = tx.Db.Users.Where(u => u.Id == userId && (u.LockoutEnd == null || u.LockoutEnd <= tx.Now));
        var stamp = Guid.NewGuid().ToString();
        if (await open.Where(u => u.AccessFailedCount + 1 < max).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1)
                .SetProperty(u => u.ConcurrencyStamp, stamp), CancellationToken.None) == 1)
            return PasswordAnswer.wrong;
        if (await open.ExecuteUpdateAsync(
            set => set.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.LockoutEnd, until)
                .SetProperty(u => u.ConcurrencyStamp, stamp), CancellationToken.None) == 0)
            return await RefusalAsync(tx, userId);
        tx.Record(new(AuditActions.UserLocked, null, Surface.Ui)
        {
            OwnerId = userId,
            Detail = $"until {until:yyyy-MM-dd'T'HH:mm:ss'Z'} after {max} wrong passwords",
        });
        return PasswordAnswer.wrong;
    }, CancellationToken.None);

    /// <summary>
    /// The password was right. What was done to the account since it was looked at (a lock, a new password, disabling) still counts.
    /// </summary>
    Task<PasswordAnswer> EnterAsync(HitlUser user, bool known) => queue.WriteAsync(async tx =>
    {
        var until = known ? tx.Now.AddDays(1) : tx.Now;
        var open = tx.Db.Users.Where(
            u => u.Id == user.Id && u.PasswordHash == user.PasswordHash && (u.LockoutEnd == null || u.LockoutEnd <= until));
        var stamp = Guid.NewGuid().ToString();
        return await open.ExecuteUpdateAsync(
            set => set.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.ConcurrencyStamp, stamp), CancellationToken.None) == 1
            ? PasswordAnswer.right
            : await RefusalAsync(tx, user.Id);
    }, CancellationToken.None);

    /// <summary>
    /// Replaces a hash of former days by one as hashes are made today. Where there is no time for it now, the next sign-in does it.
    /// </summary>
    async Task RenewAsync(HitlUser user, string password, string source, CancellationToken ct)
    {
        string hash;
        try
        {
            hash = await hashing.HashAsync(password, source, ct);
        }
        catch (RefusedException)
        {
            return;
        }
        var stamp = Guid.NewGuid().ToString();
        await queue.WriteAsync(tx => tx.Db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.PasswordHash, hash).SetProperty(u => u.ConcurrencyStamp, stamp), CancellationToken.None),
                CancellationToken.None);
    }

    static async Task<PasswordAnswer> RefusalAsync(WriteTransaction tx, string userId) =>
        await tx.Db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, CancellationToken.None) switch
        {
            null => PasswordAnswer.unknown,
            { } user when user.IsDisabled(tx.Now) => PasswordAnswer.disabled,
            { } user when user.IsLocked(tx.Now) => PasswordAnswer.locked,
            _ => PasswordAnswer.wrong,
        };
}
