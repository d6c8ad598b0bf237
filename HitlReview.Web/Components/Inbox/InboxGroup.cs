using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>
/// A part of the inbox's list: all of it, or the reviews that belong together. Of a long one only a run of neighbouring rows is held.
/// </summary>
/// <param name="filter">What is in it.</param>
public sealed class InboxGroup(ReviewFilter filter)
{
    readonly List<InboxRow> _rows = [];

    /// <summary>What is in it.</summary>
    public ReviewFilter Filter => filter;

    /// <summary>How many rows it has, those included that have ended and still hold their place.</summary>
    public int Count { get; set; }

    /// <summary>True if its rows are put away.</summary>
    public bool IsCollapsed { get; set; }

    /// <summary>How many rows come before those that are held.</summary>
    public int First { get; set; }

    /// <summary>The rows that are held, neighbours of each other.</summary>
    public IReadOnlyList<InboxRow> Rows => _rows;

    /// <summary>How many rows come before the end of those that are held.</summary>
    public int End => First + _rows.Count;

    /// <summary>How many rows of it take up room.</summary>
    public int Shown => IsCollapsed ? 0 : Count;

    /// <summary>The row at a place in the group; null if it isn't held.</summary>
    public InboxRow? At(int index) => index >= First && index < End ? _rows[index - First] : null;

    /// <summary>Holds these rows instead of those it held.</summary>
    public void Hold(int first, IEnumerable<InboxRow> rows)
    {
        First = Math.Max(0, first);
        _rows.Clear();
        _rows.AddRange(rows);
    }

    /// <summary>Holds rows that come before those it holds.</summary>
    public void Prepend(IReadOnlyCollection<InboxRow> rows)
    {
        _rows.InsertRange(0, rows);
        First = Math.Max(0, First - rows.Count);
    }

    /// <summary>One of the rows that are held is none of the group's any more.</summary>
    public void Remove(int index)
    {
        _rows.RemoveAt(index);
        Count--;
    }

    /// <summary>Holds rows that come behind those it holds.</summary>
    public void Append(IEnumerable<InboxRow> rows) => _rows.AddRange(rows);

    /// <summary>Lets go of rows that are far from a place, if it holds more than is needed.</summary>
    public void Trim(int around, int most)
    {
        if (_rows.Count <= most)
            return;
        var from = Math.Clamp(around - First - most / 2, 0, _rows.Count - most);
        _rows.RemoveRange(from + most, _rows.Count - from - most);
        _rows.RemoveRange(0, from);
        First += from;
    }

    /// <summary>Where a review is among the rows that are held; below 0 if it isn't.</summary>
    public int IndexOf(string nodeExecId) => _rows.FindIndex(row => row.Id == nodeExecId);

    /// <summary>Changes a row that is held.</summary>
    public void Replace(int index, InboxRow row) => _rows[index] = row;
}
