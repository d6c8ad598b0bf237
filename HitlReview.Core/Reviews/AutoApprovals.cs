using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>Standing approvals: what stands, giving one, using one, revoking one.</summary>
public sealed class AutoApprovals(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, TimeProvider clock)
{
    /// <summary>The message of a decision that a standing approval made.</summary>
    public const string Message = "Auto-approved (user approved all future actions for this node)";

    const string StandsThere = """
        user_id = @user AND graph_exec_id = @exec AND revoked_at IS NULL
        AND (@node = '' OR node_id = @node) AND (@span = '' OR span = @span)
        """;

    /// <summary>How such an approval is named in a result. Never used to look one up: two different ones can have the same name.</summary>
    public static string Key(string graphExecId, string nodeId) => $"auto_approve_{graphExecId}_{nodeId}";

    /// <summary>The caller's standing approvals, newest first; those revoked, or whose key has ended, are left out.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="page">Which part of the list.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="graphExecId">The execution or chat whose alone are wanted; null for all.</param>
    public async Task<ListPage<AutoApproval>> ListAsync(
        Caller caller, PageRequest page, CancellationToken ct, string? graphExecId = null)
    {
        caller.Require(KeyMay.decide);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var working = ApiKeys.Working(db.ApiKeys, clock.GetUtcNow());
        // Ids have no line breaks, so that no two approvals are one in this order.
        return await db.AutoApprovals.AsNoTracking().Where(a => a.UserId == caller.UserId && a.RevokedAt == null)
            .Where(a => a.AskedByKeyId == null || working.Any(k => k.Id == a.AskedByKeyId))
            .Where(a => graphExecId == null || a.GraphExecId == graphExecId)
            .Where(a => a.GivenByKeyId == null || working.Any(k => k.Id == a.GivenByKeyId))
            .PageAsync(a => a.CreatedAt, a => a.GraphExecId + "\n" + a.NodeId, page, ct);
    }

    /// <summary>Revokes a standing approval: the next action of that node asks again.</summary>
    /// <exception cref="RefusedException">
    /// Forbidden: the key may not decide. NotFound: the caller has no such approval standing.
    /// </exception>
    public Task RevokeAsync(Caller caller, string graphExecId, string nodeId, CancellationToken ct)
    {
        caller.Require(KeyMay.decide);
        return queue.WriteAsync(caller, async tx =>
        {
            if (await EndAsync(tx, caller.UserId, graphExecId, caller, ct, nodeId) == 0)
                throw new RefusedException(Refusal.NotFound,
                    $"No auto-approval stands for node '{Identifiers.Shown(nodeId)}' in execution '{Identifiers.Shown(graphExecId)}'.");
        }, ct);
    }

    /// <summary>
    /// Gives a standing approval in the transaction of the decision that asks for it, for the kind of asker, the block and the key of the
    /// review alone. One given with a key ends with that key. Given again it is a no-op, unless a person gives what stood by a key, or by
    /// one that has ended; given for another asker or another span it takes the place of the one that stood.
    /// </summary>
    internal static async Task GiveAsync(WriteTransaction tx, Caller caller, Review review, ApprovalSpan span, CancellationToken ct)
    {
        var given = await tx.ExecuteAsync($"""
            INSERT INTO auto_approvals (user_id, graph_exec_id, node_id, origin, block_id, asked_by_key_id, asked_by, given_by_key_id,
                                        span, created_at, revoked_at, use_count, last_used_at)
            VALUES (@user, @exec, @node, @origin, @block, @key, @name, @by, @span, @now, NULL, 0, NULL)
            ON CONFLICT (user_id, graph_exec_id, node_id) DO UPDATE
            SET origin = excluded.origin, block_id = excluded.block_id,
                asked_by_key_id = excluded.asked_by_key_id, asked_by = excluded.asked_by,
                given_by_key_id = excluded.given_by_key_id, span = excluded.span, created_at = excluded.created_at,
                revoked_at = NULL, use_count = 0, last_used_at = NULL
            WHERE auto_approvals.revoked_at IS NOT NULL OR auto_approvals.span <> excluded.span
               OR NOT (auto_approvals.origin = excluded.origin AND COALESCE(auto_approvals.block_id, '') = COALESCE(excluded.block_id, '')
                       AND COALESCE(auto_approvals.asked_by_key_id, '') = COALESCE(excluded.asked_by_key_id, ''))
               OR (auto_approvals.given_by_key_id IS NOT NULL
                   AND (excluded.given_by_key_id IS NULL
                        OR NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = auto_approvals.given_by_key_id AND {Standing.KeyWorks})))
            """, ct,
            ("user", review.UserId), ("exec", review.GraphExecId), ("node", review.NodeId), ("origin", review.Origin),
            ("block", review.BlockId), ("key", review.AskedByKeyId), ("name", review.AskedBy), ("by", caller.Key?.Id), ("span", span),
            ("now", tx.Now));
        if (given == 0)
            return;
        var entry = AuditEntry.By(caller, AuditActions.AutoApprovalGiven) with
        {
            OwnerId = review.UserId,
            GraphExecId = review.GraphExecId,
            NodeExecId = review.NodeExecId,
            Detail = review.NodeId,
        };
        tx.Record(entry, new AutoApprovalsChanged(review.UserId));
    }

