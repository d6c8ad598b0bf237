using HitlReview.Core.Storage;

namespace HitlReview.Core.Accounts;

/// <summary>
/// Whether the sign-in or key of a caller still stands. What a caller writes is written only while it does, and that is looked at in the
/// transaction of the write: an open page, or a call on its way, does nothing more once its person is signed out, disabled or demoted.
/// </summary>
public static class Standing
{
    /// <summary>
    /// The condition of a user <c>u</c> who is not disabled, by a lock that outlasts a day (<see cref="HitlUser.IsDisabled"/>); with the
    /// parameter tomorrow.
    /// </summary>
    internal const string Enabled = """(u."LockoutEnd" IS NULL OR u."LockoutEnd" <= @tomorrow)""";

    /// <summary>The condition of a key <c>k</c> that works, whoever's it is; with the parameter now.</summary>
    internal const string KeyWorks = "(k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > @now))";

    const string StillAdmin = """
        (@admin = FALSE OR EXISTS (SELECT 1 FROM "AspNetUserRoles" r JOIN "AspNetRoles" n ON n."Id" = r."RoleId"
            WHERE r."UserId" = @user AND n."Name" = 'admin'))
        """;

    const string OfSession = $"""
        SELECT EXISTS (SELECT 1 FROM user_sessions s JOIN "AspNetUsers" u ON u."Id" = s.user_id
                       WHERE s.id = @id AND s.user_id = @user AND s.ended_at IS NULL AND s.idle_until > @now AND s.expires_at > @now
                           AND {Enabled})
               AND {StillAdmin}
        """;

    // Also of somebody who was signed out or disabled a moment ago.
    const string OfTyping = """
        SELECT EXISTS (SELECT 1 FROM user_sessions WHERE id = @id AND user_id = @user
            AND (ended_at IS NULL OR ended_at > @lately) AND idle_until > @lately AND expires_at > @lately)
        """;

    static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(10);

    const string OfKey = $"""
        SELECT EXISTS (SELECT 1 FROM api_keys k JOIN "AspNetUsers" u ON u."Id" = k.user_id
                       WHERE k.id = @id AND k.user_id = @user AND {KeyWorks} AND {Enabled})
               AND {StillAdmin}
        """;

    const string OfPerson = $"""SELECT EXISTS (SELECT 1 FROM "AspNetUsers" u WHERE u."Id" = @user AND {Enabled})""";

    /// <summary>As <see cref="CommitQueue.WriteAsync{T}"/>, in the name of a caller whose sign-in or key must still stand.</summary>
    /// <exception cref="RefusedException">SignedOut: it doesn't; nothing was written.</exception>
    public static Task<T> WriteAsync<T>(
        this CommitQueue queue, Caller caller, Func<WriteTransaction, Task<T>> work, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            await RequireAsync(tx, caller, ct);
            return await work(tx);
        }, ct, caller.UserId);

    /// <summary>As <see cref="WriteAsync{T}"/>, for work without a result.</summary>
    /// <exception cref="RefusedException">SignedOut: it doesn't stand; nothing was written.</exception>
    public static Task WriteAsync(this CommitQueue queue, Caller caller, Func<WriteTransaction, Task> work, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            await RequireAsync(tx, caller, ct);
            await work(tx);
        }, ct, caller.UserId);

    /// <summary>
    /// As <see cref="WriteAsync{T}"/>, for keeping what somebody has typed for themselves and for nobody else: a sign-in that has just
    /// ended is enough. What was typed while it stood gets here after it, and must not be lost; it decides nothing, and only its writer
    /// ever sees it.
    /// </summary>
    /// <exception cref="RefusedException">SignedOut: it ended longer ago; nothing was written.</exception>
    public static Task<T> WriteTypedAsync<T>(
        this CommitQueue queue, Caller caller, Func<WriteTransaction, Task<T>> work, CancellationToken ct) =>
        caller.SessionId is null ? queue.WriteAsync(caller, work, ct) : queue.WriteAsync(async tx =>
        {
            if (!await tx.FirstAsync(
                OfTyping, r => r.GetBoolean(0), ct, ("id", caller.SessionId), ("user", caller.UserId), ("lately", tx.Now - s_lastWords)))
                throw Ended(isKey: false);
            return await work(tx);
        }, ct, caller.UserId);

    static async Task RequireAsync(WriteTransaction tx, Caller caller, CancellationToken ct)
    {
        // On a page or over the network nobody is anybody without a session or a key.
        var how = caller switch
        {
            { Key: not null } => OfKey,
            // The program itself and its operator.
            { SessionId: null, Surface: Surface.Engine or Surface.Cli } => null,
            // A chat goes on without its person, as long as they may.
            { SessionId: null, Surface: Surface.Copilot } => OfPerson,
            _ => OfSession,
        };
        if (how is null)
            return;
        var stands = await tx.FirstAsync(how, r => r.GetBoolean(0), ct,
            ("id", caller.Key?.Id ?? caller.SessionId), ("user", caller.UserId), ("now", tx.Now), ("tomorrow", tx.Now.AddDays(1)),
            ("admin", caller.IsAdmin));
        if (!stands)
            throw Ended(caller.Key is not null);
    }

    /// <summary>What a caller is told whose sign-in or key has ended.</summary>
    public static RefusedException Ended(bool isKey) =>
        new(
            Refusal.SignedOut,
            isKey ? "The key is unknown, revoked or has ended." : "You are signed out. Sign in again; nothing was changed.");
}
