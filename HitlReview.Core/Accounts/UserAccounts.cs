using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Accounts;

/// <summary>Makes and changes accounts. Every change is in the audit trail, in the same transaction.</summary>
public sealed class UserAccounts(UserManager<HitlUser> users, CommitQueue queue)
{
    /// <summary>Makes an account.</summary>
    /// <param name="email">The address to sign in with.</param>
    /// <param name="password">The password; null for someone who signs in elsewhere (OpenID Connect).</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="actorId">Who makes it; null for an operator at the command line or for the first set-up.</param>
    /// <param name="surface">Where the request came in.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">Invalid: address, password or role isn't accepted. Conflict: the address is taken.</exception>
    public Task<HitlUser> AddAsync(string email, string? password, string role, string? actorId, Surface surface, CancellationToken ct) =>
        AddAsync(email, password, role, actorId, surface, login: null, onlyAsFirst: false, ct);

    /// <summary>Makes the account of someone who signed in with OpenID Connect for the first time.</summary>
    /// <param name="email">Their address.</param>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    /// <param name="login">Who they are to the provider.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">Invalid: the address isn't accepted. Conflict: it is taken.</exception>
    public Task<HitlUser> AddAsync(string email, string role, UserLoginInfo login, CancellationToken ct) =>
        AddAsync(email, password: null, role, actorId: null, Surface.Ui, login, onlyAsFirst: false, ct);

    /// <summary>Makes the first account, an admin. Of any number of racing calls one wins.</summary>
    /// <exception cref="RefusedException">Invalid: address or password isn't accepted. Conflict: there is an account already.</exception>
    public Task<HitlUser> AddFirstAdminAsync(string email, string password, CancellationToken ct) =>
        AddAsync(email, password, Roles.Admin, actorId: null, Surface.Ui, login: null, onlyAsFirst: true, ct);

