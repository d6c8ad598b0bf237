using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>An execution of an agent outside, as far as it is known here: by what is asked in it.</summary>
/// <param name="GraphExecId">What the agent calls it. Hostile text.</param>
/// <param name="AskedBy">The agent, of several the last by name; null where no key asked. Hostile text.</param>
/// <param name="Asked">How many reviews were asked for in it.</param>
/// <param name="Waiting">How many of them wait.</param>
/// <param name="Rejected">How many a person rejected.</param>
/// <param name="LastAt">When the last was asked for.</param>
public sealed record OutsideRun(
    string GraphExecId, string? AskedBy, int Asked, int Waiting, int Rejected, DateTimeOffset LastAt);

/// <summary>Reads the executions of agents outside.</summary>
public sealed class OutsideRunList(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>How many are read, those in which something was asked last.</summary>
    public const int Most = 100;

    /// <summary>Those of the caller's agents, the one in which something was asked last first.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="text">Found in the id of the execution or in the name of the agent; null for all.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<OutsideRun>> ListAsync(Caller caller, string? text, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reviews = db.Reviews.OwnOf(caller).Where(r => r.Origin == ReviewOrigin.Agent);
        if (!string.IsNullOrWhiteSpace(text))
        {
            var word = text.Trim();
            reviews = reviews.Where(db.Searching<Review>(r => r.GraphExecId.Has(word) || r.AskedBy.Has(word)));
        }
        var latest = (await ReviewList.LatestRunsAsync(reviews, ReviewTab.Waiting, Most, ct)).Select(run => run.GraphExecId).ToList();
        // By execution, of which the index has few: of agents it would have all.
        var runs = await db.Reviews.OwnOf(caller).Where(r => latest.Contains(r.GraphExecId))
            .GroupBy(r => new { r.GraphExecId, r.Origin }).Where(g => g.Key.Origin == ReviewOrigin.Agent).Select(g => new
            {
                Key = g.Key.GraphExecId,
                AskedBy = g.Max(r => r.AskedBy),
                Asked = g.Count(),
                Waiting = g.Count(r => r.Status == ReviewStatus.WAITING),
                Rejected = g.Count(r => r.Status == ReviewStatus.REJECTED && r.ReviewedBy != null),
                LastAt = g.Max(r => r.CreatedAt),
            }).OrderByDescending(run => run.LastAt).ThenBy(run => run.Key).ToListAsync(ct);
        return [.. runs.Select(run =>
            new OutsideRun(run.Key, run.AskedBy, run.Asked, run.Waiting, run.Rejected, run.LastAt))];
    }
}
