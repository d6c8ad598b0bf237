using System.Linq.Expressions;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>The decisions of one hour.</summary>
/// <param name="Approved">How many approvals.</param>
/// <param name="Rejected">How many rejections.</param>
public sealed record HourOfDecisions(int Approved, int Rejected);

/// <summary>What people have decided in the last <see cref="ReviewFigures.Hours"/> hours; not what standing approvals have.</summary>
/// <param name="Since">The start of the first hour.</param>
/// <param name="Hours">Hour by hour, the one that runs last.</param>
/// <param name="Edited">How many of the approvals with an edit.</param>
/// <param name="Median">From the request to the decision, for the middle one of them; null if there is none.</param>
public sealed record DecisionFigures(DateTimeOffset Since, IReadOnlyList<HourOfDecisions> Hours, int Edited, TimeSpan? Median)
{
    /// <summary>How many approvals.</summary>
    public int Approved => Hours.Sum(hour => hour.Approved);

    /// <summary>How many rejections.</summary>
    public int Rejected => Hours.Sum(hour => hour.Rejected);
}

/// <summary>What waits for one person.</summary>
/// <param name="UserId">Who.</param>
/// <param name="UserName">Their name.</param>
/// <param name="Count">How many reviews.</param>
/// <param name="Oldest">When the oldest was asked for.</param>
public sealed record WaitingFor(string UserId, string? UserName, int Count, DateTimeOffset Oldest);

/// <summary>Counts what waits and what was decided.</summary>
public sealed class ReviewFigures(IDbContextFactory<HitlDbContext> contexts, TimeProvider clock)
{
    const string ToSee = "see what others decide";

    /// <summary>How far back it counts.</summary>
    public const int Hours = 24;

    /// <summary>The most that is looked at, the newest: a day of one every two seconds. Of more the oldest are not counted.</summary>
    internal const int Depth = 50_000;

    /// <summary>What the caller decided in the last hours.</summary>
    public async Task<DecisionFigures> OwnAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await DecidedAsync(db.Reviews.OwnOf(caller), ct);
    }

    /// <summary>What everybody decided in the last hours.</summary>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin.</exception>
    public async Task<DecisionFigures> AllAsync(Caller caller, CancellationToken ct)
    {
        caller.RequireAdmin(ToSee);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // By person, as the index is: CROSS JOIN tells SQLite so.
        return await DecidedAsync(
            db.Users.SelectMany(_ => db.Set<Review>(), (User, Review) => new { User, Review })
                .Where(both => both.Review.UserId == both.User.Id).Select(both => both.Review), ct);
    }

    /// <summary>For whom reviews wait, who has the oldest first.</summary>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin.</exception>
    public async Task<IReadOnlyList<WaitingFor>> WaitingAsync(Caller caller, CancellationToken ct)
    {
        caller.RequireAdmin(ToSee);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = await db.Set<WaitingTotal>().Where(total => total.Reviews > 0).Select(total => new
        {
            Key = total.UserId,
            Count = (int)total.Reviews,
            Oldest = db.Set<Review>().Where(r => r.UserId == total.UserId && r.Status == ReviewStatus.WAITING).Min(r => r.CreatedAt),
        }).ToListAsync(ct);
        var ids = waiting.Select(one => one.Key).ToList();
        var names = await db.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.UserName, ct);
        return [.. waiting.Select(one => new WaitingFor(one.Key, names.GetValueOrDefault(one.Key), one.Count, one.Oldest))
            .OrderBy(one => one.Oldest)];
    }

    /// <summary>How many reviews wait, for whomever.</summary>
    public long Waiting()
    {
        using var db = contexts.CreateDbContext();
        return db.Set<WaitingTotal>().Sum(total => total.Reviews);
    }

    async Task<DecisionFigures> DecidedAsync(IQueryable<Review> reviews, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var since = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(1 - Hours);
        var decided = await reviews.Where(ByAPerson).Where(r => r.ReviewedAt >= since)
            .OrderByDescending(r => r.ReviewedAt).Take(Depth)
            .Select(r => new { r.CreatedAt, At = r.ReviewedAt!.Value, r.Status, r.WasEdited }).ToListAsync(ct);
        var hours = new HourOfDecisions[Hours];
        Array.Fill(hours, new(0, 0));
        foreach (var one in decided)
        {
            var hour = HourOf(one.At, since);
            hours[hour] = one.Status == ReviewStatus.APPROVED
                ? hours[hour] with { Approved = hours[hour].Approved + 1 }
                : hours[hour] with { Rejected = hours[hour].Rejected + 1 };
        }
        var times = decided.Select(one => one.At - one.CreatedAt).Order().ToList();
        return new(since, hours, decided.Count(one => one.WasEdited), times.Count == 0 ? null : times[times.Count / 2]);
    }

    /// <summary>Which of the hours since a time another is in. A clock that was set back knows hours to come: they are the last.</summary>
    internal static int HourOf(DateTimeOffset at, DateTimeOffset since) => Math.Clamp((int)(at - since).TotalHours, 0, Hours - 1);

    /// <summary>Those that a person decided, and neither a standing approval nor a stop.</summary>
    internal static Expression<Func<Review, bool>> ByAPerson { get; } =
        r => r.ReviewedAt != null && r.ReviewedBy != null && !r.AutoApproved && r.Status != ReviewStatus.WAITING;
}
