using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>
/// Carries what a node emitted to the nodes behind it. A node execution collects one value per linked pin and is ready when it has them
/// all; further values of a pin start the next node execution of that node, so that values meet in the order in which they were emitted.
/// </summary>
static class Delivery
{
    /// <summary>The stored form of an output: pin to list of values, in the order of emission.</summary>
    /// <exception cref="RefusedException">It is larger or deeper than can be kept.</exception>
    public static string OutputText(IReadOnlyList<BlockOutput> outputs) =>
        JsonParts.Compose(outputs.GroupBy(o => o.Pin, StringComparer.Ordinal).Select(pin => KeyValuePair.Create(pin.Key, JsonParts.Array(pin.Select(o => o.Value), "output", Wide))), "output", Wide).Text;

    // A payload of the largest size and depth must still fit as one of several values of an output.
    static readonly JsonLimits Wide = new(80, 20_000_000);

    /// <summary>Hands the values on, in the transaction in which the emitting node completes.</summary>
    /// <returns>Null, or why the execution must fail: it has made too many node executions.</returns>
    public static async Task<string?> DeliverAsync(WriteTransaction tx, ExecutionPlan plan, NodeExecution from, IReadOnlyList<BlockOutput> outputs, int maxNodeExecutions, CancellationToken ct)
    {
        var links = outputs.SelectMany(o => plan.LinksFrom(from.NodeId, o.Pin).Select(link => (Link: link, o.Value))).ToList();
        if (links.Count == 0)
            return null;
        var sinks = links.Select(l => l.Link.SinkId).Distinct().ToList();
        var open = await tx.Db.NodeExecutions.Where(n => n.GraphExecId == from.GraphExecId && n.Status == ExecutionStatus.INCOMPLETE && sinks.Contains(n.NodeId)).OrderBy(n => n.Ordinal).ToListAsync(ct);
        var collecting = open.Select(n => new Collecting(n, JsonParts.Members(JsonText.Trusted(n.Input), "input").ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal))).ToList();
        var ordinal = await tx.Db.NodeExecutions.Where(n => n.GraphExecId == from.GraphExecId).MaxAsync(n => n.Ordinal, ct);

        foreach (var (link, value) in links)
        {
            var pins = plan.LinkedPins(link.SinkId).ToList();
            var stays = plan.Stays(pins.Single(p => p.Key == link.SinkName));
            var lacking = collecting.Where(c => c.Node.NodeId == link.SinkId && !c.Values.ContainsKey(link.SinkName)).ToList();
            if (stays && !pins.TrueForAll(plan.Stays))
            {
                // It waits at the pin for whatever the other pins bring, now and later.
                foreach (var waiting in lacking)
                    waiting.Take(link.SinkName, value);
                continue;
            }
            var target = lacking.FirstOrDefault();
            if (target is null)
            {
                if (++ordinal >= maxNodeExecutions)
                    return $"It made more than {maxNodeExecutions} node executions (Executions:MaxNodeExecutions).";
                target = new(New(plan, from, link.SinkId, ordinal, tx.Now), await StayingAsync(tx, plan, from, pins, link.SinkName, ct), isNew: true);
                collecting.Add(target);
            }
            target.Take(link.SinkName, value);
        }

        foreach (var changed in collecting.Where(c => c.Changed))
            await SaveAsync(tx, plan, changed, ct);
        await tx.Db.SaveChangesAsync(ct);
        tx.Db.ChangeTracker.Clear();
        return null;
    }

    /// <summary>The values that wait at the staying pins of a node: the last that their sources emitted.</summary>
    static async Task<Dictionary<string, JsonText>> StayingAsync(
        WriteTransaction tx, ExecutionPlan plan, NodeExecution from, List<IGrouping<string, GraphLink>> pins, string except, CancellationToken ct)
    {
        var values = new Dictionary<string, JsonText>(StringComparer.Ordinal);
        foreach (var pin in pins.Where(p => p.Key != except && plan.Stays(p)))
        {
            var sources = pin.Select(l => l.SourceId).ToList();
            var last = await tx.Db.NodeExecutions
                .Where(n => n.GraphExecId == from.GraphExecId && n.Status == ExecutionStatus.COMPLETED && n.Output != null && sources.Contains(n.NodeId))
                .OrderByDescending(n => n.EndedAt).ThenByDescending(n => n.Ordinal).FirstOrDefaultAsync(ct);
            if (last is not null && JsonParts.Member(JsonText.Trusted(last.Output!), pin.First(l => l.SourceId == last.NodeId).SourceName) is { } emitted
                && JsonParts.Items(emitted, "output") is [.., var value])
                values[pin.Key] = value;
        }
        return values;
    }

    static NodeExecution New(ExecutionPlan plan, NodeExecution from, string nodeId, int ordinal, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now).ToString(),
        GraphExecId = from.GraphExecId,
        UserId = from.UserId,
        AskedByKeyId = from.AskedByKeyId,
        AskedBy = from.AskedBy,
        NodeId = nodeId,
        BlockId = plan.Node(nodeId).BlockId.ToString(),
        Ordinal = ordinal,
        Status = ExecutionStatus.INCOMPLETE,
        Input = "{}",
        CreatedAt = now,
    };

    /// <summary>Writes what has arrived; a node execution that has it all gets its whole input and becomes ready.</summary>
    static async Task SaveAsync(WriteTransaction tx, ExecutionPlan plan, Collecting changed, CancellationToken ct)
    {
        var node = changed.Node;
        var pins = plan.LinkedPins(node.NodeId).Select(p => p.Key).ToList();
        var complete = pins.TrueForAll(changed.Values.ContainsKey);
        var arrived = pins.Where(changed.Values.ContainsKey).Select(pin => KeyValuePair.Create(pin, changed.Values[pin]));
        var members = complete
            ? JsonParts.Members(plan.Node(node.NodeId).InputDefault, "input_default").Where(m => !pins.Contains(m.Key)).Concat(arrived)
            : arrived;
        node.Input = JsonParts.Compose(members, "input", Wide).Text;
        if (changed.IsNew)
        {
            node.Status = complete ? ExecutionStatus.QUEUED : ExecutionStatus.INCOMPLETE;
            tx.Db.Add(node);
            return;
        }
        var text = node.Input;
        await tx.Db.NodeExecutions.Where(n => n.Id == node.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.Input, text), ct);
        if (complete)
            await Transitions.MoveAsync(tx, node, NodeMove.Ready, ct);
    }

    sealed class Collecting(NodeExecution node, Dictionary<string, JsonText> values, bool isNew = false)
    {
        public NodeExecution Node => node;

        public Dictionary<string, JsonText> Values => values;

        public bool IsNew => isNew;

        public bool Changed { get; private set; }

        public void Take(string pin, JsonText value)
        {
            values[pin] = value;
            Changed = true;
        }
    }
}
