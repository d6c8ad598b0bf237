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
    ListCursor? _next;

    /// <summary>The executions, newest first.</summary>
    public IReadOnlyList<GraphExecution> Rows => _rows;

    /// <summary>True if there are older ones that are not loaded.</summary>
    public bool HasMore => _next is not null;

    /// <summary>The name of an execution's graph; null if the graph is gone.</summary>
    public string? GraphName(GraphExecution execution) => _graphNames.GetValueOrDefault(execution.GraphId);

    /// <summary>Reads the list anew, as far down as it was read before.</summary>
    public async Task LoadAsync(Caller caller, CancellationToken ct)
    {
        var page = await Listing.ReadAsync(asked => executions.ListAsync(caller, asked, ct), _rows.Count);
        await NameGraphsAsync(caller, page.Items, ct);
        _rows.Clear();
        _rows.AddRange(page.Items);
        _next = page.Next;
    }

    /// <summary>Reads the next, older executions.</summary>
    public async Task LoadMoreAsync(Caller caller, CancellationToken ct)
    {
        if (_next is not { } from)
            return;
        var page = await executions.ListAsync(caller, new(1, Listing.Step, from), ct);
        await NameGraphsAsync(caller, page.Items, ct);
        if (_next != from)
            return;
        _rows.AddRange(page.Items.Where(row => !_rows.Exists(known => known.Id == row.Id)));
        _next = page.Next;
    }

    /// <summary>Takes changes in: each execution that changed is read once.</summary>
    /// <returns>False if none of them was about an execution of the caller's.</returns>
    public async Task<bool> ApplyAsync(Caller caller, IEnumerable<Change> changes, CancellationToken ct)
    {
        var changed = changes.Select(change => change switch
        {
            ExecutionChanged execution => execution.GraphExecId,
            NodeExecutionChanged node => node.GraphExecId,
            _ => null,
        }).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        foreach (var id in changed)
            if (await executions.FindAsync(caller, id, ct) is { } now)
            {
                await NameGraphsAsync(caller, [now], ct);
                var at = _rows.FindIndex(row => row.Id == id);
                if (at >= 0)
                    _rows[at] = now;
                else if (!HasMore || _rows.Count == 0 || now.CreatedAt > _rows[^1].CreatedAt)
                    _rows.Insert(_rows.TakeWhile(row => row.CreatedAt > now.CreatedAt).Count(), now);
            }
        return changed.Count > 0;
    }

    async Task NameGraphsAsync(Caller caller, IEnumerable<GraphExecution> rows, CancellationToken ct)
    {
        var unnamed = rows.Select(row => row.GraphId).Where(id => !_graphNames.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (id, name) in await graphs.NamesAsync(caller, unnamed, ct))
            _graphNames[id] = name;
    }
}
