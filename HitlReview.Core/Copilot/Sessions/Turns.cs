using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>
/// All that can happen to what stands in a chat and to its turns, each in the transaction that it belongs to. A turn is due where a person
/// said something, or a held call came to its end, behind what was answered; one begins in the transaction that makes it due, or in that
/// which ends the turn before it.
/// </summary>
public sealed class Turns(ChatSignals signals, LiveTurns live)
{
    /// <summary>How far ahead of their time pinned chats are listed.</summary>
    static readonly TimeSpan s_pinned = TimeSpan.FromDays(365_250);

    const int MaxTitle = 60; // UTF-16 code units

    /// <summary>Takes the lock of a chat's row, by which all that happens in it comes one after the other, and reads it.</summary>
    /// <returns>Null if it is gone.</returns>
    internal static Task<CopilotSession?> LockAsync(WriteTransaction tx, string sessionId, CancellationToken ct) => tx.FirstAsync(
        $"UPDATE copilot_sessions SET revision = revision + 1 WHERE id = @id RETURNING {Row<CopilotSession>.Columns}",
        Row<CopilotSession>.Read, ct, ("id", sessionId));

    /// <summary>Writes what has changed of a chat that was locked, and puts it where it belongs in the list.</summary>
    /// <param name="tx">The transaction that has locked it.</param>
    /// <param name="session">The chat as it is to be.</param>
    /// <param name="isNews">True for what puts it at the top of the list.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <param name="changed">The first place at which something that was complete has changed; null for none.</param>
    internal static Task SaveAsync(
        WriteTransaction tx, CopilotSession session, bool isNews, CancellationToken ct, int? changed = null)
    {
        if (isNews)
            session.UpdatedAt = tx.Now;
        session.ListedAt = session.IsPinned ? session.UpdatedAt + s_pinned : session.UpdatedAt;
        tx.Tell(new ChatChanged(session.UserId, session.Id, session.AskedByKeyId, changed));
        return tx.ExecuteAsync("""
            UPDATE copilot_sessions
            SET title = @title, is_pinned = @pinned, updated_at = @updated, listed_at = @listed, draft = @draft, last_seq = @last,
                answered_seq = @answered, turn_id = @turn, turn_state = @state, said_bytes = @said
            WHERE id = @id
            """, ct, ("title", session.Title), ("pinned", session.IsPinned), ("updated", session.UpdatedAt), ("listed", session.ListedAt),
            ("draft", session.Draft), ("last", session.LastSeq), ("answered", session.AnsweredSeq), ("turn", session.TurnId),
            ("state", session.TurnState), ("said", session.SaidBytes), ("id", session.Id));
    }

    static readonly string s_insertMessage =
        $"INSERT INTO copilot_messages ({Row<CopilotMessage>.AllColumns}) VALUES ({Row<CopilotMessage>.Parameters})";

    /// <summary>Adds a message at the end of a locked chat, which is to be saved after it.</summary>
    /// <param name="tx">The transaction that has locked it.</param>
    /// <param name="session">The chat.</param>
    /// <param name="make">Makes the message for its place.</param>
    /// <param name="ct">Cancels the statement.</param>
    internal static async Task AddAsync(
        WriteTransaction tx, CopilotSession session, Func<int, CopilotMessage> make, CancellationToken ct)
    {
        var message = make(++session.LastSeq);
        message.AsRead = CopilotMessage.AsReadOf(message.Text, message.Input, message.Output);
        await tx.ExecuteAsync(s_insertMessage, ct, Row<CopilotMessage>.ValuesOf(message));
    }

    /// <summary>
    /// Adds what a person says, and makes a title of the first of it. What was approved ahead for what was said before ends with it.
    /// </summary>
    internal static async Task SayAsync(
        WriteTransaction tx, CopilotSession session, string id, string text, string? saidBy, Caller? by, CancellationToken ct)
    {
        session.Title ??= TitleOf(text);
        await AutoApprovals.EndAsync(tx, session.UserId, session.GraphExecId, by, ct, span: ApprovalSpan.turn);
        await AddAsync(tx, session, seq => new()
        {
            SessionId = session.Id,
            Id = id,
            Seq = seq,
            Kind = MessageKind.user,
            Text = text,
            SaidBy = saidBy,
            CreatedAt = tx.Now,
            EndedAt = tx.Now,
        }, ct);
    }

