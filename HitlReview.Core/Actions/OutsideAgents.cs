using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Actions;

/// <summary>What agents outside do at the gate: they ask, and take the answer up. The action is theirs to run.</summary>
public sealed class OutsideAgents(CommitQueue queue, IEnumerable<IRunKind> kinds, IOptions<LimitOptions> limits)
{
    /// <summary>The longest instructions, in code points.</summary>
    public const int MaxInstructions = 10_000;

    /// <summary>Asks. Asking again with the same node execution id gives the same review and changes nothing.</summary>
    /// <returns>The review, and whether this call made it. Where a standing approval answers, it is APPROVED at once.</returns>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: the key may not ask. <see cref="Refusal.Invalid"/>: an id or the instructions are not acceptable.
    /// <see cref="Refusal.NotFound"/>: the execution or session of that id is someone else's, or the review another agent's.
    /// <see cref="Refusal.Conflict"/>: the execution has ended, is another agent's, or the node or chat is one that HitlReview itself
    /// runs; or as much waits as may.
    /// </exception>
    public async Task<(Review Review, bool Created)> RequestAsync(Caller caller, ReviewRequest request, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        Identifiers.Check(request.NodeExecId, "node_exec_id");
        Identifiers.Check(request.GraphExecId, "graph_exec_id");
        Identifiers.Check(request.NodeId, "node_id");
        if (request.GraphId is not null)
            Identifiers.Check(request.GraphId, "graph_id");
        // Whoever could choose such an id could have a chat take up an approval that was given for something else.
        foreach (var (field, id) in (ReadOnlySpan<(string, string)>)[("node_exec_id", request.NodeExecId), ("node_id", request.NodeId)])
            if (RunId.IsOfChatNode(id))
                throw new RefusedException(Refusal.Invalid,
                    $"{field} must not start with '{RunId.ChatNodePrefix}', which is reserved for chats.");
        request = (request with
        {
            BlockId = null,
            Instructions = Identifiers.CheckText(request.Instructions, "instructions", MaxInstructions),
            AskedByKeyId = caller.Key?.Id,
            AskedBy = caller.Key?.Name,
        }).ReadThrough();

        return await queue.WriteAsync(caller, async tx =>
        {
            var mayPass = await MayBeAutoApprovedAsync(tx, caller, request, ct);
            var (asked, created) =
                await Gate.PassAsync(tx, caller.UserId, ReviewOrigin.Agent, request, caller, limits.Value, ct, mayPass);
            if (asked is null || !caller.Sees(asked))
                throw ReviewMoves.Unknown(request.NodeExecId);
            return caller.ActsFor(asked) ? (asked, created)
                : throw new RefusedException(Refusal.Conflict,
                    $"Review '{request.NodeExecId}' was not asked for with the key '{caller.Key!.Name}'.");
        }, ct);
    }

    /// <summary>Takes an approved payload up. The first call gets it, every later one a conflict.</summary>
    /// <returns>The review with the payload to run.</returns>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.NotFound"/>: unknown or not the caller's. <see cref="Refusal.Conflict"/>: waiting, rejected, consumed, or run by
    /// HitlReview itself.
    /// </exception>
    public Task<Review> ConsumeAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        return queue.WriteAsync(caller, async tx =>
        {
            if (await ReviewMoves.FindAsync(tx, caller.UserId, nodeExecId, ct) is not { } before || !caller.Sees(before))
                throw ReviewMoves.Unknown(nodeExecId);
            if (!caller.ActsFor(before))
                throw new RefusedException(Refusal.Forbidden,
                    $"Review '{nodeExecId}' was not asked for with the key '{caller.Key!.Name}'; whoever asked takes the answer up.");
            if (await ReviewMoves.TakeUpAsync(
                tx, caller.UserId, nodeExecId, ReviewOrigin.Agent, ReviewStatus.APPROVED, caller, ct) is { } taken)
                return taken;
            throw new RefusedException(Refusal.Conflict, before switch
            {
                { Origin: not ReviewOrigin.Agent } => $"The action of review '{nodeExecId}' is run by HitlReview itself.",
                { Status: ReviewStatus.WAITING } => $"Review '{nodeExecId}' is still waiting for a decision.",
                { Status: ReviewStatus.REJECTED, ReviewMessage: { } message } => $"Review '{nodeExecId}' was rejected: {message}",
                { Status: ReviewStatus.REJECTED } => $"Review '{nodeExecId}' was rejected.",
                { DeliveredAt: null } => $"The approval of review '{nodeExecId}' was withdrawn because its execution was stopped.",
                _ => $"Review '{nodeExecId}' has been consumed already.",
            });
        }, ct);
    }

    /// <summary>
    /// An agent may ask on behalf of an execution of its own making, or of one of its user's that still runs here: but never in the name
    /// of a node or chat that HitlReview itself runs, nor of another agent.
    /// </summary>
    /// <returns>True if a standing approval may answer: there is one, and the review isn't there yet.</returns>
    /// <exception cref="RefusedException">It may not.</exception>
    async Task<bool> MayBeAutoApprovedAsync(WriteTransaction tx, Caller caller, ReviewRequest request, CancellationToken ct)
    {
        var (stopped, auto, isRunHere, ofOthers) = await tx.FirstAsync($"""
            SELECT EXISTS (SELECT 1 FROM stopped_executions WHERE user_id = @user AND graph_exec_id = @exec),
                   EXISTS (SELECT 1 FROM auto_approvals WHERE {AutoApprovals.Matches})
                       AND NOT EXISTS (SELECT 1 FROM reviews WHERE user_id = @user AND node_exec_id = @id),
                   EXISTS (SELECT 1 FROM node_executions WHERE id = @id AND user_id = @user)
                       AND NOT EXISTS (SELECT 1 FROM reviews WHERE user_id = @user AND node_exec_id = @id),
                   EXISTS (SELECT 1 FROM reviews WHERE graph_exec_id = @exec AND user_id = @user
                       AND (asked_by_key_id <> @key OR asked_by_key_id IS NULL AND NOT EXISTS (
                           SELECT 1 FROM reviews own
                           WHERE own.graph_exec_id = @exec AND own.user_id = @user AND own.asked_by_key_id = @key)))
            """, r => (r.GetBoolean(0), r.GetBoolean(1), r.GetBoolean(2), r.GetBoolean(3)), ct,
            ("exec", request.GraphExecId), ("user", caller.UserId), ("node", request.NodeId), ("origin", ReviewOrigin.Agent), ("block", ""),
            ("key", caller.Key?.Id ?? ""), ("id", request.NodeExecId), ("now", tx.Now));
        foreach (var kind in kinds)
            await kind.RequireMayAskAsync(tx, caller, request, ct);
        if (stopped)
            throw new RefusedException(Refusal.Conflict, $"Execution '{request.GraphExecId}' has ended.");
        // Else the engine would meet an answer to a question that it did not ask.
        if (isRunHere)
            throw new RefusedException(Refusal.Conflict,
                $"HitlReview runs node execution '{request.NodeExecId}' itself and asks by itself where it must.");
        if (caller.Key is not null && ofOthers)
            throw AnothersExecution(request.GraphExecId);
        return auto;
    }

    /// <summary>What is answered where somebody else started an execution, or asks for it.</summary>
    internal static RefusedException AnothersExecution(string graphExecId) => new(Refusal.Conflict,
        $"Execution '{graphExecId}' is not one of your key's: somebody else started it or asks for it. Ask for an execution of your own.");
}
