using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>A review that its person has put aside until a time.</summary>
public sealed class Snooze
{
    /// <summary>The person, who owns the review.</summary>
    public required string UserId { get; init; }

    /// <summary>The review.</summary>
    public required string NodeExecId { get; init; }

    /// <summary>When it is back in the list.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>
/// Puts waiting reviews aside: until its time one isn't in its person's list of what waits. It waits all the same, can be decided, and
/// programs see nothing of it; so it is not in the audit trail.
/// </summary>
public sealed class Snoozes(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, TimeProvider clock)
{
    /// <summary>The longest time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Puts a waiting review aside, or changes until when.</summary>
    /// <param name="caller">Its owner.</param>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="time">For how long from now.</param>
    /// <param name="ct">Gives up while the write waits for its turn.</param>
    /// <returns>Until when.</returns>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.NotFound"/>: no own review of that id. <see cref="Refusal.Conflict"/>: it doesn't wait.
    /// <see cref="Refusal.Invalid"/>: too long, or no time at all. <see cref="Refusal.Forbidden"/>: a key that may not decide.
    /// </exception>
    public Task<DateTimeOffset> SetAsync(Caller caller, string nodeExecId, TimeSpan time, CancellationToken ct)
    {
        caller.Require(KeyMay.decide);
        if (time <= TimeSpan.Zero || time > Longest)
            throw new RefusedException(Refusal.Invalid, $"A review can be put aside for up to {Longest.TotalDays} days.");
        return queue.WriteAsync(caller, async tx =>
        {
            var status = await tx.Db.Reviews.OwnOf(caller).Where(r => r.NodeExecId == nodeExecId)
                .Select(r => (ReviewStatus?)r.Status).FirstOrDefaultAsync(ct)
                ?? throw ReviewMoves.Unknown(nodeExecId);
            if (status != ReviewStatus.WAITING)
                throw new RefusedException(Refusal.Conflict, $"Review '{nodeExecId}' does not wait any more; it is {status}.");
            var until = tx.Now + time;
            // What is over is of no use to anybody.
            await tx.ExecuteAsync(
                "DELETE FROM snoozes WHERE user_id = @user AND until <= @now", ct, ("user", caller.UserId), ("now", tx.Now));
            await tx.ExecuteAsync("""
                INSERT INTO snoozes (user_id, node_exec_id, until) VALUES (@user, @id, @until)
                ON CONFLICT (user_id, node_exec_id) DO UPDATE SET until = excluded.until
                """, ct, ("user", caller.UserId), ("id", nodeExecId), ("until", until));
            tx.Tell(new ReviewSnoozed(caller.UserId, nodeExecId, until));
            return until;
        }, ct);
    }

    /// <summary>Brings a review back before its time; does nothing if it isn't put aside.</summary>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: a key that may not decide.</exception>
    public Task EndAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        caller.Require(KeyMay.decide);
        return queue.WriteAsync(caller, async tx =>
        {
            if (await tx.ExecuteAsync("DELETE FROM snoozes WHERE user_id = @user AND node_exec_id = @id", ct,
                ("user", caller.UserId), ("id", nodeExecId)) > 0)
                tx.Tell(new ReviewSnoozed(caller.UserId, nodeExecId, null));
        }, ct);
    }

    /// <summary>Until when the caller has put a review aside; null if it isn't, or its time has come.</summary>
    public async Task<DateTimeOffset?> UntilAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Snoozes.Where(s => s.UserId == caller.UserId && s.NodeExecId == nodeExecId && s.Until > now)
            .Select(s => (DateTimeOffset?)s.Until).FirstOrDefaultAsync(ct);
    }

    /// <summary>How many waiting reviews the caller has put aside, and when the first of them is back.</summary>
    public async Task<(int Count, DateTimeOffset? Next)> OwnAsync(Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = db.Reviews.OwnOf(caller).Where(r => r.Status == ReviewStatus.WAITING);
        var untils = await db.Snoozes.Where(s => s.UserId == caller.UserId && s.Until > now)
            .Where(s => waiting.Any(r => r.NodeExecId == s.NodeExecId))
            .Select(s => s.Until).ToListAsync(ct);
        return (untils.Count, untils.Count == 0 ? null : untils.Min());
    }
}
