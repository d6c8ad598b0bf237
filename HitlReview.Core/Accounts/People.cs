using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace HitlReview.Core.Accounts;

/// <summary>Someone with an account, as an admin sees them.</summary>
/// <param name="Id">The user id.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="State">Whether they can sign in.</param>
/// <param name="HasPassword">True if they can sign in with a password.</param>
/// <param name="HasPasskey">True if the password alone doesn't do: they have a passkey.</param>
/// <param name="HasOidc">True if they can sign in with OpenID Connect.</param>
/// <param name="Sessions">How many of their sign-ins stand.</param>
/// <param name="LastSeenAt">When one of those was last seen, to the minute; null without any.</param>
/// <param name="Keys">How many API keys of theirs work.</param>
public sealed record PersonRow(
    string Id, string Email, string Role, PersonState State, bool HasPassword, bool HasPasskey, bool HasOidc, int Sessions,
    DateTimeOffset? LastSeenAt, int Keys);

/// <summary>Whether somebody can sign in.</summary>
public enum PersonState
{
    /// <summary>They can.</summary>
    enabled,

    /// <summary>Not with a password for some minutes, after too many wrong ones.</summary>
    locked,

    /// <summary>They can't, and neither can their keys do anything.</summary>
    disabled,
}

/// <summary>A part of the list of people.</summary>
/// <param name="Items">Ordered by address.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record PeoplePart(IReadOnlyList<PersonRow> Items, int Total);

/// <summary>Someone with all that they can come in with.</summary>
/// <param name="Row">Who.</param>
/// <param name="Sessions">The sign-ins that stand, the last seen first.</param>
/// <param name="Keys">The keys that work, newest first.</param>
/// <param name="Passkeys">The passkeys, the oldest first.</param>
public sealed record PersonDetails(
    PersonRow Row, IReadOnlyList<UserSession> Sessions, IReadOnlyList<ApiKey> Keys, IReadOnlyList<Passkey> Passkeys);

/// <summary>What a change to a person's account did.</summary>
/// <param name="Changed">False if it was so already.</param>
/// <param name="SessionsEnded">How many sign-ins it ended.</param>
/// <param name="DecisionsWithdrawn">How many of their decisions could still be undone, and were.</param>
/// <param name="ExecutionsStopped">How many executions and chats of theirs it stopped.</param>
/// <param name="LeavesNoAdmin">True if there is no admin left who can sign in. Never through a page.</param>
public sealed record PersonChange(
    bool Changed, int SessionsEnded = 0, int DecisionsWithdrawn = 0, int ExecutionsStopped = 0, bool LeavesNoAdmin = false);

