using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Admin;

/// <summary>The executions of all users: those that are stuck, and below them the others.</summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class AdminExecutionsStore(StuckExecutions list, Stopping stopping)
{
    readonly HashSet<string> _selected = new(StringComparer.Ordinal);
    readonly Dictionary<string, CancelResult> _outcomes = new(StringComparer.Ordinal);
    ListPage<AdminExecution> _stuck = new([], 0, null), _all = new([], 0, null);

    /// <summary>The stuck ones, newest first, each with its reason.</summary>
    public IReadOnlyList<AdminExecution> Stuck => _stuck.Items;

    /// <summary>All others, newest first.</summary>
    public IReadOnlyList<AdminExecution> Others { get; private set; } = [];

    /// <summary>How many are stuck; null where there are too many to count.</summary>
    public int? StuckTotal => _stuck.Total;

    /// <summary>True if more stuck ones are not loaded.</summary>
    public bool HasMoreStuck => _stuck.Next is not null;

    /// <summary>True if more of the others are not loaded.</summary>
    public bool HasMoreOthers => _all.Next is not null;

    /// <summary>Those that are ticked.</summary>
    public IReadOnlySet<string> Selected => _selected;

    /// <summary>What became of the last cancellation of an execution; null if there was none.</summary>
    public CancelResult? Outcome(string graphExecId) => _outcomes.GetValueOrDefault(graphExecId);

    /// <summary>Reads both lists anew, as far down as they were read before.</summary>
    /// <exception cref="RefusedException">The caller is not an admin.</exception>
    public async Task LoadAsync(Caller caller, CancellationToken ct)
    {
        _stuck = await Listing.ReadAsync(page => list.ListAsync(caller, StuckExecutions.Stuck, page, ct), _stuck.Items.Count);
        _all = await Listing.ReadAsync(page => list.ListAsync(caller, null, page, ct), _all.Items.Count);
        Sort();
    }

    /// <summary>Reads the next, older stuck ones.</summary>
    public async Task MoreStuckAsync(Caller caller, CancellationToken ct)
    {
        _stuck = await MoreAsync(_stuck, page => list.ListAsync(caller, StuckExecutions.Stuck, page, ct));
        Sort();
    }

    /// <summary>Reads the next, older ones of the others.</summary>
    public async Task MoreOthersAsync(Caller caller, CancellationToken ct)
    {
        _all = await MoreAsync(_all, page => list.ListAsync(caller, null, page, ct));
        Sort();
    }

    /// <summary>Ticks an execution, or takes the tick away.</summary>
    public void Select(string graphExecId, bool on)
    {
        if (on)
            _selected.Add(graphExecId);
        else
            _selected.Remove(graphExecId);
    }

    /// <summary>Cancels what is ticked, each by itself. What was cancelled is no longer ticked; what wasn't stays so.</summary>
    /// <exception cref="RefusedException">There is no reason, or the caller is not an admin.</exception>
    public Task CancelSelectedAsync(Caller caller, string? reason, CancellationToken ct) =>
        CancelAsync(caller, [.. _selected.Order(StringComparer.Ordinal)], reason, ct);

    /// <summary>Cancels these, each by itself.</summary>
    /// <exception cref="RefusedException">There is no reason, or the caller is not an admin.</exception>
    public async Task CancelAsync(Caller caller, IReadOnlyList<string> graphExecIds, string? reason, CancellationToken ct)
    {
        foreach (var result in await stopping.AdminCancelAsync(caller, graphExecIds, reason, ct))
        {
            _outcomes[result.GraphExecId] = result;
            if (result.Error is null)
                _selected.Remove(result.GraphExecId);
        }
        await LoadAsync(caller, ct);
    }

    static async Task<ListPage<AdminExecution>> MoreAsync(
        ListPage<AdminExecution> shown, Func<PageRequest, Task<ListPage<AdminExecution>>> read)
    {
        if (shown.Next is null)
            return shown;
        var more = await read(new(1, Listing.Step, shown.Next));
        return more with { Items = [.. shown.Items, .. more.Items] };
    }

    void Sort()
    {
        // A stuck one that is not loaded among the stuck still has its reason; it stands below until it is.
        var stuck = _stuck.Items.Select(row => row.Execution.Id).ToHashSet(StringComparer.Ordinal);
        Others = [.. _all.Items.Where(row => !stuck.Contains(row.Execution.Id))];
        _selected.IntersectWith(_stuck.Items.Concat(Others).Where(row => !row.Execution.Status.IsFinal()).Select(row => row.Execution.Id));
    }
}
