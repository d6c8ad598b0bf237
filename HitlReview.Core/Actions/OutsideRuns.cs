using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Actions;

/// <summary>The executions of agents outside: HitlReview knows of them only what is asked in them, and that they were stopped.</summary>
public sealed class OutsideRuns : IRunKind
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Agent;

    /// <inheritdoc/>
    public IQueryable<RunUnderWay> UnderWay(HitlDbContext db) => ReviewMoves.WaitingOf(db, ReviewOrigin.Agent);

    /// <inheritdoc/>
    public IQueryable<string>? Named(HitlDbContext db, Caller caller, string word) => null;

    /// <inheritdoc/>
    public Task<bool> KnowsAsync(HitlDbContext db, Caller caller, string graphExecId, string? userId, CancellationToken ct) =>
        db.Reviews.VisibleTo(caller).AnyAsync(r => r.GraphExecId == graphExecId && (userId == null || r.UserId == userId), ct);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> StoppableAsync(
        WriteTransaction tx, Caller caller, string graphExecId, bool asAdmin, CancellationToken ct)
    {
        // Several users' agents may use one id of their own making; an admin's cancel means all of them. By way of the users, so that
        // the keys' indexes serve.
        var owners = await tx.Db.Users.Where(u => asAdmin || u.Id == caller.UserId)
            .Where(u => tx.Db.Set<StoppedExecution>().Any(s => s.UserId == u.Id && s.GraphExecId == graphExecId)
                || tx.Db.Set<Review>().Any(r => r.UserId == u.Id && r.GraphExecId == graphExecId && r.Origin == ReviewOrigin.Agent))
            .Select(u => u.Id).ToListAsync(ct);
        return owners.Count > 0 && (asAdmin || await IsOwnAsync(tx, caller, graphExecId, ct)) ? owners : [];
    }

    /// <summary>A key that sees only what it asked for doesn't stop what others have asked for under the same name.</summary>
    static async Task<bool> IsOwnAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct)
    {
        if (caller.Key is not { } key || caller.May(KeyMay.decide))
            return true;
        var asked = tx.Db.Reviews.Where(r => r.GraphExecId == graphExecId && r.UserId == caller.UserId);
        return await asked.AnyAsync(ct) && !await asked.AnyAsync(r => r.AskedByKeyId != key.Id, ct);
    }

    /// <summary>Any id that is none of a chat: an agent may choose what it likes.</summary>
    /// <inheritdoc/>
    public Task<bool> HasAsync(WriteTransaction tx, string userId, string graphExecId, CancellationToken ct) =>
        Task.FromResult(!RunId.IsChat(graphExecId));

    /// <inheritdoc/>
    public async Task<StopResult> StopAsync(
        WriteTransaction tx, Caller? by, string userId, string graphExecId, string? message, CancellationToken ct)
    {
        var stopped = await tx.ExecuteAsync("""
            INSERT INTO stopped_executions (user_id, graph_exec_id, stopped_at) VALUES (@user, @exec, @now)
            ON CONFLICT (user_id, graph_exec_id) DO NOTHING
            """, ct, ("user", userId), ("exec", graphExecId), ("now", tx.Now)) == 1;
        var cancelled = await ReviewMoves.CancelAllAsync(tx, userId, graphExecId, message, by, ct);
        if (stopped)
        {
            // One agent at most asks for an execution of its own making.
            var agent = await tx.Db.Reviews
                .Where(r => r.GraphExecId == graphExecId && r.UserId == userId && r.AskedByKeyId != null)
                .Select(r => r.AskedByKeyId).FirstOrDefaultAsync(ct);
            Stopping.Record(tx, by, userId, graphExecId, message, new(userId, graphExecId, ExecutionStatus.TERMINATED, agent));
        }
        return new(ExecutionStatus.TERMINATED, cancelled, 0, HadEnded: !stopped);
    }

    /// <inheritdoc/>
    public Task RequireMayAskAsync(WriteTransaction tx, Caller caller, ReviewRequest request, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Decided, it is the agent's to take up, whatever has become of its execution.</summary>
    /// <inheritdoc/>
    public Task<RefusedException?> WhyEndedAsync(WriteTransaction tx, string graphExecId, CancellationToken ct) =>
        Task.FromResult<RefusedException?>(null);

    /// <summary>The agent hears of it by itself.</summary>
    /// <inheritdoc/>
    public Task DecidedAsync(WriteTransaction tx, Caller by, string graphExecId, IReadOnlyList<Review> decided, CancellationToken ct) =>
        Task.CompletedTask;
}
