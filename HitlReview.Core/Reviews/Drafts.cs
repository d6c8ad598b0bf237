using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>Keeps what reviewers have typed and not yet sent. A draft decides nothing, so it is not in the audit trail.</summary>
public sealed class Drafts(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>
    /// The longest text kept, in UTF-16 code units: more than a payload may have, since it may still be shortened before it is sent.
    /// </summary>
    public const int MaxText = 4_000_000;

    /// <summary>The longest message kept, in UTF-16 code units.</summary>
    public const int MaxMessage = 20_000;

    /// <summary>The caller's draft; null if there is none.</summary>
    public async Task<ReviewDraft?> FindAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(db, caller.UserId, nodeExecId, ct);
    }

    static Task<ReviewDraft?> FindAsync(HitlDbContext db, string userId, string nodeExecId, CancellationToken ct) =>
        db.ReviewDrafts.AsNoTracking().FirstOrDefaultAsync(d => d.UserId == userId && d.NodeExecId == nodeExecId, ct);

    /// <summary>Those of the reviews of which the caller has a draft.</summary>
    public async Task<IReadOnlySet<string>> AmongAsync(Caller caller, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = await db.ReviewDrafts.Where(d => d.UserId == caller.UserId && nodeExecIds.Contains(d.NodeExecId))
            .Select(d => d.NodeExecId).ToListAsync(ct);
        return ids.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Saves a draft over the revision that it was made from.</summary>
    /// <param name="caller">The owner of the review.</param>
    /// <param name="nodeExecId">The review, whatever its status: what was typed too late is kept too.</param>
    /// <param name="text">The edited payload as typed; null for none.</param>
    /// <param name="message">The message as typed; null for none.</param>
    /// <param name="payloadHash">The hash of the payload that the edit started from.</param>
    /// <param name="revision">The revision that this one follows; 0 where there was none.</param>
    /// <param name="ct">Gives up while the save waits for its turn.</param>
    /// <param name="messageOfApproval">As <see cref="ReviewDraft.MessageOfApproval"/>.</param>
    /// <returns>The revision now.</returns>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.NotFound"/>: no own review of that id. <see cref="Refusal.Conflict"/>: another window has saved since.
    /// <see cref="Refusal.TooLarge"/>: longer than is kept.
    /// </exception>
    public async Task<long> SaveAsync(
        Caller caller, string nodeExecId, string? text, string? message, string payloadHash, long revision, CancellationToken ct,
        bool? messageOfApproval = null)
    {
        if (text?.Length > MaxText || message?.Length > MaxMessage)
            throw new RefusedException(Refusal.TooLarge, "What was typed is longer than a draft may be; it is not kept.");
        return await queue.WriteTypedAsync(caller, async tx =>
        {
            if (!await tx.Db.Reviews.OwnOf(caller).AnyAsync(r => r.NodeExecId == nodeExecId, ct))
                throw ReviewMoves.Unknown(nodeExecId);
            var saved = await tx.ExecuteAsync(revision == 0
                ? """
                  INSERT INTO review_drafts (user_id, node_exec_id, text, message, message_of_approval, payload_hash, revision, updated_at)
                  VALUES (@user, @id, @text, @message, @of, @hash, 1, @now)
                  ON CONFLICT (user_id, node_exec_id) DO NOTHING
                  """
                : """
                  UPDATE review_drafts
                  SET text = @text, message = @message, message_of_approval = @of, payload_hash = @hash, revision = revision + 1,
                      updated_at = @now
                  WHERE user_id = @user AND node_exec_id = @id AND revision = @revision
                  """,
                ct, ("user", caller.UserId), ("id", nodeExecId), ("text", text), ("message", message),
                ("of", messageOfApproval), ("hash", payloadHash), ("now", tx.Now), ("revision", revision));
            if (saved == 0)
                throw new RefusedException(Refusal.Conflict, "Another window has changed this draft meanwhile.");
            tx.Tell(new DraftChanged(caller.UserId, nodeExecId, revision + 1));
            return revision + 1;
        }, ct);
    }

    /// <summary>Throws the caller's draft away; does nothing if there is none.</summary>
    public Task DiscardAsync(Caller caller, string nodeExecId, CancellationToken ct) =>
        queue.WriteAsync(caller, async tx =>
        {
            if (await tx.ExecuteAsync("DELETE FROM review_drafts WHERE user_id = @user AND node_exec_id = @id", ct,
                ("user", caller.UserId), ("id", nodeExecId)) > 0)
                tx.Tell(new DraftChanged(caller.UserId, nodeExecId, 0));
        }, ct);

    /// <summary>
    /// Notes of a draft's message that it went with a decision which is taken back. One that didn't go along is of neither.
    /// </summary>
    internal static async Task NoteTakenBackAsync(WriteTransaction tx, ScheduledDecision taken, CancellationToken ct)
    {
        var draft = await FindAsync(tx.Db, taken.UserId, taken.NodeExecId, ct);
        // Behind it may stand a reason that was chosen with the press.
        if (draft?.Message?.Trim() is { Length: > 0 } message && taken.Message is { } sent
            && (sent == message || sent.StartsWith(message + "\n", StringComparison.Ordinal)))
            await tx.ExecuteAsync(
                "UPDATE review_drafts SET message_of_approval = @approved WHERE user_id = @user AND node_exec_id = @id", ct,
                ("approved", taken.Approved), ("user", taken.UserId), ("id", taken.NodeExecId));
    }

    /// <summary>
    /// Throws a draft away that has become a decision, in the transaction of that decision. What was typed in another window and is not in
    /// the decision stays.
    /// </summary>
    internal static async Task DiscardAsync(WriteTransaction tx, string userId, Decision decision, CancellationToken ct)
    {
        var draft = await FindAsync(tx.Db, userId, decision.NodeExecId, ct);
        if (draft is null || draft.Text != decision.Edit?.Text || (draft.Message ?? "").Trim() != (decision.Message ?? "").Trim())
            return;
        if (await tx.ExecuteAsync("DELETE FROM review_drafts WHERE user_id = @user AND node_exec_id = @id AND revision = @revision", ct,
            ("user", userId), ("id", draft.NodeExecId), ("revision", draft.Revision)) > 0)
            tx.Tell(new DraftChanged(userId, draft.NodeExecId, 0));
    }
}
