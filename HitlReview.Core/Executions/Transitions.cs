using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using static HitlReview.Core.ExecutionStatus;

namespace HitlReview.Core.Executions;

/// <summary>All that can happen to a graph execution.</summary>
public enum ExecutionMove
{
    /// <summary>The engine takes it up.</summary>
    Start,

    /// <summary>Nothing can run until a person acts.</summary>
    Pause,

    /// <summary>A person acted: something can run again.</summary>
    Resume,

    /// <summary>Nothing is left to run.</summary>
    Complete,

    /// <summary>It failed as a whole.</summary>
    Fail,

    /// <summary>Its user or an admin stopped it.</summary>
    Stop,
}

/// <summary>
/// The only moves of an execution there are, and the only code that makes them: each is one statement whose condition comes from this
/// table. Those of its nodes are in <see cref="NodeMoves"/>.
/// </summary>
public static class Transitions
{
    static readonly Dictionary<ExecutionMove, (ExecutionStatus[] From, ExecutionStatus To)> Executions = new()
    {
        [ExecutionMove.Start] = ([QUEUED], RUNNING),
        [ExecutionMove.Pause] = ([RUNNING], REVIEW),
        [ExecutionMove.Resume] = ([REVIEW], QUEUED),
        [ExecutionMove.Complete] = ([RUNNING], COMPLETED),
        [ExecutionMove.Fail] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], FAILED),
        [ExecutionMove.Stop] = ([INCOMPLETE, QUEUED, RUNNING, REVIEW], TERMINATED),
    };

    /// <summary>Moves a graph execution, writes the audit event and tells the listeners once it is committed.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="execution">The execution; its own status is not looked at, the row's is.</param>
    /// <param name="move">What happens to it.</param>
    /// <param name="by">Who makes it happen; null for the engine itself.</param>
    /// <param name="reason">Goes to the audit trail.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <returns>False if it was in no status from which this move starts; nothing is changed then.</returns>
    public static async Task<bool> MoveAsync(
        WriteTransaction tx, GraphExecution execution, ExecutionMove move, Caller? by, string? reason, CancellationToken ct)
    {
        var (from, to) = Executions[move];
        var now = tx.Now;
        DateTimeOffset? ended = to.IsFinal() ? now : null;
        var moved = await tx.Db.GraphExecutions
            .Where(e => e.Id == execution.Id && from.Contains(e.Status))
            .ExecuteUpdateAsync(set =>
            {
                set.SetProperty(e => e.Status, to).SetProperty(e => e.UpdatedAt, now).SetProperty(e => e.Revision, e => e.Revision + 1);
                if (move == ExecutionMove.Start)
                    set.SetProperty(e => e.StartedAt, e => e.StartedAt ?? now);
                if (ended is not null)
                    set.SetProperty(e => e.EndedAt, ended);
                if (reason is not null)
                    set.SetProperty(e => e.Error, reason);
            }, ct) == 1;
        if (!moved)
            return false;
        var entry = AuditEntry.By(by, AuditActions.ExecutionMoved) with
        {
            OwnerId = execution.UserId,
            GraphExecId = execution.Id,
            Detail = reason is null ? to.ToString() : $"{to}: {reason}",
        };
        tx.Record(entry, new ExecutionChanged(execution.UserId, execution.Id, to, execution.AskedByKeyId));
        return true;
    }
}
