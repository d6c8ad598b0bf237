using System.Globalization;
using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

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

/// <summary>How rows that are lacking stand to those that are held.</summary>
public enum Lack
{
    /// <summary>They come behind them.</summary>
    Behind,

    /// <summary>They come before them.</summary>
    Before,

    /// <summary>They are elsewhere, and take their place.</summary>
    Elsewhere,

    /// <summary>They are all of a group that is read whole.</summary>
    Whole,
}

/// <summary>Rows that come onto the screen and are not held.</summary>
/// <param name="Group">Their group.</param>
/// <param name="How">How they stand to those that are held.</param>
/// <param name="Part">What is to be read of the group; nothing for one that is read whole.</param>
/// <param name="Around">The place on the screen that they are read for, as an index of the group.</param>
public sealed record LackingRows(InboxGroup Group, Lack How, ListPart Part, int Around);

/// <summary>
/// The rows of the list that are held, and which of them are on the screen. It reads nothing: it says what it lacks, and is given it.
/// </summary>
public sealed class InboxRows
{
    /// <summary>
    /// The height of a row. This, and all that is worked out from it, is in pixels of a browser whose text is 16 px high and whose rows
    /// are roomy; where it is otherwise, rows and headings are scaled, and js/inbox/list.js converts.
    /// </summary>
    public const int RowHeight = 78;

    /// <summary>The height of a group's heading.</summary>
    public const int HeadingHeight = 40;

    const int MarginAtTop = 5 * RowHeight, MarginElsewhere = 12 * RowHeight; // around the screen: more once somebody scrolls, which few do
    const int Step = 30;
    const int MostHeld = 400;
    const int SmallGroup = 40;

    readonly List<InboxGroup> _groups = [];
    readonly List<InboxRow> _held = [];
    int _top, _height = 900;
    bool _isMeasured; // the browser has said how high it is

    /// <summary>What is shown.</summary>
    public InboxView View { get; private set; } = new(ReviewFilter.None);

    /// <summary>The parts of the list; one without a heading where it isn't grouped.</summary>
    public IReadOnlyList<InboxGroup> Groups => _groups;

    /// <summary>How many have come in and are held back, because the list must not move under the hand.</summary>
    public int HeldBack => _held.Count;

    /// <summary>The rows that are held, in the list's order, without those that are put away.</summary>
    public IEnumerable<InboxRow> InSight => _groups.Where(group => !group.IsCollapsed).SelectMany(group => group.Rows);

    /// <summary>How the heights are told to the styles, which have them from nowhere else.</summary>
    public static string Heights { get; } = $"--row-height: {Css(RowHeight)}; --heading-height: {Css(HeadingHeight)}";

    /// <summary>A height as the styles have it.</summary>
    public static string Css(int height) => string.Create(CultureInfo.InvariantCulture, $"calc({height / 16m}rem * var(--density))");

    // The first screen comes alone.
    int Margin => !_isMeasured ? 0 : _top == 0 ? MarginAtTop : MarginElsewhere;

    int Heading => View.Grouping == Grouping.none ? 0 : HeadingHeight;

    /// <summary>Begins with a view: at its top, unless it is the same again.</summary>
    public void Begin(InboxView view)
    {
        if (view != View)
            _top = 0;
        View = view;
        _held.Clear();
    }

    /// <summary>Consists of these groups from now on. Those that were put away stay so.</summary>
    public void Show(IEnumerable<ReviewGroup> groups)
    {
        var collapsed = _groups.Where(g => g.IsCollapsed).Select(g => g.Filter).ToHashSet();
        _groups.Clear();
        Add(groups);
        foreach (var group in _groups)
            group.IsCollapsed = collapsed.Contains(group.Filter);
    }

    /// <summary>Consists of one part without a heading from now on.</summary>
    public void ShowAll(int count)
    {
        _groups.Clear();
        _groups.Add(new(View.Filter) { Count = count });
    }

    /// <summary>Has more groups, behind those that it has.</summary>
    public void Add(IEnumerable<ReviewGroup> groups)
    {
        foreach (var group in groups.Where(g => !_groups.Exists(known => known.Filter == g.Filter)))
            _groups.Add(new(group.Filter) { Count = group.Count });
    }

    /// <summary>The reader has scrolled.</summary>
    /// <param name="top">How far, in pixels.</param>
    /// <param name="height">How much they see, in pixels.</param>
    public void Scroll(int top, int height) =>
        (_top, _height, _isMeasured) = (Math.Max(0, top), Math.Clamp(height, RowHeight, 10_000), true);

    /// <summary>Is at its top again.</summary>
    public void ToTop() => _top = 0;

    /// <summary>Is where a review is that has so many before it in the database.</summary>
    public void ScrollTo(int index, ListCursor place)
    {
        var above = index - _held.Count(row => IsBefore(PlaceOf(row), place));
        _top = Math.Max(0, above * RowHeight - _height / 3);
    }

