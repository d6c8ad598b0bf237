using HitlReview.Core;
using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Inbox;

/// <summary>
/// The reviews of one person as their page shows them, however many there are: what is on the screen and around it, kept current by
/// changes, and never moving under the hand. It says what happens when; what is held, read, selected and on its way, its parts know.
/// </summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class InboxStore(InboxReading reading, InboxScheduled scheduled)
{
    const int GroupStep = 100;

    readonly Turns _turns = new(); // so that what a change ends doesn't come back with rows that were read before it
    readonly InboxRows _rows = new();
    bool _atRest = true;
    bool _isStale; // something has changed that the rows do not show yet

    /// <summary>What rows show beside their reviews.</summary>
    public InboxReading Reading => reading;

    /// <summary>The decisions of this person that can still be undone.</summary>
    public InboxScheduled Scheduled => scheduled;

    /// <summary>What is selected for a decision on several.</summary>
    public InboxSelection Selection { get; } = new();

    /// <summary>What is shown.</summary>
    public InboxView View => _rows.View;

    /// <summary>The parts of the list; one without a heading where it isn't grouped.</summary>
    public IReadOnlyList<InboxGroup> Groups => _rows.Groups;

    /// <summary>True if there are more groups than were read.</summary>
    public bool HasMoreGroups { get; private set; }

    /// <summary>How many reviews are in the list now.</summary>
    public int Total { get; private set; }

    /// <summary>How many have come in and are held back, because the list must not move under the hand.</summary>
    public int HeldBack => _rows.HeldBack;

    /// <summary>What is on the screen.</summary>
    public InboxWindow Window { get; private set; } = new([], 0, 0);

    /// <summary>Shows another view, or the same anew.</summary>
    public Task LoadAsync(Caller caller, InboxView view, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        // Changes tell of both from here on; of a thousand open inboxes each would take its share of reading them again and again.
        reading.Forget();
        await LoadScheduledAsync(caller, ct);
        await ReloadAsync(caller, view, ct);
    });

    async Task ReloadAsync(Caller caller, InboxView view, CancellationToken ct)
    {
        // What the list no longer shows is no longer selected; of another order, and of a list that shows more, it shows all.
        if (view.Tab != View.Tab)
            Selection.Clear();
        _rows.Begin(view);
        _isStale = false;
        Total = await reading.CountAsync(caller, view.Filter, ct);
        if (view.Grouping == Grouping.none)
        {
            _rows.ShowAll(Total);
            HasMoreGroups = false;
        }
        else
        {
            var read = await GroupsAsync(caller, ct);
            var most = Math.Max(GroupStep, read.Count - 1);
            _rows.Show(read.Take(most));
            HasMoreGroups = read.Count > most;
        }
        await FillAsync(caller, ct);
        await DeselectGoneAsync(caller, ct);
    }

    Task<IReadOnlyList<ReviewGroup>> GroupsAsync(Caller caller, CancellationToken ct) =>
        reading.GroupsAsync(caller, View, 0, Math.Max(GroupStep, Groups.Count) + 1, ct);

    /// <summary>What ended while nobody told of it, or is not in the list as it is narrowed now, is not selected any more.</summary>
    async Task DeselectGoneAsync(Caller caller, CancellationToken ct)
    {
        if (Selection.Rows.Count == 0)
            return;
        var there = await reading.AmongAsync(caller, View.Filter, [.. Selection.Rows.Keys], ct);
        Selection.Remove(row => !there.Contains(row.Id));
    }

    async Task LoadScheduledAsync(Caller caller, CancellationToken ct)
    {
        await scheduled.LoadAsync(caller, ct);
        foreach (var decision in scheduled.All)
            Selection.Remove(decision.NodeExecId);
    }

    /// <summary>Reads more groups, behind those that were read.</summary>
    public Task LoadMoreGroupsAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        if (!HasMoreGroups)
            return;
        var read = await reading.GroupsAsync(caller, View, Groups.Count, GroupStep + 1, ct);
        _rows.Add(read.Take(GroupStep));
        HasMoreGroups = read.Count > GroupStep;
        await FillAsync(caller, ct);
    });

    /// <summary>The reader has scrolled.</summary>
    /// <param name="caller">The reader.</param>
    /// <param name="top">How far, in pixels.</param>
    /// <param name="height">How much they see, in pixels.</param>
    /// <param name="ct">Cancels the reading.</param>
    public Task ScrollAsync(Caller caller, int top, int height, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        _rows.Scroll(top, height);
        return FillAsync(caller, ct);
    });

    /// <summary>Scrolls to a review, if it is in the list.</summary>
    /// <returns>How far that is, in pixels; null if it isn't in the list or in a collapsed group.</returns>
    public async Task<int?> SeekAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        int? offset = null;
        await _turns.TakeAsync(async () => offset = await FindOffsetAsync(caller, nodeExecId, ct));
        return offset;
    }

    async Task<int?> FindOffsetAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        if (View.Grouping != Grouping.none || await reading.FindAsync(caller, View.Filter, nodeExecId, ct) is not { } review)
            return _rows.OffsetOf(nodeExecId);
        var place = ReviewList.PlaceOf(View.Tab, review);
        _rows.ScrollTo(await reading.IndexAsync(caller, View.Filter, View.OldestFirst, place, ct), place);
        await FillAsync(caller, ct);
        return _rows.Top;
    }

    /// <summary>
    /// How many reviews there are in the list down to one, itself included; null where it isn't held, or isn't one of them any more.
    /// </summary>
    public int? PlaceOf(string nodeExecId)
    {
        if (_rows.Find(nodeExecId) is not var (group, at) || group.Rows[at].Ended is not null)
            return null;
        return Groups.TakeWhile(before => before != group).Sum(CountOf)
            + group.First + group.Rows.Take(at + 1).Count(row => row.Ended is null);
    }

    // Those that have ended and still hold their places are none of the list's.
    static int CountOf(InboxGroup group) => group.Count - group.Rows.Count(row => row.Ended is not null);

    /// <summary>Opens a group or puts its rows away. What is put away is no longer selected.</summary>
    public Task ToggleAsync(Caller caller, InboxGroup group, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        group.IsCollapsed = !group.IsCollapsed;
        if (group.IsCollapsed)
            Selection.Remove(row => _rows.Belongs(group, row.Review));
        return FillAsync(caller, ct);
    });

    /// <summary>Takes changes in, in their order.</summary>
    /// <returns>False if they change nothing that is shown.</returns>
    public async Task<bool> ApplyAsync(Caller caller, IReadOnlyList<Change> changes, CancellationToken ct)
    {
        var changed = false;
        await _turns.TakeAsync(async () =>
        {
            var moved = false;
            foreach (var change in changes)
                switch (change)
                {
                    case ReviewCreated { Review: var review } when View.Tab == ReviewTab.Waiting:
                        moved |= await ComesAsync(caller, review, ct);
                        break;
                    case ReviewDecided { Review: var review } when View.Tab == ReviewTab.Waiting:
                        scheduled.Arrive(review.NodeExecId);
                        Leave(review);
                        moved = true;
                        break;
                    case ReviewDecided { Review: var review }:
                        changed |= scheduled.Arrive(review.NodeExecId);
                        moved |= await ComesAsync(caller, review, ct);
                        break;
                    case ReviewsCancelled { GraphExecId: var id } when View.Tab == ReviewTab.Waiting:
                        End(row => row.Review.GraphExecId == id, Ending.Of(DecidedAs.cancelled));
                        moved = true;
                        break;
                    case ReviewsCancelled:
                        moved = _isStale = true;
                        break;
                    case ReviewSnoozed snoozed when View.Tab == ReviewTab.Waiting && View.Filter.AreSnoozed is { } areSnoozed:
                        moved = _isStale = true;
                        if (snoozed.Until is null == areSnoozed)
                            End(row => row.Id == snoozed.NodeExecId, snoozed.Until is null ? Texts.BroughtBack : Texts.PutAside);
                        else
                            _rows.Return(row => row.Id == snoozed.NodeExecId && IsAside(row));
                        break;
                    case NodeExecutionChanged node when View.Tab == ReviewTab.Decided && Has(node.NodeExecId):
                        _rows.Say(await reading.OutcomesAsync(caller, [node.NodeExecId], ct));
                        Window = _rows.Draw();
                        changed = true;
                        break;
                    case ReviewDelivered delivered when View.Tab == ReviewTab.Decided && Has(delivered.NodeExecId):
                        moved = _isStale = true;
                        break;
                    case DecisionsScheduled or DecisionsWithdrawn or DecisionTooLate:
                        await LoadScheduledAsync(caller, ct);
                        changed = true;
                        break;
                    case DraftChanged draft:
                        changed |= reading.Follow(draft);
                        break;
                }
            if (!moved)
                return;
            changed = true;
            if (_atRest)
                await SettleAsync(caller, ct);
            else
                await RecountAsync(caller, ct);
        });
        return changed;
    }

    /// <summary>Time alone has changed the list.</summary>
    public Task RefreshAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        _isStale = true;
        if (_atRest)
        {
            await SettleAsync(caller, ct);
            return;
        }
        var aside = Groups.SelectMany(group => group.Rows).Where(IsAside).Select(row => row.Id).ToList();
        if (aside.Count > 0 && await reading.AmongAsync(caller, View.Filter, aside, ct) is var back)
            _rows.Return(row => IsAside(row) && back.Contains(row.Id));
        await RecountAsync(caller, ct);
    });

    static bool IsAside(InboxRow row) => row.Ended == Texts.PutAside || row.Ended == Texts.BroughtBack;

    /// <summary>Told whether the list may move: at its top, with neither pointer nor focus in it.</summary>
    public Task RestAsync(Caller caller, bool atRest, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        _atRest = atRest;
        return atRest ? SettleAsync(caller, ct) : Task.CompletedTask;
    });

    /// <summary>Shows what was held back, because the reader asks for it, from the top of the list.</summary>
    public Task ToTopAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        _rows.ToTop();
        return ReloadAsync(caller, View, ct);
    });

    /// <summary>Shows what was held back, and lets go of what has ended.</summary>
    Task SettleAsync(Caller caller, CancellationToken ct) =>
        _isStale ? ReloadAsync(caller, View, ct) : FillAsync(caller, ct);

    /// <summary>A review that belongs into the list now. What would move the list is held back until it rests.</summary>
    /// <returns>False if it is none of the list's, or is held back already.</returns>
    async Task<bool> ComesAsync(Caller caller, ReviewSummary review, CancellationToken ct)
    {
        // One that was committed between the counting and the reading has a row, and was not counted.
        if (Has(review.NodeExecId))
            return _isStale = true;
        if (_rows.IsHeldBack(review.NodeExecId))
            return false;
        if (!View.Filter.IsEmpty && await reading.FindAsync(caller, View.Filter, review.NodeExecId, ct) is null)
            return false;
        // Of many open windows each would take its share of reading the others anew.
        if (_atRest && !_isStale && _rows.BeginsWithTheNewest && _rows.PutOnTop(await reading.RowAsync(caller, review, ct)))
        {
            _rows.Distinguish();
            Total = Groups[0].Count;
            return true;
        }
        _isStale = true;
        // What comes in at the end moves nothing.
        if (!_atRest && View is not { OldestFirst: true, Grouping: Grouping.none })
            _rows.HoldBack(await reading.RowAsync(caller, review, ct));
        return true;
    }

    /// <summary>A review that has left the list, which closes behind it if it rests.</summary>
    void Leave(ReviewSummary review)
    {
        // As with one that comes: of many open windows each would take its share of reading the others anew.
        if (!_atRest || _isStale || !_rows.TakeOut(review.NodeExecId))
        {
            End(row => row.Id == review.NodeExecId, Ending.Of(Ending.How(review)));
            return;
        }
        _rows.Distinguish();
        Selection.Remove(review.NodeExecId);
        Total = Groups[0].Count;
    }

    /// <summary>Reviews that have left the list. Their rows keep their places until the list rests.</summary>
    void End(Predicate<InboxRow> ends, string how)
    {
        _isStale = true;
        _rows.End(ends, how);
        Selection.Remove(ends);
    }

    /// <summary>Counts anew what is above and below the rows that are held, while these keep their places.</summary>
    async Task RecountAsync(Caller caller, CancellationToken ct)
    {
        Total = await reading.CountAsync(caller, View.Filter, ct);
        if (View.Grouping == Grouping.none)
            await AnchorAsync(caller, Groups[0], Total, ct);
        else
        {
            var counts = (await GroupsAsync(caller, ct)).ToDictionary(group => group.Filter, group => group.Count);
            foreach (var group in Groups)
                await AnchorAsync(caller, group, counts.GetValueOrDefault(group.Filter), ct);
        }
        await FillAsync(caller, ct);
    }

    async Task AnchorAsync(Caller caller, InboxGroup group, int count, CancellationToken ct)
    {
        var before = group.Rows.Count == 0 ? 0
            : await reading.IndexAsync(caller, group.Filter, View.OldestFirst, _rows.PlaceOf(group.Rows[0]), ct);
        _rows.Anchor(group, count, before);
    }

    /// <summary>Reads what comes onto the screen and isn't held, then works out what is on it.</summary>
    async Task FillAsync(Caller caller, CancellationToken ct)
    {
        var lacking = _rows.Lacking();
        if (lacking.Count > 0)
        {
            var whole = lacking.Where(l => l.How == Lack.Whole).ToList();
            if (whole.Count > 0)
            {
                var read = await reading.RowsOfExecutionsAsync(caller, View, [.. whole.Select(l => l.Group.Filter.GraphExecId!)], ct);
                foreach (var lack in whole)
                    _rows.Take(lack, [.. read[lack.Group.Filter.GraphExecId!]]);
            }
            foreach (var lack in lacking.Except(whole))
            {
                _rows.Take(lack, await reading.RowsAsync(caller, lack.Group.Filter, View.OldestFirst, lack.Part, ct));
                // Of a list that nothing has changed the places are those of the database.
                if (lack.How == Lack.Elsewhere && _isStale)
                    await AnchorAsync(caller, lack.Group, await reading.CountAsync(caller, lack.Group.Filter, ct), ct);
            }
            _rows.Distinguish();
            await CompleteAsync(caller, [.. lacking.SelectMany(l => l.Group.Rows)], ct);
        }
        Window = _rows.Draw();
    }

    /// <summary>Reads what rows show beside their reviews.</summary>
    async Task CompleteAsync(Caller caller, IReadOnlyCollection<InboxRow> rows, CancellationToken ct)
    {
        await reading.CompleteAsync(caller, rows, ct);
        if (View.Tab == ReviewTab.Decided)
            _rows.Say(await reading.OutcomesAsync(caller, [.. rows.Select(row => row.Id)], ct));
    }

    /// <summary>The reviews around one that can be decided, nearest first: those that are read ahead.</summary>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="behind">How many behind it.</param>
    /// <param name="before">How many before it.</param>
    public IReadOnlyList<string> Around(string nodeExecId, int behind, int before)
    {
        var rows = _rows.InSight.ToList();
        var here = rows.FindIndex(row => row.Id == nodeExecId);
        var next = rows.Skip(here + 1).Where(IsOpen).Take(behind);
        var former = rows.Take(Math.Max(0, here)).Reverse().Where(IsOpen).Take(before);
        return [.. next.Concat(former).Select(row => row.Id)];
    }

    /// <summary>
    /// The review to begin with: the first that can be decided, or else, of those that are decided, the first; null if there is none.
    /// </summary>
    public string? First() => _rows.InSight.FirstOrDefault(row => View.Tab == ReviewTab.Decided || IsOpen(row))?.Id;

    /// <summary>The row of a review; null where it isn't held.</summary>
    public InboxRow? RowOf(string nodeExecId) => _rows.Find(nodeExecId) is var (group, at) ? group.Rows[at] : null;

    /// <summary>True if the review is among those that are held of the list.</summary>
    public bool Has(string nodeExecId) => _rows.Find(nodeExecId) is not null;

    /// <summary>Selects a review for a decision on several, or takes it out. Only what is in sight and can be decided.</summary>
    public void Select(string nodeExecId, bool on)
    {
        if (!on)
            Selection.Remove(nodeExecId);
        else if (_rows.InSightOf(nodeExecId) is { } row && IsOpen(row))
            Selection.Add(row);
    }

    /// <summary>
    /// Selects all reviews from one to another, both included; only the other if the first is not held any more. Of those between them
    /// none that has warnings, unless these are what the list shows: each wants a look of its own.
    /// </summary>
    /// <returns>How many were left out for their warnings.</returns>
    public int SelectRange(string from, string to)
    {
        var rows = _rows.InSight.ToList();
        var (a, b) = (rows.FindIndex(row => row.Id == from), rows.FindIndex(row => row.Id == to));
        if (b < 0)
            return 0;
        a = a < 0 ? b : a;
        var range = rows.Skip(Math.Min(a, b)).Take(Math.Abs(a - b) + 1).Where(IsOpen).ToList();
        var takesWarned = View.Filter.AsksForWarnings;
        var chosen = range.Where(row => row.Id == to || takesWarned || !row.HasWarnings).ToList();
        foreach (var row in chosen)
            Selection.Add(row);
        return range.Count(row => !Selection.Has(row.Id) && !chosen.Contains(row));
    }

    /// <summary>Selects all reviews of a group but those with warnings, unless these are what the list shows.</summary>
    /// <returns>
    /// How many were left out for their warnings; null if there are more than can be decided at once, and none is selected.
    /// </returns>
    public async Task<int?> SelectAllAsync(Caller caller, InboxGroup group, CancellationToken ct)
    {
        if (group.IsCollapsed)
            return 0;
        var all = await reading.RowsAsync(caller, group.Filter, View.OldestFirst, new(InboxSelection.Most + HeldBack + 1), ct);
        // The press was for what was in sight then.
        if (group.IsCollapsed)
            return 0;
        var takesWarned = View.Filter.AsksForWarnings;
        var open = all.Where(row => !_rows.IsHeldBack(row.Id) && IsOpen(row)).ToLookup(row => takesWarned || !row.HasWarnings);
        return Selection.TryAddAll([.. open[true]]) ? open[false].Count(row => !Selection.Has(row.Id)) : null;
    }

    bool IsOpen(InboxRow row) => row.Ended is null && row.Review.Status == ReviewStatus.WAITING && scheduled.Of(row.Id) is null;
}
