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
    readonly Turns _turns = new(); // so that what was read later isn't overwritten by what was read before
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
    public Task LoadAsync(Caller caller, ExecutionFilter filter, CancellationToken ct) =>
        _turns.TakeAsync(() => ReadAsync(caller, filter, ct));

    async Task ReadAsync(Caller caller, ExecutionFilter filter, CancellationToken ct)
    {
        var page = await Listing.ReadAsync(
            asked => executions.ListAsync(caller, filter, asked, ct), filter == Filter ? _rows.Count : 0);
        Counts = await executions.CountsAsync(caller, filter, ct);
        await CompleteAsync(caller, page.Items, ct);
        Filter = filter;
        _rows.Clear();
        _rows.AddRange(page.Items);
        _next = page.Next;
    }

    /// <summary>Reads the next, older executions.</summary>
    public Task LoadMoreAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        if (_next is not { } from)
            return;
        var page = await executions.ListAsync(caller, Filter, new(1, Listing.Step, from), ct);
        await CompleteAsync(caller, page.Items, ct);
        _rows.AddRange(page.Items.Where(row => !_rows.Exists(known => known.Id == row.Id)));
        _next = page.Next;
    });

    /// <summary>
    /// Takes changes in. Where an execution came or changed its state, the list and its counts are read again, once for all of them; of
    /// one whose nodes went on only how far it is.
    /// </summary>
    /// <returns>False if none of them was about an execution of the list.</returns>
    public async Task<bool> ApplyAsync(Caller caller, IReadOnlyList<Change> changes, CancellationToken ct)
    {
        if (changes.Any(change => change is ExecutionChanged))
        {
            await _turns.TakeAsync(() => ReadAsync(caller, Filter, ct));
            return true;
        }
        var went = changes.OfType<NodeExecutionChanged>().Select(change => change.GraphExecId).ToHashSet(StringComparer.Ordinal);
        var rows = _rows.Where(row => went.Contains(row.Id)).ToList();
        if (rows.Count > 0)
            await _turns.TakeAsync(() => CompleteAsync(caller, rows, ct));
        return rows.Count > 0;
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
