using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot;

/// <summary>Chats: their tool calls run as node executions of a synthetic execution, which never ends.</summary>
public sealed class ChatRuns(RunningTurns turns) : IRunKind
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Copilot;

    /// <inheritdoc/>
    public IQueryable<RunUnderWay> UnderWay(HitlDbContext db) => ReviewMoves.WaitingOf(db, ReviewOrigin.Copilot);

    /// <summary>Any such id: of one that isn't the caller's nothing is told but that nothing waits there.</summary>
    /// <inheritdoc/>
    public Task<bool> KnowsAsync(HitlDbContext db, Caller caller, string graphExecId, string? userId, CancellationToken ct) =>
        Task.FromResult(RunId.IsChat(graphExecId));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> StoppableAsync(
        WriteTransaction tx, Caller caller, string graphExecId, bool asAdmin, CancellationToken ct)
    {
        if (RunId.SessionOf(graphExecId) is not { } id)
            return [];
        return await (asAdmin ? tx.Db.CopilotSessions : tx.Db.CopilotSessions.VisibleTo(caller))
            .Where(s => s.Id == id).Select(s => s.UserId).ToListAsync(ct);
    }

    /// <inheritdoc/>
    public Task<bool> HasAsync(WriteTransaction tx, string userId, string graphExecId, CancellationToken ct) =>
        Task.FromResult(RunId.IsChat(graphExecId));

    /// <summary>A chat itself goes on: the same call asks anew.</summary>
    /// <inheritdoc/>
    public async Task<StopResult> StopAsync(
        WriteTransaction tx, Caller? by, string userId, string graphExecId, string? message, CancellationToken ct)
    {
        // The row's lock orders this against a claim of the chat.
        await tx.ExecuteAsync("UPDATE copilot_sessions SET revision = revision + 1 WHERE id = @id", ct,
            ("id", RunId.SessionOf(graphExecId)));
        var cancelled = await ReviewMoves.CancelAllAsync(tx, userId, graphExecId, message, by, ct);
        var inFlight = await NodeMoves.StopAllAsync(tx, graphExecId, ct);
        Stopping.Record(tx, by, userId, graphExecId, message);
        tx.AfterCommit(() => turns.Cancel(graphExecId));
        return new(ExecutionStatus.TERMINATED, cancelled, inFlight);
    }

    /// <summary>A chat asks by itself where it must; one that isn't the caller's is answered as an unknown one.</summary>
    /// <inheritdoc/>
    public async Task RequireMayAskAsync(WriteTransaction tx, Caller caller, ReviewRequest request, CancellationToken ct)
    {
        if (RunId.SessionOf(request.GraphExecId) is { } id)
            throw await tx.Db.CopilotSessions.OwnOf(caller).AnyAsync(s => s.Id == id, ct)
                ? new(Refusal.Conflict, $"HitlReview runs chat '{request.GraphExecId}' itself and asks by itself where it must.")
                : RunId.Unknown(request.GraphExecId);
    }

    /// <inheritdoc/>
    public Task<RefusedException?> WhyEndedAsync(WriteTransaction tx, string graphExecId, CancellationToken ct) =>
        Task.FromResult<RefusedException?>(null);

    /// <summary>Whoever talks in it continues the call.</summary>
    /// <inheritdoc/>
    public Task DecidedAsync(WriteTransaction tx, Caller by, string graphExecId, IReadOnlyList<Review> decided, CancellationToken ct) =>
        Task.CompletedTask;
}
