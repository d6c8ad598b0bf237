using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>Shows one execution. Give it a <c>@key</c> of the execution's id.</summary>
public sealed partial class ExecutionView
{
    // As many node executions as are read at a time, and the largest input and output of one that are read to be shown.
    const int Step = 100;
    const long MaxShown = 2_000_000;
    const int MaxResults = 5;
    const long MaxResult = 500_000;

    ExecutionDetail? _detail;
    IReadOnlyDictionary<string, ReviewStatus> _reviews = new Dictionary<string, ReviewStatus>();
    IReadOnlyList<NodeRun> _runs = [];
    IReadOnlyList<NodePart> _results = []; // what came out at its ends; none before it is over
    GraphDefinition? _graph;
    string? _graphName, _said, _ledTo;
    DateTimeOffset _readAt;
    int _most = Step;
    bool _busy;

    [Inject]
    ExecutionService Executions { get; set; } = null!;

    [Inject]
    ReviewService Reviews { get; set; } = null!;

    [Inject]
    Graphs Graphs { get; set; } = null!;

    [Inject]
    ExecutionMaps Maps { get; set; } = null!;

    [Inject]
    Stopping Stopping { get; set; } = null!;

    [Inject]
    Settling Settling { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    [Inject]
    TimeProvider Clock { get; set; } = null!;

    /// <summary>The execution.</summary>
    [Parameter, EditorRequired]
    public required string GraphExecId { get; set; }

    /// <summary>Told what its graph is called, for the title of the page.</summary>
    [Parameter]
    public EventCallback<string> OnNamed { get; set; }

    GraphExecution Execution => _detail!.Execution;

    protected override async Task LoadAsync(CancellationToken gone)
    {
        var detail = await Executions.GetAsync(Caller, GraphExecId, _most, room: 0, gone);
        _reviews = await Reviews.StatusesAsync(Caller, [.. detail.Nodes.Select(node => node.Id)], gone);
        _graphName ??= (await Graphs.NamesAsync(Caller, [detail.Execution.GraphId], gone)).GetValueOrDefault(detail.Execution.GraphId);
        _graph ??= await Maps.GraphAsync(Caller, detail.Execution, gone);
        if (_graph is { Nodes.Count: > 1 })
            _runs = await Maps.StandingAsync(Caller, GraphExecId, gone);
        if (detail.Execution.Status.IsFinal() && _detail?.Execution.Status != detail.Execution.Status)
            _results = await ResultsAsync(gone);
        if (_detail is null)
            await OnNamed.InvokeAsync(Visible.Plain(_graphName ?? detail.Execution.GraphId, 60));
        (_detail, _readAt) = (detail, Clock.GetUtcNow());
    }

    /// <summary>What came out where nothing leads on.</summary>
    async Task<IReadOnlyList<NodePart>> ResultsAsync(CancellationToken gone)
    {
        if (_graph is null)
            return [];
        var passedOn = _graph.Links.Select(link => link.SourceId).ToHashSet(StringComparer.Ordinal);
        var ends = _graph.Nodes.Select(node => node.Id).Where(id => !passedOn.Contains(id)).ToList();
        return await Executions.LastAsync(Caller, GraphExecId, ends, MaxResults, MaxResult, gone);
    }

    /// <summary>From the drawing to the last run of a node.</summary>
    void LeadTo(string nodeId) => _ledTo = _detail!.Nodes.LastOrDefault(node => node.Run.NodeId == nodeId)?.Id;

    async Task ShowMoreAsync()
    {
        _most += Step;
        await LoadAsync(Gone);
    }

    /// <summary>
    /// Reads the input and output of a node execution once they are asked for; null if they can't be read, which the page says.
    /// </summary>
    async Task<NodePart?> ReadAsync(string nodeExecId)
    {
        try
        {
            return await Executions.GetNodeAsync(Caller, GraphExecId, nodeExecId, Gone, MaxShown);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _said = Words(e);
            StateHasChanged();
        }
        return null;
    }

    protected override bool ListensToAll => Caller.IsAdmin;

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        if (!changes.Any(Concerns))
            return false;
        await LoadAsync(gone);
        return true;
    }

    bool Concerns(Change change) => change switch
    {
        ExecutionChanged execution => execution.GraphExecId == GraphExecId,
        NodeExecutionChanged node => node.GraphExecId == GraphExecId,
        ReviewCreated created => created.Review.GraphExecId == GraphExecId,
        ReviewDecided decided => decided.Review.GraphExecId == GraphExecId,
        ReviewDelivered delivered => _reviews.ContainsKey(delivered.NodeExecId),
        ReviewsCancelled cancelled => cancelled.GraphExecId == GraphExecId,
        _ => false,
    };

    Task StopAsync() => DoAsync(async () => ExecutionWords.Of(await Stopping.StopAsync(Caller, GraphExecId, Gone)));

    Task SettleAsync(NodePart node, Resolution resolution) => DoAsync(async () =>
    {
        await Settling.SettleAsync(Caller, GraphExecId, node.Id, resolution, null, Gone);
        return resolution == Resolution.ran ? Say.With(Texts.SettledRan, node.Run.NodeId) : Say.With(Texts.SettledAskAgain,
            node.Run.NodeId);
    });

    async Task DoAsync(Func<Task<string>> act)
    {
        _busy = true;
        try
        {
            _said = await act();
            await LoadAsync(Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _said = Words(e);
        }
        finally
        {
            _busy = false;
        }
    }
}
