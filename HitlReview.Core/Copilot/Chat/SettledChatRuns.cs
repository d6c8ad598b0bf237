using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Copilot.Chat;

/// <summary>
/// Chats: the review of the settled action has had its use, and the chat is told. What is asked again becomes a node execution when its
/// approval is claimed.
/// </summary>
public sealed class SettledChatRuns(Outcomes outcomes, IOptions<LimitOptions> limits) : ISettledRuns
{
    /// <inheritdoc/>
    public ReviewOrigin Origin => ReviewOrigin.Copilot;

    /// <inheritdoc/>
    public async Task RanAsync(WriteTransaction tx, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        if (!await NodeMoves.MoveAsync(tx, node, NodeMove.Settle, ct, set => set.SetProperty(n => n.Error, (string?)null)))
            return;
        var used = await DeleteUsedAsync(tx, node, ct);
        var output = outputs.Count == 0 ? null : ComposedOutput.Of(outputs).Text?.Text;
        await TellAsync(tx, node, OutcomeWords.Settled(node.Id, used, output), ct);
    }

    /// <inheritdoc/>
    public async Task AskAgainAsync(
        WriteTransaction tx, Caller caller, NodeExecution node, NodeExecution again, ReviewRequest request, CancellationToken ct)
    {
        await ReviewMoves.AskAsync(tx, request.ToReview(node.UserId, Origin, tx.Now), caller, limits.Value, ct);
        await DeleteUsedAsync(tx, node, ct);
        await TellAsync(tx, node, OutcomeWords.AskedAgain(node.Id, again.Id), ct, again.Id);
    }

    /// <inheritdoc/>
    public Task GoOnAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct) => Task.CompletedTask;

    Task TellAsync(WriteTransaction tx, NodeExecution node, CallOutcome outcome, CancellationToken ct, string? again = null) =>
        outcomes.TellAsync(tx, RunId.SessionOf(node.GraphExecId)!, node.Id, outcome, null, ct, again);

    static async Task<Review?> DeleteUsedAsync(WriteTransaction tx, NodeExecution node, CancellationToken ct)
    {
        var used = await ReviewMoves.FindAsync(tx, node.UserId, node.Id, ct);
        if (used is not null)
            await ReviewMoves.DeleteAsync(tx, used, ct);
        return used;
    }
}
