using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Executions;

/// <summary>Graph executions, which HitlReview runs itself. At the command line nothing runs that could be woken.</summary>
public sealed partial class GraphRuns(IEnumerable<IExecutionWaker> wakers, ILogger<GraphRuns> log) : IRunKind
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Graph;

    /// <inheritdoc/>
    public IQueryable<RunUnderWay> UnderWay(HitlDbContext db) =>
        db.GraphExecutions.Where(e => e.EndedAt == null).Select(e => new RunUnderWay { UserId = e.UserId, GraphExecId = e.Id });

    /// <inheritdoc/>
    public IQueryable<string>? Named(HitlDbContext db, Caller caller, string word) =>
        db.Graphs.Where(g => g.UserId == caller.UserId).Where(db.Searching<Graph>(g => g.Name.Has(word))).Select(g => g.Id);

    /// <inheritdoc/>
    public Task<bool> KnowsAsync(HitlDbContext db, Caller caller, string graphExecId, string? userId, CancellationToken ct) =>
        db.GraphExecutions.VisibleTo(caller).AnyAsync(e => e.Id == graphExecId && (userId == null || e.UserId == userId), ct);

    /// <summary>An admin in person stops anybody's; a key's calls for admins are others, which ask for a reason.</summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> StoppableAsync(
        WriteTransaction tx, Caller caller, string graphExecId, bool asAdmin, CancellationToken ct) =>
        await (asAdmin ? tx.Db.GraphExecutions : tx.Db.GraphExecutions.VisibleTo(caller))
            .Where(e => e.Id == graphExecId).Select(e => e.UserId).ToListAsync(ct);

    /// <inheritdoc/>
    public Task<bool> HasAsync(WriteTransaction tx, string userId, string graphExecId, CancellationToken ct) =>
        tx.Db.GraphExecutions.AnyAsync(e => e.Id == graphExecId && e.UserId == userId, ct);

    /// <inheritdoc/>
    public async Task<StopResult> StopAsync(
        WriteTransaction tx, Caller? by, string userId, string graphExecId, string? message, CancellationToken ct)
    {
        var execution = await tx.Db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, ct);
        if (!await Transitions.MoveAsync(tx, execution, ExecutionMove.Stop, by, message, ct))
            // What an agent outside asks in it may still wait.
            return new(execution.Status, await ReviewMoves.CancelAllAsync(tx, userId, graphExecId, message, by, ct), 0, HadEnded: true);
        var (cancelled, inFlight) = await EndAsync(tx, execution, message, by, ct);
        tx.AfterCommit(() => Wake(graphExecId));
        return new(ExecutionStatus.TERMINATED, cancelled, inFlight);
    }

    /// <summary>Stops an execution in the transaction that found its owner disabled: none of its actions starts.</summary>
    internal static async Task StopDisabledAsync(WriteTransaction tx, GraphExecution execution, CancellationToken ct)
    {
        if (await Transitions.MoveAsync(tx, execution, ExecutionMove.Stop, null, Stopping.OwnerDisabled, ct))
            await EndAsync(tx, execution, Stopping.OwnerDisabled, null, ct);
    }

    /// <summary>Ends what waits and what has not run in an execution that has ended.</summary>
    /// <returns>How many reviews were waiting, and how many actions are in flight.</returns>
    internal static async Task<(int Cancelled, int InFlight)> EndAsync(
        WriteTransaction tx, GraphExecution execution, string? message, Caller? by, CancellationToken ct) =>
        (await ReviewMoves.CancelAllAsync(tx, execution.UserId, execution.Id, message, by, ct),
            await NodeMoves.StopAllAsync(tx, execution.Id, ct));

    /// <summary>
    /// An agent that takes part in a graph execution asks for what it does itself, not for what the graph's own nodes do.
    /// </summary>
    /// <inheritdoc/>
    public async Task RequireMayAskAsync(WriteTransaction tx, Caller caller, ReviewRequest request, CancellationToken ct)
    {
        if (RunId.IsChat(request.GraphExecId))
            return;
        if (!await tx.FirstAsync("SELECT EXISTS (SELECT 1 FROM graph_executions WHERE id = @id)", r => r.GetBoolean(0), ct,
            ("id", request.GraphExecId)))
        {
            if (request.GraphId is { } graph && await tx.Db.Graphs.AnyAsync(g => g.Id == graph && g.UserId == caller.UserId, ct))
                throw new RefusedException(Refusal.Conflict,
                    $"HitlReview runs graph '{graph}' itself, and '{request.GraphExecId}' is no execution of it.");
            return;
        }
        var execution = await tx.Db.GraphExecutions.OwnOf(caller).FirstOrDefaultAsync(e => e.Id == request.GraphExecId, ct)
            ?? throw RunId.Unknown(request.GraphExecId);
        if (!caller.ActsFor(execution))
            throw OutsideAgents.AnothersExecution(request.GraphExecId);
        if (execution.Status.IsFinal())
            throw Ended(request.GraphExecId);
        if (request.GraphId is { } graphId && graphId != execution.GraphId)
            throw new RefusedException(Refusal.Conflict, $"Execution '{request.GraphExecId}' is not one of graph '{graphId}'.");
        var definition = await tx.Db.Graphs.Where(g => g.Id == execution.GraphId && g.Version == execution.GraphVersion)
            .Select(g => g.Definition).SingleAsync(ct);
        if (GraphDefinition.FromJson(definition).Nodes.Any(n => n.Id == request.NodeId))
            throw new RefusedException(Refusal.Conflict,
                $"HitlReview runs node '{request.NodeId}' of execution '{request.GraphExecId}' itself and asks by itself where it must.");
    }

    /// <inheritdoc/>
    public async Task<RefusedException?> WhyEndedAsync(WriteTransaction tx, string graphExecId, CancellationToken ct) =>
        await tx.Db.GraphExecutions.AnyAsync(e => e.Id == graphExecId && !ExecutionStatuses.Final.Contains(e.Status), ct)
            ? null
            : Ended(graphExecId);

    /// <inheritdoc/>
    public async Task DecidedAsync(
        WriteTransaction tx, Caller by, string graphExecId, IReadOnlyList<Review> decided, CancellationToken ct)
    {
        foreach (var review in decided)
            if (await tx.Db.NodeExecutions.FirstOrDefaultAsync(n => n.Id == review.NodeExecId, ct) is { } node)
                await NodeMoves.MoveAsync(tx, node, NodeMove.Decide, ct);
        var execution = await tx.Db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, ct);
        await Transitions.MoveAsync(tx, execution, ExecutionMove.Resume, by, null, ct);
        tx.AfterCommit(() =>
        {
            DecisionCommitted(log, graphExecId);
            Wake(graphExecId);
        });
    }

    static RefusedException Ended(string graphExecId) => new(Refusal.Conflict, $"Execution '{graphExecId}' has ended.");

    void Wake(string graphExecId)
    {
        foreach (var waker in wakers)
            waker.Wake(graphExecId);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A decision in {GraphExecId} is committed, its execution not yet woken")]
    static partial void DecisionCommitted(ILogger log, string graphExecId);
}
