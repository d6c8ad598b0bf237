using System.Data.Common;
using System.Linq.Expressions;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>What became of a press that decided one or more reviews.</summary>
/// <param name="SetId">Names what was decided together, to withdraw it; null where nothing is left to withdraw.</param>
/// <param name="DueAt">Until when it can be undone; null where it already stands.</param>
/// <param name="Refused">Why some of the decisions were not taken, in words, by review; none if all were.</param>
public sealed record DecisionSet(string? SetId, DateTimeOffset? DueAt, IReadOnlyDictionary<string, string> Refused);

/// <summary>
/// Decisions that can be undone for a short time. A press is examined at once, so that what can't be decided is said at once, and kept in
/// the database; when its time is over <see cref="CommitDueAsync"/> turns it into decisions. Undoing and committing are each one
/// conditional delete of the same rows: of the two one wins.
/// </summary>
public sealed class ScheduledDecisions(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, Deciding deciding, TimeProvider clock)
{
    /// <summary>The longest time for which a decision can be undone.</summary>
    public static readonly TimeSpan MaxWindow = TimeSpan.FromSeconds(120);

    static readonly string s_insert = $"""
        INSERT INTO scheduled_decisions ({Row<ScheduledDecision>.Columns}) VALUES ({Row<ScheduledDecision>.Parameters})
        ON CONFLICT (user_id, node_exec_id) DO NOTHING
        """;

    readonly Lock _lock = new();
    TaskCompletionSource _scheduled = NewSignal();

    /// <summary>
    /// Decides one or more reviews, each judged by itself; those of one execution stand or fall in one transaction with what can stand.
    /// </summary>
    /// <param name="caller">The owner of the reviews.</param>
    /// <param name="decisions">At least one, at most one per review.</param>
    /// <param name="window">How long they can be undone; zero to decide at once. At most <see cref="MaxWindow"/>.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <param name="progress">Told after each execution how many decisions have been judged.</param>
    /// <returns>
    /// What was taken, and why the rest wasn't, also where the database failed or the sign-in ended midway: what was taken until then
    /// stands.
    /// </returns>
    /// <exception cref="RefusedException">
    /// Invalid: no or duplicate reviews, a message or the window too long; nothing is decided.
    /// </exception>
    /// <exception cref="DbException">The database failed before anything was taken.</exception>
    public async Task<DecisionSet> DecideAsync(
        Caller caller, IReadOnlyList<Decision> decisions, TimeSpan window, CancellationToken ct, IProgress<int>? progress = null)
    {
        if (window < TimeSpan.Zero || window > MaxWindow)
            throw new RefusedException(Refusal.Invalid,
                $"window must be between 0 and {MaxWindow.TotalSeconds} seconds; it is {window.TotalSeconds}.");
        caller.Require(KeyMay.decide);
        decisions = Deciding.Check(decisions);
        var faults = await deciding.SchemaFaultsAsync(caller, decisions, ct);
        var executionOf = await ExecutionsAsync(caller, decisions, ct);
        var setId = Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        DateTimeOffset? due = null;
        var judged = 0;
        var (faultsInARow, why) = (0, "");
        foreach (var batch in decisions.GroupBy(d => executionOf.GetValueOrDefault(d.NodeExecId)))
        {
            try
            {
                // A fault may pass; two in a row are waited for no longer.
                if (faultsInARow < 2)
                {
                    var (problems, at) = window == TimeSpan.Zero
                        ? (await queue.WriteAsync(caller, tx => DecideNowAsync(tx, caller, [.. batch], faults, ct), ct), null)
                        : await queue.WriteAsync(caller, tx => ScheduleAsync(tx, caller, setId, [.. batch], faults, window, ct), ct);
                    foreach (var (id, problem) in problems)
                        refused[id] = problem;
                    due = at ?? due;
                    faultsInARow = 0;
                }
            }
            catch (Exception e) when (judged > 0 && e is DbException or RefusedException)
            {
                faultsInARow++;
                why = e is RefusedException ? e.Message
                    : "The database failed while this was written. See whether the review still waits, and decide it then.";
            }
            if (faultsInARow > 0)
                foreach (var decision in batch)
                    refused[decision.NodeExecId] = why;
            judged += batch.Count();
            progress?.Report(judged);
        }
        return new(due is null ? null : setId, due, refused);
    }

