using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>
/// The calls that chats hold for a person: runs them once they are approved, and sees to it that each chat is told of each end. That a
/// call is held, and what became of its review, is in the database; here is only what follows from it.
/// </summary>
sealed partial class HeldCalls(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, Outcomes outcomes, ChatSignals signals, CopilotTools tools,
    ILogger<HeldCalls> log)
{
    /// <summary>
    /// On whose behalf a turn acts: its chat's person; in a chat that was opened with a key, always with that key, which then never decides
    /// what was asked for in it.
    /// </summary>
    public static Caller CallerOf(CopilotSession session) => new(session.UserId, IsAdmin: false, Surface.Copilot)
    {
        Key = session.AskedByKeyId is { } key ? new(key, session.AskedBy ?? "", KeyMay.ask) : null,
    };

    /// <summary>Runs an approved call. Its end is told to the chat in the transaction that records it.</summary>
    public async Task RunAsync(CopilotSession session, string reviewId, CancellationToken ct)
    {
        string? why;
        try
        {
            // It may have run elsewhere, or run still, or have failed, of which the chat is told by that. What never begins is told here.
            why = await tools.ContinueRunBlockAsync(CallerOf(session), session.Id, reviewId, ct) is ToolError { IsFinal: true } error
                ? error.Message : null;
        }
        catch (RefusedException e) when (e.Refusal == Refusal.SignedOut)
        {
            why = e.Message;
        }
        if (why is not null)
            await queue.WriteAsync(async tx =>
            {
                if (await ReviewMoves.FindAsync(tx, session.UserId, reviewId, ct) is { Status: ReviewStatus.APPROVED, Processed: false }
                    && await Outcomes.IsHeldAsync(tx, session.Id, reviewId, ct))
                    await outcomes.TellAsync(tx, session.Id, reviewId, OutcomeWords.CannotRun(reviewId, why), null, ct);
            }, ct, session.UserId);
    }

    /// <summary>Finds what is to be done for held calls: after a start, and whenever a signal may have been lost.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var all = await db.CopilotMessages.AsNoTracking().Where(m => m.IsHeld)
            .Join(db.CopilotSessions, m => m.SessionId, s => s.Id, (m, s) => new { m.SessionId, m.ReviewId, s.UserId })
            .GroupJoin(
                db.Reviews, m => new { Id = m.ReviewId!, m.UserId }, r => new { Id = r.NodeExecId, r.UserId }, (m, r) => new { m, r })
            .SelectMany(both => both.r.DefaultIfEmpty(), (both, r) => new { both.m, Status = (ReviewStatus?)r!.Status, r.Processed })
            .Where(h => h.Status != ReviewStatus.WAITING).Select(h => new { h.m.SessionId, ReviewId = h.m.ReviewId!, h.m.UserId })
            .Distinct().ToListAsync(ct);
        foreach (var held in all)
            try
            {
                await queue.WriteAsync(tx => LookAsync(tx, held.UserId, held.SessionId, held.ReviewId, ct), ct, held.UserId);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // The others are looked at all the same.
                LookFailed(log, held.SessionId, e);
            }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A held call of chat {SessionId} could not be looked at; the next sweep tries again")]
    static partial void LookFailed(ILogger log, string sessionId, Exception cause);

    async Task LookAsync(WriteTransaction tx, string userId, string sessionId, string reviewId, CancellationToken ct)
    {
        var node = await tx.Db.NodeExecutions.FirstOrDefaultAsync(n => n.Id == reviewId && n.UserId == userId, ct);
        var review = await ReviewMoves.FindAsync(tx, userId, reviewId, ct);
        switch (review, node)
        {
            case (_, { Outcome: NodeOutcome.unknown }):
                await outcomes.TellAsync(tx, sessionId, reviewId, OutcomeWords.Unknown(reviewId), null, ct);
                break;
            case ({ Status: ReviewStatus.APPROVED, Processed: false }, null):
                tx.AfterCommit(() => signals.Send(new(sessionId, null, reviewId)));
                break;
            case ({ Status: ReviewStatus.REJECTED, ReviewedBy: not null }, null):
                await outcomes.TellAsync(tx, sessionId, reviewId, OutcomeWords.Rejected(review), null, ct);
                break;
            // What runs is told when it ends.
            case (null, null):
                await outcomes.TellAsync(tx, sessionId, reviewId, OutcomeWords.Elsewhere(reviewId), null, ct);
                break;
        }
    }
}
