using System.Text;
using System.Text.Json;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>What became of a message.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="IsQueued">True if it waits for the end of the turn that runs.</param>
/// <param name="IsNew">False if it had been sent before, and nothing was done.</param>
public sealed record SentMessage(string MessageId, bool IsQueued, bool IsNew);

/// <summary>A chat as it stands: the part of it that was asked for, oldest first.</summary>
/// <param name="Session">The chat.</param>
/// <param name="Messages">What stands in it.</param>
/// <param name="HasEarlier">True if more stands before that.</param>
/// <param name="Queue">What waits to be said, the next first.</param>
public sealed record ChatPage(
    CopilotSession Session, IReadOnlyList<CopilotMessage> Messages, bool HasEarlier, IReadOnlyList<QueuedMessage> Queue);

/// <summary>What people do in a chat: say something, take it back, stop the answer, have it tried again, read.</summary>
public sealed class Chats(
    CopilotSessions sessions, Turns turns, IDbContextFactory<HitlDbContext> contexts, IEnumerable<IRunKind> kinds,
    IOptions<LimitOptions> limits)
{
    /// <summary>The longest message, in code points.</summary>
    public const int MaxText = 64_000;

    /// <summary>The most messages that wait at a time.</summary>
    public const int MaxQueue = 20;

    /// <summary>The longest text kept of what is being typed, in UTF-16 code units.</summary>
    public const int MaxDraft = 200_000;

    const int TurnIdLength = 36;

    /// <summary>The most messages of a page.</summary>
    public const int MaxPage = 200;

    /// <summary>
    /// Says something. Where a turn runs it waits for the end of that. Said again under the same id it is the same message, and begins
    /// nothing.
    /// </summary>
    /// <param name="caller">Who acts in the chat.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="messageId">Its id, which the client makes anew for each message.</param>
    /// <param name="text">What it says.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// NotFound: the chat is unknown or not the caller's. Forbidden: the key may not ask. Invalid: the id or the text. Conflict: as many
    /// messages wait as may (<see cref="MaxQueue"/>), as much was said as may be (<see cref="LimitOptions.ChatBytes"/>), or that id was
    /// used for something else.
    /// </exception>
    public Task<SentMessage> SendAsync(Caller caller, string sessionId, string messageId, string? text, CancellationToken ct)
    {
        Identifiers.Check(messageId, "message_id");
        var said = Said(text);
        return sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            if (await tx.Db.CopilotMessages.FirstOrDefaultAsync(m => m.SessionId == sessionId && m.Id == messageId, ct) is { } known)
                return known.Kind == MessageKind.user && known.Text == said ? new SentMessage(messageId, false, false) : throw Taken();
            if (await tx.Db.QueuedMessages.FirstOrDefaultAsync(m => m.SessionId == sessionId && m.Id == messageId, ct) is { } waiting)
                return waiting.Text == said ? new SentMessage(messageId, true, false) : throw Taken();
            // Those of HitlReview's own messages begin with their turn.
            var turn = messageId.Length > TurnIdLength ? messageId[..TurnIdLength] : messageId;
            if (await tx.Db.CopilotTurns.AnyAsync(t => t.Id == turn && t.SessionId == sessionId, ct))
                throw Taken();
            await CountAsync(tx, session, said, ct);
            // What was typed is said; the last letters may not have been kept yet.
            if (caller.Key is null && session.Draft is { } draft && said.StartsWith(draft.Trim(), StringComparison.Ordinal))
                session.Draft = null;
            if (session.TurnState == TurnState.running)
            {
                await QueueAsync(tx, session, messageId, said, caller.Key?.Name, ct);
                return new SentMessage(messageId, true, true);
            }
            await Turns.SayAsync(tx, session, messageId, said, caller.Key?.Name, caller, ct);
            await turns.GoOnAsync(tx, session, caller, ct);
            return new SentMessage(messageId, false, true);
        }, ct);

        RefusedException Taken() =>
            new(Refusal.Conflict, $"message_id '{messageId}' was used for another message of this chat. Each needs one of its own.");
    }

    /// <summary>Counts what is said to what its asker may say in all: a person, or a key.</summary>
    async Task CountAsync(WriteTransaction tx, CopilotSession session, string said, CancellationToken ct)
    {
        session.SaidBytes += Encoding.UTF8.GetByteCount(said);
        var others = await tx.Db.CopilotSessions
            .Where(s => s.UserId == session.UserId && s.AskedByKeyId == session.AskedByKeyId && s.Id != session.Id)
            .SumAsync(s => s.SaidBytes, ct);
        if (others + session.SaidBytes > limits.Value.ChatBytes)
            throw new RefusedException(Refusal.Conflict,
                $"{limits.Value.ChatBytes} bytes may be said in your chats (Limits:ChatBytes), and this would be more. "
                + "Delete chats to go on.");
    }

    static string Said(string? text) => Identifiers.CheckText(text, "text", MaxText)
        ?? throw new RefusedException(Refusal.Invalid, "text must not be empty.");

    static async Task QueueAsync(
        WriteTransaction tx, CopilotSession session, string id, string text, string? saidBy, CancellationToken ct)
    {
        var places = await tx.Db.QueuedMessages.Where(m => m.SessionId == session.Id).Select(m => m.Place).ToListAsync(ct);
        if (places.Count >= MaxQueue)
            throw new RefusedException(Refusal.Conflict, $"{MaxQueue} messages wait already, and more may not at a time.");
        tx.Db.Add(new QueuedMessage
        {
            SessionId = session.Id,
            Id = id,
            Place = places.DefaultIfEmpty(0).Max() + 1,
            Text = text,
            SaidBy = saidBy,
            CreatedAt = tx.Now,
        });
        await tx.Db.SaveChangesAsync(ct);
        await Turns.SaveAsync(tx, session, isNews: true, ct);
    }

    /// <summary>Changes what a message says that waits.</summary>
    /// <exception cref="RefusedException">
    /// NotFound: the chat or the message; it may have been said meanwhile. Invalid: the text.
    /// </exception>
    public Task EditAsync(Caller caller, string sessionId, string messageId, string? text, CancellationToken ct)
    {
        var said = Said(text);
        return sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            if (await tx.ExecuteAsync(
                "UPDATE copilot_queue SET text = @text WHERE session_id = @session AND id = @id", ct,
                ("text", said), ("session", sessionId), ("id", messageId)) == 0)
                throw WaitsNoMore(messageId);
            await Turns.SaveAsync(tx, session, isNews: false, ct);
            return true;
        }, ct);
    }

    /// <summary>Takes a message back that waits.</summary>
    /// <exception cref="RefusedException">NotFound: the chat or the message; it may have been said meanwhile.</exception>
    public Task WithdrawAsync(Caller caller, string sessionId, string messageId, CancellationToken ct) =>
        sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            await TakeAsync(tx, sessionId, messageId, ct);
            await Turns.SaveAsync(tx, session, isNews: false, ct);
            return true;
        }, ct);

    /// <summary>Says a message now that waits, which stops the turn that runs. The others go on waiting.</summary>
    /// <exception cref="RefusedException">NotFound: the chat or the message; it may have been said meanwhile.</exception>
    public Task SendNowAsync(Caller caller, string sessionId, string messageId, CancellationToken ct) =>
        sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            var waiting = await TakeAsync(tx, sessionId, messageId, ct);
            session = session is { TurnState: TurnState.running, TurnId: { } turn }
                ? await turns.EndAsync(tx, turn, TurnState.stopped, null, null, caller, ct, keepsQueue: true) ?? session
                : session;
            await Turns.SayAsync(tx, session, messageId, waiting.Text, waiting.SaidBy, caller, ct);
            await turns.GoOnAsync(tx, session, caller, ct);
            return true;
        }, ct);

    static async Task<QueuedMessage> TakeAsync(WriteTransaction tx, string sessionId, string messageId, CancellationToken ct) =>
        await tx.FirstAsync(
            $"DELETE FROM copilot_queue WHERE session_id = @session AND id = @id RETURNING {Row<QueuedMessage>.Columns}",
            Row<QueuedMessage>.Read, ct, ("session", sessionId), ("id", messageId)) ?? throw WaitsNoMore(messageId);

    static RefusedException WaitsNoMore(string messageId) =>
        new(Refusal.NotFound, $"No message '{Identifiers.Shown(messageId)}' waits in this chat; it may have been sent meanwhile.");

    /// <summary>
    /// Stops the turn that runs, and nothing else: what waits for a person goes on waiting, an action that was claimed goes on to its end.
    /// What waits to be said is given back to who types.
    /// </summary>
    /// <returns>False if none ran.</returns>
    /// <exception cref="RefusedException">NotFound: the chat is unknown or not the caller's.</exception>
    public Task<bool> StopTurnAsync(Caller caller, string sessionId, CancellationToken ct) =>
        sessions.WriteAsync(caller, sessionId, async (tx, session) =>
            session is { TurnState: TurnState.running, TurnId: { } turn }
            && await turns.EndAsync(tx, turn, TurnState.stopped, null, null, caller, ct) is not null, ct);

    /// <summary>Has the last turn tried again that was cut off.</summary>
    /// <returns>False if none was, or one runs.</returns>
    /// <exception cref="RefusedException">NotFound: the chat is unknown or not the caller's.</exception>
    public Task<bool> RetryAsync(Caller caller, string sessionId, CancellationToken ct) =>
        sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            if (session.TurnState is not (TurnState.stopped or TurnState.interrupted or TurnState.failed))
                return false;
            await turns.GoOnAsync(tx, session, caller, ct, anyway: true);
            return true;
        }, ct);

    /// <summary>Keeps what is being typed; null or empty for nothing. Also of somebody whose sign-in has just ended.</summary>
    /// <exception cref="RefusedException">
    /// NotFound: the chat is unknown or not the caller's. TooLarge: it is longer than is kept.
    /// </exception>
    public Task SaveDraftAsync(Caller caller, string sessionId, string? text, CancellationToken ct) =>
        text?.Length > MaxDraft
            ? throw new RefusedException(Refusal.TooLarge, "What was typed is longer than is kept.")
            : sessions.WriteTypedAsync(caller, sessionId, text, ct);

    /// <summary>
    /// Deletes a chat with all that stands in it: its turn is stopped, its waiting reviews are cancelled; the trail stays.
    /// </summary>
    /// <exception cref="RefusedException">NotFound: the chat is unknown or not the caller's.</exception>
    public Task DeleteAsync(Caller caller, string sessionId, CancellationToken ct) =>
        sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            var kind = kinds.Single(kind => kind.Origin == ReviewOrigin.Copilot);
            await kind.StopAsync(tx, caller, session.UserId, session.GraphExecId, "The chat was deleted", ct);
            foreach (var sql in (string[])
                [
                    "DELETE FROM copilot_events WHERE turn_id IN (SELECT id FROM copilot_turns WHERE session_id = @id)",
                    "DELETE FROM copilot_turns WHERE session_id = @id",
                    "DELETE FROM copilot_messages WHERE session_id = @id",
                    "DELETE FROM copilot_queue WHERE session_id = @id",
                    "DELETE FROM copilot_ask_rules WHERE session_id = @id",
                    "DELETE FROM copilot_sessions WHERE id = @id",
                ])
                await tx.ExecuteAsync(sql, ct, ("id", sessionId));
            Turns.Record(tx, caller, AuditActions.SessionDeleted, session, session.Title);
            tx.Tell(new ChatChanged(session.UserId, session.Id, session.AskedByKeyId));
            return true;
        }, ct);

    /// <summary>Reads a part of a chat.</summary>
    /// <param name="caller">Who acts in it.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="before">What stands before this place; null for the end.</param>
    /// <param name="limit">How many messages at most, 1 to <see cref="MaxPage"/>.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">NotFound: the chat is unknown or not the caller's. Invalid: the limit.</exception>
    public async Task<ChatPage> ReadAsync(Caller caller, string sessionId, int? before, int limit, CancellationToken ct)
    {
        if (limit is < 1 or > MaxPage)
            throw new RefusedException(Refusal.Invalid, $"limit must be between 1 and {MaxPage}; it is {limit}.");
        var session = await sessions.GetAsync(caller, sessionId, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.CopilotMessages.AsNoTracking().Where(m => m.SessionId == sessionId && (before == null || m.Seq < before))
            .OrderByDescending(m => m.Seq);
        // A page of many bytes ends earlier, after one message at least.
        var sizes = await rows.Take(limit + 1).Select(m => new
        {
            m.Seq,
            Bytes = (HitlDbContext.OctetLength(m.Text) ?? 0) + (HitlDbContext.OctetLength(m.Input) ?? 0)
                + (HitlDbContext.OctetLength(m.Output) ?? 0) + (HitlDbContext.OctetLength(m.Reasoning) ?? 0)
                + (HitlDbContext.OctetLength(m.UsedReview) ?? 0),
        }).ToListAsync(ct);
        var (count, bytes) = (0, 0L);
        while (count < Math.Min(sizes.Count, limit) && (count == 0 || bytes + sizes[count].Bytes <= limits.Value.PageBytes))
            bytes += sizes[count++].Bytes;
        var messages = await rows.Take(count).ToListAsync(ct);
        messages.Reverse();
        return new(session, messages, sizes.Count > count, await QueueAsync(db, sessionId, ct));
    }

    /// <summary>
    /// Reads a chat again from one place on, after something in it has changed: at most <see cref="MaxPage"/> messages. Where there are
    /// more, the last place of the chat is not among them.
    /// </summary>
    /// <param name="caller">Who acts in it.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="from">The first place.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">NotFound: the chat is unknown or not the caller's.</exception>
    public async Task<ChatPage> ReadFromAsync(Caller caller, string sessionId, int from, CancellationToken ct)
    {
        var session = await sessions.GetAsync(caller, sessionId, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var messages = await db.CopilotMessages.AsNoTracking().Where(m => m.SessionId == sessionId && m.Seq >= from)
            .OrderBy(m => m.Seq).Take(MaxPage).ToListAsync(ct);
        return new(session, messages, from > 1, await QueueAsync(db, sessionId, ct));
    }

    /// <summary>
    /// A review of a chat as it was when it had its use, after which its record is deleted; null where the caller's chats have told of
    /// none.
    /// </summary>
    public async Task<Review?> FindUsedAsync(Caller caller, string reviewId, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var used = await db.CopilotMessages.AsNoTracking().Where(m => m.ReviewId == reviewId && m.UsedReview != null)
            .Join(db.CopilotSessions.ActedForBy(caller), m => m.SessionId, s => s.Id, (m, _) => m.UsedReview).FirstOrDefaultAsync(ct);
        return used is null ? null : JsonSerializer.Deserialize<Review>(used);
    }

    static Task<List<QueuedMessage>> QueueAsync(HitlDbContext db, string sessionId, CancellationToken ct) =>
        db.QueuedMessages.AsNoTracking().Where(m => m.SessionId == sessionId).OrderBy(m => m.Place).ToListAsync(ct);
}
