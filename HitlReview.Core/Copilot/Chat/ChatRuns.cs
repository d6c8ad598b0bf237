using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>Chats: their tool calls run as node executions of a synthetic execution, which never ends.</summary>
public sealed class ChatRuns(RunningCalls calls, Turns turns, Outcomes outcomes, ChatSignals signals) : IRunKind
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Copilot;

    /// <inheritdoc/>
    public IQueryable<RunUnderWay> UnderWay(HitlDbContext db) => ReviewMoves.WaitingOf(db, ReviewOrigin.Copilot)
        .Concat(db.CopilotSessions.Where(s => s.TurnState == TurnState.running)
            .Select(s => new RunUnderWay { UserId = s.UserId, GraphExecId = RunId.ChatPrefix + s.Id }));

    /// <inheritdoc/>
    public IQueryable<string>? Named(HitlDbContext db, Caller caller, string word) =>
        db.CopilotSessions.OwnOf(caller).Where(db.Searching<CopilotSession>(s => s.Title.Has(word))).Select(s => RunId.ChatPrefix + s.Id);

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
        var session = await Turns.LockAsync(tx, RunId.SessionOf(graphExecId)!, ct);
        var cancelled = await ReviewMoves.CancelAllAsync(tx, userId, graphExecId, message, by, ct);
        var inFlight = await NodeMoves.StopAllAsync(tx, graphExecId, ct);
        Stopping.Record(tx, by, userId, graphExecId, message);
        if (session is { TurnState: TurnState.running, TurnId: { } turn })
            session = await turns.EndAsync(tx, turn, TurnState.stopped, null, null, by, ct);
        if (session is not null)
            await Outcomes.CancelAllAsync(tx, session, OutcomeWords.Cancelled, ct);
        tx.AfterCommit(() => calls.Cancel(graphExecId));
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

    /// <summary>
    /// What a turn of the chat asked for goes on by itself: a rejection is told to the chat, and what was approved is run, of which the end
    /// is told. What was asked for over the API is continued there.
    /// </summary>
    /// <inheritdoc/>
    public async Task DecidedAsync(
        WriteTransaction tx, Caller by, string graphExecId, IReadOnlyList<Review> decided, CancellationToken ct)
    {
        var session = RunId.SessionOf(graphExecId)!;
        foreach (var review in decided)
            if (review.Status == ReviewStatus.REJECTED)
            {
                // Who says no to this call no longer means yes to whatever comes.
                await AutoApprovals.EndAsync(tx, review.UserId, graphExecId, by, ct, review.NodeId);
                await outcomes.TellAsync(tx, session, review.NodeExecId, OutcomeWords.Rejected(review), by, ct);
            }
            else if (await Outcomes.IsHeldAsync(tx, session, review.NodeExecId, ct))
                tx.AfterCommit(() => signals.Send(new(session, null, review.NodeExecId)));
    }
}
