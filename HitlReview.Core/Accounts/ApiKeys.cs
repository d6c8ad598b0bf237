using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace HitlReview.Core.Accounts;

/// <summary>A key that works, and on whose behalf it calls.</summary>
/// <param name="Key">The key.</param>
/// <param name="UserId">The user.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="IsAdmin">True if the user is an admin.</param>
public sealed record KeyOwner(CallerKey Key, string UserId, string Email, bool IsAdmin);

/// <summary>A key to be made.</summary>
/// <param name="Name">What its user calls it.</param>
/// <param name="May">What it may do.</param>
public sealed record KeyDraft(string Name, KeyMay May = KeyMay.ask)
{
    /// <summary>How long it works; null for ever.</summary>
    public TimeSpan? ExpiresIn { get; init; }
}

/// <summary>A key that was just made.</summary>
/// <param name="Key">Its record.</param>
/// <param name="Secret">The key itself. This is the only time that anyone sees it.</param>
public sealed record NewApiKey(ApiKey Key, string Secret);

/// <summary>A key, and whose it is.</summary>
/// <param name="Key">The key.</param>
/// <param name="Email">Its user's e-mail address.</param>
public sealed record OwnedKey(ApiKey Key, string Email);

/// <summary>Makes, lists, revokes and recognises API keys.</summary>
/// <remarks>
/// Recognising is on the way of every call of an agent, so the answer is kept in memory for <see cref="Freshness"/>, or until
/// <see cref="Recheck"/>. A key revoked by this process stops at once. When it was
/// last used is kept in memory too, and written by <see cref="WriteUsesAsync"/>.
/// </remarks>
public sealed class ApiKeys(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, TimeProvider clock) : IDisposable
{
    /// <summary>The most characters (code points) a key's name may have.</summary>
    public const int MaxName = 100;

    /// <summary>How long a recognised key is taken for good without looking again.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time for which a key can be made.</summary>
    public static readonly TimeSpan MinLife = TimeSpan.FromMinutes(1);

    /// <summary>The longest time for which a key can be made.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(3650);

    const string Prefix = "hitl_";
    const int ShownLength = 9;

    // So many keys are remembered; of the others the database is asked at each call.
    const int MaxKept = 10_000;
    static readonly TimeSpan s_usesKept = TimeSpan.FromHours(1);

    readonly MemoryCache _known = Caches.Make(clock, MaxKept), _used = Caches.Make(clock, MaxKept);

    // Written once a minute; until then no more than the keys that there are.
    readonly ConcurrentDictionary<string, DateTimeOffset> _unwritten = [];
    long _revocations;

    /// <summary>Makes a key for a user.</summary>
    /// <param name="userId">On whose behalf it will call. The user must exist.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="by">Who makes it; null for an operator at the command line. Never a key: whoever has one must not make themselves
    /// another.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <exception cref="RefusedException">
    /// Forbidden: a key asks. Invalid: the name is blank, too long or has control characters; it may nothing, or more than its user; its
    /// end is out of range.
    /// </exception>
    public async Task<NewApiKey> CreateAsync(string userId, KeyDraft draft, Caller? by, CancellationToken ct)
    {
        if (by?.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "A key can't make keys. Sign in to make one.");
        var name = draft.Name.Trim();
        if (name.Length == 0 || name.EnumerateRunes().Count() > MaxName || name.Any(char.IsControl))
            throw new RefusedException(Refusal.Invalid, $"name must have 1 to {MaxName} characters and no control characters.");
        if (draft.May == KeyMay.none)
            throw new RefusedException(Refusal.Invalid, "may must name at least one of ask, decide, admin, metrics.");
        if (draft.ExpiresIn is { } span && (span < MinLife || span > MaxLife))
            throw new RefusedException(Refusal.Invalid,
                $"A key works for {MinLife.TotalMinutes:0} minute to {MaxLife.TotalDays:0} days, or without an end.");
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return await queue.WriteAsync(by ?? new(userId, IsAdmin: false, Surface.Cli), async tx =>
        {
            if ((draft.May & (KeyMay.admin | KeyMay.metrics)) != 0 && !await IsAdminAsync(tx.Db, userId, CancellationToken.None))
                throw new RefusedException(Refusal.Invalid, "Only an admin's key may 'admin' or 'metrics'.");
            var key = new ApiKey
            {
                Id = Guid.NewGuid().ToString(),
                UserId = userId,
                Name = name,
                Hash = HashOf(secret),
                Prefix = secret[..ShownLength],
                May = draft.May,
                ExpiresAt = tx.Now + draft.ExpiresIn,
                CreatedAt = tx.Now,
            };
            tx.Db.ApiKeys.Add(key);
            await tx.Db.SaveChangesAsync(CancellationToken.None);
            tx.Record(AuditEntry.ByOrOperator(by, AuditActions.KeyAdded) with
            {
                OwnerId = userId,
                Detail = $"{key.Prefix}… {name}: {draft.May}",
            });
            return new NewApiKey(key, secret);
        }, ct);
    }

