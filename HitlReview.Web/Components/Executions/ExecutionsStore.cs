using HitlReview.Core;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Executions;

/// <summary>The executions of one person, newest first, as many as were loaded.</summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class ExecutionsStore(ExecutionService executions, Graphs graphs)
{
    readonly List<GraphExecution> _rows = [];
    readonly Dictionary<string, string> _graphNames = new(StringComparer.Ordinal);
    readonly Dictionary<string, (int Ended, int All)> _progress = new(StringComparer.Ordinal);
    ListCursor? _next;

    /// <summary>What the list is narrowed to.</summary>
    public ExecutionFilter Filter { get; private set; } = ExecutionFilter.None;

    /// <summary>How many executions stand where, of those that the rest of the filter lets through.</summary>
    public IReadOnlyDictionary<ExecutionStanding, int> Counts { get; private set; } = new Dictionary<ExecutionStanding, int>();

    /// <summary>How many runs of nodes an execution has, and how many of them have ended.</summary>
    public (int Ended, int All) Progress(GraphExecution execution) => _progress.GetValueOrDefault(execution.Id);

    /// <summary>The executions, newest first.</summary>
    public IReadOnlyList<GraphExecution> Rows => _rows;

    /// <summary>True if there are older ones that are not loaded.</summary>
    public bool HasMore => _next is not null;

    /// <summary>The name of an execution's graph; null if the graph is gone.</summary>
    public string? GraphName(GraphExecution execution) => _graphNames.GetValueOrDefault(execution.GraphId);

    /// <summary>Reads the list anew, as far down as it was read before, or another from its top.</summary>
    public async Task LoadAsync(Caller caller, ExecutionFilter filter, CancellationToken ct)
    {
        var before = filter == Filter ? _rows.Count : 0;
        Filter = filter;
        var page = await Listing.ReadAsync(asked => executions.ListAsync(caller, filter, asked, ct), before);
        var counts = await executions.CountsAsync(caller, filter, ct);
        await CompleteAsync(caller, page.Items, ct);
        if (filter != Filter)
            return;
        Counts = counts;
        _rows.Clear();
        _rows.AddRange(page.Items);
        _next = page.Next;
    }

    /// <summary>Reads the next, older executions.</summary>
    public async Task LoadMoreAsync(Caller caller, CancellationToken ct)
    {
        if (_next is not { } from)
            return;
        var page = await executions.ListAsync(caller, Filter, new(1, Listing.Step, from), ct);
        await CompleteAsync(caller, page.Items, ct);
        if (_next != from)
            return;
        _rows.AddRange(page.Items.Where(row => !_rows.Exists(known => known.Id == row.Id)));
        _next = page.Next;
    }

    /// <summary>Takes changes in: where one is about an execution, the list and its counts are read again, once for all of them.</summary>
    /// <returns>False if none of them was about an execution of the caller's.</returns>
    public async Task<bool> ApplyAsync(Caller caller, IEnumerable<Change> changes, CancellationToken ct)
    {
        var changed = changes.Select(change => change switch
        {
            ExecutionChanged execution => execution.GraphExecId,
            NodeExecutionChanged node => node.GraphExecId,
            _ => null,
        }).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (changed.Count > 0)
            await LoadAsync(caller, Filter, ct);
        return changed.Count > 0;
    }

    async Task CompleteAsync(Caller caller, IReadOnlyList<GraphExecution> rows, CancellationToken ct)
    {
        foreach (var (id, progress) in await executions.ProgressAsync(caller, [.. rows.Select(row => row.Id)], ct))
            _progress[id] = progress;
        await NameGraphsAsync(caller, rows, ct);
    }

    async Task NameGraphsAsync(Caller caller, IEnumerable<GraphExecution> rows, CancellationToken ct)
    {
        var unnamed = rows.Select(row => row.GraphId).Where(id => !_graphNames.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (id, name) in await graphs.NamesAsync(caller, unnamed, ct))
            _graphNames[id] = name;
    }
}
