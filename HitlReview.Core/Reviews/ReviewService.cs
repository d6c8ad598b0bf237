using System.Linq.Expressions;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Reviews;

/// <summary>What callers outside Core read of reviews, and how they wait for a decision.</summary>
public sealed class ReviewService(
    IDbContextFactory<HitlDbContext> contexts, IEnumerable<IRunKind> kinds, ChangeFeeds events, IOptions<LimitOptions> limits,
    TimeProvider clock)
{
    // Of an instance, not static: a compiled query belongs to the model of one database.
    // "Not later, and of the same time only the smaller ids" in a form that both databases answer from the index.
    readonly Func<HitlDbContext, string, int, int, IAsyncEnumerable<ReviewHead>> _firstHeads = EF.CompileAsyncQuery(
        (HitlDbContext db, string user, int skip, int take) => db.Set<Review>()
            .Where(r => r.UserId == user && r.Status == ReviewStatus.WAITING)
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.NodeExecId)
            .Skip(skip).Take(take)
            .Select(r => new ReviewHead(r.UserId, r.NodeExecId, r.CreatedAt,
                (HitlDbContext.OctetLength(r.Payload) ?? 0) + (HitlDbContext.OctetLength(r.Instructions) ?? 0))));

    readonly Func<HitlDbContext, string, DateTimeOffset, string, int, IAsyncEnumerable<ReviewHead>> _headsAfter = EF.CompileAsyncQuery(
        (HitlDbContext db, string user, DateTimeOffset at, string id, int take) => db.Set<Review>()
            .Where(r => r.UserId == user && r.Status == ReviewStatus.WAITING)
            .Where(r => r.CreatedAt <= at && (r.CreatedAt < at || string.Compare(r.NodeExecId, id) < 0))
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.NodeExecId)
            .Take(take)
            .Select(r => new ReviewHead(r.UserId, r.NodeExecId, r.CreatedAt,
                (HitlDbContext.OctetLength(r.Payload) ?? 0) + (HitlDbContext.OctetLength(r.Instructions) ?? 0))));

    readonly Func<HitlDbContext, string, DateTimeOffset, string, DateTimeOffset, string, IAsyncEnumerable<Review>> _between =
        EF.CompileAsyncQuery(
        (HitlDbContext db, string user, DateTimeOffset at, string id, DateTimeOffset lastAt, string lastId) => db.Set<Review>()
            .AsNoTracking()
            .Where(r => r.UserId == user && r.Status == ReviewStatus.WAITING)
            .Where(r => r.CreatedAt <= at && (r.CreatedAt < at || string.Compare(r.NodeExecId, id) <= 0))
            .Where(r => r.CreatedAt >= lastAt && (r.CreatedAt > lastAt || string.Compare(r.NodeExecId, lastId) >= 0)));

    readonly Func<HitlDbContext, string, CancellationToken, Task<long>> _waiting = EF.CompileAsyncQuery(
        (HitlDbContext db, string user, CancellationToken ct) =>
            db.Set<WaitingTotal>().Where(t => t.UserId == user).Select(t => t.Reviews).FirstOrDefault());

    /// <summary>The review, whatever its status.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<Review> GetAsync(Caller caller, string nodeExecId, CancellationToken ct, string? userId = null) =>
        await FindAsync(caller, nodeExecId, ct, userId) ?? throw ReviewMoves.Unknown(nodeExecId);

    /// <summary>The review, whatever its status; null if it is unknown or not the caller's.</summary>
    /// <param name="caller">Who reads.</param>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="userId">Whose; null for the caller's own or, where an admin has none of that id, for the only one there is.</param>
    public async Task<Review?> FindAsync(Caller caller, string nodeExecId, CancellationToken ct, string? userId = null)
    {
        caller.Require(KeyMay.ask | KeyMay.decide);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var owner = await OwnerAsync(db, caller, nodeExecId, userId, ct);
        return await db.Reviews.AsNoTracking().VisibleTo(caller)
            .FirstOrDefaultAsync(r => r.UserId == owner && r.NodeExecId == nodeExecId, ct);
    }

    /// <summary>Whose review of that id the caller means.</summary>
    static async Task<string> OwnerAsync(HitlDbContext db, Caller caller, string nodeExecId, string? userId, CancellationToken ct)
    {
        if (userId is not null || !caller.SeesAll()
            || await db.Reviews.OwnOf(caller).AnyAsync(r => r.NodeExecId == nodeExecId, ct))
            return userId ?? caller.UserId;
        // By way of the users, so that the key's index serves. Of several none is meant.
        var owners = await db.Users.Where(u => db.Set<Review>().Any(r => r.UserId == u.Id && r.NodeExecId == nodeExecId))
            .Select(u => u.Id).Take(2).ToListAsync(ct);
        return owners is [var only] ? only : caller.UserId;
    }

    /// <summary>The caller's own review if it is waiting; null if it is decided, unknown or someone else's.</summary>
    public async Task<Review?> GetPendingAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Reviews.AsNoTracking().OwnOf(caller)
            .FirstOrDefaultAsync(r => r.NodeExecId == nodeExecId && r.Status == ReviewStatus.WAITING, ct);
    }

    /// <summary>Those of the reviews that are the caller's own, by id, whatever their status.</summary>
    public async Task<IReadOnlyDictionary<string, Review>> GetManyAsync(
        Caller caller, IReadOnlyCollection<string> nodeExecIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Reviews.AsNoTracking().OwnOf(caller).Where(r => nodeExecIds.Contains(r.NodeExecId))
            .ToDictionaryAsync(r => r.NodeExecId, ct);
    }

    /// <summary>The statuses of those of the reviews that are the caller's own, by id.</summary>
    public async Task<IReadOnlyDictionary<string, ReviewStatus>> StatusesAsync(Caller caller, IReadOnlyCollection<string> nodeExecIds,
        CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Reviews.OwnOf(caller).Where(r => nodeExecIds.Contains(r.NodeExecId))
            .Select(r => new { r.NodeExecId, r.Status }).ToDictionaryAsync(r => r.NodeExecId, r => r.Status, ct);
    }

    /// <summary>The caller's waiting reviews, newest first.</summary>
    /// <param name="caller">Their owner.</param>
    /// <param name="page">Which page; it ends early where its rows weigh too much.</param>
    /// <param name="maxBytes">How much that is; null for <see cref="LimitOptions.PageBytes"/>.</param>
    /// <param name="ct">Cancels the queries, those for rows that are read later too.</param>
    public async Task<ReviewPage> PendingAsync(Caller caller, PageRequest page, CancellationToken ct, int? maxBytes = null)
    {
        caller.Require(KeyMay.ask | KeyMay.decide);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // Only the agent's own: few, and on no page that must be fast.
        if (!caller.May(KeyMay.decide))
            return await PageAsync(
                db, any => any.Reviews.AsNoTracking().OwnOf(caller).Where(r => r.Status == ReviewStatus.WAITING), descending: true, page,
                maxBytes ?? limits.Value.PageBytes, ct);
        var found = new List<ReviewHead>(page.PageSize + 1);
        // One row more than asked for tells whether there is a next page.
        if (page.Skip <= int.MaxValue)
            await foreach (var head in (page.After is { } after
                ? _headsAfter(db, caller.UserId, after.At, after.Id, page.PageSize + 1)
                : _firstHeads(db, caller.UserId, (int)page.Skip, page.PageSize + 1)).WithCancellation(ct))
                found.Add(head);
        var (heads, next) = ReviewPages.Cut(found, page.PageSize, maxBytes ?? limits.Value.PageBytes);
        var waiting = await _waiting(db, caller.UserId, ct);
        int? total = waiting > ListPage<Review>.CountLimit ? null : (int)waiting;
        if (heads is not [var first, ..] || !ReviewPages.IsOnePortion(heads))
            return new(ReviewPages.ReadAsync(contexts, Waiting, heads, ct), total, next);
        var rows = new List<Review>(heads.Count);
        var last = heads[^1];
        var read = _between(db, caller.UserId, first.CreatedAt, first.NodeExecId, last.CreatedAt, last.NodeExecId);
        await foreach (var review in read.WithCancellation(ct))
            rows.Add(review);
        return new(ReviewPages.InOrder(rows, heads).ToAsyncEnumerable(), total, next);

        IQueryable<Review> Waiting(HitlDbContext any) =>
            any.Reviews.AsNoTracking().OwnOf(caller).Where(r => r.Status == ReviewStatus.WAITING);
    }

    /// <summary>The waiting reviews of an execution, oldest first.</summary>
    /// <param name="caller">Their owner, or an admin.</param>
    /// <param name="graphExecId">The execution or chat.</param>
    /// <param name="page">Which page; it ends early where its rows weigh more than <see cref="LimitOptions.PageBytes"/>.</param>
    /// <param name="ct">Cancels the queries, those for rows that are read later too.</param>
    /// <param name="userId">Whose alone; null for all that the caller may see.</param>
    /// <exception cref="RefusedException">
    /// The execution is unknown or not the caller's. A synthetic id without reviews gives an empty list instead.
    /// </exception>
    public async Task<ReviewPage> PendingForExecutionAsync(
        Caller caller, string graphExecId, PageRequest page, CancellationToken ct, string? userId = null)
    {
        caller.Require(KeyMay.ask | KeyMay.decide);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // Of several users' reviews two may have one id and one time.
        var read = await PageAsync(db, Waiting, descending: false, page, limits.Value.PageBytes, ct,
            ofSeveral: caller.SeesAll() && userId is null);
        var known = read.Total != 0;
        foreach (var kind in kinds)
            known = known || await kind.KnowsAsync(db, caller, graphExecId, userId, ct);
        return known ? read : throw RunId.Unknown(graphExecId);

        IQueryable<Review> Waiting(HitlDbContext any) =>
            Own(any.Reviews.AsNoTracking().VisibleTo(caller)).Where(r => r.GraphExecId == graphExecId && r.Status == ReviewStatus.WAITING);

        IQueryable<Review> Own(IQueryable<Review> all) => userId is null ? all : all.Where(r => r.UserId == userId);
    }

    async Task<ReviewPage> PageAsync(
        HitlDbContext db, Func<HitlDbContext, IQueryable<Review>> list, bool descending, PageRequest page, int maxBytes,
        CancellationToken ct, bool ofSeveral = false)
    {
        Expression<Func<Review, string>> id = ofSeveral ? r => r.NodeExecId + "\n" + r.UserId : r => r.NodeExecId;
        var rest = page.After is { } after ? list(db).Where(Paging.Beyond(r => r.CreatedAt, id, after, descending)) : list(db);
        var found = page.Skip > int.MaxValue ? [] : await rest.InOrder(r => r.CreatedAt, id, descending)
            .Skip((int)page.Skip).Take(page.PageSize + 1)
            .Select(r => new ReviewHead(r.UserId, r.NodeExecId, r.CreatedAt,
                (HitlDbContext.OctetLength(r.Payload) ?? 0) + (HitlDbContext.OctetLength(r.Instructions) ?? 0)))
            .ToListAsync(ct);
        var count = await list(db).Take(ListPage<Review>.CountLimit + 1).CountAsync(ct);
        var (heads, next) = ReviewPages.Cut(found, page.PageSize, maxBytes);
        if (next is not null && ofSeveral)
            next = next with { Id = $"{heads[^1].NodeExecId}\n{heads[^1].UserId}" };
        return new(ReviewPages.ReadAsync(contexts, list, heads, ct), count > ListPage<Review>.CountLimit ? null : count, next);
    }

    /// <summary>True if any of the caller's reviews of the execution is waiting.</summary>
    public async Task<bool> HasPendingAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Reviews.OwnOf(caller).AnyAsync(r => r.GraphExecId == graphExecId && r.Status == ReviewStatus.WAITING, ct);
    }

    /// <summary>Waits until a review is decided.</summary>
    /// <param name="caller">Who waits.</param>
    /// <param name="nodeExecId">The review.</param>
    /// <param name="atMost">How long; zero to read it as it is.</param>
    /// <param name="noLonger">Ends the wait as the time does: the process ends.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="userId">Whose, as in <see cref="FindAsync"/>.</param>
    /// <returns>The review: decided, or as it is when the time is over.</returns>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<Review> WaitForDecisionAsync(
        Caller caller, string nodeExecId, TimeSpan atMost, CancellationToken noLonger, CancellationToken ct, string? userId = null)
    {
        // Whoever waits holds no payload meanwhile: they may be many, and for long.
        if (atMost <= TimeSpan.Zero || await WaitingAsync(userId) is not var (owner, graphExecId))
            return await NowAsync(userId);
        using var feed = events.OpenAbout(owner, nodeExecId, graphExecId);
        if (await WaitingAsync(owner) is null)
            return await NowAsync(owner);
        using var time = new CancellationTokenSource(atMost, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(time.Token, noLonger);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            await foreach (var _ in feed.ReadAsync(either.Token))
                if (await WaitingAsync(owner) is null)
                    return await NowAsync(owner);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !ct.IsCancellationRequested)
        {
        }
        return await NowAsync(owner);

        Task<Review> NowAsync(string? of) => GetAsync(caller, nodeExecId, ct, of);

        // Whose it is, is found once: another user's agent may ask under the same id meanwhile.
        async Task<(string Owner, string GraphExecId)?> WaitingAsync(string? whose)
        {
            caller.Require(KeyMay.ask | KeyMay.decide);
            await using var db = await contexts.CreateDbContextAsync(ct);
            var of = await OwnerAsync(db, caller, nodeExecId, whose, ct);
            return await db.Reviews.VisibleTo(caller)
                .Where(r => r.UserId == of && r.NodeExecId == nodeExecId && r.Status == ReviewStatus.WAITING)
                .Select(r => r.GraphExecId).FirstOrDefaultAsync(ct) is { } graphExecId ? (of, graphExecId) : null;
        }
    }
}