/// <summary>
/// What an admin on the page, or an operator at the command line, does about other people's accounts. Each change is one transaction, which
/// looks whether whoever makes it still is an admin. An operator is named by a null caller. A key does none of this, whatever it may.
/// </summary>
public sealed class People(
    UserManager<HitlUser> users, CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, PasswordHashing hashing, ApiKeys keys,
    IEndsWithAccount underWay, TimeProvider clock)
{
    /// <summary>How many people a part of the list has.</summary>
    public const int PageSize = 50;

    /// <summary>The most characters (code points) of a reason.</summary>
    public const int MaxReason = 500;

    /// <summary>Reads a part of the list of everybody.</summary>
    /// <param name="by">An admin; null for an operator.</param>
    /// <param name="search">A part of the address; null for everybody.</param>
    /// <param name="page">From 1.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key.</exception>
    public async Task<PeoplePart> ListAsync(Caller? by, string? search, int page, CancellationToken ct)
    {
        RequireAdmin(by);
        await using var db = contexts.CreateDbContext();
        var wanted = search?.Trim() is { Length: > 0 } part ? users.NormalizeEmail(part) : null;
        var found = wanted is null ? db.Users : db.Users.Where(u => u.NormalizedEmail!.Contains(wanted));
        var total = await found.CountAsync(ct);
        var skip = (int)Math.Min((long)(Math.Max(page, 1) - 1) * PageSize, int.MaxValue);
        return new(await RowsAsync(db, found.OrderBy(u => u.NormalizedEmail).ThenBy(u => u.Id).Skip(skip).Take(PageSize), ct), total);
    }

    /// <summary>Reads one person.</summary>
    /// <param name="by">An admin; null for an operator.</param>
    /// <param name="userId">Who.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key. NotFound: there is no such account.</exception>
    public async Task<PersonDetails> GetAsync(Caller? by, string userId, CancellationToken ct)
    {
        RequireAdmin(by);
        var now = clock.GetUtcNow();
        await using var db = contexts.CreateDbContext();
        if (await RowsAsync(db, db.Users.Where(u => u.Id == userId), ct) is not [var row])
            throw Unknown(userId);
        return new(row,
            await UserSessions.StandingOf(db, userId, now).ToListAsync(ct),
            await ApiKeys.Working(db.ApiKeys, now).Where(k => k.UserId == userId)
                .OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).AsNoTracking().ToListAsync(ct),
            await Passkeys.ListAsync(db, userId, ct));
    }

    /// <summary>Who has this address.</summary>
    /// <returns>The user id; null if nobody has.</returns>
    public async Task<string?> FindAsync(string email, CancellationToken ct)
    {
        var wanted = users.NormalizeEmail(email.Trim());
        await using var db = contexts.CreateDbContext();
        return await db.Users.Where(u => u.NormalizedEmail == wanted).Select(u => u.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>
    /// Disables an account: its sign-ins end, its keys stop, its decisions that can still be undone are, and what it has under way is
    /// stopped: no action of its starts any more. What it has decided, and what has run, stands.
    /// </summary>
    /// <param name="by">An admin; null for an operator.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="reason">Why; for the trail.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Invalid: the reason. Conflict: one's own, or the last admin's, by the
    /// page.
    /// </exception>
    public async Task<PersonChange> DisableAsync(Caller? by, string userId, string? reason, CancellationToken ct)
    {
        reason = Identifiers.CheckText(reason, "reason", MaxReason);
        var done = await ChangeAsync(by, userId, async (tx, user) =>
        {
            if (user.IsDisabled(tx.Now))
                return new(false);
            var last = await RequireOtherAdminAsync(tx, by, user);
            await UpdateAsync(tx, user, set => set.SetProperty(u => u.LockoutEnd, HitlUser.Forever));
            tx.Record(AuditEntry.ByOrOperator(by, AuditActions.UserDisabled) with { OwnerId = user.Id, Detail = reason });
            var ended = await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.disabled, AuditEntry.ByOrOperator(by, ""));
            foreach (var execution in await tx.Db.AutoApprovals.Where(a => a.UserId == user.Id && a.RevokedAt == null)
                .Select(a => a.GraphExecId).Distinct().ToListAsync(CancellationToken.None))
                await AutoApprovals.EndAsync(tx, user.Id, execution, by ?? Caller.Operator, CancellationToken.None);
            return new PersonChange(true, ended.Sessions, ended.Decisions, LeavesNoAdmin: last);
        }, ct);
        // There may be thousands of executions, which would hold up everybody's writes in one transaction.
        return done.Changed
            ? done with { ExecutionsStopped = await underWay.StopDisabledAsync(userId, by ?? Caller.Operator, CancellationToken.None) }
            : done;
    }

    /// <summary>Lets a disabled or locked account be entered again. Nothing that ended comes back by itself; its keys work again.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Conflict: one's own, by the page.
    /// </exception>
    public Task<PersonChange> EnableAsync(Caller? by, string userId, CancellationToken ct) => ChangeAsync(by, userId, async (tx, user) =>
    {
        if (!user.IsDisabled(tx.Now) && !user.IsLocked(tx.Now))
            return new(false);
        await UpdateAsync(
            tx, user, set => set.SetProperty(u => u.LockoutEnd, (DateTimeOffset?)null).SetProperty(u => u.AccessFailedCount, 0));
        tx.Record(AuditEntry.ByOrOperator(by, AuditActions.UserEnabled) with { OwnerId = user.Id });
        return new PersonChange(true);
    }, ct);

    /// <summary>Gives an account another role; its sign-ins end, because they were made in the old one.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Invalid: no such role. Conflict: one's own, or the last admin's, by
    /// the page.
    /// </exception>
    public Task<PersonChange> SetRoleAsync(Caller? by, string userId, string role, CancellationToken ct)
    {
        if (role is not (Roles.Reviewer or Roles.Admin))
            throw new RefusedException(Refusal.Invalid, $"role must be {Roles.Reviewer} or {Roles.Admin}; it is '{role}'.");
        return ChangeAsync(by, userId, async (tx, user) =>
        {
            var last = role != Roles.Admin && await RequireOtherAdminAsync(tx, by, user);
            if (await UserAccounts.GiveRoleAsync(tx, user.Id, role, AuditEntry.ByOrOperator(by, ""), keys) is not { } ended)
                return new(false);
            await UpdateAsync(tx, user, _ => { });
            return new PersonChange(true, ended.Sessions, ended.Decisions, LeavesNoAdmin: last);
        }, ct);
    }

    /// <summary>
    /// Gives an account a new password and ends its sign-ins. A lock after wrong passwords is lifted; a disabled account stays disabled.
    /// </summary>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Invalid: the password isn't accepted. Conflict: one's own, by the
    /// page. TooMany: too many passwords are being checked.
    /// </exception>
    public async Task<PersonChange> ResetPasswordAsync(Caller? by, string userId, string password, CancellationToken ct)
    {
        RequireAdmin(by);
        var known = await users.FindByIdAsync(userId) ?? throw Unknown(userId);
        await UserAccounts.RequirePasswordAsync(users, known, password);
        var hash = await hashing.HashAsync(password, source: null, ct);
        return await ChangeAsync(by, userId, async (tx, user) =>
        {
            var end = user.IsDisabled(tx.Now) ? user.LockoutEnd : null;
            await UpdateAsync(tx, user, set =>
                set.SetProperty(u => u.PasswordHash, hash).SetProperty(u => u.LockoutEnd, end).SetProperty(u => u.AccessFailedCount, 0));
            tx.Record(AuditEntry.ByOrOperator(by, AuditActions.PasswordReset) with { OwnerId = user.Id });
            var ended = await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.password_changed, AuditEntry.ByOrOperator(by, ""));
            return new PersonChange(true, ended.Sessions, ended.Decisions);
        }, ct);
    }

    /// <summary>Takes all passkeys from somebody who has lost theirs: their password alone signs them in. Their sign-ins go on.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Conflict: one's own, by the page.
    /// </exception>
    public Task<PersonChange> RemovePasskeysAsync(Caller? by, string userId, CancellationToken ct) =>
        ChangeAsync(
            by, userId, async (tx, user) => new(await Passkeys.RemoveAllAsync(tx, user.Id, AuditEntry.ByOrOperator(by, "")) > 0), ct);

    /// <summary>Ends all sign-ins of an account. Its keys go on.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: not an admin, or a key. NotFound: no such account. Conflict: one's own, by the page.
    /// </exception>
    public Task<PersonChange> SignOutAsync(Caller? by, string userId, CancellationToken ct) => ChangeAsync(by, userId, async (tx, user) =>
    {
        await UpdateAsync(tx, user, _ => { });
        tx.Record(AuditEntry.ByOrOperator(by, AuditActions.SignedOutEverywhere) with { OwnerId = user.Id });
        var ended = await UserSessions.EndAllAsync(tx, user.Id, SignInEnd.ended, AuditEntry.ByOrOperator(by, ""));
        return new PersonChange(true, ended.Sessions, ended.Decisions);
    }, ct);

    /// <summary>Ends one sign-in of an account.</summary>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key. NotFound: no such sign-in stands.</exception>
    public Task EndSessionAsync(Caller? by, string userId, string sessionId, CancellationToken ct)
    {
        RequireAdmin(by);
        return queue.WriteAsync(by ?? Caller.Operator, async tx =>
        {
            var which = tx.Db.UserSessions.Where(s => s.Id == sessionId);
            if ((await UserSessions.EndAsync(tx, userId, which, SignInEnd.ended, AuditEntry.ByOrOperator(by, ""))).Sessions == 0)
                throw new RefusedException(Refusal.NotFound, "That sign-in has ended already.");
        }, ct);
    }

    /// <summary>Revokes a key of an account.</summary>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key. NotFound: no such key of theirs works.</exception>
    public Task RevokeKeyAsync(Caller? by, string userId, string keyId, CancellationToken ct)
    {
        RequireAdmin(by);
        return keys.RevokeAsync(by, userId, keyId, ct, "That key has been revoked already.");
    }

    async Task<PersonChange> ChangeAsync(
        Caller? by, string userId, Func<WriteTransaction, HitlUser, Task<PersonChange>> change, CancellationToken ct)
    {
        RequireAdmin(by);
        // Whoever holds a stolen page of an admin's must not turn it into a password, nor can admins lock themselves out by a slip.
        if (by?.UserId == userId)
            throw new RefusedException(Refusal.Conflict, "This is your own account. Another admin can do that.");
        return await queue.WriteAsync(by ?? Caller.Operator, async tx =>
        {
            var user = await tx.Db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, CancellationToken.None)
                ?? throw Unknown(userId);
            var done = await change(tx, user);
            if (done.Changed)
                tx.AfterCommit(() => keys.Forget(userId));
            return done;
        }, ct);
    }

    /// <summary>
    /// Changes an account, under new stamps: no cookie that was made before, and no change of somebody who has read it before, holds any
    /// more.
    /// </summary>
    static Task<int> UpdateAsync(WriteTransaction tx, HitlUser user, Action<UpdateSettersBuilder<HitlUser>> change) =>
        tx.Db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set =>
        {
            set.SetProperty(u => u.SecurityStamp, Guid.NewGuid().ToString("N"))
                .SetProperty(u => u.ConcurrencyStamp, Guid.NewGuid().ToString());
            change(set);
        }, CancellationToken.None);

    /// <returns>True if an operator takes the last admin who can sign in; a page is refused that.</returns>
    static async Task<bool> RequireOtherAdminAsync(WriteTransaction tx, Caller? by, HitlUser user)
    {
        var tomorrow = tx.Now.AddDays(1);
        var ids = Roles.AdminIds(tx.Db);
        var admins = tx.Db.Users.Where(u => (u.LockoutEnd == null || u.LockoutEnd <= tomorrow) && ids.Contains(u.Id));
        if (!await admins.AnyAsync(u => u.Id == user.Id, CancellationToken.None)
            || await admins.AnyAsync(u => u.Id != user.Id, CancellationToken.None))
            return false;
        return by is null
            ? true
            : throw new RefusedException(Refusal.Conflict, $"{user.Email} is the last admin who can sign in. Make another one first.");
    }

    async Task<IReadOnlyList<PersonRow>> RowsAsync(HitlDbContext db, IQueryable<HitlUser> which, CancellationToken ct)
    {
        // A few statements for the whole part of the list, however many people it has.
        var now = clock.GetUtcNow();
        var people = await which.AsNoTracking().ToListAsync(ct);
        var ids = people.Select(u => u.Id).ToList();
        var roles = await db.UserRoles.Where(r => ids.Contains(r.UserId)).Join(
            db.Roles, r => r.RoleId, role => role.Id, (r, role) => new { r.UserId, role.Name })
            .ToDictionaryAsync(r => r.UserId, r => r.Name, ct);
        var logins = (await db.UserLogins.Where(l => ids.Contains(l.UserId)).Select(l => l.UserId).ToListAsync(ct))
            .ToHashSet(StringComparer.Ordinal);
        var passkeys =
            (await db.Set<IdentityUserPasskey<string>>().Where(p => ids.Contains(p.UserId)).Select(p => p.UserId).ToListAsync(ct))
            .ToHashSet(StringComparer.Ordinal);
        var sessions = await UserSessions.Standing(db.UserSessions, now).Where(s => ids.Contains(s.UserId)).GroupBy(s => s.UserId)
            .Select(g => new { g.Key, Count = g.Count(), Seen = g.Max(s => s.LastSeenAt) }).ToDictionaryAsync(g => g.Key, ct);
        var working = await ApiKeys.Working(db.ApiKeys, now).Where(k => ids.Contains(k.UserId)).GroupBy(k => k.UserId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return
        [
            .. people.Select(u => new PersonRow(
                u.Id, u.Email ?? "", roles.GetValueOrDefault(u.Id) ?? "",
                u.IsDisabled(now) ? PersonState.disabled : u.IsLocked(now) ? PersonState.locked : PersonState.enabled,
                u.PasswordHash is not null, passkeys.Contains(u.Id), logins.Contains(u.Id),
                sessions.GetValueOrDefault(u.Id)?.Count ?? 0, sessions.GetValueOrDefault(u.Id)?.Seen, working.GetValueOrDefault(u.Id))),
        ];
    }

    static void RequireAdmin(Caller? by)
    {
        if (by is null or { Key: null, IsAdmin: true })
            return;
        throw new RefusedException(
            Refusal.Forbidden,
            by.Key is null
                ? "Only an admin may see and change the accounts of others."
                : "A key can't see or change accounts. Sign in to do so.");
    }

    static RefusedException Unknown(string userId) => new(Refusal.NotFound, $"There is no account '{userId}'.");
}
