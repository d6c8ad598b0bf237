using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>Shows what stands around a run of a node. Give it a <c>@key</c> of the run's id.</summary>
public sealed partial class ExecutionSurroundings
{
    // As many as can be taken in beside a review; the execution's own page has all.
    const int MaxDrawn = 40, MaxListed = 10;

    readonly Dictionary<string, NodeOutput> _outputs = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _failed = new(StringComparer.Ordinal);
    readonly HashSet<string> _reading = new(StringComparer.Ordinal);
    ExecutionMap? _map;
    NodeRun? _here;
    IReadOnlyList<NodeBefore> _before = [];
    IReadOnlyList<NodeAfter> _after = [];
    int _moreBefore;

    [Inject]
    ExecutionMaps Maps { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    /// <summary>The execution.</summary>
    [Parameter, EditorRequired]
    public required string GraphExecId { get; set; }

    /// <summary>The run of a node that this is about.</summary>
    [Parameter, EditorRequired]
    public required string NodeExecId { get; set; }

    /// <summary>True once it is known what there is to show, if anything.</summary>
    internal bool IsReady => Loaded;

    string Address => ExecutionAddress.Of(GraphExecId);

    protected override async Task LoadAsync(CancellationToken gone)
    {
        _map = await Maps.FindAsync(Caller, GraphExecId, _map?.Graph, gone);
        _here = _map?.Runs.FirstOrDefault(run => run.Id == NodeExecId);
        if (_here is null)
            return;
        var nearest = GraphPaths.Before(_map!, _here);
        _moreBefore = Math.Max(nearest.Count - MaxListed, 0);
        _before = [.. nearest.Take(MaxListed).OrderBy(before => GraphPaths.Time(before.Run)).ThenBy(before => before.Run.Ordinal)];
        _after = GraphPaths.After(_map!, _here.NodeId);
    }

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        // Where there is nothing to show there never will be: an execution is there before any review of it.
        if (_here is null
            || !changes.Any(change =>
                change is ExecutionChanged execution && execution.GraphExecId == GraphExecId
                || change is NodeExecutionChanged node && node.GraphExecId == GraphExecId))
            return false;
        await LoadAsync(gone);
        return true;
    }

    string NameOf(GraphNode node) => Blocks.Find(node.BlockId)?.Name ?? Texts.BlockMissing;

    /// <summary>Reads an output once it is asked for. It stays as it is, so once is enough.</summary>
    async Task OpenAsync(NodeRun run)
    {
        if (_outputs.ContainsKey(run.Id) || !_reading.Add(run.Id))
            return;
        _failed.Remove(run.Id);
        try
        {
            _outputs[run.Id] = await Maps.OutputAsync(Caller, GraphExecId, run.Id, Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failed[run.Id] = Words(e);
        }
        finally
        {
            _reading.Remove(run.Id);
        }
    }
}
