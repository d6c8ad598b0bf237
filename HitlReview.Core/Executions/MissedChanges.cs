using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>
/// What somebody who listens has missed, read from the trail: what was asked for, decided, cancelled, and what became of executions. Each
/// as it would have been told, but for reviews, which are as they are now.
/// </summary>
public sealed class MissedChanges(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The most changes that are told one by one; whoever has missed more reads anew.</summary>
    public const int Most = 1_000;

    // Of all users: so far back is looked in the trail, which has no index of its owners.
    const int MostEntries = 20_000;

    static readonly string[] s_told =
    [
        AuditActions.ReviewRequested, AuditActions.ReviewApproved, AuditActions.ReviewRejected, AuditActions.ReviewCancelled,
        AuditActions.ExecutionStarted, AuditActions.ExecutionMoved,
    ];

    /// <summary>The last place of the trail.</summary>
    public async Task<long> HeadAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await HeadAsync(db, ct);
    }

    static async Task<long> HeadAsync(HitlDbContext db, CancellationToken ct) => await db.AuditEvents.MaxAsync(e => (long?)e.Seq, ct) ?? 0;

    /// <summary>Reads what the caller has missed since a place in the trail.</summary>
    /// <param name="caller">Who listens. An admin, too, hears only of their own.</param>
    /// <param name="after">The place up to which they have heard everything.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <returns>
    /// The place to go on from, and the changes up to it, in commit order; null where it is too much, or can't be told any more: then the
    /// present state must be read.
    /// </returns>
    public async Task<(long Head, IReadOnlyList<Change> Changes)?> ReadAsync(Caller caller, long after, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var head = await HeadAsync(db, ct);
        // A place behind the end is one of another database, such as a backup that was put back.
        if (after > head || head - after > MostEntries)
            return null;
        var entries = await db.AuditEvents.AsNoTracking()
            .Where(e => e.Seq > after && e.Seq <= head && e.OwnerId == caller.UserId && s_told.Contains(e.Action))
            .OrderBy(e => e.Seq).Take(Most + 1)
            .Select(e => new Entry(e.Seq, e.Action, e.GraphExecId!, e.NodeExecId, e.Detail)).ToListAsync(ct);
        if (entries.Count > Most)
            return null;
        var ids = entries.Select(e => e.NodeExecId).OfType<string>().Distinct().ToList();
        var reviews = await db.Reviews.AsNoTracking().Where(r => r.UserId == caller.UserId && ids.Contains(r.NodeExecId))
            .Select(ReviewSummary.OfRow).ToDictionaryAsync(r => r.NodeExecId, StringComparer.Ordinal, ct);
        // A chat deletes what it has used: who still shows it must learn that it is gone.
        if (ids.Exists(id => !reviews.ContainsKey(id)))
            return null;
        var changes = new List<Change>();
        var cancelled = 0;
        foreach (var (index, entry) in entries.Index())
        {
            var review = entry.NodeExecId is { } id ? reviews[id] : null;
            Change? change = null;
            switch (entry.Action)
            {
                // What a standing approval answers nobody is asked.
                case AuditActions.ReviewRequested when !review!.AutoApproved:
                    change = new ReviewCreated(review);
                    break;
                case AuditActions.ReviewApproved or AuditActions.ReviewRejected:
                    change = new ReviewDecided(review!);
                    break;
                // An approval that nobody took up was withdrawn: nobody waited any more.
                case AuditActions.ReviewCancelled when review!.Status == ReviewStatus.REJECTED:
                    cancelled++;
                    if (!GoesOn(index + 1, entry, review))
                        change = new ReviewsCancelled(caller.UserId, entry.GraphExecId, cancelled, review.AskedByKeyId);
                    break;
                case AuditActions.ExecutionStarted or AuditActions.ExecutionMoved when !RunId.IsChat(entry.GraphExecId):
                    change = new ExecutionChanged(
                        caller.UserId, entry.GraphExecId, entry.Status, await AskerAsync(db, caller.UserId, entry.GraphExecId, ct));
                    break;
            }
            if (change is null)
                continue;
            cancelled = 0;
            change.Seq = entry.Seq;
            if (caller.Sees(change))
                changes.Add(change);
        }
        return (head, changes);

        // What one stop cancels of one asker is told as one.
        bool GoesOn(int next, Entry entry, ReviewSummary review) =>
            next < entries.Count && entries[next] is { Action: AuditActions.ReviewCancelled } other && other.Seq == entry.Seq + 1
                && other.GraphExecId == entry.GraphExecId && reviews[other.NodeExecId!] is { Status: ReviewStatus.REJECTED } also
                && also.AskedByKeyId == review.AskedByKeyId;
    }

    static async Task<string?> AskerAsync(HitlDbContext db, string userId, string graphExecId, CancellationToken ct) =>
        await db.GraphExecutions.Where(e => e.Id == graphExecId && e.UserId == userId).Select(e => e.AskedByKeyId).FirstOrDefaultAsync(ct)
        ?? await db.Reviews.Where(r => r.GraphExecId == graphExecId && r.UserId == userId && r.AskedByKeyId != null)
            .Select(r => r.AskedByKeyId).FirstOrDefaultAsync(ct);

    sealed record Entry(long Seq, string Action, string GraphExecId, string? NodeExecId, string? Detail)
    {
        public ExecutionStatus Status =>
            Action == AuditActions.ExecutionStarted ? ExecutionStatus.QUEUED : Enum.Parse<ExecutionStatus>(Detail!.Split(':')[0]);
    }
}
