using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot;

/// <summary>
/// Chats: whoever talks in one goes on, and the review of the settled action has had its use. What is asked again becomes a node execution
/// when its approval is claimed.
/// </summary>
public sealed class SettledChatRuns(IOptions<LimitOptions> limits) : ISettledRuns
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Copilot;

    /// <inheritdoc/>
    public async Task RanAsync(WriteTransaction tx, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        if (await NodeMoves.MoveAsync(tx, node, NodeMove.Settle, ct, set => set.SetProperty(n => n.Error, (string?)null)))
            await DeleteUsedAsync(tx, node, ct);
    }

    /// <inheritdoc/>
    public async Task AskAgainAsync(
        WriteTransaction tx, Caller caller, NodeExecution node, NodeExecution again, ReviewRequest request, CancellationToken ct)
    {
        await ReviewMoves.AskAsync(tx, request.ToReview(node.UserId, Origin, tx.Now), caller, limits.Value, ct);
        await DeleteUsedAsync(tx, node, ct);
    }

    /// <inheritdoc/>
    public Task GoOnAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct) => Task.CompletedTask;

    static async Task DeleteUsedAsync(WriteTransaction tx, NodeExecution node, CancellationToken ct)
    {
        if (await ReviewMoves.FindAsync(tx, node.UserId, node.Id, ct) is { } used)
            await ReviewMoves.DeleteAsync(tx, used, ct);
    }
}
