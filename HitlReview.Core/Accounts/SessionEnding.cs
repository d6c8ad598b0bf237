using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Accounts;

/// <summary>Ends sign-ins in the transaction of whatever ends them.</summary>
static class SessionEnding
{
    /// <summary>Ends all sessions of a user.</summary>
    /// <returns>How many stood.</returns>
    public static Task<int> EndAllAsync(WriteTransaction tx, string userId, SignInEnd why, AuditEntry by) =>
        EndAsync(tx, tx.Db.UserSessions.Where(s => s.UserId == userId), why, by);

    /// <summary>Ends these sessions.</summary>
    /// <returns>How many stood.</returns>
    public static async Task<int> EndAsync(WriteTransaction tx, IQueryable<UserSession> which, SignInEnd why, AuditEntry by)
    {
        var standing = which.Where(s => s.EndedAt == null && s.IdleUntil > tx.Now && s.ExpiresAt > tx.Now);
        var ended = await standing.Select(s => new { s.Id, s.UserId }).ToListAsync(CancellationToken.None);
        await which.Where(s => s.EndedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.EndedAt, tx.Now).SetProperty(s => s.ProviderTokens, (string?)null), CancellationToken.None);
        foreach (var session in ended)
            tx.Audit(by with { Action = AuditActions.SignInEnded, OwnerId = session.UserId, Detail = $"{session.Id[..8]}: {why}" });
        return ended.Count;
    }
}