    /// <summary>
    /// Uses a standing approval, if one stands for exactly this asker and block, for the current input of one invocation.
    /// </summary>
    /// <returns>False if none stands: the action must ask.</returns>
    internal static async Task<bool> UseAsync(
        WriteTransaction tx, string userId, ReviewOrigin origin, ReviewRequest request, CancellationToken ct)
    {
        var used = await tx.ExecuteAsync($"""
            UPDATE auto_approvals SET use_count = use_count + 1, last_used_at = @now WHERE {Matches}
            """, ct,
            ("now", tx.Now), ("user", userId), ("exec", request.GraphExecId), ("node", request.NodeId), ("origin", origin),
            ("block", request.BlockId ?? ""), ("key", request.AskedByKeyId ?? ""));
        if (used == 0)
            return false;
        var entry = AuditEntry.By(null, AuditActions.ReviewAutoApproved) with
        {
            OwnerId = userId,
            GraphExecId = request.GraphExecId,
            NodeExecId = request.NodeExecId,
            PayloadHashAfter = request.Payload.Hash,
            Detail = Key(request.GraphExecId, request.NodeId),
        };
        tx.Record(entry, new AutoApprovalsChanged(userId));
        return true;
    }

    /// <summary>
    /// Ends what stands in an execution or chat, and with it what a decision that can still be undone would give: it was stopped, or what
    /// its person says now leaves no room for it.
    /// </summary>
    /// <param name="tx">The transaction of what ends it.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="graphExecId">The execution or chat.</param>
    /// <param name="by">Who ends it; null for HitlReview itself.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <param name="nodeId">The node for which alone it ends; null for all.</param>
    /// <param name="span">What lasts so long alone; null for all.</param>
    /// <returns>How many stood.</returns>
    internal static async Task<int> EndAsync(WriteTransaction tx, string userId, string graphExecId, Caller? by, CancellationToken ct,
        string? nodeId = null, ApprovalSpan? span = null)
    {
        (string, object?)[] which =
            [("user", userId), ("exec", graphExecId), ("node", nodeId ?? ""), ("span", span?.ToString() ?? "")];
        while (await tx.FirstAsync("""
            UPDATE scheduled_decisions SET auto_approve_future = FALSE
            WHERE user_id = @user AND node_exec_id = (
                SELECT d.node_exec_id FROM scheduled_decisions d
                JOIN reviews r ON r.node_exec_id = d.node_exec_id AND r.user_id = d.user_id
                WHERE d.user_id = @user AND d.graph_exec_id = @exec AND d.auto_approve_future
                  AND (@span = '' OR d.auto_approve_span = @span) AND (@node = '' OR r.node_id = @node)
                LIMIT 1)
            RETURNING node_exec_id, (SELECT r.node_id FROM reviews r WHERE r.node_exec_id = scheduled_decisions.node_exec_id)
            """, r => (NodeExecId: r.GetString(0), NodeId: r.GetString(1)), ct, which) is { NodeExecId: not null } held)
            tx.Record(Entry(held.NodeId) with { NodeExecId = held.NodeExecId });
        var ended = new List<string>();
        while (await tx.FirstAsync($"""
            UPDATE auto_approvals SET revoked_at = @now
            WHERE {StandsThere} AND node_id = (SELECT node_id FROM auto_approvals WHERE {StandsThere} LIMIT 1)
            RETURNING node_id
            """, r => r.GetString(0), ct, [.. which, ("now", tx.Now)]) is { } one)
            ended.Add(one);
        // Told once: there may be more of them than a feed holds.
        foreach (var (i, one) in ended.Index())
            tx.Record(Entry(one), i == ended.Count - 1 ? new AutoApprovalsChanged(userId) : null);
        return ended.Count;

        AuditEntry Entry(string node) => AuditEntry.By(by, AuditActions.AutoApprovalRevoked) with
        {
            OwnerId = userId,
            GraphExecId = graphExecId,
            Detail = node,
        };
    }

    /// <summary>
    /// The condition of the standing approval for one asker and block, with the parameters user, exec, node, origin, block and key, where
    /// none is the empty string, and now. What stands for a key, or by a key, ends with the key, in whatever way that ends.
    /// </summary>
    internal const string Matches = $"""
        user_id = @user AND graph_exec_id = @exec AND node_id = @node AND origin = @origin AND COALESCE(block_id, '') = @block
        AND COALESCE(asked_by_key_id, '') = @key AND revoked_at IS NULL
        AND (asked_by_key_id IS NULL OR EXISTS (SELECT 1 FROM api_keys k WHERE k.id = asked_by_key_id AND {Standing.KeyWorks}))
        AND (given_by_key_id IS NULL OR EXISTS (SELECT 1 FROM api_keys k WHERE k.id = given_by_key_id AND {Standing.KeyWorks}))
        """;
}
