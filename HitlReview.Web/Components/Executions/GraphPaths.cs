using HitlReview.Core;
using HitlReview.Core.Executions;

namespace HitlReview.Web.Components.Executions;

/// <summary>A node that ran before another one.</summary>
/// <param name="Node">The node.</param>
/// <param name="Run">The latest of its runs that had ended by then, or that goes on.</param>
/// <param name="Runs">How many runs of it there were by then.</param>
/// <param name="Steps">How many links lead from there.</param>
public sealed record NodeBefore(GraphNode Node, NodeRun Run, int Runs, int Steps);

/// <summary>A node that runs after another one.</summary>
/// <param name="Node">The node; the one itself where a cycle leads back to it.</param>
/// <param name="Steps">How many links lead there.</param>
/// <param name="Pins">What it takes from the one, if it is the next.</param>
/// <param name="WaitsFor">The other nodes without which it can't run, if it is the next.</param>
public sealed record NodeAfter(GraphNode Node, int Steps, IReadOnlyList<string> Pins, IReadOnlyList<GraphNode> WaitsFor);

/// <summary>Finds what stands around a node of a graph.</summary>
public static class GraphPaths
{
    /// <summary>
    /// The nodes that links lead to, nearest first, and how many links it takes. The node itself is among them if a cycle leads back to it.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodeId">Where to begin.</param>
    /// <param name="upstream">True to go against the links.</param>
    /// <param name="downstream">True to go along the links.</param>
    public static IReadOnlyList<(string NodeId, int Steps)> From(GraphDefinition graph, string nodeId, bool upstream, bool downstream)
    {
        var next = graph.Links.SelectMany(link => (IEnumerable<(string, string)>)
            [
                .. upstream ? [(link.SinkId, link.SourceId)] : Array.Empty<(string, string)>(),
                .. downstream ? [(link.SourceId, link.SinkId)] : Array.Empty<(string, string)>(),
            ])
            .ToLookup(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
        var (found, seen) = (new List<(string NodeId, int Steps)>(), new HashSet<string>(StringComparer.Ordinal));
        for (var (at, from, steps) = (0, nodeId, 0); ; (from, steps) = found[at++])
        {
            found.AddRange(next[from].Where(seen.Add).Select(to => (to, steps + 1)));
            if (at == found.Count)
                return found;
        }
    }

    /// <summary>What leads to a node and ran before a run of it, the nearest first.</summary>
    /// <param name="map">The execution.</param>
    /// <param name="here">The run.</param>
    public static IReadOnlyList<NodeBefore> Before(ExecutionMap map, NodeRun here)
    {
        var byId = map.Graph.Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        // In a cycle a node runs again after this run: that is not before it.
        var until = here.StartedAt ?? here.EndedAt ?? DateTimeOffset.MaxValue;
        var runsOf = map.Runs.Where(run => run.Id != here.Id && (run.EndedAt ?? run.CreatedAt) <= until)
            .ToLookup(run => run.NodeId, StringComparer.Ordinal);
        return [.. From(map.Graph, here.NodeId, upstream: true, downstream: false)
            .Where(found => runsOf.Contains(found.NodeId))
            .Select(found =>
            {
                var runs = runsOf[found.NodeId].ToList();
                return new NodeBefore(
                    byId[found.NodeId], runs.FindLast(run => run.EndedAt is not null) ?? runs[^1], runs.Count, found.Steps);
            })];
    }

    /// <summary>What a node leads to, the next ones first.</summary>
    /// <param name="map">The execution.</param>
    /// <param name="nodeId">The node.</param>
    public static IReadOnlyList<NodeAfter> After(ExecutionMap map, string nodeId)
    {
        var byId = map.Graph.Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        var has = map.Runs.Where(run => run.Status == ExecutionStatus.COMPLETED).Select(run => run.NodeId)
            .ToHashSet(StringComparer.Ordinal);
        return [.. From(map.Graph, nodeId, upstream: false, downstream: true).Select(found => found.Steps > 1
            ? new NodeAfter(byId[found.NodeId], found.Steps, [], [])
            : new(
                byId[found.NodeId], 1,
                [.. map.Graph.Links.Where(link => link.SourceId == nodeId && link.SinkId == found.NodeId)
                    .Select(link => link.SourceName).Distinct(StringComparer.Ordinal)],
                // A pin that several nodes feed takes the first value that comes.
                [.. map.Graph.Links.Where(link => link.SinkId == found.NodeId).GroupBy(link => link.SinkName, StringComparer.Ordinal)
                    .Where(pin => pin.All(link => link.SourceId != nodeId && !has.Contains(link.SourceId)))
                    .SelectMany(pin => pin.Select(link => byId[link.SourceId])).Distinct()]))];
    }

    /// <summary>The time that is told of a run: of its end, or of what came last before it.</summary>
    public static DateTimeOffset Time(NodeRun run) => run.EndedAt ?? run.StartedAt ?? run.CreatedAt;
}
