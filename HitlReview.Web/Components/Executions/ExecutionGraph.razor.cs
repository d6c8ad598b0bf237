using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>Draws the graph of an execution.</summary>
public sealed partial class ExecutionGraph
{
    // Room for the mark of the reviewed node above, and for the frame of a box around.
    const double Top = 15, Edge = 2;

    List<GraphNode> _drawn = [];
    List<int> _loops = [];
    GraphLayout _layout = GraphLayout.Of(0, []);
    ILookup<string, NodeRun> _runs = Array.Empty<NodeRun>().ToLookup(run => run.NodeId);
    (GraphDefinition? Graph, string? NodeId, int Max) _laidOut;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    /// <summary>The graph.</summary>
    [Parameter, EditorRequired]
    public required GraphDefinition Graph { get; set; }

    /// <summary>The runs of its nodes, oldest first.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<NodeRun> Runs { get; set; }

    /// <summary>The node that the person came to decide about; null where there is none.</summary>
    [Parameter]
    public string? NodeId { get; set; }

    /// <summary>How many nodes are drawn at most: the nearest to <see cref="NodeId"/>.</summary>
    [Parameter]
    public int Max { get; set; } = int.MaxValue;

    /// <summary>True for a graph that is being made: nothing of it has run.</summary>
    [Parameter]
    public bool IsDraft { get; set; }

    /// <summary>Told of a node that is clicked.</summary>
    [Parameter]
    public EventCallback<string> OnNode { get; set; }

    /// <summary>Where the whole execution is shown, for what is not drawn.</summary>
    [Parameter]
    public string? Address { get; set; }

    protected override void OnParametersSet()
    {
        _runs = Runs.ToLookup(run => run.NodeId, StringComparer.Ordinal);
        if (_laidOut == (Graph, NodeId, Max))
            return;
        _laidOut = (Graph, NodeId, Max);
        _drawn = Choose();
        var number = _drawn.Index().ToDictionary(node => node.Item.Id, node => node.Index, StringComparer.Ordinal);
        var links = Graph.Links.Where(link => number.ContainsKey(link.SourceId) && number.ContainsKey(link.SinkId))
            .Select(link => (From: number[link.SourceId], To: number[link.SinkId])).ToList();
        _layout = GraphLayout.Of(_drawn.Count, links);
        _loops = [.. links.Where(link => link.From == link.To).Select(link => link.From).Distinct()];
    }

    /// <summary>The nodes that are drawn, in the order of the graph.</summary>
    List<GraphNode> Choose()
    {
        if (Graph.Nodes.Count <= Max)
            return [.. Graph.Nodes];
        IEnumerable<string> nearest = NodeId is null
            ? []
            : [NodeId, .. GraphPaths.From(Graph, NodeId, upstream: true, downstream: true).Select(found => found.NodeId)];
        var chosen = nearest.Concat(Graph.Nodes.Select(node => node.Id)).Distinct(StringComparer.Ordinal).Take(Max)
            .ToHashSet(StringComparer.Ordinal);
        return [.. Graph.Nodes.Where(node => chosen.Contains(node.Id))];
    }

    NodeState StateOf(string nodeId) => NodeStates.Of(_runs[nodeId]);

    string NameOf(GraphNode node) => Blocks.Find(node.BlockId)?.Name ?? Texts.BlockMissing;

    string BoxClass(GraphNode node, NodeState state) =>
        $"box box-{state.ToString().ToLowerInvariant()}{(node.Id == NodeId ? " box-here" : "")}{(OnNode.HasDelegate ? " box-leads" : "")}";

    List<string> LeadsTo(GraphNode node) =>
        [.. Graph.Links.Where(link => link.SourceId == node.Id).Select(link => link.SinkId).Distinct(StringComparer.Ordinal)];

    /// <summary>True if something has gone that way, as far as the states tell.</summary>
    bool IsTaken(GraphWire wire) =>
        _runs.Contains(_drawn[wire.To].Id) && _runs[_drawn[wire.From].Id].Any(run => run.Status == ExecutionStatus.COMPLETED);

    IEnumerable<(NodeState State, int Count)> Counts =>
        _drawn.CountBy(node => StateOf(node.Id)).OrderByDescending(count => count.Key).Select(count => (count.Key, count.Value));

    string Summary => IsDraft ? Say.With(Texts.DrawingOf, Say.Number(_drawn.Count))
        : string.Join(", ", Counts.Select(count => $"{count.Count} {GraphWords.Of(count.State).ToLowerInvariant()}"));

    // Where it fits even on a phone it is no stop for who goes by keyboard.
    bool MayScroll => _layout.Width > 17 * 16 || _layout.Height > 12 * 16;

    GraphBox? Here => _drawn.FindIndex(node => node.Id == NodeId) is >= 0 and var at ? _layout.Boxes[at] : null;

    string ViewBox =>
        $"{GraphInk.N(-Edge)} {GraphInk.N(-Top)} {GraphInk.N(_layout.Width + (2 * Edge))} {GraphInk.N(_layout.Height + Top + Edge)}";

    // In rem, so that the drawing grows with the reader's letters.
    string Size => $"width:{GraphInk.Rem(_layout.Width + (2 * Edge))};height:{GraphInk.Rem(_layout.Height + Top + Edge)}";
}
