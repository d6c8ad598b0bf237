using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Support;

/// <summary>
/// What must be true of every row whatever has happened; looked at after each test of a specification, and after each crash.
/// </summary>
static class MustHold
{
    public static async Task InAsync(HitlDbContext db, CancellationToken ct)
    {
        var broken = await db.Database
            .SqlQueryRaw<string>(
                $"SELECT user_id || ' ' || node_exec_id || ' ' || status AS \"Value\" FROM reviews WHERE {ReviewMoves.Broken}")
            .ToListAsync(ct);
        Assert.Empty(broken);
        var miscounted = await db.Database
            .SqlQueryRaw<string>($"""
                SELECT coalesce(t.user_id, w.user_id) AS "Value" FROM waiting_totals t
                FULL JOIN (
                    SELECT user_id, count(*) AS reviews, sum({WaitingTotals.Bytes}) AS bytes
                    FROM reviews WHERE status = 'WAITING' GROUP BY user_id) w ON w.user_id = t.user_id
                WHERE coalesce(t.reviews, 0) <> coalesce(w.reviews, 0) OR coalesce(t.bytes, 0) <> coalesce(w.bytes, 0)
                """)
            .ToListAsync(ct);
        Assert.Empty(miscounted);
        var kinds = await db.Database
            .SqlQueryRaw<string>($"""
                SELECT coalesce(c.user_id, r.user_id) || ' ' || coalesce(c.standing, r.standing) || ' ' || coalesce(c.node_id, r.node_id)
                    || ': ' || coalesce(c.reviews, 0) || ' for ' || coalesce(r.reviews, 0) AS "Value"
                FROM review_counts c
                FULL JOIN ({ReviewCounts.Recounted}) r ON r.user_id = c.user_id AND r.standing = c.standing AND r.graph_id = c.graph_id
                    AND r.node_id = c.node_id AND r.block_id = c.block_id AND r.asked_by_key_id = c.asked_by_key_id
                WHERE coalesce(c.reviews, 0) <> coalesce(r.reviews, 0) OR c.last_at < r.last_at
                """)
            .ToListAsync(ct);
        Assert.Empty(kinds);
    }
}