    /// <summary>How far it is scrolled, in pixels.</summary>
    public int Top => _top;

    /// <summary>How far down a review is, in pixels; null if it isn't held or is put away.</summary>
    public int? OffsetOf(string nodeExecId)
    {
        if (Find(nodeExecId) is not var (group, at) || group.IsCollapsed)
            return null;
        return _groups.TakeWhile(g => g != group).Sum(HeightOf) + Heading + (group.First + at) * RowHeight;
    }

    /// <summary>Where a review is among the rows that are held; null if it isn't.</summary>
    public (InboxGroup Group, int At)? Find(string nodeExecId)
    {
        foreach (var group in _groups)
            if (group.IndexOf(nodeExecId) is >= 0 and var at)
                return (group, at);
        return null;
    }

    /// <summary>The row of a review that is in sight; null if there is none.</summary>
    public InboxRow? InSightOf(string nodeExecId) =>
        Find(nodeExecId) is var (group, at) && !group.IsCollapsed ? group.Rows[at] : null;

    /// <summary>True if the review is held back.</summary>
    public bool IsHeldBack(string nodeExecId) => _held.Exists(held => held.Id == nodeExecId);

    /// <summary>Holds a review back that would move the list.</summary>
    public void HoldBack(InboxRow row) => _held.Add(row);

    /// <summary>True where what is new comes before all else.</summary>
    public bool BeginsWithTheNewest =>
        View is { Tab: ReviewTab.Waiting, OldestFirst: false, Grouping: Grouping.none } && _groups is [{ First: 0 }];

    /// <summary>Puts the newest of all before the others, without reading them anew.</summary>
    /// <returns>False if it isn't that.</returns>
    public bool PutOnTop(InboxRow row)
    {
        if (!BeginsWithTheNewest || _groups[0] is not { } all)
            return false;
        if (all.Rows.Count == 0 ? all.Count > 0 : !IsBefore(PlaceOf(row), PlaceOf(all.Rows[0])))
            return false;
        all.Prepend([row]);
        all.Trim(0, 2 * Step);
        all.Count++;
        return true;
    }

    /// <summary>Takes out one that has left the list, without reading the others anew.</summary>
    /// <returns>False if it isn't held, or the list has groups, whose order may change.</returns>
    public bool TakeOut(string nodeExecId)
    {
        if (View.Grouping != Grouping.none || Find(nodeExecId) is not var (all, at))
            return false;
        all.Remove(at);
        return true;
    }

    /// <summary>Reviews have left the list. Their rows keep their places until it is read anew, and say in these words why.</summary>
    public void End(Predicate<InboxRow> ends, string how)
    {
        _held.RemoveAll(ends);
        Change(row => row.Ended is null && ends(row) ? row with { Ended = how } : row);
    }

    /// <summary>Reviews that had left the list for a time are in it again.</summary>
    public void Return(Predicate<InboxRow> returns) => Change(row => returns(row) ? row with { Ended = null } : row);

    /// <summary>It is known what became of actions.</summary>
    public void Say(IReadOnlyDictionary<string, ActionOutcome> outcomes) =>
        Change(row => outcomes.TryGetValue(row.Id, out var outcome) ? row with { Outcome = outcome } : row);

    /// <summary>Each row says first in what it differs from those of its kind that are held.</summary>
    public void Distinguish()
    {
        var kinds = _groups.SelectMany(group => group.Rows).GroupBy(row => row.Kind)
            .ToDictionary(kind => kind.Key, kind => new PayloadPreview([.. kind.Select(row => row.Values)]));
        Change(row => row.Beside(kinds[row.Kind]));
    }

    void Change(Func<InboxRow, InboxRow> change)
    {
        foreach (var group in _groups)
            for (var i = 0; i < group.Rows.Count; i++)
                group.Replace(i, change(group.Rows[i]));
    }

    /// <summary>Works out where the rows of a group that are held stand in it, while they keep their places on the screen.</summary>
    /// <param name="group">The group.</param>
    /// <param name="count">How many reviews it has in the database.</param>
    /// <param name="before">How many of them come before the first that is held; 0 where none is.</param>
    public void Anchor(InboxGroup group, int count, int before)
    {
        var back = _held.Where(row => Belongs(group, row.Review)).Select(PlaceOf).ToList();
        if (group.Rows.Count == 0)
        {
            (group.First, group.Count) = (0, Math.Max(0, count - back.Count));
            return;
        }
        var first = PlaceOf(group.Rows[0]);
        var open = group.Rows.Count(row => row.Ended is null);
        var backBefore = back.Count(place => IsBefore(place, first));
        // What is new above is announced one by one; until then it takes up no room.
        group.First = Math.Clamp(before - backBefore, 0, group.First);
        group.Count = group.First + group.Rows.Count + Math.Max(0, count - before - open - (back.Count - backBefore));
    }

