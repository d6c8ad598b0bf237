using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Inbox;

/// <summary>A place of the list that is on the screen: a group's heading, a row, or a row that is still being read.</summary>
/// <param name="Group">The group.</param>
/// <param name="Index">The row's place in its group; -1 for the heading.</param>
/// <param name="Row">The row; null for a heading and for one that is still being read.</param>
public sealed record InboxEntry(InboxGroup Group, int Index, InboxRow? Row)
{
    /// <summary>What tells it from the others.</summary>
    public object Key => Row is not null ? Row.Id : (Group, Index);
}

/// <summary>What of the list is on the screen.</summary>
/// <param name="Entries">The entries, from the top.</param>
/// <param name="Before">The height of what is above them, in pixels.</param>
/// <param name="After">The height of what is below them, in pixels.</param>
public sealed record InboxWindow(IReadOnlyList<InboxEntry> Entries, int Before, int After);

/// <summary>
/// The reviews of one person as their page shows them, however many there are: what is on the screen and around it, kept current by
/// changes, and never moving under the hand.
/// </summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class InboxStore(ReviewList list, Undoable undoable, Drafts drafts, Graphs graphs, BlockRegistry blocks)
{
    /// <summary>The height of a row in pixels, as in review.css.</summary>
    public const int RowHeight = 78;

    /// <summary>The height of a group's heading in pixels, as in review.css.</summary>
    public const int HeadingHeight = 40;

    /// <summary>The most reviews that can be decided at once.</summary>
    public const int MaxSelected = 500;

    const int MarginAtTop = 5 * RowHeight, MarginElsewhere = 12 * RowHeight; // around the screen: more once somebody scrolls, which few do
    const int Step = 30;
    const int MostHeld = 400;
    const int GroupStep = 100;
    const int SmallGroup = 40;
    const int MostKinds = 500;

    readonly Turns _turns = new(); // so that what a change ends doesn't come back with rows that were read before it
    readonly List<InboxGroup> _groups = [];
    readonly List<InboxRow> _held = [];
    readonly Dictionary<string, string> _graphNames = new(StringComparer.Ordinal);
    readonly Dictionary<string, InboxRow> _selected = new(StringComparer.Ordinal);
    readonly HashSet<string> _drafted = new(StringComparer.Ordinal);
    Dictionary<string, ScheduledDecision> _scheduled = new(StringComparer.Ordinal);
    IReadOnlyDictionary<(string? GraphId, string NodeId), int> _likes = new Dictionary<(string?, string), int>();
    int _top, _height = 900;
    bool _isMeasured; // the browser has said how high it is
    bool _atRest = true;
    bool _isStale; // something has changed that the rows do not show yet

    /// <summary>What is shown.</summary>
    public InboxView View { get; private set; } = new(ReviewFilter.None);

    /// <summary>The parts of the list; one without a heading where it isn't grouped.</summary>
    public IReadOnlyList<InboxGroup> Groups => _groups;

    /// <summary>True if there are more groups than were read.</summary>
    public bool HasMoreGroups { get; private set; }

    /// <summary>How many reviews are in the list now.</summary>
    public int Total { get; private set; }

    /// <summary>How many have come in and are held back, because the list must not move under the hand.</summary>
    public int HeldBack => _held.Count;

    /// <summary>What is on the screen.</summary>
    public InboxWindow Window { get; private set; } = new([], 0, 0);

    /// <summary>The decisions of this person that can still be undone, the last first.</summary>
    public IReadOnlyList<ScheduledDecision> Scheduled { get; private set; } = [];

    /// <summary>What is selected for a decision on several.</summary>
    public IReadOnlyDictionary<string, InboxRow> Selected => _selected;

    /// <summary>The name of the graph behind a review; null where there is none.</summary>
    public string? GraphName(string? graphId) => graphId is null ? null : _graphNames.GetValueOrDefault(graphId);

    /// <summary>How many waiting reviews are like this one, itself included.</summary>
    public int Likes(InboxRow row) => _likes.GetValueOrDefault((row.Review.GraphId, row.Review.NodeId), 1);

    /// <summary>The decision that is on its way to a review; null if there is none.</summary>
    public ScheduledDecision? ScheduledFor(string nodeExecId) => _scheduled.GetValueOrDefault(nodeExecId);

    /// <summary>True if something was typed about the review and not yet sent.</summary>
    public bool IsDrafted(string nodeExecId) => _drafted.Contains(nodeExecId);

    /// <summary>Shows another view, or the same anew.</summary>
    public Task LoadAsync(Caller caller, InboxView view, CancellationToken ct) => _turns.TakeAsync(() => ReloadAsync(caller, view, ct));

    async Task ReloadAsync(Caller caller, InboxView view, CancellationToken ct)
    {
        if (view != View)
        {
            // What is no longer in sight is no longer selected.
            _selected.Clear();
            _top = 0;
        }
        View = view;
        _held.Clear();
        _isStale = false;
        await LoadScheduledAsync(caller, ct);
        Total = await list.CountAsync(caller, view.Filter, ct);
        if (view.Grouping == Grouping.none)
        {
            _groups.Clear();
            _groups.Add(new(view.Filter) { Count = Total });
            HasMoreGroups = false;
        }
        else
        {
            var collapsed = _groups.Where(g => g.IsCollapsed).Select(g => g.Filter).ToHashSet();
            var read = await ReadGroupsAsync(caller, ct);
            _groups.Clear();
            AddGroups(read, Math.Max(GroupStep, read.Count - 1), collapsed);
        }
        await FillAsync(caller, ct);
        await DeselectGoneAsync(caller, ct);
    }

    Task<IReadOnlyList<ReviewGroup>> ReadGroupsAsync(Caller caller, CancellationToken ct) =>
        list.GroupsAsync(caller, View.Filter, View.Grouping, 0, Math.Max(GroupStep, _groups.Count) + 1, ct);

    /// <summary>What ended while nobody told of it is not selected any more.</summary>
    async Task DeselectGoneAsync(Caller caller, CancellationToken ct)
    {
        if (_selected.Count == 0)
            return;
        var there = await list.AmongAsync(caller, View.Filter, [.. _selected.Keys], ct);
        Deselect(row => !there.Contains(row.Id));
    }

    /// <summary>Reads more groups, behind those that were read.</summary>
    public Task LoadMoreGroupsAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(async () =>
    {
        if (!HasMoreGroups)
            return;
        AddGroups(await list.GroupsAsync(caller, View.Filter, View.Grouping, _groups.Count, GroupStep + 1, ct), GroupStep, []);
        await FillAsync(caller, ct);
    });

    void AddGroups(IReadOnlyList<ReviewGroup> read, int most, HashSet<ReviewFilter> collapsed)
    {
        HasMoreGroups = read.Count > most;
        foreach (var group in read.Take(most).Where(g => !_groups.Exists(known => known.Filter == g.Filter)))
            _groups.Add(new(group.Filter) { Count = group.Count, IsCollapsed = collapsed.Contains(group.Filter) });
    }

    /// <summary>Counts which waiting reviews are alike. Takes a while where there are very many, so it is done when the list is already there.</summary>
    public async Task LoadLikesAsync(Caller caller, CancellationToken ct) => _likes = await Task.Run(() => list.LikesAsync(caller, MostKinds, ct), ct);

    /// <summary>The reader has scrolled.</summary>
    /// <param name="caller">The reader.</param>
    /// <param name="top">How far, in pixels.</param>
    /// <param name="height">How much they see, in pixels.</param>
    /// <param name="ct">Cancels the reading.</param>
    public Task ScrollAsync(Caller caller, int top, int height, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        (_top, _height, _isMeasured) = (Math.Max(0, top), Math.Clamp(height, RowHeight, 10_000), true);
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
        if (View.Grouping != Grouping.none || await list.FindAsync(caller, View.Filter, nodeExecId, ct) is not { } review)
            return Find(nodeExecId) is (var held, var at) && at >= 0 && !held.IsCollapsed ? OffsetOf(held, held.First + at) : null;
        var place = ReviewList.PlaceOf(View.Tab, review);
        var index = await list.IndexAsync(caller, View.Filter, View.OldestFirst, place, ct) - _held.Count(row => IsBefore(PlaceOf(row), place));
        _top = Math.Max(0, index * RowHeight - _height / 3);
        await FillAsync(caller, ct);
        return _top;
    }

    /// <summary>Opens a group or puts its rows away. What is put away is no longer selected.</summary>
    public Task ToggleAsync(Caller caller, InboxGroup group, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        group.IsCollapsed = !group.IsCollapsed;
        if (group.IsCollapsed)
            Deselect(row => Belongs(group, row.Review));
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
                        _scheduled.Remove(review.NodeExecId);
                        Scheduled = [.. Scheduled.Where(d => d.NodeExecId != review.NodeExecId)];
                        Ends(row => row.Id == review.NodeExecId, InboxWords.How(review));
                        moved = true;
                        break;
                    case ReviewDecided { Review: var review }:
                        moved |= await ComesAsync(caller, review, ct);
                        break;
                    case ReviewsCancelled { GraphExecId: var id } when View.Tab == ReviewTab.Waiting:
                        Ends(row => row.Review.GraphExecId == id, DecidedAs.cancelled);
                        moved = true;
                        break;
                    case ReviewsCancelled:
                        moved = _isStale = true;
                        break;
                    case NodeExecutionChanged node when View.Tab == ReviewTab.Decided:
                        changed |= await OutcomeAsync(caller, node.NodeExecId, ct);
                        break;
                    case ReviewDelivered delivered when View.Tab == ReviewTab.Decided && Find(delivered.NodeExecId).At >= 0:
                        moved = _isStale = true;
                        break;
                    case DecisionsScheduled or DecisionsWithdrawn or DecisionTooLate:
                        await LoadScheduledAsync(caller, ct);
                        changed = true;
                        break;
                    case DraftChanged draft:
                        changed |= draft.Revision > 0 ? _drafted.Add(draft.NodeExecId) : _drafted.Remove(draft.NodeExecId);
                        break;
                }
            if (!moved)
                return;
            changed = true;
            if (!_atRest)
                await RecountAsync(caller, ct);
            else if (_isStale)
                await ReloadAsync(caller, View, ct);
            else
                await FillAsync(caller, ct);
        });
        return changed;
    }

    /// <summary>Told whether the list may move: at its top, with neither pointer nor focus in it.</summary>
    public Task RestAsync(Caller caller, bool atRest, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        _atRest = atRest;
        return atRest ? SettleAsync(caller, ct) : Task.CompletedTask;
    });

    /// <summary>Shows what was held back, because the reader asks for it, from the top of the list.</summary>
    public Task ToTopAsync(Caller caller, CancellationToken ct) => _turns.TakeAsync(() =>
    {
        _top = 0;
        return ReloadAsync(caller, View, ct);
    });

    /// <summary>Shows what was held back, and lets go of what has ended.</summary>
    Task SettleAsync(Caller caller, CancellationToken ct) =>
        _isStale ? ReloadAsync(caller, View, ct) : FillAsync(caller, ct);

    /// <summary>The reviews around one that can be decided, nearest first: those that are read ahead.</summary>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="behind">How many behind it.</param>
    /// <param name="before">How many before it.</param>
    public IReadOnlyList<string> Around(string nodeExecId, int behind, int before)
    {
        var rows = InSight.ToList();
        var here = rows.FindIndex(row => row.Id == nodeExecId);
        if (here < 0)
            return [.. rows.Where(IsOpen).Take(behind).Select(row => row.Id)];
        return [.. rows.Skip(here + 1).Where(IsOpen).Take(behind).Select(row => row.Id), .. rows.Take(here).Reverse().Where(IsOpen).Take(before).Select(row => row.Id)];
    }

    /// <summary>The review to begin with: the first that can be decided, or else, of those that are decided, the first; null if there is none.</summary>
    public string? First() => InSight.FirstOrDefault(row => View.Tab == ReviewTab.Decided || IsOpen(row))?.Id;

    /// <summary>True if the review is among those that are held of the list.</summary>
    public bool Has(string nodeExecId) => Find(nodeExecId).At >= 0;

    /// <summary>Selects a review for a decision on several, or takes it out. Only what is in sight and can be decided.</summary>
    public void Select(string nodeExecId, bool on)
    {
        if (!on)
            _selected.Remove(nodeExecId);
        else if (Find(nodeExecId) is (var group, var at) && at >= 0 && !group.IsCollapsed && IsOpen(group.Rows[at]) && _selected.Count < MaxSelected)
            _selected[nodeExecId] = group.Rows[at];
    }

    /// <summary>Selects all reviews from one to another, both included; only the other if the first is not held any more.</summary>
    public void SelectRange(string from, string to)
    {
        var rows = InSight.ToList();
        var (a, b) = (rows.FindIndex(row => row.Id == from), rows.FindIndex(row => row.Id == to));
        if (b < 0)
            return;
        a = a < 0 ? b : a;
        foreach (var row in rows.Skip(Math.Min(a, b)).Take(Math.Abs(a - b) + 1))
            Select(row.Id, true);
    }

    /// <summary>Selects all reviews of a group.</summary>
    /// <returns>False if there are more than can be decided at once; none is selected then.</returns>
    public async Task<bool> SelectAllAsync(Caller caller, InboxGroup group, CancellationToken ct)
    {
        if (group.IsCollapsed)
            return true;
        var all = await list.ReadAsync(caller, group.Filter, View.OldestFirst, new(MaxSelected + _held.Count + 1), ct);
        var rows = Rows(all).Where(IsOpen).ToList();
        if (rows.Select(row => row.Id).Union(_selected.Keys).Count() > MaxSelected)
            return false;
        // The press was for what was in sight then.
        if (group.IsCollapsed)
            return true;
        foreach (var row in rows)
            _selected[row.Id] = row;
        return true;
    }

    /// <summary>Selects nothing.</summary>
    public void SelectNone() => _selected.Clear();

    void Deselect(Predicate<InboxRow> which)
    {
        foreach (var row in _selected.Values.Where(row => which(row)).ToList())
            _selected.Remove(row.Id);
    }

    /// <summary>The rows that are held, in the list's order, without those that are put away.</summary>
    IEnumerable<InboxRow> InSight => _groups.Where(group => !group.IsCollapsed).SelectMany(group => group.Rows);

    bool IsOpen(InboxRow row) => row.Ended is null && row.Review.Status == ReviewStatus.WAITING && !_scheduled.ContainsKey(row.Id);

    async Task LoadScheduledAsync(Caller caller, CancellationToken ct)
    {
        Scheduled = await undoable.ListAsync(caller, ct);
        _scheduled = Scheduled.ToDictionary(d => d.NodeExecId, StringComparer.Ordinal);
        foreach (var id in _scheduled.Keys)
            _selected.Remove(id);
    }

    /// <summary>A review that belongs into the list now. What would move the list is held back until it rests.</summary>
    /// <returns>False if it is none of the list's, or is held back already.</returns>
    async Task<bool> ComesAsync(Caller caller, ReviewSummary review, CancellationToken ct)
    {
        // One that was committed between the counting and the reading has a row, and was not counted.
        if (Find(review.NodeExecId).At >= 0)
            return _isStale = true;
        if (_held.Exists(held => held.Id == review.NodeExecId) || (!View.Filter.IsEmpty && await list.FindAsync(caller, View.Filter, review.NodeExecId, ct) is null))
            return false;
        if (_atRest && !_isStale && await ComesOnTopAsync(caller, review, ct))
            return true;
        _isStale = true;
        // What comes in at the end moves nothing.
        if (_atRest || View is { OldestFirst: true, Grouping: Grouping.none })
            return true;
        _held.Add(await NewRowAsync(caller, review, ct));
        return true;
    }

    /// <summary>The newest of all is put before the others without reading them anew, of which each of many open windows would take its share.</summary>
    async Task<bool> ComesOnTopAsync(Caller caller, ReviewSummary review, CancellationToken ct)
    {
        if (View is not { Tab: ReviewTab.Waiting, OldestFirst: false, Grouping: Grouping.none } || _groups is not [{ First: 0 } all])
            return false;
        var row = await NewRowAsync(caller, review, ct);
        if (all.Rows.Count == 0 ? all.Count > 0 : !IsBefore(PlaceOf(row), PlaceOf(all.Rows[0])))
            return false;
        all.Prepend([row]);
        all.Trim(0, 2 * Step);
        Total = ++all.Count;
        return true;
    }

    async Task<InboxRow> NewRowAsync(Caller caller, ReviewSummary review, CancellationToken ct)
    {
        var row = InboxRow.Of(review, blocks);
        await NameGraphsAsync(caller, [row.Review.GraphId], ct);
        return row;
    }

    /// <summary>Reviews that have left the list. Their rows keep their places until the list rests.</summary>
    void Ends(Predicate<InboxRow> ends, DecidedAs how)
    {
        _isStale = true;
        _held.RemoveAll(ends);
        foreach (var group in _groups)
            for (var i = 0; i < group.Rows.Count; i++)
                if (group.Rows[i].Ended is null && ends(group.Rows[i]))
                    group.Replace(i, group.Rows[i] with { Ended = how });
        Deselect(ends);
    }

    async Task<bool> OutcomeAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        if (Find(nodeExecId) is not (var group, >= 0 and var at))
            return false;
        group.Replace(at, group.Rows[at] with { Outcome = (await list.OutcomesAsync(caller, [nodeExecId], ct)).GetValueOrDefault(nodeExecId) });
        Draw();
        return true;
    }

    /// <summary>Counts anew what is above and below the rows that are held, while these keep their places.</summary>
    async Task RecountAsync(Caller caller, CancellationToken ct)
    {
        Total = await list.CountAsync(caller, View.Filter, ct);
        if (View.Grouping == Grouping.none)
            await AnchorAsync(caller, _groups[0], Total, ct);
        else
        {
            var counts = (await ReadGroupsAsync(caller, ct)).ToDictionary(group => group.Filter, group => group.Count);
            foreach (var group in _groups)
                await AnchorAsync(caller, group, counts.GetValueOrDefault(group.Filter), ct);
        }
        await FillAsync(caller, ct);
    }

    /// <summary>Works out where the held rows of a group stand in it.</summary>
    /// <param name="caller">The reader.</param>
    /// <param name="group">The group.</param>
    /// <param name="count">How many reviews it has in the database.</param>
    /// <param name="ct">Cancels the query.</param>
    async Task AnchorAsync(Caller caller, InboxGroup group, int count, CancellationToken ct)
    {
        var back = _held.Where(row => Belongs(group, row.Review)).Select(PlaceOf).ToList();
        if (group.Rows.Count == 0)
        {
            (group.First, group.Count) = (0, Math.Max(0, count - back.Count));
            return;
        }
        var first = PlaceOf(group.Rows[0]);
        var before = await list.IndexAsync(caller, group.Filter, View.OldestFirst, first, ct);
        var open = group.Rows.Count(row => row.Ended is null);
        var backBefore = back.Count(place => IsBefore(place, first));
        // What is new above is announced one by one; until then it takes up no room.
        group.First = Math.Clamp(before - backBefore, 0, group.First);
        group.Count = group.First + group.Rows.Count + Math.Max(0, count - before - open - (back.Count - backBefore));
    }

    bool IsBefore(ListCursor a, ListCursor b)
    {
        var order = a.At != b.At ? b.At.CompareTo(a.At) : string.CompareOrdinal(b.Id, a.Id);
        return (View.OldestFirst ? -order : order) < 0;
    }

    ReviewFilter Key(ReviewSummary review) => View.Grouping switch
    {
        Grouping.execution => View.Filter with { GraphExecId = review.GraphExecId },
        Grouping.node => View.Filter with { GraphId = review.GraphId, NodeId = review.NodeId, BlockId = review.BlockId ?? ReviewFilter.AgentBlock },
        Grouping.block => View.Filter with { BlockId = review.BlockId ?? ReviewFilter.AgentBlock },
        _ => View.Filter,
    };

    bool Belongs(InboxGroup group, ReviewSummary review) => group.Filter == Key(review);

    (InboxGroup Group, int At) Find(string nodeExecId)
    {
        foreach (var group in _groups)
            if (group.IndexOf(nodeExecId) is >= 0 and var at)
                return (group, at);
        return (_groups.FirstOrDefault() ?? new(View.Filter), -1);
    }

    int OffsetOf(InboxGroup group, int index)
    {
        var offset = 0;
        foreach (var before in _groups.TakeWhile(g => g != group))
            offset += HeightOf(before);
        return offset + Heading + index * RowHeight;
    }

    // The first screen comes alone.
    int Margin => !_isMeasured ? 0 : _top == 0 ? MarginAtTop : MarginElsewhere;

    int Heading => View.Grouping == Grouping.none ? 0 : HeadingHeight;

    int HeightOf(InboxGroup group) => Heading + group.Shown * RowHeight;

    /// <summary>Reads what comes onto the screen and isn't held, then works out what is on it.</summary>
    async Task FillAsync(Caller caller, CancellationToken ct)
    {
        // Whoever scrolled to where there is nothing any more is back at the end.
        _top = Math.Min(_top, Math.Max(0, _groups.Sum(HeightOf) - _height));
        var lacking = new List<(InboxGroup Group, int From, int To)>();
        var offset = 0;
        foreach (var group in _groups)
        {
            var (from, to) = RowsOnScreen(group, offset);
            if (to > from && !(group.First <= from && to <= group.First + group.Rows.Count))
                lacking.Add((group, from, to));
            offset += HeightOf(group);
        }
        if (lacking.Count > 0)
        {
            var small = lacking.Where(l => View.Grouping == Grouping.execution && l.Group.Count <= SmallGroup).Select(l => l.Group).ToList();
            if (small.Count > 0)
                await ReadSmallAsync(caller, small, ct);
            foreach (var (group, from, to) in lacking.Where(l => !small.Contains(l.Group)))
                await ReadAsync(caller, group, from, to, ct);
            await CompleteAsync(caller, [.. lacking.SelectMany(l => l.Group.Rows)], ct);
        }
        Draw();
    }

    (int From, int To) RowsOnScreen(InboxGroup group, int offset)
    {
        var start = offset + Heading;
        var from = Math.Clamp((_top - Margin - start) / RowHeight, 0, group.Shown);
        var to = Math.Clamp((_top + _height + Margin - start) / RowHeight + 1, 0, group.Shown);
        return (from, Math.Max(from, to));
    }

    void Draw()
    {
        var entries = new List<InboxEntry>();
        var (offset, before, end) = (0, -1, 0);
        foreach (var group in _groups)
        {
            if (Heading > 0 && offset + Heading >= _top - Margin && offset <= _top + _height + Margin)
            {
                before = before < 0 ? offset : before;
                end = offset + Heading;
                entries.Add(new(group, -1, null));
            }
            var (from, to) = RowsOnScreen(group, offset);
            for (var i = from; i < to; i++)
            {
                before = before < 0 ? offset + Heading + i * RowHeight : before;
                end = offset + Heading + (i + 1) * RowHeight;
                entries.Add(new(group, i, group.At(i)));
            }
            offset += HeightOf(group);
        }
        Window = new(entries, Math.Max(0, before), Math.Max(0, offset - end));
    }

    async Task ReadAsync(Caller caller, InboxGroup group, int from, int to, CancellationToken ct)
    {
        var end = group.First + group.Rows.Count;
        // Beside what is held rows are read by their neighbour, so that none is skipped or comes twice while others come and go.
        if (group.Rows.Count > 0 && from >= group.First && from <= end)
        {
            var take = Math.Max(Step, to - end);
            var more = await list.ReadAsync(caller, group.Filter, View.OldestFirst, new(take) { From = PlaceOf(group.Rows[^1]) }, ct);
            group.Append(Rows(more).Where(row => group.IndexOf(row.Id) < 0));
            if (more.Count < take)
                group.Count = group.First + group.Rows.Count;
            group.Trim(to, MostHeld);
        }
        else if (group.Rows.Count > 0 && to >= group.First && to <= end)
        {
            var take = Math.Max(Step, group.First - from);
            var more = await list.ReadAsync(caller, group.Filter, View.OldestFirst, new(take) { From = PlaceOf(group.Rows[0]), Backwards = true }, ct);
            var rows = Rows(more).Where(row => group.IndexOf(row.Id) < 0).ToList();
            var lacking = more.Count < take ? group.First - rows.Count : Math.Min(0, group.First - rows.Count);
            group.Prepend(rows);
            // There were fewer, or more, than was counted.
            (group.First, group.Count) = (group.First - Math.Max(0, lacking), group.Count - lacking);
            group.Trim(from, MostHeld);
        }
        else
        {
            // Those that are held back are the newest.
            var back = View.OldestFirst ? 0 : _held.Count(row => Belongs(group, row.Review));
            var start = Math.Max(0, from - Step / 4);
            group.Hold(start, Rows(await list.ReadAsync(caller, group.Filter, View.OldestFirst, new(Math.Max(Step, to - start)) { Skip = start + back }, ct)));
            // Of a list that nothing has changed the places are those of the database.
            if (_isStale)
                await AnchorAsync(caller, group, await list.CountAsync(caller, group.Filter, ct), ct);
        }
    }

    async Task ReadSmallAsync(Caller caller, List<InboxGroup> small, CancellationToken ct)
    {
        var read = (await list.ReadOfExecutionsAsync(caller, View.Filter, [.. small.Select(g => g.Filter.GraphExecId!)], View.OldestFirst, ct)).ToLookup(review => review.GraphExecId);
        foreach (var group in small)
        {
            group.Hold(0, Rows(read[group.Filter.GraphExecId!]));
            group.Count = group.Rows.Count;
        }
    }

    IEnumerable<InboxRow> Rows(IEnumerable<ReviewSummary> reviews) => reviews.Where(review => !_held.Exists(held => held.Id == review.NodeExecId)).Select(review => InboxRow.Of(review, blocks));

    ListCursor PlaceOf(InboxRow row) => ReviewList.PlaceOf(View.Tab, row.Review);

    /// <summary>Reads what rows show beside their reviews.</summary>
    async Task CompleteAsync(Caller caller, IReadOnlyCollection<InboxRow> rows, CancellationToken ct)
    {
        await NameGraphsAsync(caller, rows.Select(row => row.Review.GraphId), ct);
        var ids = rows.Select(row => row.Id).ToList();
        _drafted.UnionWith(await drafts.AmongAsync(caller, ids, ct));
        if (View.Tab != ReviewTab.Decided)
            return;
        var outcomes = await list.OutcomesAsync(caller, ids, ct);
        foreach (var group in _groups)
            for (var i = 0; i < group.Rows.Count; i++)
                if (outcomes.TryGetValue(group.Rows[i].Id, out var outcome))
                    group.Replace(i, group.Rows[i] with { Outcome = outcome });
    }

    /// <summary>Reads the names of graphs that are not known yet.</summary>
    internal async Task NameGraphsAsync(Caller caller, IEnumerable<string?> graphIds, CancellationToken ct)
    {
        var unnamed = graphIds.OfType<string>().Where(id => !_graphNames.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (id, name) in await graphs.NamesAsync(caller, unnamed, ct))
            _graphNames[id] = name;
    }
}
