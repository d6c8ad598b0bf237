using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>Standing approvals: what stands, giving one, using one, revoking one.</summary>
public sealed class AutoApprovals(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The message of a decision that a standing approval made.</summary>
    public const string Message = "Auto-approved (user approved all future actions for this node)";

    /// <summary>How such an approval is named in a result. Never used to look one up: two different ones can have the same name.</summary>
    public static string Key(string graphExecId, string nodeId) => $"auto_approve_{graphExecId}_{nodeId}";

    /// <summary>The caller's standing approvals, newest first; revoked ones are left out.</summary>
    public async Task<ListPage<AutoApproval>> ListAsync(Caller caller, PageRequest page, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        // Ids have no line breaks, so that no two approvals are one in this order.
        return await db.AutoApprovals.AsNoTracking().Where(a => a.UserId == caller.UserId && a.RevokedAt == null)
            .PageAsync(a => a.CreatedAt, a => a.GraphExecId + "\n" + a.NodeId, page, ct);
    }

    /// <summary>Revokes a standing approval: the next action of that node asks again.</summary>
    /// <exception cref="RefusedException">The caller has no such approval standing.</exception>
    public Task RevokeAsync(Caller caller, string graphExecId, string nodeId, CancellationToken ct) =>
        queue.WriteAsync(async tx =>
        {
            var now = tx.Now;
            var revoked = await tx.Db.AutoApprovals
                .Where(a => a.UserId == caller.UserId && a.GraphExecId == graphExecId && a.NodeId == nodeId && a.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.RevokedAt, now), ct);
            if (revoked == 0)
                throw new RefusedException(Refusal.NotFound, $"No auto-approval stands for node '{nodeId}' in execution '{graphExecId}'.");
            tx.Audit(new(AuditActions.AutoApprovalRevoked, caller.UserId, caller.Surface) { OwnerId = caller.UserId, GraphExecId = graphExecId, Detail = nodeId });
            tx.Publish(new AutoApprovalsChanged(caller.UserId));
        }, ct);

    /// <summary>Gives a standing approval in the transaction of the decision that asks for it. Given again it is a no-op.</summary>
    internal static async Task GiveAsync(WriteTransaction tx, Caller caller, Review review, CancellationToken ct)
    {
        var given = await tx.ExecuteAsync("""
            INSERT INTO auto_approvals (user_id, graph_exec_id, node_id, block_id, created_at, revoked_at, use_count, last_used_at)
            VALUES (@user, @exec, @node, @block, @now, NULL, 0, NULL)
            ON CONFLICT (user_id, graph_exec_id, node_id) DO UPDATE SET created_at = excluded.created_at, revoked_at = NULL WHERE auto_approvals.revoked_at IS NOT NULL
            """, ct, ("user", review.UserId), ("exec", review.GraphExecId), ("node", review.NodeId), ("block", review.BlockId), ("now", tx.Now));
        if (given == 0)
            return;
        tx.Audit(new(AuditActions.AutoApprovalGiven, caller.UserId, caller.Surface)
        {
            OwnerId = review.UserId,
            GraphExecId = review.GraphExecId,
            NodeExecId = review.NodeExecId,
            Detail = review.NodeId,
        });
        tx.Publish(new AutoApprovalsChanged(review.UserId));
    }

    /// <summary>Uses a standing approval, if there is one, for the current input of one invocation.</summary>
    /// <returns>False if none stands: the action must ask.</returns>
    internal static async Task<bool> UseAsync(WriteTransaction tx, string userId, ReviewRequest request, CancellationToken ct)
    {
        var used = await tx.ExecuteAsync("""
            UPDATE auto_approvals SET use_count = use_count + 1, last_used_at = @now
            WHERE user_id = @user AND graph_exec_id = @exec AND node_id = @node AND revoked_at IS NULL
            """, ct, ("now", tx.Now), ("user", userId), ("exec", request.GraphExecId), ("node", request.NodeId));
        if (used == 0)
            return false;
        tx.Audit(new(AuditActions.ReviewAutoApproved, null, Surface.Engine)
        {
            OwnerId = userId,
            GraphExecId = request.GraphExecId,
            NodeExecId = request.NodeExecId,
            PayloadHashAfter = request.Payload.Hash,
            Detail = Key(request.GraphExecId, request.NodeId),
        });
        tx.Publish(new AutoApprovalsChanged(userId));
        return true;
    }
}
