using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Actions;

/// <summary>What became of an action.</summary>
/// <param name="Status">Where its node execution stands.</param>
/// <param name="IsRejected">True if it did not run because its review was rejected.</param>
/// <param name="IsUnknown">True if nobody can know whether it took effect, and nobody has settled it.</param>
public sealed record ActionOutcome(ExecutionStatus Status, bool IsRejected, bool IsUnknown);

/// <summary>Reads what became of the actions behind reviews.</summary>
public sealed class ActionOutcomes(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>What became of the caller's, as far as HitlReview runs them itself.</summary>
    public async Task<IReadOnlyDictionary<string, ActionOutcome>> ReadAsync(
        Caller caller, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.NodeExecutions.AsNoTracking().OwnOf(caller).Where(n => nodeExecIds.Contains(n.Id))
            .Select(n => new { n.Id, Outcome = new ActionOutcome(n.Status, n.Rejected, n.Outcome != null) })
            .ToDictionaryAsync(n => n.Id, n => n.Outcome, ct);
    }
}