    /// <summary>The keys of a user that are not revoked, newest first; those that have ended by themselves are among them.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(string userId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        var found = await db.ApiKeys.AsNoTracking().Where(k => k.UserId == userId && k.RevokedAt == null)
            .OrderByDescending(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
        return [.. found.Select(WithLastUse)];
    }

    /// <summary>How many keys of a user work.</summary>
    public async Task<int> CountWorkingAsync(string userId, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        return await Working(db.ApiKeys, clock.GetUtcNow()).CountAsync(k => k.UserId == userId, ct);
    }

    /// <summary>The keys of one user or of all that are not revoked, newest first.</summary>
    /// <param name="by">An admin; null for an operator at the command line.</param>
    /// <param name="userId">Whose; null for everybody's.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key asks.</exception>
    public async Task<IReadOnlyList<OwnedKey>> ListAllAsync(Caller? by, string? userId, CancellationToken ct)
    {
        RequireAdmin(by);
        await using var db = contexts.CreateDbContext();
        var found = await (
            from key in db.ApiKeys.AsNoTracking()
            join user in db.Users.AsNoTracking() on key.UserId equals user.Id
            where key.RevokedAt == null && (userId == null || key.UserId == userId)
            orderby key.CreatedAt descending, key.Id
            select new { Key = key, user.Email }).ToListAsync(ct);
        return [.. found.Select(f => new OwnedKey(WithLastUse(f.Key), f.Email ?? ""))];
    }

