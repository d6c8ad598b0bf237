using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>
/// What a chat's person always wants to be asked about in it. A rule ends what was approved ahead there before; what is approved ahead
/// after it, for one block, is narrower or newer, and goes before it as long as it stands.
/// </summary>
public sealed class AskRules(CopilotSessions sessions, BlockRegistry blocks, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The rules of a chat of the caller's.</summary>
    /// <exception cref="RefusedException">NotFound: unknown or not the caller's. Forbidden: the key may not ask.</exception>
    public async Task<IReadOnlyList<AskRule>> ListAsync(Caller caller, string sessionId, CancellationToken ct)
    {
        await sessions.GetAsync(caller, sessionId, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.AskRules.AsNoTracking().Where(r => r.SessionId == sessionId)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.BlockId).ToListAsync(ct);
    }

    /// <summary>Has the chat always ask from now on, or no longer.</summary>
    /// <param name="caller">The person whose chat it is.</param>
    /// <param name="sessionId">The chat.</param>
    /// <param name="blockId">The block; null for all.</param>
    /// <param name="asks">False to end the rule; nothing is approved ahead by that.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// NotFound: the chat is unknown or not the caller's, or no chat can run the block. Forbidden: with a key, which may ask in a chat but
    /// doesn't say what may go unasked.
    /// </exception>
    public Task SetAsync(Caller caller, string sessionId, Guid? blockId, bool asks, CancellationToken ct)
    {
        if (caller.Key is not null)
            throw new RefusedException(Refusal.Forbidden, "What a chat asks about is said by its person, not with a key.");
        if (blockId is { } id && blocks.Find(id) is not { IsGraphOnly: false })
            throw new RefusedException(Refusal.NotFound, $"No block '{id}' was found that a chat can run.");
        return sessions.WriteAsync(caller, sessionId, async (tx, session) =>
        {
            var changed = await tx.ExecuteAsync(asks
                ? "INSERT INTO copilot_ask_rules (session_id, block_id, created_at) VALUES (@session, @block, @now) ON CONFLICT DO NOTHING"
                : "DELETE FROM copilot_ask_rules WHERE session_id = @session AND block_id = @block", ct,
                ("session", sessionId), ("block", blockId?.ToString() ?? ""), ("now", tx.Now));
            if (asks)
                await AutoApprovals.EndAsync(tx, session.UserId, session.GraphExecId, caller, ct,
                    blockId is { } one ? RunId.NodeOfChat(one) : null);
            if (changed == 0)
                return false;
            Turns.Record(tx, caller, asks ? AuditActions.AskRuleSet : AuditActions.AskRuleEnded, session, blockId?.ToString());
            tx.Tell(new AutoApprovalsChanged(session.UserId));
            return true;
        }, ct);
    }

    /// <summary>Whether a rule has the chat ask before this block.</summary>
    internal async Task<bool> AsksAsync(string sessionId, Block block, CancellationToken ct)
    {
        var id = block.Id.ToString();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.AskRules.AnyAsync(r => r.SessionId == sessionId && (r.BlockId == id || r.BlockId == ""), ct);
    }
}
