using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>
/// A node execution that runs now: the database has it as RUNNING, for nobody but the holder of this. Of a sensitive block that is for
/// good; whatever becomes of the process, it is never started again.
/// </summary>
/// <param name="Node">The node execution.</param>
/// <param name="Block">Its block.</param>
/// <param name="Input">What the block receives, to the byte.</param>
/// <param name="StartedAt">When it first started, also after a restart.</param>
/// <param name="IsForGood">
/// True if it is never started again, and its claim and its end stand in the trail; false for a block without side effects that runs again
/// where the process ended in the middle of it.
/// </param>
sealed record Claim(NodeExecution Node, Block Block, JsonText Input, DateTimeOffset StartedAt, bool IsForGood)
{
    /// <summary>Claims a node execution that is ready.</summary>
    /// <returns>Null if it is not ready any more.</returns>
    public static async Task<Claim?> TakeAsync(WriteTransaction tx, NodeExecution ready, Block block, JsonText input, CancellationToken ct)
    {
        var now = tx.Now;
        if (!await NodeMoves.MoveAsync(tx, ready, NodeMove.Start, ct, block.IsSensitiveAction
            ? set => set.SetProperty(n => n.ClaimedAt, now).SetProperty(n => n.Input, input.Text)
            : null))
            return null;
        if (block.IsSensitiveAction)
            NodeTrail.Record(tx, null, AuditActions.ActionClaimed, ready, input, block.Name);
        return new(ready, block, input, ready.StartedAt ?? now, block.IsSensitiveAction);
    }

    /// <summary>Claims a node execution that comes to be with its claim: that of a chat's tool call.</summary>
    public static async Task<Claim> TakeNewAsync(
        WriteTransaction tx, NodeExecution running, Block block, JsonText input, Caller by, CancellationToken ct)
    {
        await NodeMoves.BeginAsync(tx, running, ct);
        NodeTrail.Record(tx, by, AuditActions.ActionClaimed, running, input, block.Name);
        return new(running, block, input, tx.Now, IsForGood: true);
    }
}
