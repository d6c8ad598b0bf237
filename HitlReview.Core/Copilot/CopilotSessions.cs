using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot;

/// <summary>Opens chats and finds them again.</summary>
public sealed class CopilotSessions(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, IOptions<LimitOptions> limits)
{
    /// <summary>Opens a chat.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: the key may not ask. Conflict: the caller has as many as may be (<see cref="LimitOptions.ChatSessions"/>).
    /// </exception>
    public Task<CopilotSession> OpenAsync(Caller caller, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        return queue.WriteAsync(caller, async tx =>
        {
            if (await tx.Db.CopilotSessions.Where(s => s.UserId == caller.UserId).CountAsync(ct) >= limits.Value.ChatSessions)
                throw new RefusedException(Refusal.Conflict,
                    $"You have {limits.Value.ChatSessions} chat sessions, and more there may not be (Limits:ChatSessions).");
            var session = new CopilotSession
            {
                Id = Guid.CreateVersion7(tx.Now).ToString(),
                UserId = caller.UserId,
                AskedByKeyId = caller.Key?.Id,
                AskedBy = caller.Key?.Name,
                CreatedAt = tx.Now,
            };
            tx.Db.Add(session);
            await tx.Db.SaveChangesAsync(ct);
            tx.Record(AuditEntry.By(caller, AuditActions.SessionOpened) with
            {
                OwnerId = caller.UserId,
                GraphExecId = session.GraphExecId,
            });
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
            ?? throw new RefusedException(Refusal.NotFound, $"No chat session '{sessionId}' was found.");
    }

    /// <summary>
    /// Takes the lock of the chat's row until the transaction ends: its tool calls and its stop come one after another from here on.
    /// </summary>
    /// <exception cref="RefusedException">SignedOut: the caller was disabled at this moment.</exception>
    internal static async Task LockAsync(WriteTransaction tx, Caller caller, CopilotSession session, CancellationToken ct)
    {
        if (await tx.ExecuteAsync($"""
            UPDATE copilot_sessions SET revision = revision + 1
            WHERE id = @id AND user_id = @user AND EXISTS (SELECT 1 FROM "AspNetUsers" u WHERE u."Id" = @user AND {Standing.Enabled})
            """, ct, ("id", session.Id), ("user", session.UserId), ("tomorrow", tx.Now.AddDays(1))) == 0)
            throw Standing.Ended(caller.Key is not null);
    }
}