    /// <summary>What comes onto the screen and isn't held.</summary>
    public IReadOnlyList<LackingRows> Lacking()
    {
        // Whoever scrolled to where there is nothing any more is back at the end.
        _top = Math.Min(_top, Math.Max(0, _groups.Sum(HeightOf) - _height));
        var lacking = new List<LackingRows>();
        var offset = 0;
        foreach (var group in _groups)
        {
            var (from, to) = RowsOnScreen(group, offset);
            if (to > from && !(group.First <= from && to <= group.End))
                lacking.Add(LackingOf(group, from, to));
            offset += HeightOf(group);
        }
        return lacking;
    }

    LackingRows LackingOf(InboxGroup group, int from, int to)
    {
        if (View.Grouping == Grouping.execution && group.Count <= SmallGroup)
            return new(group, Lack.Whole, new(0), 0);
        // Beside what is held rows are read by their neighbour, so that none is skipped or comes twice while others come and go.
        if (group.Rows.Count > 0 && from >= group.First && from <= group.End)
            return new(group, Lack.Behind, new(Math.Max(Step, to - group.End)) { From = PlaceOf(group.Rows[^1]) }, to);
        if (group.Rows.Count > 0 && to >= group.First && to <= group.End)
        {
            var part = new ListPart(Math.Max(Step, group.First - from)) { From = PlaceOf(group.Rows[0]), Backwards = true };
            return new(group, Lack.Before, part, from);
        }
        // Those that are held back are the newest.
        var back = View.OldestFirst ? 0 : _held.Count(row => Belongs(group, row.Review));
        var start = Math.Max(0, from - Step / 4);
        return new(group, Lack.Elsewhere, new(Math.Max(Step, to - start)) { Skip = start + back }, start);
    }

    /// <summary>Takes in what it lacked.</summary>
    /// <param name="lacking">What it was.</param>
    /// <param name="read">What there is of it, in the list's order.</param>
    public void Take(LackingRows lacking, IReadOnlyList<InboxRow> read)
    {
        var (group, how, part, around) = lacking;
        var rows = read.Where(row => !IsHeldBack(row.Id)).ToList();
        switch (how)
        {
            case Lack.Behind:
                group.Append(rows.Where(row => group.IndexOf(row.Id) < 0));
                if (read.Count < part.Take)
                    group.Count = group.End;
                group.Trim(around, MostHeld);
                break;
            case Lack.Before:
                rows.RemoveAll(row => group.IndexOf(row.Id) >= 0);
                var missing = group.First - rows.Count;
                if (read.Count >= part.Take)
                    missing = Math.Min(0, missing);
                group.Prepend(rows);
                // There were fewer, or more, than was counted.
                (group.First, group.Count) = (group.First - Math.Max(0, missing), group.Count - missing);
                group.Trim(around, MostHeld);
                break;
            case Lack.Elsewhere:
                group.Hold(around, rows);
                break;
            default:
                group.Hold(0, rows);
                group.Count = group.End;
                break;
        }
    }

    /// <summary>What is on the screen.</summary>
    public InboxWindow Draw()
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
        return new(entries, Math.Max(0, before), Math.Max(0, offset - end));
    }

    (int From, int To) RowsOnScreen(InboxGroup group, int offset)
    {
        var (top, bottom) = (_top - Margin - offset - Heading, _top + _height + Margin - offset - Heading);
        // Of a group of which not even the heading is on the screen no row is.
        return bottom < 0 ? (0, 0) : (Math.Clamp(top / RowHeight, 0, group.Shown), Math.Clamp(bottom / RowHeight + 1, 0, group.Shown));
    }

    int HeightOf(InboxGroup group) => Heading + group.Shown * RowHeight;

    /// <summary>The place of a row in the list's order.</summary>
    public ListCursor PlaceOf(InboxRow row) => ReviewList.PlaceOf(View.Tab, row.Review);

    bool IsBefore(ListCursor a, ListCursor b)
    {
        var order = a.At != b.At ? b.At.CompareTo(a.At) : string.CompareOrdinal(b.Id, a.Id);
        return (View.OldestFirst ? -order : order) < 0;
    }

    /// <summary>True if the review is one of the group's.</summary>
    public bool Belongs(InboxGroup group, ReviewSummary review) => group.Filter == Key(review);

    ReviewFilter Key(ReviewSummary review) => View.Grouping switch
    {
        Grouping.execution => View.Filter with { GraphExecId = review.GraphExecId },
        Grouping.node => View.Filter with { GraphId = review.GraphId, NodeId = review.NodeId, BlockId = BlockOf(review) },
        Grouping.block => View.Filter with { BlockId = BlockOf(review) },
        _ => View.Filter,
    };

    static string BlockOf(ReviewSummary review) => review.BlockId ?? ReviewFilter.AgentBlock;
}
