using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Support;

/// <summary>Reviews that are there before a test begins: written past the gate, and counted as the gate counts them.</summary>
static class AskedBefore
{
    public static async Task AddAsync(HitlDbContext db, IReadOnlyCollection<Review> reviews, CancellationToken ct)
    {
        db.Reviews.AddRange(reviews);
        await db.SaveChangesAsync(ct);
        foreach (var user in reviews.Select(review => review.UserId).Distinct())
            await db.Database.ExecuteSqlRawAsync($$"""
                INSERT INTO waiting_totals (user_id, reviews, bytes)
                SELECT user_id, count(*), sum({{WaitingTotals.Bytes}}) FROM reviews
                WHERE user_id = {0} AND status = 'WAITING' GROUP BY user_id
                ON CONFLICT (user_id) DO UPDATE SET reviews = excluded.reviews, bytes = excluded.bytes
                """, [user], ct);
    }
}
