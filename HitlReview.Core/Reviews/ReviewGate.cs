using HitlReview.Core.Audit;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>The writes on one review that askers make, each inside the transaction of its caller: asking, taking up the answer, cancelling, deleting.</summary>
static class ReviewGate
{
    const string StoppedMessage = "Execution was stopped by user";

    /// <summary>Asks: inserts the review unless its id is taken.</summary>
    /// <returns>The review as it now is, and whether this call made it.</returns>
    /// <exception cref="RefusedException">Conflict: as much waits as may (<see cref="LimitOptions.WaitingReviews"/>).</exception>
    public static async Task<(Review Review, bool Created)> GetOrCreateAsync(
        WriteTransaction tx, Review asked, Caller? by, LimitOptions limits, CancellationToken ct)
    {
        if (await ReviewRow.TryInsertAsync(tx, asked, ct))
        {
            if (asked.Status == ReviewStatus.WAITING)
                await WaitingTotals.AddAsync(tx, asked, limits, ct);
            tx.Audit(AuditEntry.By(by, AuditActions.ReviewRequested) with
            {
                OwnerId = asked.UserId,
                GraphExecId = asked.GraphExecId,
                NodeExecId = asked.NodeExecId,
                PayloadHashAfter = asked.PayloadHash,
            });
            if (asked.Status == ReviewStatus.WAITING)
                tx.Publish(new ReviewCreated(ReviewSummary.Of(asked)));
            return (asked, true);
        }
        return (await ReviewRow.FindAsync(tx, asked.UserId, asked.NodeExecId, ct) ?? throw Unknown(asked.NodeExecId), false);
    }

    /// <summary>Takes a decision up, once: of any number of callers one gets it, and nobody after a stop.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="userId">Its owner.</param>
    /// <param name="origin">Who may take it up.</param>
    /// <param name="verdict">The decision to take up; null for either.</param>
    /// <param name="by">Who asks; null for the engine.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>The decided review, now processed; null if it isn't decided or was taken up before.</returns>
    public static async Task<Review?> TakeUpAsync(WriteTransaction tx, string nodeExecId, string userId, ReviewOrigin origin, ReviewStatus? verdict, Caller? by, CancellationToken ct)
    {
        var taken = await tx.FirstAsync<Review>($"""
            UPDATE reviews SET processed = TRUE, delivered_at = @now, updated_at = @now
            WHERE node_exec_id = @id AND user_id = @user AND origin = @origin AND (status = @verdict OR status = @or) AND processed = FALSE
            RETURNING {ReviewRow.Columns}
            """, ReviewRow.Read, ct, ("now", tx.Now), ("id", nodeExecId), ("user", userId), ("origin", origin),
            ("verdict", verdict ?? ReviewStatus.APPROVED), ("or", verdict ?? ReviewStatus.REJECTED));
        if (taken is null)
            return null;
        tx.Audit(AuditEntry.By(by, AuditActions.ReviewConsumed) with
        {
            OwnerId = userId,
            GraphExecId = taken.GraphExecId,
            NodeExecId = nodeExecId,
            PayloadHashBefore = taken.PayloadHash,
            PayloadHashAfter = taken.PayloadHash,
            Detail = taken.Status.ToString(),
        });
        tx.Publish(new ReviewDelivered(userId, nodeExecId));
        return taken;
    }

    /// <summary>Cancels what an execution or chat still waits for, withdraws approvals that nobody has taken up, and ends those that stand for it.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="userId">The owner of the execution.</param>
    /// <param name="graphExecId">The execution, or the synthetic id of a chat.</param>
    /// <param name="message">What its reviews say from then on; null for the text of a stop by the user.</param>
    /// <param name="by">Who cancels; null for the engine.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <returns>How many reviews were waiting.</returns>
    public static async Task<int> CancelAsync(WriteTransaction tx, string userId, string graphExecId, string? message, Caller? by, CancellationToken ct)
    {
        var cancelled = new Dictionary<string, int>(StringComparer.Ordinal);
        var bytes = 0L;
        while (await tx.FirstAsync($"""
            UPDATE reviews SET status = 'REJECTED', processed = TRUE, review_message = @message, reviewed_at = @now, updated_at = @now
            WHERE node_exec_id = (
                SELECT node_exec_id FROM reviews WHERE graph_exec_id = @exec AND status = 'WAITING' AND user_id = @user LIMIT 1)
              AND user_id = @user AND status = 'WAITING'
            RETURNING node_exec_id, {WaitingTotals.Bytes}, asked_by_key_id
            """, r => (Id: r.GetString(0), Bytes: r.GetInt64(1), By: r.IsDBNull(2) ? "" : r.GetString(2)), ct,
            ("message", message ?? StoppedMessage), ("now", tx.Now), ("exec", graphExecId), ("user", userId)) is { Id: not null } ended)
        {
            cancelled[ended.By] = cancelled.GetValueOrDefault(ended.By) + 1;
            bytes += ended.Bytes;
            Record(ended.Id);
        }
        if (cancelled.Count > 0)
            await WaitingTotals.RemoveAsync(tx, userId, cancelled.Values.Sum(), bytes, ct);
        while (await tx.FirstAsync<string>("""
            UPDATE reviews SET processed = TRUE, updated_at = @now
            WHERE node_exec_id = (
                SELECT node_exec_id FROM reviews
                WHERE graph_exec_id = @exec AND status = 'APPROVED' AND processed = FALSE AND user_id = @user LIMIT 1)
              AND user_id = @user AND processed = FALSE
            RETURNING node_exec_id
            """, r => r.GetString(0), ct, ("now", tx.Now), ("exec", graphExecId), ("user", userId)) is { } id)
            Record(id);
        await AutoApprovals.EndAsync(tx, userId, graphExecId, by, ct);
        foreach (var (key, count) in cancelled)
            tx.Publish(new ReviewsCancelled(userId, graphExecId, count, key.Length == 0 ? null : key));
        return cancelled.Values.Sum();

        void Record(string nodeExecId) => tx.Audit(AuditEntry.By(by, AuditActions.ReviewCancelled) with
        {
            OwnerId = userId,
            GraphExecId = graphExecId,
            NodeExecId = nodeExecId,
            Detail = message ?? StoppedMessage,
        });
    }

    /// <summary>Deletes the record of one review that was used; the audit trail keeps what happened.</summary>
    public static async Task<bool> DeleteAsync(WriteTransaction tx, Review used, CancellationToken ct)
    {
        if (await tx.ExecuteAsync("DELETE FROM reviews WHERE node_exec_id = @id AND user_id = @user AND processed = TRUE", ct, ("id", used.NodeExecId), ("user", used.UserId)) == 0)
            return false;
        tx.Audit(AuditEntry.By(null, AuditActions.ReviewDeleted) with { OwnerId = used.UserId, GraphExecId = used.GraphExecId, NodeExecId = used.NodeExecId, PayloadHashBefore = used.PayloadHash });
        return true;
    }

    /// <summary>What an unknown id and someone else's are answered with.</summary>
    public static RefusedException Unknown(string nodeExecId) => new(Refusal.NotFound, $"No review '{Identifiers.Shown(nodeExecId)}' was found.");
}
