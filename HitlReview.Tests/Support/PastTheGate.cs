using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Support;

/// <summary>What a test writes of reviews past the gate, counted as the gate counts it.</summary>
static class PastTheGate
{
    /// <summary>Reviews that are there before the test begins.</summary>
    public static async Task AddAsync(HitlDbContext db, IReadOnlyCollection<Review> reviews, CancellationToken ct)
    {
        db.Reviews.AddRange(reviews);
        await db.SaveChangesAsync(ct);
        foreach (var user in reviews.Select(review => review.UserId).Distinct())
            await CountAsync(db, user, ct);
    }

    /// <summary>A payload that changes under its reader.</summary>
    public static async Task ChangeAsync(HitlDbContext db, string nodeExecId, string payload, string hash, CancellationToken ct)
    {
        var review = db.Reviews.Where(r => r.NodeExecId == nodeExecId);
        await review.ExecuteUpdateAsync(set => set.SetProperty(r => r.Payload, payload).SetProperty(r => r.PayloadHash, hash), ct);
        await CountAsync(db, await review.Select(r => r.UserId).SingleAsync(ct), ct);
    }

    /// <summary>A review that turns out to be another key's.</summary>
    public static async Task GiveAsync(HitlDbContext db, string nodeExecId, string keyId, CancellationToken ct)
    {
        var review = db.Reviews.Where(r => r.NodeExecId == nodeExecId);
        await review.ExecuteUpdateAsync(set => set.SetProperty(r => r.AskedByKeyId, keyId), ct);
        await CountAsync(db, await review.Select(r => r.UserId).SingleAsync(ct), ct);
    }

    /// <summary>A record that is gone.</summary>
    public static async Task DeleteAsync(HitlDbContext db, string nodeExecId, CancellationToken ct)
    {
        var review = db.Reviews.Where(r => r.NodeExecId == nodeExecId);
        var userId = await review.Select(r => r.UserId).SingleAsync(ct);
        await review.ExecuteDeleteAsync(ct);
        await CountAsync(db, userId, ct);
    }

    static async Task CountAsync(HitlDbContext db, string userId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlRawAsync($$"""
            INSERT INTO waiting_totals (user_id, reviews, bytes)
            SELECT {0}, count(*), coalesce(sum({{WaitingTotals.Bytes}}), 0) FROM reviews WHERE user_id = {0} AND status = 'WAITING'
            ON CONFLICT (user_id) DO UPDATE SET reviews = excluded.reviews, bytes = excluded.bytes
            """, [userId], ct);
        await db.Database.ExecuteSqlRawAsync("DELETE FROM review_counts WHERE user_id = {0}", [userId], ct);
        await db.Database.ExecuteSqlRawAsync($$"""
            INSERT INTO review_counts (user_id, standing, graph_id, node_id, block_id, asked_by_key_id, asked_by, reviews, last_at)
            SELECT * FROM ({{ReviewCounts.Recounted}}) r WHERE r.user_id = {0}
            """, [userId], ct);
    }
}
