using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Admin;

/// <summary>The executions of all users: those that are stuck, and below them the others.</summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class AdminExecutionsStore(AdminExecutions list, Stopping stopping, TimeProvider clock)
{
    static readonly ListPage<AdminExecution> s_nothing = new([], 0, null);

    readonly HashSet<string> _selected = new(StringComparer.Ordinal);
    readonly Dictionary<string, CancelResult> _outcomes = new(StringComparer.Ordinal);
    readonly Turns _turns = new(); // so that what was read later isn't overwritten by what was read before
    ListPage<AdminExecution> _stuck = s_nothing, _all = s_nothing;

    /// <summary>What the lists are narrowed to.</summary>
    public AdminExecutionFilter Filter { get; private set; } = AdminExecutionFilter.None;

    /// <summary>How many of those that the rest of the filter lets through have not ended, and how many are stuck.</summary>
    public AdminExecutionCounts Counts { get; private set; } = new(0, 0, 0);

    /// <summary>The stuck ones, newest first, each with its reason; empty where the filter asks for another state.</summary>
    public IReadOnlyList<AdminExecution> Stuck => _stuck.Items;

    /// <summary>All others, newest first; empty where the filter asks for stuck ones.</summary>
    public IReadOnlyList<AdminExecution> Others { get; private set; } = [];

    /// <summary>True if more stuck ones are not loaded.</summary>
    public bool HasMoreStuck => _stuck.Next is not null;

    /// <summary>True if more of the others are not loaded.</summary>
    public bool HasMoreOthers => _all.Next is not null;

    /// <summary>Those that are ticked.</summary>
    public IReadOnlySet<string> Selected => _selected;

    /// <summary>Those that are shown and may be ticked.</summary>
    public IEnumerable<string> Selectable =>
        Stuck.Concat(Others).Where(row => !row.Execution.Status.IsFinal()).Select(row => row.Execution.Id);

    /// <summary>The cancellation of all that match, as far as it is; null if there was none.</summary>
    public CancelOfMany? OfMany { get; private set; }

    /// <summary>What became of the last cancellation of an execution; null if there was none.</summary>
    public CancelResult? Outcome(string graphExecId) => _outcomes.GetValueOrDefault(graphExecId);

    /// <summary>Reads other lists from their top, or the same anew.</summary>
    /// <exception cref="RefusedException">The caller is not an admin.</exception>
    public Task LoadAsync(Caller caller, AdminExecutionFilter filter, CancellationToken ct) =>
        _turns.TakeAsync(() => ReadAsync(caller, filter, ct));

    /// <summary>Reads both lists anew, as far down as they were read before.</summary>
    /// <exception cref="RefusedException">The caller is not an admin.</exception>
    public Task ReloadAsync(Caller caller, CancellationToken ct) =>
        // Which they are is known once it is its turn: another filter may be on its way.
        _turns.TakeAsync(() => ReadAsync(caller, Filter, ct));

    async Task ReadAsync(Caller caller, AdminExecutionFilter filter, CancellationToken ct)
    {
        var (stuckRows, allRows) = filter == Filter ? (_stuck.Items.Count, _all.Items.Count) : (0, 0);
        var stuck = filter.Standing is not null ? s_nothing
            : await Listing.ReadAsync(page => list.ListAsync(caller, OfStuck(filter), page, ct), stuckRows);
        var all = filter.IsStuck ? s_nothing
            : await Listing.ReadAsync(page => list.ListAsync(caller, filter, page, ct), allRows);
        var counts = await list.CountsAsync(caller, filter with { IsStuck = false, Standing = null }, ct);
        (Filter, _stuck, _all, Counts) = (filter, stuck, all, counts);
        Sort();
    }

    /// <summary>Reads the next, older stuck ones.</summary>
    public Task MoreStuckAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        _stuck = await MoreAsync(_stuck, page => list.ListAsync(caller, OfStuck(Filter), page, ct));
        Sort();
    });

    /// <summary>Reads the next, older ones of the others.</summary>
    public Task MoreOthersAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        _all = await MoreAsync(_all, page => list.ListAsync(caller, Filter, page, ct));
        Sort();
    });

    /// <summary>Ticks an execution, or takes the tick away.</summary>
    public void Select(string graphExecId, bool on)
    {
        if (on)
            _selected.Add(graphExecId);
        else
            _selected.Remove(graphExecId);
    }

    /// <summary>Ticks all that are shown and have not ended, or none.</summary>
    public void SelectShown(bool on)
    {
        _selected.Clear();
        if (on)
            _selected.UnionWith(Selectable);
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
        await ReloadAsync(caller, ct);
    }

    /// <summary>What matches the filter now and has not ended, and how many that are.</summary>
    /// <returns>A filter that time alone doesn't widen: what becomes old enough, or is started, since then is none of it.</returns>
    /// <exception cref="RefusedException">The caller is not an admin.</exception>
    public async Task<(AdminExecutionFilter Matching, int Count)> MatchingAsync(Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var matching = Filter with { IsUnfinished = true, Until = now - (Filter.Age ?? TimeSpan.Zero), Age = null, Now = now };
        var counts = await list.CountsAsync(caller, matching, ct, all: true);
        return (matching, matching.IsStuck ? counts.Stuck : counts.Unfinished);
    }

    /// <summary>
    /// Cancels what matches, shown or not, each by itself, the newest first. What was started since it was counted is left alone.
    /// </summary>
    /// <param name="caller">An admin.</param>
    /// <param name="matching">What the admin was told of.</param>
    /// <param name="count">How many they were told that are.</param>
    /// <param name="reason">Told to each owner.</param>
    /// <param name="told">Called after each portion.</param>
    /// <param name="ct">Leaves the rest as it is.</param>
    /// <exception cref="RefusedException">There is no reason, or the caller is not an admin.</exception>
    public async Task CancelMatchingAsync(
        Caller caller, AdminExecutionFilter matching, int count, string? reason, Action told, CancellationToken ct)
    {
        var run = OfMany = new() { Expected = count, IsUnderWay = true };
        try
        {
            PageRequest? next = new(1, Listing.Step);
            while (next is not null && !ct.IsCancellationRequested)
            {
                // By place and not by number: what has been cancelled no longer matches.
                var page = await list.ListAsync(caller, matching, next, CancellationToken.None);
                next = page.Next is { } after ? next with { After = after } : null;
                foreach (var row in page.Items)
                {
                    if (ct.IsCancellationRequested)
                        break;
                    run.Add((await stopping.AdminCancelAsync(caller, [row.Execution.Id], reason, CancellationToken.None))[0]);
                }
                told();
            }
        }
        finally
        {
            run.IsUnderWay = false;
            await ReloadAsync(caller, CancellationToken.None);
        }
    }

    static AdminExecutionFilter OfStuck(AdminExecutionFilter filter) => filter with { IsStuck = true };

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
        _selected.IntersectWith(Selectable);
    }
}

/// <summary>The cancellation of many executions, as far as it is.</summary>
public sealed class CancelOfMany
{
    /// <summary>How many refusals are kept in words.</summary>
    public const int Kept = 100;

    readonly List<CancelResult> _refusals = [];

    /// <summary>How many there were said to be.</summary>
    public required int Expected { get; init; }

    /// <summary>True until it has come to its end.</summary>
    public bool IsUnderWay { get; internal set; }

    /// <summary>How many were cancelled.</summary>
    public int Cancelled { get; private set; }

    /// <summary>How many weren't.</summary>
    public int Refused { get; private set; }

    /// <summary>The first of those, each with its reason.</summary>
    public IReadOnlyList<CancelResult> Refusals => _refusals;

    internal void Add(CancelResult result)
    {
        if (result.Error is null)
            Cancelled++;
        else if (++Refused <= Kept)
            _refusals.Add(result);
    }
}
