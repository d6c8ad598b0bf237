using HitlReview.Core.Audit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>What the trail says of the action of a node execution.</summary>
static class NodeTrail
{
    /// <summary>Records what became of it.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="by">Who made it happen; null for HitlReview itself.</param>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="node">The node execution.</param>
    /// <param name="input">What its block receives.</param>
    /// <param name="detail">What else matters.</param>
    public static void Record(
        WriteTransaction tx, Caller? by, string action, NodeExecution node, JsonText input, string? detail = null) =>
        tx.Record(AuditEntry.By(by, action) with
        {
            OwnerId = node.UserId,
            GraphExecId = node.GraphExecId,
            NodeExecId = node.Id,
            PayloadHashAfter = input.Hash,
            Detail = detail,
        });
}