    /// <summary>Withdraws a set, all of it that is not yet due.</summary>
    /// <returns>The reviews that wait again; none if it was too late.</returns>
    public Task<IReadOnlyList<string>> WithdrawAsync(Caller caller, string setId, CancellationToken ct) =>
        queue.WriteAsync(caller, async tx =>
        {
            var withdrawn = await WithdrawAsync(tx, caller.UserId, d => d.SetId == setId, AuditEntry.By(caller, ""), ct);
            return (IReadOnlyList<string>)[.. withdrawn.Select(d => d.NodeExecId)];
        }, ct);

    /// <summary>Takes back all of a user's decisions that can still be undone, in the transaction of whatever ends their say.</summary>
    /// <returns>How many.</returns>
    internal static async Task<int> WithdrawAllAsync(WriteTransaction tx, string userId, AuditEntry by, CancellationToken ct) =>
        (await WithdrawAsync(tx, userId, _ => true, by, ct)).Count;

    static async Task<IReadOnlyList<ScheduledDecision>> WithdrawAsync(
        WriteTransaction tx, string userId, Expression<Func<ScheduledDecision, bool>> which, AuditEntry by, CancellationToken ct)
    {
        var withdrawn = new List<ScheduledDecision>();
        foreach (var row in await tx.Db.ScheduledDecisions.Where(d => d.UserId == userId).Where(which)
            .OrderBy(d => d.NodeExecId).ToListAsync(ct))
            if (await TakeAsync(tx, row, ct) is { } taken)
                withdrawn.Add(taken);
        foreach (var row in withdrawn)
        {
            await Drafts.NoteTakenBackAsync(tx, row, ct);
            tx.Record(Entry(AuditActions.DecisionWithdrawn, row, by.Surface) with
            {
                ActorId = by.ActorId,
                KeyId = by.KeyId,
                KeyName = by.KeyName,
            });
        }
        foreach (var set in withdrawn.GroupBy(d => d.SetId))
            tx.Tell(new DecisionsWithdrawn(userId, set.Key, [.. set.Select(d => d.NodeExecId)]));
        return withdrawn;
    }

