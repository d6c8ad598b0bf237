using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>
/// What somebody who listens has missed, read from the trail: what was asked for, decided, cancelled, and what became of executions. Each
/// as it would have been told, but for reviews, which are as they are now, and without their payloads
/// and messages.
/// </summary>
public sealed class MissedChanges(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The most changes that are told one by one; whoever has missed more reads anew.</summary>
    public const int Most = 1_000;

    // Of all users: so far back is looked in the trail, which has no index of its owners.
    internal const int MostEntries = 20_000;

    static readonly string[] s_told =
    [
        AuditActions.ReviewRequested, AuditActions.ReviewApproved, AuditActions.ReviewRejected, AuditActions.ReviewCancelled,
        AuditActions.ExecutionStarted, AuditActions.ExecutionMoved,
    ];

    /// <summary>The last place of the trail.</summary>
    public async Task<RecordMark> HeadAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.TrailHeadAsync(ct);
    }

    /// <summary>Reads what the caller has missed since a place in the trail.</summary>
    /// <param name="caller">Who listens. An admin, too, hears only of their own.</param>
    /// <param name="after">The place up to which they have heard everything.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <returns>
    /// The place to go on from, and the changes up to it, in commit order; null where it is too much, or can't be told any more: then the
    /// present state must be read.
    /// </returns>
    public async Task<(RecordMark Head, IReadOnlyList<Change> Changes)?> ReadAsync(
        Caller caller, RecordMark after, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var head = await db.TrailHeadAsync(ct);
        if (head.Seq - after.Seq > MostEntries)
            return null;
        // In a backup that was put back other events may stand there by now, or none.
        if (after.Seq > 0 && !await db.AuditEvents.AnyAsync(e => e.Seq == after.Seq && e.Hash == after.Hash, ct))
            return null;
        var entries = await db.AuditEvents.AsNoTracking()
            .Where(e => e.Seq > after.Seq && e.Seq <= head.Seq && e.OwnerId == caller.UserId && s_told.Contains(e.Action))
            .OrderBy(e => e.Seq).Take(Most + 1)
            .Select(e => new Entry(new(e.Seq, e.Hash), e.Action, e.GraphExecId!, e.NodeExecId, e.Detail)).ToListAsync(ct);
        if (entries.Count > Most)
            return null;
        var ids = entries.Select(e => e.NodeExecId).OfType<string>().Distinct().ToList();
        var reviews = await db.Reviews.AsNoTracking().Where(r => r.UserId == caller.UserId && ids.Contains(r.NodeExecId))
            .Select(ReviewSummary.WithoutTexts).ToDictionaryAsync(r => r.NodeExecId, StringComparer.Ordinal, ct);
        // A chat deletes what it has used: who still shows it must learn that it is gone.
        if (ids.Exists(id => !reviews.ContainsKey(id)))
            return null;
        var askers = await AskersAsync(
            db, caller.UserId, [.. entries.Where(e => e.NodeExecId is null).Select(e => e.GraphExecId).Distinct()], ct);
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
                        caller.UserId, entry.GraphExecId, entry.Status, askers.GetValueOrDefault(entry.GraphExecId));
                    break;
            }
            if (change is null)
                continue;
            cancelled = 0;
            change.Place = entry.Place;
            if (caller.Sees(change))
                changes.Add(change);
        }
        return (head, changes);

        // What one stop cancels of one asker is told as one.
        bool GoesOn(int next, Entry entry, ReviewSummary review) =>
            next < entries.Count && entries[next] is { Action: AuditActions.ReviewCancelled } other
                && other.Place.Seq == entry.Place.Seq + 1 && other.GraphExecId == entry.GraphExecId
                && reviews[other.NodeExecId!] is { Status: ReviewStatus.REJECTED } also && also.AskedByKeyId == review.AskedByKeyId;
    }

    /// <summary>The keys with which executions were started, or with which an outside agent asks in one of its own making.</summary>
    static async Task<IReadOnlyDictionary<string, string>> AskersAsync(
        HitlDbContext db, string userId, IReadOnlyList<string> graphExecIds, CancellationToken ct)
    {
        var started = await db.GraphExecutions.Where(e => e.UserId == userId && graphExecIds.Contains(e.Id))
            .Select(e => new { e.Id, e.AskedByKeyId }).ToListAsync(ct);
        var asked = await db.Reviews.Where(r => r.UserId == userId && r.AskedByKeyId != null && graphExecIds.Contains(r.GraphExecId))
            .GroupBy(r => r.GraphExecId).Select(g => new { Id = g.Key, AskedByKeyId = g.Min(r => r.AskedByKeyId) }).ToListAsync(ct);
        // In a graph's execution others may ask too; whose it is, it says itself.
        return asked.ExceptBy(started.Select(e => e.Id), a => a.Id).Concat(started).Where(a => a.AskedByKeyId is not null)
            .ToDictionary(a => a.Id, a => a.AskedByKeyId!, StringComparer.Ordinal);
    }

    sealed record Entry(RecordMark Place, string Action, string GraphExecId, string? NodeExecId, string? Detail)
    {
        public ExecutionStatus Status =>
            Action == AuditActions.ExecutionStarted ? ExecutionStatus.QUEUED : Enum.Parse<ExecutionStatus>(Detail!.Split(':')[0]);
    }
}
