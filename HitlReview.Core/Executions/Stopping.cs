using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Copilot;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>What a stop found.</summary>
/// <param name="Status">The execution's status now.</param>
/// <param name="CancelledReviews">How many reviews were waiting.</param>
/// <param name="InFlight">How many actions had been claimed before the stop. They are asked to cancel; what becomes of them is recorded as observed.</param>
public sealed record StopResult(ExecutionStatus Status, int CancelledReviews, int InFlight);

/// <summary>What became of one of several cancellations.</summary>
/// <param name="GraphExecId">The execution.</param>
/// <param name="Status">Its status now; null if it isn't known.</param>
/// <param name="Error">Why it was not cancelled; null if it was.</param>
public sealed record CancelResult(string GraphExecId, ExecutionStatus? Status, string? Error);

/// <summary>
/// Stops executions: graph executions in whatever state, chats, and executions of outside agents. At the command line nothing runs that
/// could be woken or asked to cancel.
/// </summary>
public sealed class Stopping(
    CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, IEnumerable<IExecutionWaker> wakers, IEnumerable<IRunningTurns> turns,
    TimeProvider clock)
{
    /// <summary>What is said of what was stopped because its owner was disabled.</summary>
    public const string OwnerDisabled = "The account was disabled";

    const int MaxReason = 1_000;

    // In one transaction: few enough that others who write don't wait for long.
    const int Portion = 20;

    /// <summary>Stops an execution of the caller's. After this has answered no action of it starts any more. A second stop finds nothing left to do.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public Task<StopResult> StopAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        if (caller.Key is { } key && !MayStop(caller))
            throw Access.Missing(key, KeyMay.ask | KeyMay.decide);
        return queue.WriteAsync(caller, async tx =>
        {
            if (graphExecId.StartsWith(Identifiers.CopilotSessionPrefix, StringComparison.Ordinal))
                return await StopChatAsync(tx, caller, StoppableBy(caller, tx.Db.CopilotSessions), graphExecId, null, ct);
            return await StoppableBy(caller, tx.Db.GraphExecutions).FirstOrDefaultAsync(e => e.Id == graphExecId, ct) is { } execution
                ? await StopGraphAsync(tx, caller, execution, null, ct) ?? new(execution.Status, 0, 0)
                : await MayStopOutsideAsync(tx, caller, graphExecId, ct)
                    && await StopOutsideAsync(tx, caller, caller.UserId, graphExecId, null, ct) is { } stopped
                    ? stopped : throw ExecutionService.Unknown(graphExecId);
        }, ct);
    }

    /// <summary>An admin in person stops anybody's; a key's calls for admins are others, which ask for a reason.</summary>
    static IQueryable<T> StoppableBy<T>(Caller caller, IQueryable<T> all) where T : class, IAsked =>
        caller.SeesAll() ? all : all.OwnOf(caller);

    /// <summary>A key that sees only what it asked for doesn't stop what others have asked for under the same name.</summary>
    static async Task<bool> MayStopOutsideAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct)
    {
        if (caller.Key is not { } key || caller.May(KeyMay.decide))
            return true;
        var asked = tx.Db.Reviews.Where(r => r.GraphExecId == graphExecId && r.UserId == caller.UserId);
        return await asked.AnyAsync(ct) && !await asked.AnyAsync(r => r.AskedByKeyId != key.Id, ct);
    }

    /// <summary>True for a person, and for a key that may ask or decide.</summary>
    internal static bool MayStop(Caller caller) => caller.May(KeyMay.ask | KeyMay.decide);

    /// <summary>Cancels an execution of any user.</summary>
    /// <param name="caller">An admin.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="reason">Told to its owner with each review it waited for.</param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: not an admin. <see cref="Refusal.Invalid"/>: no reason. <see cref="Refusal.NotFound"/>: unknown. <see cref="Refusal.Conflict"/>: it has ended.
    /// </exception>
    public Task<StopResult> AdminCancelAsync(Caller caller, string graphExecId, string? reason, CancellationToken ct)
    {
        var message = Message(caller, reason);
        return queue.WriteAsync(caller, async tx =>
        {
            if (graphExecId.StartsWith(Identifiers.CopilotSessionPrefix, StringComparison.Ordinal))
                return await StopChatAsync(tx, caller, tx.Db.CopilotSessions, graphExecId, message, ct);
            if (await tx.Db.GraphExecutions.FirstOrDefaultAsync(e => e.Id == graphExecId, ct) is { } execution)
                return await StopGraphAsync(tx, caller, execution, message, ct)
                    ?? throw new RefusedException(Refusal.Conflict, $"Execution '{graphExecId}' has already ended: it is {execution.Status}.");
            // Several users' agents may use one id of their own making; an admin's cancel means all of them.
            StopResult? all = null;
            foreach (var owner in await tx.Db.Reviews.Where(r => r.GraphExecId == graphExecId && r.Origin == ReviewOrigin.Agent).Select(r => r.UserId).Distinct().ToListAsync(ct))
                if (await StopOutsideAsync(tx, caller, owner, graphExecId, message, ct) is { } one)
                    all = one with { CancelledReviews = one.CancelledReviews + (all?.CancelledReviews ?? 0) };
            return all ?? throw ExecutionService.Unknown(graphExecId);
        }, ct);
    }

    /// <summary>Cancels several, each by itself: one that can't be cancelled doesn't keep the others.</summary>
    /// <exception cref="RefusedException"><see cref="Refusal.Forbidden"/>: not an admin. <see cref="Refusal.Invalid"/>: no reason.</exception>
    public async Task<IReadOnlyList<CancelResult>> AdminCancelAsync(Caller caller, IReadOnlyList<string> graphExecIds, string? reason, CancellationToken ct)
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
    internal async Task<int> StopDisabledAsync(string userId, Caller? by, CancellationToken ct)
    {
        // The rows' locks order this against claims in chats, which look at their owner once they have the lock: from here on each is seen
        // below, or refused.
        await queue.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE copilot_sessions SET revision = revision + 1 WHERE user_id = @user", ct, ("user", userId)), ct, userId);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = await db.Reviews
            .Where(r => r.UserId == userId && (r.Status == ReviewStatus.WAITING || (r.Status == ReviewStatus.APPROVED && !r.Processed)))
            .Select(r => r.GraphExecId).Distinct().ToListAsync(ct);
        ids.AddRange(await db.NodeExecutions.Where(n => n.UserId == userId && n.Status == ExecutionStatus.RUNNING)
            .Select(n => n.GraphExecId).Distinct().ToListAsync(ct));
        ids.AddRange(await db.GraphExecutions.Where(e => e.UserId == userId && e.EndedAt == null).Select(e => e.Id).ToListAsync(ct));
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
        foreach (var userId in await db.Users
            .Where(u => u.LockoutEnd > tomorrow && (db.GraphExecutions.Any(e => e.UserId == u.Id && e.EndedAt == null)
                || db.Reviews.Any(r => r.UserId == u.Id && r.Status == ReviewStatus.WAITING)))
            .Select(u => u.Id).ToListAsync(ct))
            await StopDisabledAsync(userId, null, ct);
    }

    /// <returns>False if there was nothing to stop.</returns>
    async Task<bool> StopDisabledAsync(WriteTransaction tx, string userId, string graphExecId, Caller? by, CancellationToken ct)
    {
        if (await tx.Db.GraphExecutions.Where(e => e.UserId == userId).FirstOrDefaultAsync(e => e.Id == graphExecId, ct) is { } execution)
            return await StopGraphAsync(tx, by, execution, OwnerDisabled, ct) is not null
                || await ReviewMoves.CancelAllAsync(tx, userId, graphExecId, OwnerDisabled, by, ct) > 0;
        if (graphExecId.StartsWith(Identifiers.CopilotSessionPrefix, StringComparison.Ordinal))
            await StopChatAsync(tx, by, userId, graphExecId, OwnerDisabled, ct);
        else
            await StopOutsideAsync(tx, by, userId, graphExecId, OwnerDisabled, ct);
        return true;
    }

    /// <summary>Stops an execution in the transaction that found its owner disabled: none of its actions starts.</summary>
    internal static async Task StopDisabledAsync(WriteTransaction tx, GraphExecution execution, CancellationToken ct)
    {
        if (await Transitions.MoveAsync(tx, execution, ExecutionMove.Stop, null, OwnerDisabled, ct))
            await EndAsync(tx, execution, OwnerDisabled, null, ct);
    }

    static string Message(Caller caller, string? reason)
    {
        caller.Require(KeyMay.admin);
        if (!caller.IsAdmin)
            throw new RefusedException(Refusal.Forbidden, "Only an admin may cancel the executions of others.");
        return Identifiers.CheckText(reason, "reason", MaxReason) is { } given
            ? $"Execution was cancelled by an admin: {given}"
            : throw new RefusedException(Refusal.Invalid, "reason must not be empty.");
    }

    /// <returns>Null if it has ended before.</returns>
    async Task<StopResult?> StopGraphAsync(WriteTransaction tx, Caller? by, GraphExecution execution, string? message, CancellationToken ct)
    {
        if (!await Transitions.MoveAsync(tx, execution, ExecutionMove.Stop, by, message, ct))
            return null;
        var (cancelled, inFlight) = await EndAsync(tx, execution, message, by, ct);
        tx.AfterCommit(() =>
        {
            foreach (var waker in wakers)
                waker.Wake(execution.Id);
        });
        return new(ExecutionStatus.TERMINATED, cancelled, inFlight);
    }

    /// <returns>How many reviews were waiting, and how many actions are in flight.</returns>
    static async Task<(int Cancelled, int InFlight)> EndAsync(
        WriteTransaction tx, GraphExecution execution, string? message, Caller? by, CancellationToken ct) =>
        (await ReviewMoves.CancelAllAsync(tx, execution.UserId, execution.Id, message, by, ct), await EndNodesAsync(tx, execution.Id, ct));

    async Task<StopResult> StopChatAsync(
        WriteTransaction tx, Caller caller, IQueryable<CopilotSession> which, string graphExecId, string? message, CancellationToken ct)
    {
        var sessionId = graphExecId[Identifiers.CopilotSessionPrefix.Length..];
        var owner = await which.Where(s => s.Id == sessionId).Select(s => s.UserId).FirstOrDefaultAsync(ct)
            ?? throw ExecutionService.Unknown(graphExecId);
        return await StopChatAsync(tx, caller, owner, graphExecId, message, ct);
    }

    /// <summary>A chat itself goes on: the same call asks anew.</summary>
    async Task<StopResult> StopChatAsync(
        WriteTransaction tx, Caller? by, string owner, string graphExecId, string? message, CancellationToken ct)
    {
        // The row's lock orders this against a claim of the chat.
        await tx.ExecuteAsync("UPDATE copilot_sessions SET revision = revision + 1 WHERE id = @id", ct,
            ("id", graphExecId[Identifiers.CopilotSessionPrefix.Length..]));
        var cancelled = await ReviewMoves.CancelAllAsync(tx, owner, graphExecId, message, by, ct);
        var inFlight = await EndNodesAsync(tx, graphExecId, ct);
        RecordStop(tx, by, owner, graphExecId, message);
        tx.AfterCommit(() =>
        {
            foreach (var running in turns)
                running.Cancel(graphExecId);
        });
        return new(ExecutionStatus.TERMINATED, cancelled, inFlight);
    }

    /// <returns>Null if the user has no such execution.</returns>
    static async Task<StopResult?> StopOutsideAsync(
        WriteTransaction tx, Caller? caller, string owner, string graphExecId, string? message, CancellationToken ct)
    {
        var asked = tx.Db.Reviews.Where(r => r.GraphExecId == graphExecId && r.UserId == owner);
        if (!await asked.AnyAsync(ct) && !await tx.Db.StoppedExecutions.AnyAsync(s => s.GraphExecId == graphExecId && s.UserId == owner, ct))
            return null;
        var stopped = await tx.ExecuteAsync("INSERT INTO stopped_executions (user_id, graph_exec_id, stopped_at) VALUES (@user, @exec, @now) ON CONFLICT (user_id, graph_exec_id) DO NOTHING", ct,
            ("user", owner), ("exec", graphExecId), ("now", tx.Now));
        var cancelled = await ReviewMoves.CancelAllAsync(tx, owner, graphExecId, message, caller, ct);
        if (stopped == 1)
        {
            RecordStop(tx, caller, owner, graphExecId, message);
            // One agent at most asks for an execution of its own making.
            var agent = await asked.Where(r => r.AskedByKeyId != null).Select(r => r.AskedByKeyId).FirstOrDefaultAsync(ct);
            tx.Publish(new ExecutionChanged(owner, graphExecId, ExecutionStatus.TERMINATED, agent));
        }
        return new(ExecutionStatus.TERMINATED, cancelled, 0);
    }

    static void RecordStop(WriteTransaction tx, Caller? caller, string owner, string graphExecId, string? message) =>
        tx.Audit(AuditEntry.By(caller, AuditActions.ExecutionMoved) with
        {
            OwnerId = owner,
            GraphExecId = graphExecId,
            Detail = message is null ? nameof(ExecutionStatus.TERMINATED) : $"{ExecutionStatus.TERMINATED}: {message}",
        });

    /// <summary>
    /// Ends the node executions of an ended execution, but for actions in flight: their end is recorded when it is observed. What was not
    /// handed on yet leads nowhere any more.
    /// </summary>
    /// <returns>How many actions are in flight.</returns>
    internal static async Task<int> EndNodesAsync(WriteTransaction tx, string graphExecId, CancellationToken ct)
    {
        var nodes = tx.Db.NodeExecutions.Where(n => n.GraphExecId == graphExecId);
        await nodes.Where(n => n.DeliveryTurn != null).ExecuteUpdateAsync(set => set.SetProperty(n => n.DeliveryTurn, (int?)null), ct);
        await Transitions.StopNodesAsync(tx, graphExecId, ct);
        return await nodes.CountAsync(n => n.Status == ExecutionStatus.RUNNING && n.ClaimedAt != null, ct);
    }
}