    /// <summary>The caller's decisions that can still be undone, the last first.</summary>
    public async Task<IReadOnlyList<ScheduledDecision>> ListAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ScheduledDecisions.AsNoTracking().Where(d => d.UserId == caller.UserId)
            .OrderByDescending(d => d.DecidedAt).ThenBy(d => d.NodeExecId).ToListAsync(ct);
    }

    /// <summary>The caller's decision on a review that can still be undone; null if there is none.</summary>
    public async Task<ScheduledDecision?> FindAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.ScheduledDecisions.AsNoTracking()
            .FirstOrDefaultAsync(d => d.NodeExecId == nodeExecId && d.UserId == caller.UserId, ct);
    }

    /// <summary>Carries out what is due.</summary>
    /// <returns>When the next decision is due; null if there is none.</returns>
    public async Task<DateTimeOffset?> CommitDueAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        if (await db.ScheduledDecisions.AnyAsync(d => d.DecidedAt > now, ct))
            await queue.WriteAsync(tx => RedateAsync(tx, ct), ct);
        var due = await db.ScheduledDecisions.AsNoTracking().Where(d => d.DueAt <= now).OrderBy(d => d.DueAt).ToListAsync(ct);
        foreach (var batch in due.GroupBy(d => (d.SetId, d.GraphExecId)))
        {
            var owner = new Caller(batch.First().UserId, IsAdmin: false, batch.First().Surface);
            var faults = await deciding.SchemaFaultsAsync(owner, [.. batch.Select(ToDecision)], ct);
            await queue.WriteAsync(tx => CommitAsync(tx, owner, [.. batch], faults, ct), ct, owner.UserId);
        }
        return await db.ScheduledDecisions.OrderBy(d => d.DueAt).Select(d => (DateTimeOffset?)d.DueAt).FirstOrDefaultAsync(ct);
    }

    /// <summary>
    /// What was decided later than now was decided before the clock was set back, and would wait for the clock to come there again, which
    /// may be years: its time begins anew.
    /// </summary>
    static async Task RedateAsync(WriteTransaction tx, CancellationToken ct)
    {
        foreach (var set in (await tx.Db.ScheduledDecisions.Where(d => d.DecidedAt > tx.Now).ToListAsync(ct)).GroupBy(d => d.SetId))
        {
            var first = set.First();
            var due = tx.Now + (first.DueAt - first.DecidedAt);
            await tx.ExecuteAsync(
                "UPDATE scheduled_decisions SET due_at = @due, decided_at = @now WHERE set_id = @set AND decided_at > @now", ct,
                ("due", due), ("now", tx.Now), ("set", set.Key));
            tx.Tell(new DecisionsScheduled(first.UserId, set.Key, [.. set.Select(d => d.NodeExecId)], due));
        }
    }

    /// <summary>Completes once something new may be due earlier than what was known when it was asked for.</summary>
    internal Task WhenScheduledAsync()
    {
        lock (_lock)
            return _scheduled.Task;
    }

    async Task<Dictionary<string, string>> ExecutionsAsync(Caller caller, IReadOnlyList<Decision> decisions, CancellationToken ct)
    {
        var ids = decisions.Select(d => d.NodeExecId).ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Reviews.AsNoTracking().OwnOf(caller).Where(r => ids.Contains(r.NodeExecId))
            .ToDictionaryAsync(r => r.NodeExecId, r => r.GraphExecId, ct);
    }

    async Task<IReadOnlyDictionary<string, string>> DecideNowAsync(
        WriteTransaction tx, Caller caller, IReadOnlyList<Decision> decisions, IReadOnlyDictionary<string, SchemaFault> faults,
        CancellationToken ct)
    {
        var refused = await deciding.DecideEachAsync(tx, caller, decisions, faults, ct);
        foreach (var decision in decisions.Where(d => !refused.ContainsKey(d.NodeExecId)))
            await Drafts.DiscardAsync(tx, caller.UserId, decision, ct);
        return refused.ToDictionary(r => r.Key, r => r.Value.Message);
    }

    async Task<(IReadOnlyDictionary<string, string> Refused, DateTimeOffset? DueAt)> ScheduleAsync(
        WriteTransaction tx, Caller caller, string setId, IReadOnlyList<Decision> decisions,
        IReadOnlyDictionary<string, SchemaFault> faults, TimeSpan window, CancellationToken ct)
    {
        var (open, problems) = await deciding.ExamineEachAsync(tx, caller, decisions, faults, ct);
        var refused = problems.ToDictionary(p => p.Key, p => p.Value.Message);
        var scheduled = new List<string>();
        foreach (var (decision, review) in open)
        {
            var row = new ScheduledDecision
            {
                NodeExecId = review.NodeExecId,
                UserId = caller.UserId,
                GraphExecId = review.GraphExecId,
                SetId = setId,
                Approved = decision.Approved,
                Message = decision.Message,
                Edit = decision.Edit?.Text,
                AutoApproveFuture = decision.AutoApproveFuture,
                AutoApproveSpan = decision.AutoApproveSpan,
                PayloadHash = decision.PayloadHash,
                Surface = caller.Surface,
                DecidedAt = tx.Now,
                DueAt = tx.Now + window,
            };
            if (await tx.ExecuteAsync(s_insert, ct, Row<ScheduledDecision>.ValuesOf(row)) == 0)
            {
                refused[row.NodeExecId] = $"A decision on review '{row.NodeExecId}' is already on its way; undo it first.";
                continue;
            }
            scheduled.Add(row.NodeExecId);
            tx.Record(Entry(AuditActions.DecisionScheduled, row, caller.Surface) with
            {
                PayloadHashBefore = review.PayloadHash,
                PayloadHashAfter = decision.Edit?.Hash ?? review.PayloadHash,
            });
        }
        if (scheduled.Count == 0)
            return (refused, null);
        // Not at the end of the press: what stands of one that is cut off must be carried out too.
        tx.AfterCommit(Signal);
        tx.Tell(new DecisionsScheduled(caller.UserId, setId, scheduled, tx.Now + window));
        return (refused, tx.Now + window);
    }

    async Task CommitAsync(
        WriteTransaction tx, Caller owner, IReadOnlyList<ScheduledDecision> batch, IReadOnlyDictionary<string, SchemaFault> faults,
        CancellationToken ct)
    {
        // Somebody disabled by another process at the very moment of their press: what they pressed is not carried out.
        var disabled = tx.Now.AddDays(1);
        if (await tx.Db.Users.AnyAsync(u => u.Id == owner.UserId && u.LockoutEnd > disabled, ct))
        {
            await WithdrawAllAsync(tx, owner.UserId, AuditEntry.By(null, ""), ct);
            return;
        }
        var taken = new List<ScheduledDecision>();
        foreach (var row in batch)
            if (await TakeAsync(tx, row, ct) is { } one)
                taken.Add(one);
        if (taken.Count == 0)
            return;
        var refused = await deciding.DecideEachAsync(tx, owner, [.. taken.Select(ToDecision)], faults, ct);
        foreach (var row in taken)
            if (refused.TryGetValue(row.NodeExecId, out var why))
            {
                tx.Record(
                    Entry(AuditActions.DecisionTooLate, row, owner.Surface) with { Detail = why.Message },
                    new DecisionTooLate(owner.UserId, row.NodeExecId, row.Approved, why.Message));
            }
            else
                await Drafts.DiscardAsync(tx, owner.UserId, ToDecision(row), ct);
    }

    /// <returns>
    /// It as it is now, which may ask for less than when it was found; null if it was undone, or carried out, at this moment.
    /// </returns>
    static Task<ScheduledDecision?> TakeAsync(WriteTransaction tx, ScheduledDecision row, CancellationToken ct) => tx.FirstAsync($"""
        DELETE FROM scheduled_decisions WHERE user_id = @user AND node_exec_id = @id AND set_id = @set
        RETURNING {Row<ScheduledDecision>.Columns}
        """, Row<ScheduledDecision>.Read, ct, ("user", row.UserId), ("id", row.NodeExecId), ("set", row.SetId));

    static Decision ToDecision(ScheduledDecision row) => new(row.NodeExecId, row.Approved)
    {
        Message = row.Message,
        Edit = row.Edit is { } edit ? JsonText.Trusted(edit) : null,
        AutoApproveFuture = row.AutoApproveFuture,
        AutoApproveSpan = row.AutoApproveSpan,
        PayloadHash = row.PayloadHash,
    };

    static AuditEntry Entry(string action, ScheduledDecision row, Surface surface) => new(action, row.UserId, surface)
    {
        OwnerId = row.UserId,
        GraphExecId = row.GraphExecId,
        NodeExecId = row.NodeExecId,
        Detail = row.Approved ? nameof(ReviewStatus.APPROVED) : nameof(ReviewStatus.REJECTED),
    };

    void Signal()
    {
        lock (_lock)
        {
            _scheduled.TrySetResult();
            _scheduled = NewSignal();
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
