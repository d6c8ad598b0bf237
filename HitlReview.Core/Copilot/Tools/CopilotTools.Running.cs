using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Copilot.Tools;

// What happens between a claim and the record of its end, and what is said about a review that can't be continued.
partial class CopilotTools
{
    /// <summary>A block without side effects runs at once and leaves no record but its answer.</summary>
    async Task<ToolAnswer> RunFreelyAsync(CopilotSession session, Block block, JsonText input, RunningCalls.Call call, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Stop, ct);
        var context = new BlockContext(session.UserId, session.GraphExecId, NodeIds.OfChat(NodeId(block)), clock.GetUtcNow());
        var end = await BlockRun.RunAsync(block, input, context, log, either.Token);
        ct.ThrowIfCancellationRequested();
        return Answer(session, block, end);
    }

    /// <summary>
    /// Runs a claimed action. Only a stop of the chat is passed on to it: a caller who hangs up must not leave its effect to chance.
    /// </summary>
    async Task<ToolAnswer> RunClaimedAsync(CopilotSession session, Claim claim, Review? review, RunningCalls.Call call)
    {
        var end = await actions.RunAsync(claim, async (tx, end) =>
        {
            await NodeMoves.EndAsync(tx, claim.Node, claim.Block, end, CancellationToken.None);
            if (review is not null && end.Fault is null)
                await ReviewMoves.DeleteAsync(tx, review, CancellationToken.None);
            if (review is not null)
                await outcomes.TellAsync(
                    tx, session.Id, review.NodeExecId, OutcomeWords.Ran(claim, review, end), null, CancellationToken.None,
                    // Who has stopped the chat knows, and wants no turn of it.
                    isQuiet: call.Stop.IsCancellationRequested);
        }, call.Stop, calls.Shutdown, calls.Shutdown);
        return Answer(session, claim.Block, end!);
    }

    static ToolAnswer Answer(CopilotSession session, Block block, ActionEnd end) => end switch
    {
        { Output.Text: { } output } => new BlockRan(session.Id, $"The block '{block.Name}' has run.", block, output),
        { Output: not null } => new ToolError(session.Id, $"The block '{block.Name}': {end.Error}"),
        _ => new ToolError(session.Id, $"The block '{block.Name}' failed: {end.Error}") { IsForeign = ForeignText.Speaks(block) },
    };

    /// <summary>The review if it can be continued, else why it can't.</summary>
    async Task<(Review? Approved, string? Problem)> FindApprovedAsync(
        Caller caller, CopilotSession session, string reviewId, CancellationToken ct)
    {
        // What looks as if it ran although nothing runs it gets its unknown outcome here, and not only at the next start.
        await inFlight.SettleLostAsync(session.GraphExecId, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var review = await db.Reviews.AsNoTracking().FirstOrDefaultAsync(r => r.NodeExecId == reviewId && r.UserId == session.UserId, ct);
        if (review is not null && !caller.ActsFor(review))
            return (null, caller.Sees(review)
                ? $"Review '{reviewId}' was not asked for with the key '{caller.Key!.Name}'; whoever asked continues it."
                : $"No review '{Identifiers.Shown(reviewId)}' was found.");
        if (review is { Status: ReviewStatus.APPROVED, Processed: false, Origin: ReviewOrigin.Copilot }
            && review.GraphExecId == session.GraphExecId)
            return (review, null);
        var run = await db.NodeExecutions.AsNoTracking()
            .FirstOrDefaultAsync(n => n.Id == reviewId && n.UserId == session.UserId && n.GraphExecId == session.GraphExecId, ct);
        return (null, review switch
        {
            null when run is not null => $"Review '{reviewId}' has been used already: its action ran once and does not run again.",
            null => $"No review '{Identifiers.Shown(reviewId)}' was found.",
            { Origin: not ReviewOrigin.Copilot } => $"Review '{reviewId}' is not one of a chat.",
            _ when review.GraphExecId != session.GraphExecId => $"Review '{reviewId}' belongs to another chat session.",
            { Status: ReviewStatus.WAITING } => $"Review '{reviewId}' is still waiting for a decision.",
            { Status: ReviewStatus.REJECTED, ReviewedBy: null } => $"Review '{reviewId}' was cancelled: {review.ReviewMessage}.",
            { Status: ReviewStatus.REJECTED, ReviewMessage: { } said } => $"Review '{reviewId}' was rejected: {said}",
            { Status: ReviewStatus.REJECTED } => $"Review '{reviewId}' was rejected.",
            _ => run switch
            {
                null => $"The approval of review '{reviewId}' was withdrawn because the chat was stopped.",
                { Status: ExecutionStatus.RUNNING } => $"The action of review '{reviewId}' is running already.",
                { Outcome: NodeOutcome.unknown } =>
                    $"The outcome of review '{reviewId}' is unknown: HitlReview stopped while its action ran. A person must settle node "
                    + $"execution '{reviewId}' of execution '{session.GraphExecId}', as 'ran' or as 'ask_again'.",
                _ => $"Review '{reviewId}' has been used already: its action ran once and does not run again.",
            },
        });
    }
}
