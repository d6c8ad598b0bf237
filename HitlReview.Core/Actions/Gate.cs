using HitlReview.Core.Blocks;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>
/// The gate before an action. Whoever asks comes through here: a node of a graph, a tool call of a chat, an agent outside.
/// </summary>
static class Gate
{
    /// <summary>Says what keeps a block from running on an input, before anybody is asked about it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="input">Its whole input.</param>
    /// <param name="question">What a person would be asked, if somebody must be.</param>
    /// <param name="ct">Gives up the check.</param>
    /// <returns>Null if nothing does.</returns>
    public static async ValueTask<string?> WhyNotAsync(Block block, JsonText input, Func<ReviewRequest>? question, CancellationToken ct)
    {
        if (await block.CheckAsync(input, ct) is { Count: > 0 } faults)
            return SchemaFault.Describe(faults);
        try
        {
            if (question is not null)
                RequireShowable(question());
            return null;
        }
        catch (RefusedException e)
        {
            return $"It can't be shown for review: {e.Message}";
        }
    }

    /// <exception cref="RefusedException">Its payload is none that a person could be shown.</exception>
    public static void RequireShowable(ReviewRequest request) => JsonText.Parse(request.Payload.Text, "The payload");

    /// <summary>
    /// Lets an action pass if a standing approval is for exactly its asker and block, and asks a person otherwise. An agent outside takes
    /// its answer up later, so that a standing approval leaves it a review too.
    /// </summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="userId">On whose behalf it is asked.</param>
    /// <param name="origin">Who runs the action.</param>
    /// <param name="request">The action.</param>
    /// <param name="by">Who asks; null for the engine.</param>
    /// <param name="limits">How much may wait.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <param name="mayPass">False where it is known that nothing stands for it.</param>
    /// <param name="instructions">What the person is told, where that is only to be looked for if one is asked.</param>
    /// <returns>The review, and whether this call made it; no review where it passes.</returns>
    /// <exception cref="RefusedException">Conflict: as much waits as may.</exception>
    public static async Task<(Review? Review, bool IsNew)> PassAsync(
        WriteTransaction tx, string userId, ReviewOrigin origin, ReviewRequest request, Caller? by, LimitOptions limits,
        CancellationToken ct, bool mayPass = true, Func<Task<string?>>? instructions = null)
    {
        // What could fool a reader is read, whatever a person has allowed ahead in a chat: nobody knows before what a model writes there.
        var passes = mayPass && !(origin == ReviewOrigin.Copilot && Traps.Find(request.Payload).Any())
            && await AutoApprovals.UseAsync(tx, userId, origin, request, ct);
        if (passes && origin != ReviewOrigin.Agent)
            return (null, false);
        if (instructions is not null)
            request = request with { Instructions = await instructions() };
        var review = request.ToReview(userId, origin, tx.Now);
        if (passes)
        {
            (review.Status, review.AutoApproved, review.ReviewMessage) = (ReviewStatus.APPROVED, true, AutoApprovals.Message);
            review.ReviewedAt = review.UpdatedAt = tx.Now;
        }
        return await ReviewMoves.AskAsync(tx, review, by, limits, ct);
    }
}
