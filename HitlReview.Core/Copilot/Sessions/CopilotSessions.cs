using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>Opens chats, lists them and finds them again.</summary>
public sealed class CopilotSessions(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, IOptions<LimitOptions> limits)
{
    /// <summary>The longest title, in code points.</summary>
    public const int MaxTitle = 120;

    /// <summary>The longest text that is searched for, in UTF-16 code units.</summary>
    public const int MaxSearch = 200;

    /// <summary>Opens a chat.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: the key may not ask. Conflict: the caller has as many as may be (<see cref="LimitOptions.ChatSessions"/>).
    /// </exception>
    public Task<CopilotSession> OpenAsync(Caller caller, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        return queue.WriteAsync(caller, async tx =>
        {
            var keyId = caller.Key?.Id;
            if (await tx.Db.CopilotSessions.CountAsync(s => s.UserId == caller.UserId && s.AskedByKeyId == keyId, ct)
                >= limits.Value.ChatSessions)
                throw new RefusedException(Refusal.Conflict,
                    $"You have {limits.Value.ChatSessions} chat sessions, and more there may not be (Limits:ChatSessions).");
            var session = new CopilotSession
            {
                Id = Guid.CreateVersion7(tx.Now).ToString(),
                UserId = caller.UserId,
                AskedByKeyId = caller.Key?.Id,
                AskedBy = caller.Key?.Name,
                CreatedAt = tx.Now,
                UpdatedAt = tx.Now,
                ListedAt = tx.Now,
            };
            tx.Db.Add(session);
            await tx.Db.SaveChangesAsync(ct);
            tx.Tell(new ChatChanged(session.UserId, session.Id, session.AskedByKeyId));
            Turns.Record(tx, caller, AuditActions.SessionOpened, session, null);
            return session;
        }, ct);
    }

    /// <summary>A chat in which the caller may act: an admin, too, only has their own, and a key what was opened with it.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's; or the key may not ask.</exception>
    public async Task<CopilotSession> GetAsync(Caller caller, string sessionId, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.CopilotSessions.AsNoTracking().ActedForBy(caller).FirstOrDefaultAsync(s => s.Id == sessionId, ct)
            ?? throw Unknown(sessionId);
    }

    /// <summary>The chats in which the caller may act: the pinned ones first, then the latest.</summary>
    /// <param name="caller">Their owner.</param>
    /// <param name="text">
    /// Found in the title, in what was said, or in a call and its answer; null for all. Upper and lower case are one, on SQLite for ASCII
    /// letters only.
    /// </param>
    /// <param name="page">Which part of the list.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">Forbidden: the key may not ask. Invalid: the text is too long.</exception>
    public async Task<ListPage<SessionSummary>> ListAsync(Caller caller, string? text, PageRequest page, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        if (text?.Length > MaxSearch)
            throw new RefusedException(Refusal.Invalid, $"q must have at most {MaxSearch} characters; it has {text.Length}.");
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.CopilotSessions.AsNoTracking().ActedForBy(caller);
        return await Summaries(db, string.IsNullOrWhiteSpace(text) ? rows : Search(db, rows, text.Trim()))
            .PageAsync(s => s.ListedAt, s => s.Id, page, ct);
    }

    /// <summary>A chat of the caller's as the list shows it.</summary>
    /// <exception cref="RefusedException">NotFound: unknown or not the caller's. Forbidden: the key may not ask.</exception>
    public async Task<SessionSummary> ReadAsync(Caller caller, string sessionId, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Summaries(db, db.CopilotSessions.AsNoTracking().ActedForBy(caller).Where(s => s.Id == sessionId))
            .FirstOrDefaultAsync(ct) ?? throw Unknown(sessionId);
    }

