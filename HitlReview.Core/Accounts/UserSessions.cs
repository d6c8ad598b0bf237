using System.Security.Cryptography;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Accounts;

/// <summary>A sign-in that was just made.</summary>
/// <param name="UserId">Who signed in.</param>
/// <param name="Way">How.</param>
/// <param name="Device">What the browser calls itself; cut where it is too long.</param>
public sealed record SessionDraft(string UserId, SignInWay Way, string Device)
{
    /// <summary>For OpenID Connect: what the provider wants to see when it is asked again, protected.</summary>
    public string? ProviderTokens { get; init; }

    /// <summary>The security stamp of the account as it was when its person was recognised; null not to compare it.</summary>
    public string? Stamp { get; init; }

    /// <summary>The session of the same browser that this one takes the place of; null for none.</summary>
    public string? Replaces { get; init; }
}

/// <summary>What the end of a user's sign-ins ended.</summary>
/// <param name="Sessions">How many stood.</param>
/// <param name="Decisions">How many of their decisions could still be undone, and were.</param>
public sealed record SessionsEnded(int Sessions, int Decisions);

/// <summary>
/// The sign-ins of people. A cookie is worth no more than the row that it names: once that has ended, no copy of the cookie is of any use.
/// </summary>
public sealed class UserSessions(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, TimeProvider clock, IOptions<UserSessionOptions> options)
{
    /// <summary>The most characters (UTF-16 code units) kept of what a browser calls itself.</summary>
    public const int MaxDevice = 200;

