using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Actions;

/// <summary>What became of one of several cancellations.</summary>
/// <param name="GraphExecId">The execution.</param>
/// <param name="Status">Its status now; null if it isn't known.</param>
/// <param name="Error">Why it was not cancelled; null if it was.</param>
public sealed record CancelResult(string GraphExecId, ExecutionStatus? Status, string? Error);

/// <summary>Stops what runs, of whatever kind: graph executions in whatever state, chats, and executions of outside agents.</summary>
public sealed class Stopping(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, IEnumerable<IRunKind> kinds, TimeProvider clock) : IEndsWithAccount
{
    /// <summary>What is said of what was stopped because its owner was disabled.</summary>
    public const string OwnerDisabled = "The account was disabled";

    /// <summary>The longest reason for a cancel, in code points.</summary>
    public const int MaxReason = 1_000;

    // In one transaction: few enough that others who write don't wait for long.
    const int Portion = 20;

    /// <summary>
    /// Stops an execution of the caller's. After this has answered no action of it starts any more. A second stop finds nothing left to do.
    /// </summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public Task<StopResult> StopAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        caller.Require(Access.ToStop);
        return queue.WriteAsync(caller, tx => StopAsync(tx, caller, graphExecId, null, asAdmin: false, ct), ct);
    }

    /// <returns>What all the stops of that id found together: several users' agents may use one.</returns>
    async Task<StopResult> StopAsync(
        WriteTransaction tx, Caller caller, string graphExecId, string? message, bool asAdmin, CancellationToken ct)
    {
        foreach (var kind in kinds)
        {
            StopResult? all = null;
            foreach (var owner in await kind.StoppableAsync(tx, caller, graphExecId, asAdmin, ct))
            {
                var one = await kind.StopAsync(tx, caller, owner, graphExecId, message, ct);
                all = all is null ? one : one with
                {
                    CancelledReviews = one.CancelledReviews + all.CancelledReviews,
                    HadEnded = one.HadEnded && all.HadEnded,
                };
            }
            if (all is not null)
                return all;
        }
        throw RunId.Unknown(graphExecId);
    }

    /// <summary>Cancels an execution of any user.</summary>
    /// <param name="caller">An admin.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="reason">Told to its owner with each review it waited for.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: not an admin. <see cref="Refusal.Invalid"/>: no reason. <see cref="Refusal.NotFound"/>: unknown.
    /// <see cref="Refusal.Conflict"/>: it has ended.
    /// </exception>
    public Task<StopResult> AdminCancelAsync(Caller caller, string graphExecId, string? reason, CancellationToken ct)
    {
        var message = Message(caller, reason);
        return queue.WriteAsync(caller, async tx =>
        {
            var stopped = await StopAsync(tx, caller, graphExecId, message, asAdmin: true, ct);
            return !stopped.HadEnded ? stopped
                : throw new RefusedException(Refusal.Conflict, $"Execution '{graphExecId}' has already ended: it is {stopped.Status}.");
        }, ct);
    }

    /// <summary>Cancels several, each by itself: one that can't be cancelled doesn't keep the others.</summary>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: not an admin. <see cref="Refusal.Invalid"/>: no reason.
    /// </exception>
    public async Task<IReadOnlyList<CancelResult>> AdminCancelAsync(
        Caller caller, IReadOnlyList<string> graphExecIds, string? reason, CancellationToken ct)
    {
        Message(caller, reason);
        var results = new List<CancelResult>(graphExecIds.Count);
        foreach (var id in graphExecIds)
            try
            {
                results.Add(new(id, (await AdminCancelAsync(caller, id, reason, ct)).Status, null));
            }
            catch (RefusedException e)
            {
                results.Add(new(id, null, e.Message));
            }
        return results;
    }

    /// <summary>
    /// Stops all that somebody has under way who was disabled: their executions, chats, and what their agents ask for. No action of theirs
    /// starts meanwhile: every claim looks whether its owner is disabled.
    /// </summary>
    /// <param name="userId">Who; disabled already.</param>
    /// <param name="by">Who disabled them; null where HitlReview itself finds it out.</param>
    /// <param name="ct">Gives up between two portions; <see cref="StopDisabledAsync(CancellationToken)"/> does the rest.</param>
    /// <returns>How many executions and chats it stopped.</returns>
    public async Task<int> StopDisabledAsync(string userId, Caller? by, CancellationToken ct)
    {
        // The rows' locks order this against claims in chats, which look at their owner once they have the lock: from here on each is seen
        // below, or refused.
        await queue.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE copilot_sessions SET revision = revision + 1 WHERE user_id = @user", ct, ("user", userId)), ct, userId);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = await ReviewMoves.Open(db).Where(r => r.UserId == userId).Select(r => r.GraphExecId).Distinct().ToListAsync(ct);
        ids.AddRange(await db.NodeExecutions.Where(n => n.UserId == userId && n.Status == ExecutionStatus.RUNNING)
            .Select(n => n.GraphExecId).Distinct().ToListAsync(ct));
        foreach (var kind in kinds)
            ids.AddRange(await kind.UnderWay(db).Where(run => run.UserId == userId)
                .Select(run => run.GraphExecId).Distinct().ToListAsync(ct));
        var stopped = 0;
        foreach (var portion in ids.Distinct(StringComparer.Ordinal).Chunk(Portion))
            stopped += await queue.WriteAsync(async tx =>
            {
                var count = 0;
                foreach (var id in portion)
                    if (await StopDisabledAsync(tx, userId, id, by, ct))
                        count++;
                return count;
            }, ct, userId);
        return stopped;
    }

    /// <summary>Stops what people have under way who are disabled: what a process that died left, or began at that moment.</summary>
    internal async Task StopDisabledAsync(CancellationToken ct)
    {
        var tomorrow = clock.GetUtcNow().AddDays(1);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var disabled = db.Users.Where(u => u.LockoutEnd > tomorrow);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kind in kinds)
            found.UnionWith(await disabled.Where(u => kind.UnderWay(db).Any(run => run.UserId == u.Id)).Select(u => u.Id).ToListAsync(ct));
        foreach (var userId in found)
            await StopDisabledAsync(userId, null, ct);
    }

    /// <returns>False if there was nothing to stop.</returns>
    async Task<bool> StopDisabledAsync(WriteTransaction tx, string userId, string graphExecId, Caller? by, CancellationToken ct)
    {
        if (await kinds.OfAsync(tx, userId, graphExecId, ct) is not { } kind)
            return false;
        var stopped = await kind.StopAsync(tx, by, userId, graphExecId, OwnerDisabled, ct);
        return !stopped.HadEnded || stopped.CancelledReviews > 0;
    }

    static string Message(Caller caller, string? reason)
    {
        caller.RequireAdmin("cancel the executions of others");
        return Identifiers.CheckText(reason, "reason", MaxReason) is { } given
            ? $"Execution was cancelled by an admin: {given}"
            : throw new RefusedException(Refusal.Invalid, "reason must not be empty.");
    }

    /// <summary>Records the stop of what has no row of its own to be moved.</summary>
    internal static void Record(
        WriteTransaction tx, Caller? by, string owner, string graphExecId, string? message, ExecutionChanged? tells = null)
    {
        var entry = AuditEntry.By(by, AuditActions.ExecutionMoved) with
        {
            OwnerId = owner,
            GraphExecId = graphExecId,
            Detail = message is null ? nameof(ExecutionStatus.TERMINATED) : $"{ExecutionStatus.TERMINATED}: {message}",
        };
        tx.Record(entry, tells);
    }
}