    /// <summary>Begins a turn in a locked chat, if none runs and something is to be answered, and saves the chat.</summary>
    /// <param name="tx">The transaction that has locked it.</param>
    /// <param name="session">The chat.</param>
    /// <param name="by">Who makes it begin; null for HitlReview itself.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <param name="anyway">True to begin it although nothing is new: a person wants another try.</param>
    /// <param name="changed">As with <see cref="SaveAsync"/>.</param>
    internal async Task GoOnAsync(WriteTransaction tx, CopilotSession session, Caller? by, CancellationToken ct, bool anyway = false,
        int? changed = null)
    {
        if (session.TurnState != TurnState.running && (anyway || await IsDueAsync(tx, session, ct)))
        {
            // What nobody will replay any more.
            await tx.ExecuteAsync("DELETE FROM copilot_events WHERE turn_id = @turn", ct, ("turn", session.TurnId));
            var turn = new CopilotTurn
            {
                Id = Guid.CreateVersion7(tx.Now).ToString(),
                SessionId = session.Id,
                UserId = session.UserId,
                State = TurnState.running,
                StartedAt = tx.Now,
            };
            await tx.ExecuteAsync(
                $"INSERT INTO copilot_turns ({Row<CopilotTurn>.Columns}) VALUES ({Row<CopilotTurn>.Parameters})", ct,
                Row<CopilotTurn>.ValuesOf(turn));
            (session.TurnId, session.TurnState) = (turn.Id, turn.State);
            Record(tx, by, AuditActions.TurnStarted, session, turn.Id);
            tx.AfterCommit(() => signals.Send(new(session.Id, turn.Id, null)));
        }
        await SaveAsync(tx, session, isNews: true, ct, changed);
    }

    static Task<bool> IsDueAsync(WriteTransaction tx, CopilotSession session, CancellationToken ct) => tx.FirstAsync("""
        SELECT EXISTS (SELECT 1 FROM copilot_messages WHERE session_id = @id AND seq > @answered AND kind IN ('user', 'outcome'))
        """, r => r.GetBoolean(0), ct, ("id", session.Id), ("answered", session.AnsweredSeq));

    /// <summary>
    /// Ends a turn. What it was in the middle of is kept as far as it had come. What waits to be said is said next where it was answered,
    /// and given back to its person where it wasn't.
    /// </summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="turnId">The turn.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="answered">Up to which place of the chat it has answered; null for all there is.</param>
    /// <param name="why">What the chat says of it; null where it says nothing.</param>
    /// <param name="by">Who ends it; null for HitlReview itself.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <param name="keepsQueue">True to leave what waits to be said where it is.</param>
    /// <returns>The chat, locked and saved; null if the turn doesn't run, and nothing is changed then.</returns>
    internal async Task<CopilotSession?> EndAsync(
        WriteTransaction tx, string turnId, TurnState end, int? answered, string? why, Caller? by, CancellationToken ct,
        bool keepsQueue = false)
    {
        var sessionId = await tx.FirstAsync(
            "SELECT session_id FROM copilot_turns WHERE id = @id AND state = 'running'", r => r.GetString(0), ct, ("id", turnId));
        if (sessionId is null || await LockAsync(tx, sessionId, ct) is not { } session)
            return null;
        var lastEvent = await tx.FirstAsync("""
            UPDATE copilot_turns SET state = @state, ended_at = @now, last_event = last_event + 1 WHERE id = @id AND state = 'running'
            RETURNING last_event
            """, r => r.GetInt32(0), ct, ("state", end), ("now", tx.Now), ("id", turnId));
        if (lastEvent == 0)
            return null;
        await CutOffAsync(tx, session.Id, turnId, end, ct);
        if (why is not null)
            await AddAsync(tx, session, seq => new()
            {
                SessionId = session.Id,
                Id = $"{turnId}-end",
                Seq = seq,
                Kind = MessageKind.notice,
                TurnId = turnId,
                Text = why,
                CutOff = end,
                CreatedAt = tx.Now,
                EndedAt = tx.Now,
            }, ct);
        session.TurnState = end;
        session.AnsweredSeq = answered ?? session.LastSeq;
        TurnEvent last = end == TurnState.done
            ? new RunFinished(session.Id, turnId, RunOutcome.Of(await WaitingAsync(tx, session.Id, ct)))
            : new RunError(why ?? $"The turn was {end}.", end.ToString());
        await WriteEventAsync(tx, turnId, lastEvent, last, ct);
        tx.AfterCommit(() =>
        {
            // The one who answers it may be in the middle of a sentence.
            if (live.Find(session.Id) is not { } turn || turn.TurnId != turnId)
                return;
            turn.Add([last]);
            turn.Cancel();
        });
        if (!keepsQueue)
            await (end == TurnState.done ? SayNextAsync(tx, session, by, ct) : GiveBackAsync(tx, session, ct));
        await GoOnAsync(tx, session, by, ct);
        return session;
    }

    /// <summary>Says the next of what waits, unless something else is to be answered first.</summary>
    static async Task SayNextAsync(WriteTransaction tx, CopilotSession session, Caller? by, CancellationToken ct)
    {
        if (!await IsDueAsync(tx, session, ct) && await TakeNextAsync(tx, session.Id, ct) is { } next)
            await SayAsync(tx, session, next.Id, next.Text, next.SaidBy, by, ct);
    }