    /// <summary>How exactly it is known when a session was last seen: a session in use is written no more often.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    // Ended sessions are of no use to anybody; that they were there stands in the trail.
    static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    /// <summary>Opens a session under a new id, whatever the browser brought along.</summary>
    /// <param name="draft">Whose, and how.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Forbidden: the account is gone or disabled, or has changed since its person was recognised.
    /// </exception>
    public Task<UserSession> OpenAsync(SessionDraft draft, CancellationToken ct)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return queue.WriteAsync(async tx =>
        {
            var user = await tx.Db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == draft.UserId, CancellationToken.None);
            if (user is null || user.IsDisabled(tx.Now))
                throw new RefusedException(Refusal.Forbidden, "The account is disabled.");
            // Between the password and here it may have been reset, or everybody signed out.
            if (draft.Stamp is { } stamp && stamp != user.SecurityStamp)
                throw new RefusedException(Refusal.Forbidden, "The account has changed at this moment. Sign in again.");
            if (draft.Replaces is { } former)
                await EndAsync(
                    tx, tx.Db.UserSessions.Where(s => s.Id == former), SignInEnd.replaced,
                    AuditEntry.By(null, "") with { Surface = Surface.Ui });
            var old = tx.Now - s_kept;
            await tx.Db.UserSessions.Where(s => s.UserId == user.Id
                && (s.EndedAt < old || s.IdleUntil < old || s.ExpiresAt < old)).ExecuteDeleteAsync(CancellationToken.None);
            var session = new UserSession
            {
                Id = id,
                UserId = user.Id,
                Way = draft.Way,
                Device = draft.Device.Length > MaxDevice ? draft.Device[..MaxDevice] : draft.Device,
                CreatedAt = tx.Now,
                LastSeenAt = tx.Now,
                IdleUntil = tx.Now + options.Value.SessionIdle,
                ExpiresAt = tx.Now + options.Value.SessionMax,
                ProviderTokens = draft.ProviderTokens,
                ProviderAskedAt = draft.ProviderTokens is null ? null : tx.Now,
            };
            tx.Db.UserSessions.Add(session);
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            tx.Record(new(AuditActions.SignInOpened, user.Id, Surface.Ui) { OwnerId = user.Id, Detail = $"{NameOf(id)}: {draft.Way}" });
            return session;
        }, ct);
    }

    /// <summary>What a session is called in the trail: enough to tell a person's sessions apart, of no use to anybody else.</summary>
    public static string NameOf(string id) => id[..8];

    /// <summary>Looks whether a sign-in or key still stands, and as what it was made: one of another role doesn't.</summary>
    public async Task<SignInLook> LookAsync(Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.CreateDbContext();
        return caller.Key is { } key ? await LookAtKeyAsync(db, caller, key.Id, now, ct) : await LookAtSessionAsync(db, caller, now, ct);
    }

    static async Task<SignInLook> LookAtSessionAsync(HitlDbContext db, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var admins = Roles.AdminIds(db);
        var found = await (
            from session in db.UserSessions
            join user in db.Users on session.UserId equals user.Id
            where session.Id == caller.SessionId && session.UserId == caller.UserId
            select new
            {
                Session = session,
                User = user,
                IsAdmin = admins.Contains(user.Id),
            }).AsNoTracking().FirstOrDefaultAsync(ct);
        if (found is null)
            return new(SignInEnd.signed_out, now);
        var until = found.Session.IdleUntil < found.Session.ExpiresAt ? found.Session.IdleUntil : found.Session.ExpiresAt;
        SignInEnd? end =
            found.User.IsDisabled(now) ? SignInEnd.disabled
            : found.IsAdmin != caller.IsAdmin ? SignInEnd.role_changed
            : found.Session.EndedAt < until ? found.Session.EndedWhy ?? SignInEnd.signed_out
            : until <= now ? SignInEnd.timed_out
            : null;
        return new(end, until, found.Session);
    }

    static async Task<SignInLook> LookAtKeyAsync(HitlDbContext db, Caller caller, string keyId, DateTimeOffset now, CancellationToken ct)
    {
        var admins = Roles.AdminIds(db);
        var found = await (
            from key in db.ApiKeys
            join user in db.Users on key.UserId equals user.Id
            where key.Id == keyId && key.UserId == caller.UserId
            select new
            {
                Key = key,
                User = user,
                IsAdmin = admins.Contains(user.Id),
            }).AsNoTracking().FirstOrDefaultAsync(ct);
        var until = found?.Key.ExpiresAt ?? DateTimeOffset.MaxValue;
        SignInEnd? end =
            found is null || found.Key.RevokedAt is not null || until <= now ? SignInEnd.key_ended
            : found.User.IsDisabled(now) ? SignInEnd.disabled
            : caller.IsAdmin && !found.IsAdmin ? SignInEnd.role_changed
            : null;
        return new(end, until);
    }

    /// <summary>Notes that a session is in use. It must be standing, or nothing changes.</summary>
    public Task SeeAsync(string sessionId, CancellationToken ct) =>
        queue.WriteAsync(tx => tx.ExecuteAsync("""
            UPDATE user_sessions SET last_seen_at = @now, idle_until = @idle
            WHERE id = @id AND ended_at IS NULL AND idle_until > @now AND expires_at > @now AND last_seen_at < @now
            """, ct, ("now", tx.Now), ("idle", tx.Now + options.Value.SessionIdle), ("id", sessionId)), ct);

    /// <summary>A session, standing or not; null if there is none of that id.</summary>
    public async Task<UserSession?> FindAsync(string sessionId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await db.UserSessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == sessionId, ct);
    }

    /// <summary>The standing sessions that a provider was last asked about before this moment.</summary>
    public async Task<IReadOnlyList<UserSession>> AskedBeforeAsync(DateTimeOffset moment, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = contexts.CreateDbContext();
        return await Standing(db.UserSessions, now).AsNoTracking()
            .Where(s => s.ProviderTokens != null && s.ProviderAskedAt < moment).ToListAsync(ct);
    }

    /// <summary>The provider vouches for a session; it may have given other tokens to ask with the next time.</summary>
    public Task ConfirmAsync(string sessionId, string providerTokens, CancellationToken ct) =>
        queue.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE user_sessions SET provider_tokens = @tokens, provider_asked_at = @now WHERE id = @id AND ended_at IS NULL",
            ct, ("tokens", providerTokens), ("now", tx.Now), ("id", sessionId)), ct);

    /// <summary>A user's standing sessions, the last seen first.</summary>
    public async Task<IReadOnlyList<UserSession>> ListAsync(string userId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await StandingOf(db, userId, clock.GetUtcNow()).ToListAsync(ct);
    }

    /// <summary>The caller signs out: ends the session that they came with. Does nothing if it has ended already.</summary>
    public Task SignOutAsync(Caller caller, CancellationToken ct) =>
        queue.WriteAsync(
            tx => EndAsync(
                tx, tx.Db.UserSessions.Where(s => s.Id == caller.SessionId && s.UserId == caller.UserId), SignInEnd.signed_out,
                AuditEntry.By(caller, "")), ct,
            caller.UserId);

    /// <summary>Ends one of the caller's own sessions.</summary>
    /// <exception cref="RefusedException">Forbidden: a key asks. NotFound: no such session of theirs stands.</exception>
    public async Task EndAsync(Caller caller, string sessionId, CancellationToken ct)
    {
        RequirePerson(caller);
        await queue.WriteAsync(caller, async tx =>
        {
            var which = tx.Db.UserSessions.Where(s => s.Id == sessionId);
            if ((await EndAsync(tx, caller.UserId, which, SignInEnd.ended, AuditEntry.By(caller, ""))).Sessions == 0)
                throw new RefusedException(Refusal.NotFound, "That session has ended already.");
        }, ct);
    }

    /// <summary>Ends all of the caller's sessions except the one that they came with.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="RefusedException">Forbidden: a key asks.</exception>
    public async Task<int> EndOthersAsync(Caller caller, CancellationToken ct)
    {
        RequirePerson(caller);
        return await queue.WriteAsync(caller, async tx =>
            (
                await EndAsync(
                    tx, caller.UserId, tx.Db.UserSessions.Where(s => s.Id != caller.SessionId), SignInEnd.ended,
                    AuditEntry.By(caller, ""))).Sessions,
            ct);
    }

    /// <summary>HitlReview itself ends a session, as when the provider no longer vouches for it.</summary>
    public Task EndAsync(string sessionId, SignInEnd why, CancellationToken ct) => queue.WriteAsync(async tx =>
    {
        var which = tx.Db.UserSessions.Where(s => s.Id == sessionId);
        if (await which.Select(s => s.UserId).FirstOrDefaultAsync(CancellationToken.None) is { } userId)
            await EndAsync(tx, userId, which, why, AuditEntry.By(null, ""));
    }, ct);

    /// <summary>
    /// Ends all sessions of a user, in the transaction of whatever ends them: another password or role, or an admin. Their decisions that
    /// can still be undone are.
    /// </summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="userId">The user.</param>
    /// <param name="why">What ends them.</param>
    /// <param name="by">Who did it and where it came in.</param>
    public static async Task<SessionsEnded> EndAllAsync(WriteTransaction tx, string userId, SignInEnd why, AuditEntry by) => new(
        await EndAsync(tx, tx.Db.UserSessions.Where(s => s.UserId == userId), why, by),
        await ScheduledDecisions.WithdrawAllAsync(tx, userId, by, CancellationToken.None));

    /// <summary>
    /// Ends sessions of a user that are perhaps in somebody else's hands. Which of their decisions that can still be undone were made there
    /// isn't known: all of them are.
    /// </summary>
    internal static async Task<SessionsEnded> EndAsync(
        WriteTransaction tx,
        string userId,
        IQueryable<UserSession> which,
        SignInEnd why,
        AuditEntry by)
    {
        var ended = await EndAsync(tx, which.Where(s => s.UserId == userId), why, by);
        return new(ended, ended == 0 ? 0 : await ScheduledDecisions.WithdrawAllAsync(tx, userId, by, CancellationToken.None));
    }

    static async Task<int> EndAsync(WriteTransaction tx, IQueryable<UserSession> which, SignInEnd why, AuditEntry by)
    {
        var ended = await Standing(which, tx.Now).Select(s => new { s.Id, s.UserId }).ToListAsync(CancellationToken.None);
        await which.Where(s => s.EndedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.EndedAt, tx.Now).SetProperty(s => s.EndedWhy, why)
                .SetProperty(s => s.ProviderTokens, (string?)null), CancellationToken.None);
        foreach (var session in ended)
            tx.Record(by with { Action = AuditActions.SignInEnded, OwnerId = session.UserId, Detail = $"{NameOf(session.Id)}: {why}" });
        return ended.Count;
    }

    /// <summary>Those of the sessions that stand at a time.</summary>
    internal static IQueryable<UserSession> Standing(IQueryable<UserSession> all, DateTimeOffset now) =>
        all.Where(s => s.EndedAt == null && s.IdleUntil > now && s.ExpiresAt > now);

    /// <summary>A user's standing sessions, the last seen first.</summary>
    internal static IQueryable<UserSession> StandingOf(HitlDbContext db, string userId, DateTimeOffset now) =>
        Standing(db.UserSessions, now).AsNoTracking().Where(s => s.UserId == userId).OrderByDescending(s => s.LastSeenAt).ThenBy(s => s.Id);

    static void RequirePerson(Caller caller)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "A key can't end sessions. Sign in to do so.");
    }
}