    static IQueryable<SessionSummary> Summaries(HitlDbContext db, IQueryable<CopilotSession> rows) => rows.Select(s => new SessionSummary
    {
        Id = s.Id,
        Title = s.Title,
        IsPinned = s.IsPinned,
        State = s.TurnState == TurnState.running ? SessionState.answering
            : db.Set<CopilotMessage>().Any(m => m.SessionId == s.Id && m.IsHeld) ? SessionState.waiting
            : s.TurnState == TurnState.interrupted || s.TurnState == TurnState.failed ? SessionState.interrupted : SessionState.idle,
        CreatedAt = s.CreatedAt,
        UpdatedAt = s.UpdatedAt,
        ListedAt = s.ListedAt,
    });

    static IQueryable<CopilotSession> Search(HitlDbContext db, IQueryable<CopilotSession> rows, string text)
    {
        var folded = SearchPattern.Of(Folding.Of(text));
        // As it was written, for what was said before it was kept as it reads.
        var (raw, inJson) = (SearchPattern.Of(text), SearchPattern.Of(JsonText.Encode(text)[1..^1]));
        return rows.Where(db.Searching<CopilotSession>(s => s.Title.Has(text) || db.Set<CopilotMessage>().Any(m =>
            m.SessionId == s.Id && ((m.AsRead ?? m.Text).IsLike(folded) || (m.AsRead == null
                && (m.Input.IsLike(folded) || m.Output.IsLike(folded)
                    || (raw != folded && m.Text.IsLike(raw))
                    || (inJson != folded && (m.Input.IsLike(inJson) || m.Output.IsLike(inJson)))))))));
    }

    /// <summary>Changes a chat of the caller's.</summary>
    /// <param name="caller">Who acts in it.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="title">Its new title; null to leave it.</param>
    /// <param name="isPinned">Whether it stays at the top of the list; null to leave that.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// NotFound: unknown or not the caller's. Invalid: the title is blank or too long (<see cref="MaxTitle"/>). Forbidden: the key may not
    /// ask.
    /// </exception>
    public Task<CopilotSession> ChangeAsync(Caller caller, string sessionId, string? title, bool? isPinned, CancellationToken ct)
    {
        if (title is not null)
            title = Identifiers.CheckText(title, "title", MaxTitle)
                ?? throw new RefusedException(Refusal.Invalid, "title must not be empty.");
        return WriteAsync(caller, sessionId, async (tx, session) =>
        {
            session.Title = title ?? session.Title;
            session.IsPinned = isPinned ?? session.IsPinned;
            await Turns.SaveAsync(tx, session, isNews: false, ct);
            return session;
        }, ct);
    }

    /// <summary>Runs work on a chat of the caller's, which is locked for it.</summary>
    /// <exception cref="RefusedException">NotFound: unknown or not the caller's. Forbidden: the key may not ask.</exception>
    internal Task<T> WriteAsync<T>(
        Caller caller, string sessionId, Func<WriteTransaction, CopilotSession, Task<T>> work, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        return queue.WriteAsync(caller, async tx =>
        {
            if (!await tx.Db.CopilotSessions.ActedForBy(caller).AnyAsync(s => s.Id == sessionId, ct)
                || await Turns.LockAsync(tx, sessionId, ct) is not { } session)
                throw Unknown(sessionId);
            return await work(tx, session);
        }, ct);
    }

    /// <summary>Keeps what is being typed, also of somebody whose sign-in has just ended.</summary>
    internal Task WriteTypedAsync(Caller caller, string sessionId, string? text, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        return queue.WriteTypedAsync(caller, async tx =>
        {
            if (!await tx.Db.CopilotSessions.ActedForBy(caller).AnyAsync(s => s.Id == sessionId, ct))
                throw Unknown(sessionId);
            await tx.ExecuteAsync("UPDATE copilot_sessions SET draft = @draft WHERE id = @id", ct,
                ("draft", string.IsNullOrEmpty(text) ? null : text), ("id", sessionId));
            return true;
        }, ct);
    }

    /// <summary>What an unknown chat and someone else's are answered with.</summary>
    public static RefusedException Unknown(string sessionId) =>
        new(Refusal.NotFound, $"No chat session '{Identifiers.Shown(sessionId)}' was found.");
}