    /// <summary>Takes what a person has said out of the queue, and puts it to what they are typing. What an agent has said stays.</summary>
    static async Task GiveBackAsync(WriteTransaction tx, CopilotSession session, CancellationToken ct)
    {
        // What is more than is kept of what is typed stays where it is, to be sent or withdrawn.
        while (await tx.FirstAsync(
            $"""
            SELECT {Row<QueuedMessage>.Columns} FROM copilot_queue WHERE session_id = @session AND said_by IS NULL ORDER BY place LIMIT 1
            """, Row<QueuedMessage>.Read, ct, ("session", session.Id)) is { } next
            && (session.Draft?.Length ?? 0) + next.Text.Length + 2 <= Chats.MaxDraft)
        {
            await tx.ExecuteAsync("DELETE FROM copilot_queue WHERE session_id = @session AND id = @id", ct,
                ("session", session.Id), ("id", next.Id));
            session.Draft = string.IsNullOrWhiteSpace(session.Draft) ? next.Text : $"{session.Draft}\n\n{next.Text}";
        }
    }

    static Task<QueuedMessage?> TakeNextAsync(WriteTransaction tx, string sessionId, CancellationToken ct) => tx.FirstAsync($"""
        DELETE FROM copilot_queue
        WHERE session_id = @session AND id = (SELECT id FROM copilot_queue WHERE session_id = @session ORDER BY place LIMIT 1)
        RETURNING {Row<QueuedMessage>.Columns}
        """, Row<QueuedMessage>.Read, ct, ("session", sessionId));

    /// <summary>What the turn was in the middle of: its text is that of its events so far.</summary>
    static async Task CutOffAsync(WriteTransaction tx, string sessionId, string turnId, TurnState end, CancellationToken ct)
    {
        var open = await tx.Db.CopilotMessages.Where(m => m.SessionId == sessionId && m.TurnId == turnId && m.EndedAt == null)
            .ToListAsync(ct);
        if (open.Count == 0)
            return;
        var events = (await tx.Db.TurnEvents.Where(e => e.TurnId == turnId).OrderBy(e => e.Seq).Select(e => e.Data).ToListAsync(ct))
            .ConvertAll(TurnEvent.Parse);
        foreach (var message in open)
        {
            var text = string.Concat(events.OfType<TextAdded>().Where(e => e.MessageId == message.Id).Select(e => e.Delta));
            var thought = string.Concat(
                events.OfType<ThoughtAdded>().Where(e => e.MessageId == ThoughtOf(message.Id)).Select(e => e.Delta));
            await tx.ExecuteAsync("""
                UPDATE copilot_messages SET text = @text, as_read = @read, reasoning = @thought, cut_off = @end, ended_at = @now
                WHERE session_id = @session AND id = @id
                """, ct, ("text", text), ("read", CopilotMessage.AsReadOf(text, message.Input, message.Output)),
                ("thought", thought.Length > 0 ? thought : null), ("end", end), ("now", tx.Now),
                ("session", sessionId), ("id", message.Id));
        }
    }

    /// <summary>The id of what was thought before a message.</summary>
    internal static string ThoughtOf(string messageId) => $"{messageId}-thought";

    /// <summary>Writes events of a turn that runs.</summary>
    /// <returns>False if it doesn't run any more; nothing is written then.</returns>
    internal static async Task<bool> WriteEventsAsync(
        WriteTransaction tx, string turnId, IReadOnlyList<TurnEvent> events, CancellationToken ct)
    {
        var last = await tx.FirstAsync(
            "UPDATE copilot_turns SET last_event = last_event + @count WHERE id = @id AND state = 'running' RETURNING last_event",
            r => r.GetInt32(0), ct, ("count", events.Count), ("id", turnId));
        if (last == 0)
            return false;
        foreach (var (i, e) in events.Index())
            await WriteEventAsync(tx, turnId, last - events.Count + 1 + i, e, ct);
        return true;
    }

    static Task<int> WriteEventAsync(WriteTransaction tx, string turnId, int seq, TurnEvent e, CancellationToken ct) => tx.ExecuteAsync(
        "INSERT INTO copilot_events (turn_id, seq, data) VALUES (@turn, @seq, @data)", ct,
        ("turn", turnId), ("seq", seq), ("data", e.ToJson()));

    static async Task<IReadOnlyList<RunInterrupt>> WaitingAsync(WriteTransaction tx, string sessionId, CancellationToken ct) =>
        await tx.Db.CopilotMessages.Where(m => m.SessionId == sessionId && m.IsHeld).OrderBy(m => m.Seq)
            .Select(m => new RunInterrupt(m.ReviewId!, "tool_call", m.Id)).ToListAsync(ct);

    /// <summary>Records what happened to a chat.</summary>
    internal static void Record(WriteTransaction tx, Caller? by, string action, CopilotSession session, string? detail) =>
        tx.Record(AuditEntry.By(by, action) with
        {
            OwnerId = session.UserId,
            GraphExecId = session.GraphExecId,
            Detail = detail,
        });

    static string TitleOf(string text)
    {
        var line = text.Trim();
        if (line.AsSpan().IndexOfAny('\r', '\n') is > 0 and var end)
            line = line[..end].TrimEnd();
        // The ellipsis is part of the title.
        return line.Length <= MaxTitle ? line : TextStart.Marked(line, MaxTitle - 1);
    }
}
