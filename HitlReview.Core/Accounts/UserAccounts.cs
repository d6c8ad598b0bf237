using System.Security.Cryptography;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Accounts;

/// <summary>Makes and changes accounts. Every change is in the audit trail, in the same transaction.</summary>
public sealed class UserAccounts(
    UserManager<HitlUser> users, CommitQueue queue, PasswordHashing hashing, WrongPasswords wrong, ApiKeys keys,
        IOptions<IdentityOptions> identity)
{
    /// <summary>What somebody is told who wants to change their password, or what else opens their account, and doesn't know it.</summary>
    public const string WrongCurrent = "The current password is wrong.";

    /// <summary>Makes an account.</summary>
    /// <param name="email">The address to sign in with.</param>
    /// <param name="password">The password; null for someone who signs in elsewhere (OpenID Connect).</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="actorId">Who makes it; null for an operator at the command line or for the first set-up.</param>
    /// <param name="surface">Where the request came in.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">Invalid: address, password or role isn't accepted. Conflict: the address is taken.</exception>
    public Task<HitlUser> AddAsync(string email, string? password, string role, string? actorId, Surface surface, CancellationToken ct) =>
        AddAsync(email, password, role, actorId, surface, login: null, onlyAsFirst: false, source: null, ct);

    /// <summary>Makes the account of someone who signed in with OpenID Connect for the first time.</summary>
    /// <param name="email">Their address, which the provider has verified.</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="login">Who they are to the provider.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">Invalid: the address isn't accepted. Conflict: it is taken.</exception>
    public Task<HitlUser> AddAsync(string email, string role, UserLoginInfo login, CancellationToken ct) =>
        AddAsync(email, password: null, role, actorId: null, Surface.Ui, login, onlyAsFirst: false, source: null, ct);

    /// <summary>Makes the first account, an admin. Of any number of racing calls one wins.</summary>
    /// <param name="email">The address to sign in with.</param>
    /// <param name="password">The password.</param>
    /// <param name="source">The address that the request comes from.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Invalid: address or password isn't accepted. Conflict: there is an account already. TooMany: too many passwords are being checked.
    /// </exception>
    public Task<HitlUser> AddFirstAdminAsync(string email, string password, string source, CancellationToken ct) =>
        AddAsync(email, password, Roles.Admin, actorId: null, Surface.Ui, login: null, onlyAsFirst: true, source, ct);

    async Task<HitlUser> AddAsync(
        string email, string? password, string role, string? actorId, Surface surface, UserLoginInfo? login, bool onlyAsFirst,
            string? source, CancellationToken ct)
    {
        if (role is not (Roles.Reviewer or Roles.Admin))
            throw new RefusedException(Refusal.Invalid, $"role must be {Roles.Reviewer} or {Roles.Admin}; it is '{role}'.");
        email = email.Trim();
        var user = new HitlUser
        {
            UserName = email,
            Email = email,
            EmailConfirmed = true,
            LockoutEnabled = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
        user.NormalizedUserName = users.NormalizeName(email);
        user.NormalizedEmail = users.NormalizeEmail(email);
        foreach (var validator in users.UserValidators)
            Require(await validator.ValidateAsync(users, user), email);
        if (password is not null)
        {
            await RequirePasswordAsync(users, user, password);
            user.PasswordHash = await hashing.HashAsync(password, source, ct);
        }

        await queue.WriteAsync(async tx =>
        {
            var db = tx.Db;
            if (onlyAsFirst && await db.Users.AnyAsync(CancellationToken.None))
                throw new RefusedException(Refusal.Conflict, "There is an account already. Sign in with it.");
            if (await db.Users.AnyAsync(u => u.NormalizedUserName == user.NormalizedUserName, CancellationToken.None))
                throw Taken(email);
            db.Users.Add(user);
            db.UserRoles.Add(new() { UserId = user.Id, RoleId = await RoleIdAsync(db, role) });
            if (login is not null)
                db.UserLogins.Add(new()
                {
                    UserId = user.Id,
                    LoginProvider = login.LoginProvider,
                    ProviderKey = login.ProviderKey,
                    ProviderDisplayName = login.ProviderDisplayName,
                });
            await db.SaveChangesAsync(CancellationToken.None);
            tx.Record(new(AuditActions.UserAdded, actorId, surface) { OwnerId = user.Id, Detail = $"{email} as {role}" });
        }, ct);
        return user;
    }

    /// <summary>
    /// Changes the password of the caller's own account and ends all its sign-ins, this one too: whoever goes on needs a new one.
    /// </summary>
    /// <param name="caller">A person.</param>
    /// <param name="current">The password until now.</param>
    /// <param name="next">The new one.</param>
    /// <param name="source">The address that the request comes from.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Invalid: the current password is wrong, or the new one isn't accepted. NotFound: the account is gone.
    /// TooMany: too many wrong ones in a row, or too many passwords are being checked.
    /// </exception>
    public async Task<HitlUser> ChangePasswordAsync(Caller caller, string current, string next, string source, CancellationToken ct)
    {
        var user = await RequireCurrentAsync(caller, current, source, ct);
        await RequirePasswordAsync(users, user, next);
        var hash = await hashing.HashAsync(next, source, ct);
        var stamp = Guid.NewGuid().ToString("N");

        await queue.WriteAsync(caller, async tx =>
        {
            var changed = await tx.Db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash).ExecuteUpdateAsync(
                set => set.SetProperty(u => u.PasswordHash, hash).SetProperty(u => u.SecurityStamp, stamp).SetProperty(
                    u => u.ConcurrencyStamp, Guid.NewGuid().ToString()),
                CancellationToken.None);
            if (changed == 0)
                throw new RefusedException(Refusal.Conflict, "The password was changed elsewhere meanwhile.");
            tx.Record(AuditEntry.By(caller, AuditActions.PasswordChanged) with { OwnerId = user.Id });
            await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.password_changed, AuditEntry.By(caller, ""));
        }, ct);
        user.PasswordHash = hash;
        user.SecurityStamp = stamp;
        return user;
    }

    /// <summary>Asks somebody who is signed in for their password: an open page isn't enough to change what opens an account.</summary>
    /// <param name="caller">A person.</param>
    /// <param name="current">What they say it is.</param>
    /// <param name="source">The address that the request comes from.</param>
    /// <param name="ct">Gives up while the attempt waits for its turn.</param>
    /// <returns>Their account.</returns>
    /// <exception cref="RefusedException">
    /// Forbidden: a key asks. Invalid: it is wrong. NotFound: the account is gone.
    /// TooMany: too many wrong ones in a row, or too many passwords are being checked.
    /// </exception>
    public async Task<HitlUser> RequireCurrentAsync(Caller caller, string current, string source, CancellationToken ct)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "A key can't change what opens an account. Sign in to do so.");
        var user = await users.FindByIdAsync(caller.UserId) ?? throw new RefusedException(Refusal.NotFound, "The account is gone.");
        var right = await hashing.CheckAsync(user.PasswordHash, current, source, ct) != PasswordVerificationResult.Failed;
        var (max, time) = (identity.Value.Lockout.MaxFailedAccessAttempts, identity.Value.Lockout.DefaultLockoutTimeSpan);
        if (!wrong.Take("change of " + user.Id, right, max, time))
            throw new RefusedException(
                Refusal.TooMany, $"{max} wrong passwords in a row. Try again in {Math.Ceiling(time.TotalMinutes):0} minutes.");
        return right ? user : throw new RefusedException(Refusal.Invalid, WrongCurrent);
    }

    /// <summary>Lets someone sign in to their account with OpenID Connect too. Does nothing if they can already.</summary>
    /// <param name="user">The account of the address that the provider has verified as theirs.</param>
    /// <param name="login">Who they are to the provider.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Forbidden: the account is disabled. Conflict: it is somebody else's to this provider already, or the other way round.
    /// </exception>
    public Task LinkAsync(HitlUser user, UserLoginInfo login, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            if (user.IsDisabled(tx.Now))
                throw new RefusedException(Refusal.Forbidden, "The account is disabled.");
            var linked = await tx.Db.UserLogins.AsNoTracking().FirstOrDefaultAsync(
                l => l.LoginProvider == login.LoginProvider
                    && (l.ProviderKey == login.ProviderKey || l.UserId == user.Id), CancellationToken.None);
            if (linked is not null && linked.ProviderKey == login.ProviderKey && linked.UserId == user.Id)
                return;
            // Two people of one provider never share an account: the first of them may have come by the address that now is the other's.
            if (linked is not null)
                throw new RefusedException(Refusal.Conflict, "The account is linked to another person of this provider already.");
            tx.Db.UserLogins.Add(new()
            {
                UserId = user.Id,
                LoginProvider = login.LoginProvider,
                ProviderKey = login.ProviderKey,
                ProviderDisplayName = login.ProviderDisplayName,
            });
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            tx.Record(new(AuditActions.LoginLinked, user.Id, Surface.Ui) { OwnerId = user.Id, Detail = login.LoginProvider });
        }, ct);

    /// <summary>Gives the account this role instead of the one it has, and ends its sign-ins. Does nothing if it has it already.</summary>
    /// <exception cref="RefusedException">Never for a role of <see cref="Roles"/>.</exception>
    public Task SetRoleAsync(HitlUser user, string role, Surface surface, CancellationToken ct) =>
        queue.WriteAsync(tx => GiveRoleAsync(tx, user.Id, role, new("", null, surface), keys), ct);

    /// <summary>Gives an account a role in a transaction that does more.</summary>
    /// <returns>What it ended; null if it has that role already.</returns>
    internal static async Task<SessionsEnded?> GiveRoleAsync(WriteTransaction tx, string userId, string role, AuditEntry by, ApiKeys keys)
    {
        var db = tx.Db;
        var roleId = await RoleIdAsync(db, role);
        if (await db.UserRoles.AnyAsync(r => r.UserId == userId && r.RoleId == roleId, CancellationToken.None))
            return null;
        await db.UserRoles.Where(r => r.UserId == userId).ExecuteDeleteAsync(CancellationToken.None);
        db.UserRoles.Add(new() { UserId = userId, RoleId = roleId });
        await db.SaveChangesAsync(CancellationToken.None);
        tx.Record(by with { Action = AuditActions.RoleChanged, OwnerId = userId, Detail = role });
        tx.AfterCommit(() => keys.Forget(userId));
        return await UserSessions.EndAllAsync(tx, userId, SignInEnd.role_changed, by);
    }

    /// <summary>A password that nobody guesses, for somebody who is to get one.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 24);

    static async Task<string> RoleIdAsync(HitlDbContext db, string role)
    {
        var normalized = role.ToUpperInvariant();
        var known = await db.Roles.Where(r => r.NormalizedName == normalized).Select(r => r.Id).FirstOrDefaultAsync(CancellationToken.None);
        if (known is not null)
            return known;
        db.Roles.Add(new() { Id = role, Name = role, NormalizedName = normalized });
        return role;
    }

    /// <summary>Lets a password pass that the account may have.</summary>
    /// <exception cref="RefusedException">Invalid, saying why not.</exception>
    internal static async Task RequirePasswordAsync(UserManager<HitlUser> users, HitlUser user, string password)
    {
        foreach (var validator in users.PasswordValidators)
            Require(await validator.ValidateAsync(users, user, password), user.Email!);
    }

    static void Require(IdentityResult result, string email)
    {
        if (result.Succeeded)
            return;
        throw result.Errors.Any(e =>
            e.Code is nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.DuplicateEmail))
            ? Taken(email)
            : new RefusedException(Refusal.Invalid, string.Join(" ", result.Errors.Select(e => e.Description).Distinct()));
    }

    static RefusedException Taken(string email) => new(Refusal.Conflict, $"There is an account for '{email}' already.");
}
