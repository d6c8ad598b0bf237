using System.Text;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>Graph executions: the nodes behind a settled action go on by themselves.</summary>
public sealed class SettledGraphRuns(ExecutionEngine engine, IExecutionWaker waker, IOptions<LimitOptions> limits) : ISettledRuns
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Graph;

    /// <inheritdoc/>
    public async Task RanAsync(WriteTransaction tx, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        var plan = await engine.PlanAsync(tx.Db, node.GraphExecId, ct);
        if (await engine.CompleteAsync(tx, plan, node, NodeMove.Settle, ComposedOutput.Of(outputs), ct) is { } problem)
            throw new RefusedException(Refusal.Invalid, problem);
    }

    /// <inheritdoc/>
    public async Task AskAgainAsync(
        WriteTransaction tx, Caller caller, NodeExecution node, NodeExecution again, ReviewRequest request, CancellationToken ct)
    {
        var execution = await tx.Db.GraphExecutions.SingleAsync(e => e.Id == node.GraphExecId, ct);
        request = request with { GraphId = execution.GraphId, GraphVersion = execution.GraphVersion };
        await ReviewMoves.AskAsync(tx, request.ToReview(node.UserId, Origin, tx.Now), caller, limits.Value, ct);
        await tx.ExecuteAsync("UPDATE graph_executions SET kept_bytes = kept_bytes + @bytes WHERE id = @id", ct,
            ("bytes", (long)Encoding.UTF8.GetByteCount(again.Input)), ("id", again.GraphExecId));
        tx.Db.Add(again);
        await tx.Db.SaveChangesAsync(ct);
        tx.Db.ChangeTracker.Clear();
    }

    /// <inheritdoc/>
    public async Task GoOnAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct)
    {
        var execution = await tx.Db.GraphExecutions.SingleAsync(e => e.Id == graphExecId, ct);
        await Transitions.MoveAsync(tx, execution, ExecutionMove.Resume, caller, null, ct);
        tx.AfterCommit(() => waker.Wake(graphExecId));
    }
}