    async Task<HitlUser> AddAsync(string email, string? password, string role, string? actorId, Surface surface, UserLoginInfo? login, bool onlyAsFirst, CancellationToken ct)
    {
        if (role is not (Roles.Reviewer or Roles.Admin))
            throw new RefusedException(Refusal.Invalid, $"role must be {Roles.Reviewer} or {Roles.Admin}; it is '{role}'.");
        email = email.Trim();
        var user = new HitlUser { UserName = email, Email = email, EmailConfirmed = true, LockoutEnabled = true, SecurityStamp = Guid.NewGuid().ToString("N") };
        user.NormalizedUserName = users.NormalizeName(email);
        user.NormalizedEmail = users.NormalizeEmail(email);
        foreach (var validator in users.UserValidators)
            Require(await validator.ValidateAsync(users, user), email);
        if (password is not null)
        {
            await RequirePasswordAsync(user, password);
            user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
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
                db.UserLogins.Add(new() { UserId = user.Id, LoginProvider = login.LoginProvider, ProviderKey = login.ProviderKey, ProviderDisplayName = login.ProviderDisplayName });
            try
            {
                await db.SaveChangesAsync(CancellationToken.None);
            }
            catch (DbUpdateException e) when (e.InnerException is System.Data.Common.DbException { SqlState: "23505" })
            {
                throw Taken(email); // another process was quicker
            }
            tx.Audit(new(AuditActions.UserAdded, actorId, surface) { OwnerId = user.Id, Detail = $"{email} as {role}" });
        }, ct);
        return user;
    }

    /// <summary>Changes the password of the caller's own account and ends all its sign-ins, this one too: whoever goes on needs a new one.</summary>
    /// <exception cref="RefusedException">Invalid: the current password is wrong, or the new one isn't accepted. NotFound: the account is gone.</exception>
    public async Task<HitlUser> ChangePasswordAsync(Caller caller, string current, string next, CancellationToken ct)
    {
        var user = await users.FindByIdAsync(caller.UserId) ?? throw new RefusedException(Refusal.NotFound, "The account is gone.");
        if (user.PasswordHash is null || users.PasswordHasher.VerifyHashedPassword(user, user.PasswordHash, current) == PasswordVerificationResult.Failed)
            throw new RefusedException(Refusal.Invalid, "The current password is wrong.");
        await RequirePasswordAsync(user, next);
        var hash = users.PasswordHasher.HashPassword(user, next);
        var stamp = Guid.NewGuid().ToString("N");

        await queue.WriteAsync(caller, async tx =>
        {
            var changed = await tx.Db.Users.Where(u => u.Id == user.Id && u.PasswordHash == user.PasswordHash).ExecuteUpdateAsync(
                set => set.SetProperty(u => u.PasswordHash, hash).SetProperty(u => u.SecurityStamp, stamp).SetProperty(u => u.ConcurrencyStamp, Guid.NewGuid().ToString()), CancellationToken.None);
            if (changed == 0)
                throw new RefusedException(Refusal.Conflict, "The password was changed elsewhere meanwhile.");
            tx.Audit(AuditEntry.By(caller, AuditActions.PasswordChanged) with { OwnerId = user.Id });
            await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.password_changed, AuditEntry.By(caller, ""));
        }, ct);
        user.PasswordHash = hash;
        user.SecurityStamp = stamp;
        return user;
    }

    /// <summary>Lets someone sign in to their account with OpenID Connect too.</summary>
    public Task LinkAsync(HitlUser user, UserLoginInfo login, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            tx.Db.UserLogins.Add(new() { UserId = user.Id, LoginProvider = login.LoginProvider, ProviderKey = login.ProviderKey, ProviderDisplayName = login.ProviderDisplayName });
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            tx.Audit(new(AuditActions.LoginLinked, user.Id, Surface.Ui) { OwnerId = user.Id, Detail = login.LoginProvider });
        }, ct);

    /// <summary>Gives the account this role instead of the one it has, and ends its sign-ins. Does nothing if it has it already.</summary>
    /// <exception cref="RefusedException">Never for a role of <see cref="Roles"/>.</exception>
    public Task SetRoleAsync(HitlUser user, string role, Surface surface, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            var db = tx.Db;
            var roleId = await RoleIdAsync(db, role);
            if (await db.UserRoles.AnyAsync(r => r.UserId == user.Id && r.RoleId == roleId, CancellationToken.None))
                return;
            await db.UserRoles.Where(r => r.UserId == user.Id).ExecuteDeleteAsync(CancellationToken.None);
            db.UserRoles.Add(new() { UserId = user.Id, RoleId = roleId });
            await db.SaveChangesAsync(CancellationToken.None);
            tx.Audit(new(AuditActions.RoleChanged, null, surface) { OwnerId = user.Id, Detail = role });
            await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.role_changed, new("", null, surface));
        }, ct);

    static async Task<string> RoleIdAsync(HitlDbContext db, string role)
    {
        var normalized = role.ToUpperInvariant();
        var known = await db.Roles.Where(r => r.NormalizedName == normalized).Select(r => r.Id).FirstOrDefaultAsync(CancellationToken.None);
        if (known is not null)
            return known;
        db.Roles.Add(new() { Id = role, Name = role, NormalizedName = normalized });
        return role;
    }

    async Task RequirePasswordAsync(HitlUser user, string password)
    {
        foreach (var validator in users.PasswordValidators)
            Require(await validator.ValidateAsync(users, user, password), user.Email!);
    }

    static void Require(IdentityResult result, string email)
    {
        if (result.Succeeded)
            return;
        throw result.Errors.Any(e => e.Code is nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.DuplicateEmail))
            ? Taken(email)
            : new RefusedException(Refusal.Invalid, string.Join(" ", result.Errors.Select(e => e.Description).Distinct()));
    }

    static RefusedException Taken(string email) => new(Refusal.Conflict, $"There is an account for '{email}' already.");
}