    /// <summary>Revokes one of the caller's keys; from now on it is refused.</summary>
    /// <exception cref="RefusedException">Forbidden: a key asks. NotFound: no such key of theirs is there.</exception>
    public Task RevokeAsync(Caller caller, string keyId, CancellationToken ct)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "A key can't revoke keys. Sign in to do so.");
        return RevokeAsync(caller, caller.UserId, keyId, ct);
    }

    /// <summary>Revokes a key of any user; from now on it is refused.</summary>
    /// <param name="by">An admin; null for an operator at the command line.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <returns>The key.</returns>
    /// <exception cref="RefusedException">Forbidden: not an admin, or a key asks. NotFound: there is no such key, or it is
    /// revoked.</exception>
    public Task<ApiKey> RevokeAnyAsync(Caller? by, string keyId, CancellationToken ct)
    {
        RequireAdmin(by);
        return RevokeAsync(by, null, keyId, ct);
    }

    /// <summary>Revokes a key for whoever may, which the caller of this has looked at.</summary>
    /// <param name="by">Who; null for an operator.</param>
    /// <param name="userId">Whose key it must be; null for anybody's.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <param name="missing">What is said where there is none, or it is revoked.</param>
    internal Task<ApiKey> RevokeAsync(
        Caller? by,
        string? userId,
        string keyId,
        CancellationToken ct,
        string missing = "API key not found.") =>
        queue.WriteAsync(by ?? Caller.Operator, async tx =>
        {
            var key = await tx.Db.ApiKeys.FirstOrDefaultAsync(
                k => k.Id == keyId && (userId == null || k.UserId == userId) && k.RevokedAt == null, CancellationToken.None)
                ?? throw new RefusedException(Refusal.NotFound, missing);
            await tx.Db.ApiKeys.Where(k => k.Id == keyId).ExecuteUpdateAsync(
                set => set.SetProperty(k => k.RevokedAt, tx.Now), CancellationToken.None);
            tx.Record(AuditEntry.ByOrOperator(by, AuditActions.KeyRevoked) with
            {
                OwnerId = key.UserId,
                Detail = $"{key.Prefix}… {key.Name}",
            });
            tx.AfterCommit(() => Forget(key.UserId));
            return key;
        }, ct);

    static void RequireAdmin(Caller? by)
    {
        if (by is not null && (by.Key is not null || !by.IsAdmin))
            throw new RefusedException(Refusal.Forbidden, "Only an admin who is signed in may see and revoke the keys of others.");
    }

    /// <summary>Keys or accounts may have changed, perhaps by another process: every key is looked at anew from now on.</summary>
    public void Recheck()
    {
        Interlocked.Increment(ref _revocations);
        _known.Clear();
    }

    /// <summary>Recognises a key.</summary>
    /// <returns>Its owner; null if it is unknown or revoked, or its owner is gone or disabled.</returns>
    public async ValueTask<KeyOwner?> FindAsync(string secret, CancellationToken ct)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length > 100)
            return null;
        var hash = HashOf(secret);
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(hash, out KeyOwner? known))
            return Used(known!, now);

        var revocations = Interlocked.Read(ref _revocations);
        await using var db = contexts.CreateDbContext();
        var admins = Roles.AdminIds(db);
        var found = await (
            from key in db.ApiKeys
            join user in db.Users on key.UserId equals user.Id
            where key.Hash == hash && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now)
            select new
            {
                Key = key,
                User = user,
                IsAdmin = admins.Contains(user.Id),
            }).AsNoTracking().FirstOrDefaultAsync(ct);
        if (found is null || found.User.IsDisabled(now))
        {
            _known.Remove(hash);
            return null;
        }
        var owner = new KeyOwner(new(found.Key.Id, found.Key.Name, found.Key.May), found.User.Id, found.User.Email ?? "", found.IsAdmin);
        var until = found.Key.ExpiresAt is { } end && end < now + Freshness ? end : now + Freshness;
        // A key revoked between the read and here must not be remembered as good.
        if (revocations == Interlocked.Read(ref _revocations))
            _known.Keep(hash, owner, until);
        return Used(owner, now);
    }

    /// <summary>Writes when keys were last used, as far as it isn't written yet. Not in the trail: it changes nothing.</summary>
    public async Task WriteUsesAsync(CancellationToken ct)
    {
        var uses = _unwritten.ToArray();
        if (uses.Length == 0)
            return;
        await queue.WriteAsync(async tx =>
        {
            foreach (var (keyId, at) in uses)
                await tx.ExecuteAsync("""
                    UPDATE api_keys SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at)
                    """, CancellationToken.None, ("at", at), ("id", keyId));
        }, ct);
        foreach (var use in uses)
            _unwritten.TryRemove(use);
    }

    KeyOwner Used(KeyOwner owner, DateTimeOffset now)
    {
        var minute = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (_used.TryGetValue(owner.Key.Id, out DateTimeOffset last) && last >= minute)
            return owner;
        _used.Keep(owner.Key.Id, minute, now + s_usesKept);
        _unwritten[owner.Key.Id] = minute;
        return owner;
    }

    ApiKey WithLastUse(ApiKey key)
    {
        if (_used.TryGetValue(key.Id, out DateTimeOffset last) && !(key.LastUsedAt >= last))
            key.LastUsedAt = last;
        // Uses are kept to the minute.
        if (key.LastUsedAt < key.CreatedAt)
            key.LastUsedAt = key.CreatedAt;
        return key;
    }

    /// <summary>
    /// Looks at a user's keys anew at their next call: one was revoked, or the user was disabled or has another role now.
    /// </summary>
    internal void Forget(string userId)
    {
        Interlocked.Increment(ref _revocations);
        foreach (var hash in _known.Keys)
            if (_known.TryGetValue(hash, out KeyOwner? known) && known!.UserId == userId)
                _known.Remove(hash);
    }

    /// <summary>Those of the keys that work, whosever they are; in SQL <see cref="Standing.KeyWorks"/>.</summary>
    internal static IQueryable<ApiKey> Working(IQueryable<ApiKey> all, DateTimeOffset now) =>
        all.Where(k => k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now));

    static Task<bool> IsAdminAsync(HitlDbContext db, string userId, CancellationToken ct) =>
        Roles.AdminIds(db).ContainsAsync(userId, ct);

    static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _known.Dispose();
        _used.Dispose();
    }
}
