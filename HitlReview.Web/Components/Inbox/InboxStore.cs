using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Shared;

namespace HitlReview.Web.Components.Inbox;

/// <summary>The waiting reviews of one person as their page shows them: as many as were loaded, kept current by changes, and never moving under the hand.</summary>
/// <remarks>Not for concurrent use: a page reads and changes it from its own circuit only.</remarks>
public sealed class InboxStore(ReviewService reviews, Graphs graphs, BlockRegistry blocks)
{
    readonly List<InboxRow> _rows = [];
    readonly Dictionary<string, string> _graphNames = new(StringComparer.Ordinal);
    ListCursor? _next;
    readonly List<Change> _meanwhile = [];
    bool _atRest = true;
    int _reading;

    /// <summary>The rows, newest first.</summary>
    public IReadOnlyList<InboxRow> Rows => _rows;

    /// <summary>How many wait; null where there are too many to count.</summary>
    public int? Total { get; private set; }

    /// <summary>True if there are older ones that are not loaded.</summary>
    public bool HasMore => _next is not null;

    /// <summary>How many arrived above what the reader sees.</summary>
    public int Unseen { get; private set; }

    /// <summary>The name of the graph behind a row; null where there is none.</summary>
    public string? GraphName(InboxRow row) => row.GraphId is null ? null : _graphNames.GetValueOrDefault(row.GraphId);

    /// <summary>Reads the list anew, as far down as it was read before.</summary>
    public async Task LoadAsync(Caller caller, CancellationToken ct)
    {
        var list = await Listing.ReadAsync(page => reviews.PendingAsync(caller, page, ct), _rows.Count);
        var read = list.Items.Select(review => InboxRow.Of(review, blocks)).ToList();
        await NameGraphsAsync(caller, read, ct);
        _rows.Clear();
        _rows.AddRange(read);
        (Total, _next, Unseen) = (list.Total, list.Next, 0);
    }

    /// <summary>Reads the next, older rows.</summary>
    public async Task LoadMoreAsync(Caller caller, CancellationToken ct)
    {
        if (_next is not { } from)
            return;
        _reading++;
        try
        {
            var page = await reviews.PendingAsync(caller, new(1, Listing.Step, from), ct);
            var read = page.Items.Select(review => InboxRow.Of(review, blocks)).ToList();
            await NameGraphsAsync(caller, read, ct);
            if (_next != from)
                return; // Loaded anew, or by another call, in the meantime.
            foreach (var row in read.Where(row => !_meanwhile.Exists(change => Ends(change, row))))
                Put(row);
            (Total, _next) = (page.Total, page.Next);
        }
        finally
        {
            if (--_reading == 0)
                _meanwhile.Clear();
        }
    }

    /// <summary>Takes a change in.</summary>
    /// <returns>False if it changes nothing in the list.</returns>
    public async Task<bool> ApplyAsync(Caller caller, Change change, CancellationToken ct)
    {
        if (_reading > 0)
            _meanwhile.Add(change);
        switch (change)
        {
            case ReviewCreated { Review: var review }:
                await AddAsync(caller, InboxRow.Of(review, blocks), ct);
                return true;
            case ReviewDecided { Review: var review }:
                // One that was never loaded counts all the same.
                if (!End(change, review.Status) && HasMore)
                    Total--;
                return true;
            case ReviewsCancelled { Count: var count }:
                var before = Total;
                End(change, ReviewStatus.REJECTED);
                if (HasMore)
                    Total = before - count;
                return true;
            default:
                return false;
        }
    }

    async Task AddAsync(Caller caller, InboxRow row, CancellationToken ct)
    {
        await NameGraphsAsync(caller, [row], ct);
        // What is older than the last loaded row comes when the reader gets there.
        var comesLater = HasMore && _rows.Count > 0 && InboxRow.Compare(row, _rows[^1]) > 0;
        if (!comesLater && !Put(row))
            return;
        Total++;
        Unseen += _atRest || comesLater ? 0 : 1;
    }

    /// <summary>Told whether the list may move: at its top, with neither pointer nor focus in it.</summary>
    public void Rest(bool atRest)
    {
        _atRest = atRest;
        if (!atRest)
            return;
        Unseen = 0;
        _rows.RemoveAll(row => row.Ended is not null);
    }

    /// <summary>The review to go on with after this one, which need not be in the list any more: the next older one that waits, else the next newer one; null if none is left.</summary>
    public string? After(Review review)
    {
        var here = InboxRow.Of(review, blocks);
        var open = _rows.Where(row => row.Ended is null && row.NodeExecId != here.NodeExecId).ToList();
        return (open.Find(row => InboxRow.Compare(row, here) > 0) ?? open.FindLast(row => InboxRow.Compare(row, here) < 0))?.NodeExecId;
    }

    /// <returns>False if it was there already.</returns>
    bool Put(InboxRow row)
    {
        var at = _rows.BinarySearch(row, Comparer<InboxRow>.Create(InboxRow.Compare));
        if (at < 0)
            _rows.Insert(~at, row);
        return at < 0;
    }

    /// <returns>False if no row ended by it.</returns>
    bool End(Change change, ReviewStatus status)
    {
        var ended = false;
        for (var i = _rows.Count - 1; i >= 0; i--)
        {
            if (_rows[i].Ended is not null || !Ends(change, _rows[i]))
                continue;
            ended = true;
            Total--;
            if (_atRest)
                _rows.RemoveAt(i);
            else
                _rows[i] = _rows[i] with { Ended = status };
        }
        return ended;
    }

    static bool Ends(Change change, InboxRow row) => change switch
    {
        ReviewDecided decided => decided.Review.NodeExecId == row.NodeExecId,
        ReviewsCancelled cancelled => cancelled.GraphExecId == row.GraphExecId,
        _ => false,
    };

    async Task NameGraphsAsync(Caller caller, IEnumerable<InboxRow> rows, CancellationToken ct)
    {
        var unnamed = rows.Select(row => row.GraphId).OfType<string>().Where(id => !_graphNames.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (id, name) in await graphs.NamesAsync(caller, unnamed, ct))
            _graphNames[id] = name;
    }
}
