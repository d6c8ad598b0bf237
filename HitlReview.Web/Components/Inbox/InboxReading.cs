using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox asks the database, for one person at a time.</summary>
public sealed class InboxReading(ReviewList list, ActionOutcomes outcomes, Drafts drafts, Graphs graphs, BlockRegistry blocks)
{
    const int MostKinds = 500;

    readonly Dictionary<string, string> _graphNames = new(StringComparer.Ordinal);
    readonly HashSet<string> _drafted = new(StringComparer.Ordinal);
    HashSet<string> _completed = new(StringComparer.Ordinal); // of which it is known whether there is a draft
    IReadOnlyDictionary<(string? GraphId, string NodeId), int> _likes = new Dictionary<(string?, string), int>();

    /// <summary>The name of the graph behind a review; null where there is none.</summary>
    public string? GraphName(string? graphId) => graphId is null ? null : _graphNames.GetValueOrDefault(graphId);

    /// <summary>How many waiting reviews are like this one, itself included.</summary>
    public int Likes(InboxRow row) => _likes.GetValueOrDefault((row.Review.GraphId, row.Review.NodeId), 1);

    /// <summary>True if something was typed about the review and not yet sent.</summary>
    public bool IsDrafted(string nodeExecId) => _drafted.Contains(nodeExecId);

    /// <summary>Changes may have gone unheard: what rows show beside their reviews is read anew.</summary>
    public void Forget()
    {
        _completed.Clear();
        _drafted.Clear();
    }

    /// <summary>A draft has come, gone or changed.</summary>
    /// <returns>False if it is known.</returns>
    public bool Follow(DraftChanged draft) => draft.Revision > 0 ? _drafted.Add(draft.NodeExecId) : _drafted.Remove(draft.NodeExecId);

    /// <summary>Counts the reviews of a filter.</summary>
    public Task<int> CountAsync(Caller caller, ReviewFilter filter, CancellationToken ct) => list.CountAsync(caller, filter, ct);

    /// <summary>Reads groups of a view.</summary>
    public Task<IReadOnlyList<ReviewGroup>> GroupsAsync(Caller caller, InboxView view, int skip, int take, CancellationToken ct) =>
        list.GroupsAsync(caller, view.Filter, view.Grouping, skip, take, ct);

    /// <summary>The review, if a filter lets it through.</summary>
    public Task<ReviewSummary?> FindAsync(Caller caller, ReviewFilter filter, string nodeExecId, CancellationToken ct) =>
        list.FindAsync(caller, filter, nodeExecId, ct);

    /// <summary>Those of the reviews that a filter lets through.</summary>
    public Task<IReadOnlySet<string>> AmongAsync(
        Caller caller, ReviewFilter filter, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct) =>
        list.AmongAsync(caller, filter, nodeExecIds, ct);

    /// <summary>How many reviews of a filter come before a place.</summary>
    public Task<int> IndexAsync(Caller caller, ReviewFilter filter, bool oldestFirst, ListCursor place, CancellationToken ct) =>
        list.IndexAsync(caller, filter, oldestFirst, place, ct);

    /// <summary>Reads a part of a group.</summary>
    public async Task<IReadOnlyList<InboxRow>> RowsAsync(
        Caller caller, ReviewFilter filter, bool oldestFirst, ListPart part, CancellationToken ct) =>
        Rows(await list.ReadAsync(caller, filter, oldestFirst, part, ct));

    /// <summary>Reads the whole of several executions at once.</summary>
    public async Task<ILookup<string, InboxRow>> RowsOfExecutionsAsync(
        Caller caller, InboxView view, IReadOnlyCollection<string> graphExecIds, CancellationToken ct) =>
        Rows(await list.ReadOfExecutionsAsync(caller, view.Filter, graphExecIds, view.OldestFirst, ct))
            .ToLookup(row => row.Review.GraphExecId);

    List<InboxRow> Rows(IReadOnlyList<ReviewSummary> reviews) => [.. reviews.Select(review => InboxRow.Of(review, blocks))];

    /// <summary>The row of a review that was told of.</summary>
    public async Task<InboxRow> RowAsync(Caller caller, ReviewSummary review, CancellationToken ct)
    {
        await NameGraphsAsync(caller, [review.GraphId], ct);
        return InboxRow.Of(review, blocks);
    }

    /// <summary>What became of the actions of decided reviews.</summary>
    public Task<IReadOnlyDictionary<string, ActionOutcome>> OutcomesAsync(
        Caller caller, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct) =>
        outcomes.ReadAsync(caller, nodeExecIds, ct);

    /// <summary>Reads the names and drafts that rows show beside their reviews.</summary>
    public async Task CompleteAsync(Caller caller, IReadOnlyCollection<InboxRow> rows, CancellationToken ct)
    {
        await NameGraphsAsync(caller, rows.Select(row => row.Review.GraphId), ct);
        var unknown = rows.Select(row => row.Id).Where(id => !_completed.Contains(id)).ToList();
        if (unknown.Count > 0)
            _drafted.UnionWith(await drafts.AmongAsync(caller, unknown, ct));
        // What is out of sight again is asked for when it is back: so this never grows.
        _completed = rows.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Counts which waiting reviews are alike. Takes a while where there are very many.</summary>
    public async Task LoadLikesAsync(Caller caller, CancellationToken ct) =>
        _likes = await Task.Run(() => list.LikesAsync(caller, MostKinds, ct), ct);

    /// <summary>Reads what one of the lists can be narrowed to.</summary>
    public async Task<InboxChoices> ChoicesAsync(Caller caller, ReviewTab tab, CancellationToken ct)
    {
        // SQLite answers on the thread that asks: where it looks at each review, not on that of the page.
        var choices = await Task.Run(() => list.ChoicesAsync(caller, tab, ct), ct);
        await NameGraphsAsync(caller, choices.GraphIds, ct);
        return InboxChoices.Of(choices, GraphName, blocks);
    }

    /// <summary>Reads the names of graphs that are not known yet.</summary>
    async Task NameGraphsAsync(Caller caller, IEnumerable<string?> graphIds, CancellationToken ct)
    {
        var unnamed = graphIds.OfType<string>().Where(id => !_graphNames.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (id, name) in await graphs.NamesAsync(caller, unnamed, ct))
            _graphNames[id] = name;
    }
}
