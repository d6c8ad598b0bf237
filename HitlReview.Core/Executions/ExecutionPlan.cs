using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Executions;

/// <summary>What an execution runs, fixed at its start: the graph's version, its inputs and its safe modes.</summary>
public sealed class ExecutionPlan(GraphExecution execution, GraphDefinition graph, BlockRegistry blocks)
{
    // It is kept for as long as something runs, so without what was parsed to check it: that is eight times as large as the text.
    readonly Dictionary<string, GraphNode> _nodes = graph.Nodes.ToDictionary(
        n => n.Id, n => n with { InputDefault = JsonText.Trusted(n.InputDefault.Text) }, StringComparer.Ordinal);
    readonly ILookup<(string NodeId, string Pin), GraphLink> _linksFrom = graph.Links.ToLookup(l => (l.SourceId, l.SourceName));
    readonly ILookup<string, GraphLink> _linksTo = graph.Links.ToLookup(l => l.SinkId, StringComparer.Ordinal);

    /// <summary>The execution as it was when the plan was read; ids and settings of it never change.</summary>
    public GraphExecution Execution => execution;

    internal Guid BlockOf(string nodeId) => _nodes[nodeId].BlockId;

    /// <summary>What doesn't come over links.</summary>
    internal JsonText DefaultsOf(string nodeId) => JsonText.Trusted(_nodes[nodeId].InputDefault.Text);

    internal IEnumerable<GraphLink> LinksFrom(string nodeId, string pin) => _linksFrom[(nodeId, pin)];

    /// <summary>The links into a node, by pin, in the order of the graph.</summary>
    internal IEnumerable<IGrouping<string, GraphLink>> LinkedPins(string nodeId) => _linksTo[nodeId].GroupBy(l => l.SinkName);

    /// <summary>True if what arrives over these links stays for every later firing.</summary>
    internal bool Stays(IEnumerable<GraphLink> links) => links.All(l => blocks.Find(_nodes[l.SourceId].BlockId)!.OutputsStay);

    /// <summary>True if a person is asked about a run of this block.</summary>
    internal bool MustAsk(Block block) => block.AsksForAnAnswer
        ? execution.HumanInTheLoopSafeMode
        : block.IsSensitiveAction && execution.SensitiveActionSafeMode;

    /// <summary>What is asked of a person.</summary>
    internal ReviewRequest Request(NodeExecution node, Block block, JsonText input)
    {
        var question = block.Question(input);
        return new(node.Id, node.GraphExecId, node.NodeId, question.Payload)
        {
            GraphId = execution.GraphId,
            GraphVersion = execution.GraphVersion,
            BlockId = node.BlockId,
            AskedByKeyId = execution.AskedByKeyId,
            AskedBy = execution.AskedBy,
            Instructions = question.Instructions,
            Editable = question.IsEditable,
        };
    }
}
