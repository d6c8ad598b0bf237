using System.Linq.Expressions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>What its person did about reviews like one.</summary>
/// <param name="Approved">How many like it they approved, of their last decisions.</param>
/// <param name="Edited">How many of those with an edit.</param>
/// <param name="Rejected">How many they rejected.</param>
/// <param name="Last">The last like it that they decided; null if there is none.</param>
/// <param name="SameWaiting">How many others with the very same payload wait.</param>
/// <param name="SameApprovedAt">When the very same payload was approved last; null if it wasn't.</param>
public sealed record LikeReviews(
    int Approved, int Edited, int Rejected, ReviewSummary? Last, int SameWaiting, DateTimeOffset? SameApprovedAt);

/// <summary>What became of reviews like one: of the same block or, of an agent outside, of the same step.</summary>
public sealed class ReviewHistory(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>How many of a person's last decisions are looked at.</summary>
    public const int Depth = 1_000;

    /// <summary>Reads what the caller did about reviews like one.</summary>
    /// <param name="caller">Sees only what is their own.</param>
    /// <param name="review">The review; itself is not counted.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<LikeReviews> ReadAsync(Caller caller, Review review, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var isLike = IsLike(review);
        var decided = db.Reviews.AsNoTracking().OwnOf(caller)
            .Where(ReviewFigures.ByAPerson).Where(r => r.NodeExecId != review.NodeExecId)
            .OrderByDescending(r => r.ReviewedAt).ThenByDescending(r => r.NodeExecId).Take(Depth).Where(isLike);
        var counts = await decided.GroupBy(r => new { r.Status, r.WasEdited })
            .Select(g => new { g.Key.Status, g.Key.WasEdited, Count = g.Count() }).ToListAsync(ct);
        var last = await decided.OrderByDescending(r => r.ReviewedAt).ThenByDescending(r => r.NodeExecId)
            .Select(ReviewSummary.WithoutTexts).FirstOrDefaultAsync(ct);
        var sameApproved = await decided.Where(r => r.Status == ReviewStatus.APPROVED && r.PayloadHash == review.PayloadHash)
            .OrderByDescending(r => r.ReviewedAt).Select(r => r.ReviewedAt).FirstOrDefaultAsync(ct);
        var sameWaiting = await db.Reviews.OwnOf(caller).Where(isLike).CountAsync(
            r => r.Status == ReviewStatus.WAITING && r.PayloadHash == review.PayloadHash && r.NodeExecId != review.NodeExecId, ct);
        return new(
            counts.Where(c => c.Status == ReviewStatus.APPROVED).Sum(c => c.Count),
            counts.Where(c => c is { Status: ReviewStatus.APPROVED, WasEdited: true }).Sum(c => c.Count),
            counts.Where(c => c.Status == ReviewStatus.REJECTED).Sum(c => c.Count), last, sameWaiting, sameApproved);
    }

    static Expression<Func<Review, bool>> IsLike(Review review) => review.BlockId is { } block
        ? r => r.BlockId == block
        : r => r.BlockId == null && r.NodeId == review.NodeId && r.AskedByKeyId == review.AskedByKeyId;
}
