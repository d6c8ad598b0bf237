using System.Linq.Expressions;
using HitlReview.Core.Blocks;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Reviews;

/// <summary>A part of a list: some rows from a place on, in the list's order or against it.</summary>
/// <param name="Take">How many rows at most.</param>
public sealed record ListPart(int Take)
{
    /// <summary>How many rows to leave out first.</summary>
    public int Skip { get; init; }

    /// <summary>The row it starts behind; null for the beginning or, backwards, the end.</summary>
    public ListCursor? From { get; init; }

    /// <summary>True to read what comes before <see cref="From"/>; the rows still come in the list's order.</summary>
    public bool Backwards { get; init; }
}

/// <summary>What the reviews of a list are put together by.</summary>
public enum Grouping
{
    /// <summary>Nothing.</summary>
    none,

    /// <summary>Their execution or chat.</summary>
    execution,

    /// <summary>Their node, over all executions of its graph.</summary>
    node,

    /// <summary>Their block.</summary>
    block,
}

/// <summary>Reviews that belong together.</summary>
/// <param name="Filter">The list's filter, narrowed to the group.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">
/// When one of them was asked for last, or decided; in groups of a block or a node also if that one is no longer among them.
/// </param>
public sealed record ReviewGroup(ReviewFilter Filter, int Count, DateTimeOffset Newest);

/// <summary>What the reviews of a list are about.</summary>
/// <param name="BlockIds">Block ids; null for outside agents.</param>
/// <param name="GraphIds">Graph ids.</param>
/// <param name="Agents">The API keys that asked, and what they are called. Hostile text.</param>
public sealed record ReviewChoices(
    IReadOnlyList<string?> BlockIds, IReadOnlyList<string> GraphIds, IReadOnlyList<(string KeyId, string Name)> Agents);

