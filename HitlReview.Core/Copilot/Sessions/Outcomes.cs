using System.Text.Json;
using HitlReview.Core.Actions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>
/// Tells a chat what became of a call that it holds for a person: a message for the model, from which a turn follows. Each in the
/// transaction in which it happens, so that it is told once, whatever becomes of the process.
/// </summary>
public sealed class Outcomes(Turns turns)
{
    /// <summary>Tells of the end of a call, if the chat holds one for the review.</summary>
    /// <param name="tx">The transaction in which it ended.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="reviewId">The review.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="by">Who brought it about; null for HitlReview itself.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <param name="again">The review that takes its place, for which the call is held from here on; null for none.</param>
    /// <param name="isQuiet">True where no turn follows by itself; what answers next is told.</param>
    internal async Task TellAsync(
        WriteTransaction tx, string sessionId, string reviewId, CallOutcome outcome, Caller? by, CancellationToken ct, string? again = null,
        bool isQuiet = false)
    {
        if (await Turns.LockAsync(tx, sessionId, ct) is not { } session)
            return;
        var first = 0;
        while (await tx.FirstAsync("""
            UPDATE copilot_messages SET is_held = @held, review_id = COALESCE(@again, review_id)
            WHERE session_id = @session AND review_id = @review AND kind = 'tool_call'
              AND seq = (SELECT max(seq) FROM copilot_messages
                         WHERE session_id = @session AND review_id = @review AND kind = 'tool_call' AND seq < @below)
            RETURNING seq
            """, r => r.GetInt32(0), ct, ("held", again is not null), ("again", again), ("session", sessionId), ("review", reviewId),
            ("below", first == 0 ? int.MaxValue : first)) is > 0 and var seq)
            first = seq;
        if (first == 0)
            return;
        await AddAsync(tx, session, again ?? reviewId, outcome, ct);
        if (!isQuiet)
            await turns.GoOnAsync(tx, session, by, ct, changed: first);
        else
        {
            if (session.TurnState != TurnState.running)
                session.AnsweredSeq = session.LastSeq;
            await Turns.SaveAsync(tx, session, isNews: true, ct, first);
        }
    }

    /// <summary>
    /// Tells a locked chat that all calls that it holds were cancelled; its person knows, so that no turn follows from it.
    /// </summary>
    internal static async Task CancelAllAsync(
        WriteTransaction tx, CopilotSession session, Func<string, CallOutcome> words, CancellationToken ct)
    {
        var held = await tx.Db.CopilotMessages.Where(m => m.SessionId == session.Id && m.IsHeld).OrderBy(m => m.Seq)
            .Select(m => m.ReviewId!).ToListAsync(ct);
        // What was claimed before the stop goes on to its end, of which the chat is told then.
        var claimed = await tx.Db.NodeExecutions
            .Where(n => n.GraphExecId == session.GraphExecId && n.Status == ExecutionStatus.RUNNING && n.ClaimedAt != null)
            .Select(n => n.Id).ToListAsync(ct);
        foreach (var reviewId in held.Except(claimed))
        {
            await tx.ExecuteAsync(
                "UPDATE copilot_messages SET is_held = FALSE WHERE session_id = @session AND review_id = @review", ct,
                ("session", session.Id), ("review", reviewId));
            await AddAsync(tx, session, reviewId, words(reviewId), ct);
        }
        session.AnsweredSeq = session.LastSeq;
        await Turns.SaveAsync(tx, session, isNews: held.Count > 0, ct);
    }

    /// <summary>True if the chat holds a call for the review.</summary>
    internal static Task<bool> IsHeldAsync(WriteTransaction tx, string sessionId, string reviewId, CancellationToken ct) => tx.FirstAsync(
        "SELECT EXISTS (SELECT 1 FROM copilot_messages WHERE session_id = @session AND review_id = @review AND is_held)",
        r => r.GetBoolean(0), ct, ("session", sessionId), ("review", reviewId));

    static Task AddAsync(WriteTransaction tx, CopilotSession session, string reviewId, CallOutcome outcome, CancellationToken ct) =>
        Turns.AddAsync(tx, session, seq => new()
        {
            SessionId = session.Id,
            Id = Guid.CreateVersion7(tx.Now).ToString(),
            Seq = seq,
            Kind = MessageKind.outcome,
            Text = outcome.ForModel,
            Outcome = outcome.End,
            ReviewId = reviewId,
            UsedReview = outcome.Used is { } used ? JsonSerializer.Serialize(used) : null,
            CreatedAt = tx.Now,
            EndedAt = tx.Now,
        }, ct);
}
