using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Actions;

/// <summary>How a person settles an action whose outcome is not known.</summary>
public enum Resolution
{
    /// <summary>It took effect; the execution goes on as if it had said so.</summary>
    ran,

    /// <summary>It did not, or it should run again: a new review asks.</summary>
    ask_again,
}

/// <summary>
/// Settles actions that were claimed before the process died. Nobody else can: HitlReview never guesses, and never runs one again by
/// itself.
/// </summary>
public sealed class Settling(
    CommitQueue queue, BlockRegistry blocks, IEnumerable<IRunKind> kinds, IEnumerable<ISettledRuns> settledRuns)
{
    /// <summary>Settles one action of the caller's.</summary>
    /// <param name="caller">The owner of the execution.</param>
    /// <param name="graphExecId">The execution, or the synthetic id of a chat.</param>
    /// <param name="nodeExecId">The action.</param>
    /// <param name="resolution">What the person found out, or wants.</param>
    /// <param name="output">
    /// With <see cref="Resolution.ran"/>: what it put out, pin to list of values, for the nodes behind it; null for nothing.
    /// </param>
    /// <param name="ct">Gives up while the request waits for its turn.</param>
    /// <returns>The node execution that was settled or, where it is asked again, the new one.</returns>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: the key may not decide, or started it itself.
    /// <see cref="Refusal.NotFound"/>: unknown or not the caller's.
    /// <see cref="Refusal.Conflict"/>: its outcome is known, or as many reviews wait as may.
    /// <see cref="Refusal.Invalid"/>: the output names an unknown pin or isn't lists.
    /// </exception>
    public async Task<NodeExecution> SettleAsync(
        Caller caller, string graphExecId, string nodeExecId, Resolution resolution, JsonText? output, CancellationToken ct)
    {
        caller.Require(KeyMay.decide);
        if (resolution == Resolution.ask_again && output is not null)
            throw new RefusedException(Refusal.Invalid, "output only goes with the resolution 'ran'.");
        return await queue.WriteAsync(caller, async tx =>
        {
            var node = await tx.Db.NodeExecutions.OwnOf(caller)
                .FirstOrDefaultAsync(n => n.Id == nodeExecId && n.GraphExecId == graphExecId, ct)
                ?? throw NodeExecution.Unknown(graphExecId, nodeExecId);
            if (node is not { Status: ExecutionStatus.REVIEW, Outcome: NodeOutcome.unknown })
                throw new RefusedException(Refusal.Conflict,
                    $"There is nothing to settle: node execution '{nodeExecId}' is {node.Status}.");
            if (caller.AskedItself(node))
                throw new RefusedException(Refusal.Forbidden,
                    $"Node execution '{nodeExecId}' was started with the key '{caller.Key!.Name}', which therefore can't settle it.");
            var kind = (await kinds.OfAsync(tx, node.UserId, graphExecId, ct))!.Origin;
            var runs = settledRuns.Single(runs => runs.Origin == kind);
            var settled = resolution == Resolution.ran
                ? await RanAsync(tx, runs, node, Outputs(blocks.Find(node.BlockId), output), ct)
                : await AskAgainAsync(tx, runs, node, caller, ct);
            NodeTrail.Record(tx, caller, AuditActions.OutcomeSettled, node, JsonText.Trusted(node.Input), resolution.ToString());
            await runs.GoOnAsync(tx, caller, graphExecId, ct);
            return settled;
        }, ct);
    }

    static async Task<NodeExecution> RanAsync(
        WriteTransaction tx, ISettledRuns runs, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct)
    {
        await runs.RanAsync(tx, node, outputs, ct);
        return await tx.Db.NodeExecutions.SingleAsync(n => n.Id == node.Id, ct);
    }

    /// <summary>
    /// The old node execution ends as it is; a new one, with an id and a review of its own, asks for exactly what was claimed. No standing
    /// approval and no safe mode answers in the person's stead.
    /// </summary>
    static async Task<NodeExecution> AskAgainAsync(
        WriteTransaction tx, ISettledRuns runs, NodeExecution node, Caller caller, CancellationToken ct)
    {
        var again = new NodeExecution
        {
            Id = await NodeIds.NewAsync(tx, node.GraphExecId, node.NodeId, ct),
            GraphExecId = node.GraphExecId,
            UserId = node.UserId,
            AskedByKeyId = node.AskedByKeyId,
            AskedBy = node.AskedBy,
            NodeId = node.NodeId,
            BlockId = node.BlockId,
            Ordinal = 1 + await tx.Db.NodeExecutions.Where(n => n.GraphExecId == node.GraphExecId).MaxAsync(n => n.Ordinal, ct),
            Status = ExecutionStatus.REVIEW,
            Input = node.Input,
            CreatedAt = tx.Now,
        };
        await NodeMoves.MoveAsync(tx, node, NodeMove.Stop, ct,
            set => set.SetProperty(n => n.Error, $"Its outcome is not known. It was asked again as '{again.Id}'."));
        var request = new ReviewRequest(again.Id, again.GraphExecId, again.NodeId, JsonText.Trusted(node.Input))
        {
            BlockId = node.BlockId,
            AskedByKeyId = node.AskedByKeyId,
            AskedBy = node.AskedBy,
        };
        await runs.AskAgainAsync(tx, caller, node, again, request, ct);
        return again;
    }

    static List<BlockOutput> Outputs(Block? block, JsonText? output)
    {
        if (output is null)
            return [];
        if (output.Root.ValueKind != System.Text.Json.JsonValueKind.Object)
            throw new RefusedException(Refusal.Invalid, "output must be an object: pin to list of values.");
        var outputs = new List<BlockOutput>();
        foreach (var (pin, values) in JsonParts.Members(output, "output"))
        {
            if (block is not null && !block.OutputPins.Contains(pin))
                throw new RefusedException(Refusal.Invalid, $"output names the unknown pin '{pin}' of {block.Name}.");
            if (values.Root.ValueKind != System.Text.Json.JsonValueKind.Array)
                throw new RefusedException(Refusal.Invalid, $"output.{pin} must be a list of values.");
            outputs.AddRange(JsonParts.Items(values, $"output.{pin}").Select(value => new BlockOutput(pin, value)));
        }
        return outputs;
    }
}