/// <summary>The reviews of one person as lists for a page: filtered, ordered, grouped, read in parts from any place.</summary>
public sealed class ReviewList(
    IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, IEnumerable<IRunKind> kinds, TimeProvider clock)
{
    const int MaxChoices = 200;

    static readonly Expression<Func<Review, DateTimeOffset>> Asked = r => r.CreatedAt;
    static readonly Expression<Func<Review, DateTimeOffset>> Decided = r => r.ReviewedAt!.Value;
    static readonly Expression<Func<Review, string>> Id = r => r.NodeExecId;

    /// <summary>
    /// The place of a review in a list: those that wait are ordered by when they were asked for, the others by when they were decided.
    /// </summary>
    public static ListCursor PlaceOf(ReviewTab tab, ReviewSummary review) =>
        new(tab == ReviewTab.Waiting ? review.CreatedAt : review.ReviewedAt ?? review.CreatedAt, review.NodeExecId);

    /// <summary>Reads a part of a list.</summary>
    /// <param name="caller">Sees only what is their own.</param>
    /// <param name="filter">What the list is narrowed to.</param>
    /// <param name="oldestFirst">The order.</param>
    /// <param name="part">Which part.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<ReviewSummary>> ReadAsync(
        Caller caller, ReviewFilter filter, bool oldestFirst, ListPart part, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var at = filter.Tab == ReviewTab.Waiting ? Asked : Decided;
        var descending = oldestFirst == part.Backwards;
        var rows = Narrow(db, caller, filter);
        if (part.From is { } from)
            rows = rows.Where(Paging.Beyond(at, Id, from, descending));
        var read = await rows.InOrder(at, Id, descending).Skip(part.Skip).Take(part.Take).Select(ReviewSummary.OfRow).ToListAsync(ct);
        if (part.Backwards)
            read.Reverse();
        return read;
    }

    /// <summary>Reads of waiting reviews what is compared and what is warned of.</summary>
    /// <param name="caller">Sees only what is their own.</param>
    /// <param name="nodeExecIds">The reviews.</param>
    /// <param name="maxLength">Longer payloads, in characters, are left out.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyDictionary<string, (JsonText Payload, string? Instructions, string? AfterReading)>> PayloadsAsync(
        Caller caller, IReadOnlyCollection<string> nodeExecIds, int maxLength, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var read = await db.Reviews.AsNoTracking().OwnOf(caller)
            .Where(r => r.Status == ReviewStatus.WAITING)
            .Where(r => nodeExecIds.Contains(r.NodeExecId) && r.Payload.Length <= maxLength)
            .Select(r => new { r.NodeExecId, r.Payload, r.Instructions, r.AfterReading }).ToListAsync(ct);
        return read.ToDictionary(r => r.NodeExecId, r => (JsonText.Trusted(r.Payload), r.Instructions, r.AfterReading));
    }

    /// <summary>How many reviews a list has, exactly.</summary>
    public async Task<int> CountAsync(Caller caller, ReviewFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!filter.IsOfKinds)
            return await Narrow(db, caller, filter).CountAsync(ct);
        var all = await Counted(db, caller, filter).SumAsync(c => c.Reviews, ct);
        return (int)all - (filter.Tab == ReviewTab.Waiting ? (await AsideAsync(db, caller, filter, ct)).Count : 0);
    }

    /// <summary>A review of the list as it is now; null if it isn't in it.</summary>
    public async Task<ReviewSummary?> FindAsync(Caller caller, ReviewFilter filter, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Narrow(db, caller, filter).Where(r => r.NodeExecId == nodeExecId).Select(ReviewSummary.OfRow).FirstOrDefaultAsync(ct);
    }

    /// <summary>Those of the reviews that are in the list as it is now.</summary>
    public async Task<IReadOnlySet<string>> AmongAsync(
        Caller caller, ReviewFilter filter, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = await Narrow(db, caller, filter).Where(r => nodeExecIds.Contains(r.NodeExecId)).Select(r => r.NodeExecId).ToListAsync(ct);
        return ids.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>How many reviews of a list come before a place.</summary>
    public async Task<int> IndexAsync(Caller caller, ReviewFilter filter, bool oldestFirst, ListCursor place, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var at = filter.Tab == ReviewTab.Waiting ? Asked : Decided;
        return await Narrow(db, caller, filter).CountAsync(Paging.Beyond(at, Id, place, descending: oldestFirst), ct);
    }

    /// <summary>The groups of a list, the one with the newest review first.</summary>
    /// <param name="caller">Sees only what is their own.</param>
    /// <param name="filter">What the list is narrowed to.</param>
    /// <param name="by">What it is grouped by.</param>
    /// <param name="skip">How many groups to leave out.</param>
    /// <param name="take">How many groups at most.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<ReviewGroup>> GroupsAsync(
        Caller caller, ReviewFilter filter, Grouping by, int skip, int take, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var read = !filter.IsOfKinds ? await LookAsync(Narrow(db, caller, filter), by, skip, take, ct)
            : by == Grouping.execution ? await RunsAsync(db, caller, filter, skip, take, ct)
            : (await KindsAsync(db, caller, filter, by, ct)).Skip(skip).Take(take);
        return [.. read.Select(g => new ReviewGroup(by switch
        {
            Grouping.execution => filter with { GraphExecId = g.Exec },
            Grouping.node => filter with { GraphId = g.Graph, NodeId = g.Node, BlockId = g.Block ?? ReviewFilter.AgentBlock },
            _ => filter with { BlockId = g.Block ?? ReviewFilter.AgentBlock },
        }, g.Count, g.Newest))];
    }

    /// <summary>What a group is of, and what is in it.</summary>
    sealed record Group(string? Graph, string? Exec, string? Node, string? Block, int Count, DateTimeOffset Newest);

    /// <summary>Looks at each review.</summary>
    static async Task<IEnumerable<Group>> LookAsync(IQueryable<Review> rows, Grouping by, int skip, int take, CancellationToken ct)
    {
        var groups = by switch
        {
            Grouping.execution => rows.GroupBy(
                r => new { Graph = (string?)null, Exec = (string?)r.GraphExecId, Node = (string?)null, Block = (string?)null }),
            Grouping.node => rows.GroupBy(
                r => new { Graph = r.GraphId, Exec = (string?)null, Node = (string?)r.NodeId, Block = r.BlockId }),
            Grouping.block => rows.GroupBy(
                r => new { Graph = (string?)null, Exec = (string?)null, Node = (string?)null, Block = r.BlockId }),
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, null),
        };
        var read = await groups.Select(g => new { g.Key, Count = g.Count(), Newest = g.Max(r => r.CreatedAt) })
            .OrderByDescending(g => g.Newest)
            .ThenBy(g => g.Key.Exec).ThenBy(g => g.Key.Graph).ThenBy(g => g.Key.Node).ThenBy(g => g.Key.Block)
            .Skip(skip).Take(take).ToListAsync(ct);
        return read.Select(g => new Group(g.Key.Graph, g.Key.Exec, g.Key.Node, g.Key.Block, g.Count, g.Newest));
    }

    /// <summary>From what is counted: the newest is then when one of them was asked for last, decided since or not.</summary>
    async Task<IEnumerable<Group>> KindsAsync(HitlDbContext db, Caller caller, ReviewFilter filter, Grouping by, CancellationToken ct)
    {
        var (isByNode, aside) = (by == Grouping.node, await AsideAsync(db, caller, filter, ct));
        var kinds = await Counted(db, caller, filter)
            .GroupBy(c => new { Graph = isByNode ? c.GraphId : "", Node = isByNode ? c.NodeId : "", c.BlockId })
            .Select(g => new { g.Key, Count = g.Sum(c => c.Reviews), Newest = g.Max(c => c.LastAt) }).ToListAsync(ct);
        var without = aside.CountBy(r => new
        {
            Graph = isByNode ? r.GraphId ?? "" : "",
            Node = isByNode ? r.NodeId : "",
            BlockId = r.BlockId ?? "",
        }).ToDictionary();
        return kinds.Select(k => new Group(
                Given(k.Key.Graph), null, Given(k.Key.Node), Given(k.Key.BlockId),
                (int)k.Count - without.GetValueOrDefault(k.Key), k.Newest))
            .Where(g => g.Count > 0)
            .OrderByDescending(g => g.Newest).ThenBy(g => g.Graph, StringComparer.Ordinal).ThenBy(g => g.Node, StringComparer.Ordinal)
            .ThenBy(g => g.Block, StringComparer.Ordinal);

        static string? Given(string id) => id.Length == 0 ? null : id;
    }

    /// <summary>Reads from the latest review on until there are enough executions, each of which is counted by itself.</summary>
    async Task<IEnumerable<Group>> RunsAsync(
        HitlDbContext db, Caller caller, ReviewFilter filter, int skip, int take, CancellationToken ct)
    {
        var rows = Narrow(db, caller, filter);
        var runs = await LatestRunsAsync(rows, filter.Tab, skip + take, ct);
        var page = runs.Skip(skip).ToList();
        var ids = page.ConvertAll(run => run.GraphExecId);
        // What was decided has its time: asked for, that would have SQLite read all that was, by the index of it.
        var those = filter.Tab == ReviewTab.Waiting ? rows : Narrow(
            NarrowKinds(db.Reviews.OwnOf(caller), filter).Where(r => r.Status != ReviewStatus.WAITING),
            null, null, null, false, filter.DecidedAs);
        var counts = await those.Where(r => ids.Contains(r.GraphExecId)).GroupBy(r => r.GraphExecId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return page.Select(run => new Group(null, run.GraphExecId, null, null, counts.GetValueOrDefault(run.GraphExecId), run.At))
            .Where(g => g.Count > 0);
    }

    /// <summary>The executions of the reviews of a half, the latest first, and when that was.</summary>
    internal static async Task<IReadOnlyList<(string GraphExecId, DateTimeOffset At)>> LatestRunsAsync(
        IQueryable<Review> rows, ReviewTab tab, int most, CancellationToken ct)
    {
        // In portions: PostgreSQL would put all in order for whoever doesn't say that they stop. Where few executions have very many
        // reviews, that is what is done.
        const int Portion = 500;
        const int Portions = 20;
        var at = tab == ReviewTab.Waiting ? Asked : Decided;
        var runs = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var (from, last) = ((ListCursor?)null, DateTimeOffset.MinValue);
        for (var read = 0; read < Portions; read++)
        {
            var portion = await (from is null ? rows : rows.Where(Paging.Beyond(at, Id, from, descending: true)))
                .InOrder(at, Id, descending: true).Take(Portion)
                .Select(r => new { r.GraphExecId, r.CreatedAt, r.ReviewedAt, r.NodeExecId }).ToListAsync(ct);
            foreach (var row in portion)
            {
                from = new(tab == ReviewTab.Waiting ? row.CreatedAt : row.ReviewedAt!.Value, row.NodeExecId);
                // Those of one moment are put in order by their ids, so that a longer list begins as a shorter one does.
                if (runs.Count >= most && from.At < last)
                    return InOrder();
                if (runs.TryAdd(row.GraphExecId, from.At) && runs.Count == most)
                    last = from.At;
            }
            if (portion.Count < Portion)
                return InOrder();
        }
        var all = await (tab == ReviewTab.Waiting
                ? rows.GroupBy(r => r.GraphExecId).Select(g => new { g.Key, At = g.Max(r => r.CreatedAt) })
                : rows.GroupBy(r => r.GraphExecId).Select(g => new { g.Key, At = g.Max(r => r.ReviewedAt)!.Value }))
            .OrderByDescending(run => run.At).ThenBy(run => run.Key).Take(most).ToListAsync(ct);
        return all.ConvertAll(run => (run.Key, run.At));

        List<(string, DateTimeOffset)> InOrder() =>
        [
            .. runs.OrderByDescending(run => run.Value).ThenBy(run => run.Key, StringComparer.Ordinal).Take(most)
                .Select(run => (run.Key, run.Value)),
        ];
    }

    static IQueryable<ReviewCount> Counted(HitlDbContext db, Caller caller, ReviewFilter filter)
    {
        var rows = db.Set<ReviewCount>().AsNoTracking().OwnOf(caller).Where(c => c.Reviews > 0);
        rows = filter.Tab == ReviewTab.Waiting ? rows.Where(c => c.Standing == ReviewCount.Waiting)
            : filter.DecidedAs is { } standing && standing.ToString() is var name ? rows.Where(c => c.Standing == name)
            : rows.Where(c => c.Standing != ReviewCount.Waiting);
        if (filter.BlockId is { } block && (block == ReviewFilter.AgentBlock ? "" : block) is var blockId)
            rows = rows.Where(c => c.BlockId == blockId);
        if (filter.AskedByKeyId is { } key && (key == ReviewFilter.NoKey ? "" : key) is var keyId)
            rows = rows.Where(c => c.AskedByKeyId == keyId);
        if (filter.GraphId is { } graph)
            rows = rows.Where(c => c.GraphId == graph);
        if (filter.NodeId is { } node)
            rows = rows.Where(c => c.NodeId == node);
        return rows;
    }

    /// <summary>Those of a list that are put aside: they wait, and are not in it.</summary>
    async Task<IReadOnlyList<(string? GraphId, string NodeId, string? BlockId)>> AsideAsync(
        HitlDbContext db, Caller caller, ReviewFilter filter, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var waiting = NarrowKinds(db.Reviews.OwnOf(caller).Where(r => r.Status == ReviewStatus.WAITING), filter);
        // CROSS JOIN tells SQLite to go from what is put aside to the reviews, as these may be a million.
        var rows = await db.Snoozes.Where(s => s.UserId == caller.UserId && s.Until > now)
            .SelectMany(_ => waiting, (Aside, Review) => new { Aside, Review })
            .Where(both => both.Review.UserId == both.Aside.UserId && both.Review.NodeExecId == both.Aside.NodeExecId)
            .Select(both => new { both.Review.GraphId, both.Review.NodeId, both.Review.BlockId }).ToListAsync(ct);
        return rows.ConvertAll(r => (r.GraphId, r.NodeId, r.BlockId));
    }

    /// <summary>Reads all reviews of a list that belong to some executions, in the list's order.</summary>
    public async Task<IReadOnlyList<ReviewSummary>> ReadOfExecutionsAsync(
        Caller caller, ReviewFilter filter, IReadOnlyCollection<string> graphExecIds, bool oldestFirst, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Narrow(db, caller, filter).Where(r => graphExecIds.Contains(r.GraphExecId))
            .InOrder(filter.Tab == ReviewTab.Waiting ? Asked : Decided, Id, !oldestFirst).Select(ReviewSummary.OfRow).ToListAsync(ct);
    }

    /// <summary>
    /// How many of the caller's waiting reviews are alike: of one node of one graph. Only where there are several, and of those the most
    /// frequent.
    /// </summary>
    /// <param name="caller">The owner.</param>
    /// <param name="most">How many kinds at most.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyDictionary<(string? GraphId, string NodeId), int>> LikesAsync(Caller caller, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var kinds = await Counted(db, caller, ReviewFilter.None).GroupBy(c => new { c.GraphId, c.NodeId })
            .Select(g => new { g.Key.GraphId, g.Key.NodeId, Count = g.Sum(c => c.Reviews) })
            .Where(k => k.Count > 1).OrderByDescending(k => k.Count).Take(most).ToListAsync(ct);
        return kinds.ToDictionary(k => (k.GraphId.Length == 0 ? null : k.GraphId, k.NodeId), k => (int)k.Count);
    }

    /// <summary>The blocks, graphs and agents that the caller's reviews are about, for the choices of a filter.</summary>
    public async Task<ReviewChoices> ChoicesAsync(Caller caller, ReviewTab tab, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var kinds = Counted(db, caller, ReviewFilter.None with { Tab = tab });
        var agents = await kinds.Where(c => c.AskedByKeyId != "")
            .GroupBy(c => c.AskedByKeyId).Select(g => new { Id = g.Key!, AskedBy = g.Max(c => c.AskedBy) })
            .Take(MaxChoices).ToListAsync(ct);
        var blockIds = await kinds.Select(c => c.BlockId).Distinct().ToListAsync(ct);
        return new(
            blockIds.ConvertAll(id => id.Length == 0 ? null : id),
            await kinds.Where(c => c.GraphId != "").Select(c => c.GraphId).Distinct().Take(MaxChoices).ToListAsync(ct),
            [.. agents.Select(a => (a.Id, a.AskedBy ?? a.Id))]);
    }

    IQueryable<Review> Narrow(HitlDbContext db, Caller caller, ReviewFilter filter)
    {
        var rows = db.Reviews.AsNoTracking().OwnOf(caller);
        rows = filter.Tab == ReviewTab.Waiting
            ? Waiting(db, rows, filter.AreSnoozed)
            : rows.Where(r => r.Status != ReviewStatus.WAITING && r.ReviewedAt != null);
        rows = NarrowKinds(rows, filter);
        if (filter.GraphExecId is { } execution)
            rows = rows.Where(r => r.GraphExecId == execution);
        var decidedAs = filter.Tab == ReviewTab.Decided ? filter.DecidedAs : null;
        rows = Narrow(rows, filter.OlderThan, filter.NewerThan, filter.Editable, filter.HasWarnings, decidedAs);
        if (string.IsNullOrWhiteSpace(filter.Text))
            return rows;
        var search = ReviewSearch.Parse(filter.Text);
        rows = Narrow(rows, search.OlderThan, search.NewerThan, search.Editable, search.HasWarnings, search.DecidedAs);
        return Search(db, caller, rows, search);
    }

    static IQueryable<Review> NarrowKinds(IQueryable<Review> rows, ReviewFilter filter)
    {
        if (filter.BlockId is { } block)
            rows = block == ReviewFilter.AgentBlock ? rows.Where(r => r.BlockId == null) : rows.Where(r => r.BlockId == block);
        if (filter.AskedByKeyId is { } key)
            rows = key == ReviewFilter.NoKey ? rows.Where(r => r.AskedByKeyId == null) : rows.Where(r => r.AskedByKeyId == key);
        if (filter.GraphId is { } graph)
            rows = rows.Where(r => r.GraphId == graph);
        if (filter.NodeId is { } node)
            rows = rows.Where(r => r.NodeId == node);
        return rows;
    }

    IQueryable<Review> Waiting(HitlDbContext db, IQueryable<Review> rows, bool? areSnoozed)
    {
        rows = rows.Where(r => r.Status == ReviewStatus.WAITING);
        var now = clock.GetUtcNow();
        var snoozes = db.Snoozes.Where(s => s.Until > now);
        return areSnoozed switch
        {
            null => rows,
            true => rows.Where(r => snoozes.Any(s => s.UserId == r.UserId && s.NodeExecId == r.NodeExecId)),
            false => rows.Where(r => !snoozes.Any(s => s.UserId == r.UserId && s.NodeExecId == r.NodeExecId)),
        };
    }

    IQueryable<Review> Narrow(
        IQueryable<Review> rows, TimeSpan? olderThan, TimeSpan? newerThan, bool? isEditable, bool hasWarnings, DecidedAs? decidedAs)
    {
        var now = clock.GetUtcNow();
        if (olderThan is { } older && now - older is var before)
            rows = rows.Where(r => r.CreatedAt <= before);
        if (newerThan is { } newer && now - newer is var after)
            rows = rows.Where(r => r.CreatedAt >= after);
        if (isEditable is { } editable)
            rows = rows.Where(r => r.Editable == editable);
        if (hasWarnings)
            rows = rows.Where(r => r.Warnings == null || r.Warnings > 0);
        return decidedAs switch
        {
            null => rows,
            DecidedAs.approved => rows.Where(r => r.Status == ReviewStatus.APPROVED && !r.WasEdited && !r.AutoApproved),
            DecidedAs.edited => rows.Where(r => r.Status == ReviewStatus.APPROVED && r.WasEdited),
            DecidedAs.auto_approved => rows.Where(r => r.Status == ReviewStatus.APPROVED && r.AutoApproved),
            DecidedAs.rejected => rows.Where(r => r.Status == ReviewStatus.REJECTED && r.ReviewedBy != null),
            _ => rows.Where(r => r.Status == ReviewStatus.REJECTED && r.ReviewedBy == null),
        };
    }

    IQueryable<Review> Search(HitlDbContext db, Caller caller, IQueryable<Review> rows, ReviewSearch search)
    {
        foreach (var word in search.Words)
            rows = rows.Where(db.Searching(HasWord(db, caller, word)));
        foreach (var name in search.From)
            rows = rows.Where(db.Searching<Review>(r => r.AskedBy.Has(name)));
        foreach (var named in search.Blocks.Select(BlocksNamed))
            rows = rows.Where(r => r.BlockId != null && named.Contains(r.BlockId));
        foreach (var named in search.Graphs.Select(name => Named(db, caller, name)))
            rows = rows.Where(r => named.Contains(r.GraphId!) || named.Contains(r.GraphExecId));
        foreach (var host in search.Hosts.Select(Folding.Of).Select(SearchPattern.Escape))
        {
            var (whole, below, mail, mailBelow) = ($"%//{host}%", $"%//%.{host}%", $"%@{host}%", $"%@%.{host}%");
            rows = rows.Where(db.Searching<Review>(r =>
                (r.AsRead ?? r.Payload).IsLike(whole) || (r.AsRead ?? r.Payload).IsLike(below)
                || (r.AsRead ?? r.Payload).IsLike(mail) || (r.AsRead ?? r.Payload).IsLike(mailBelow)));
        }
        if (search.HasMessage)
            rows = rows.Where(r => r.ReviewMessage != null);
        if (search.HasInstructions)
            rows = rows.Where(r => r.Instructions != null);
        return rows;
    }

    Expression<Func<Review, bool>> HasWord(HitlDbContext db, Caller caller, string word)
    {
        var folded = SearchPattern.Of(Folding.Of(word));
        var (ofBlocks, named) = (BlocksNamed(word), Named(db, caller, word));
        // As it was written, for what was asked before it was kept as it reads.
        var (raw, inJson) = (SearchPattern.Of(word), SearchPattern.Of(JsonText.Encode(word)[1..^1]));
        return r => (r.AsRead ?? r.Payload).IsLike(folded) || (r.InstructionsAsRead ?? r.Instructions).IsLike(folded)
            || (inJson != folded && r.AsRead == null && r.Payload.IsLike(inJson))
            || (raw != folded && r.InstructionsAsRead == null && r.Instructions.IsLike(raw))
            || r.ReviewMessage.Has(word) || r.AskedBy.Has(word)
            || r.NodeExecId.Has(word) || r.GraphExecId.Has(word) || r.NodeId.Has(word)
            || (r.BlockId != null && ofBlocks.Contains(r.BlockId))
            || named.Contains(r.GraphId!) || named.Contains(r.GraphExecId);
    }

    List<string> BlocksNamed(string name) =>
        [.. blocks.All.Where(b => Folding.Of(b.Name).Contains(Folding.Of(name), StringComparison.Ordinal)).Select(b => b.Id.ToString())];

    /// <summary>The ids of the caller's graphs and chats whose names have a word in them.</summary>
    IQueryable<string> Named(HitlDbContext db, Caller caller, string word) =>
        kinds.Select(kind => kind.Named(db, caller, word)).OfType<IQueryable<string>>().Aggregate((a, b) => a.Concat(b));
}
