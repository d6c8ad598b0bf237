using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>A graph to be stored.</summary>
/// <param name="Id">An own graph to which this is a new version; null for a new graph.</param>
/// <param name="Name">The name people see.</param>
/// <param name="Definition">Nodes and links.</param>
public sealed record GraphDraft(string? Id, string Name, GraphDefinition Definition)
{
    /// <summary>Whether the Human In The Loop block asks.</summary>
    public bool HumanInTheLoopSafeMode { get; init; } = true;

    /// <summary>Whether sensitive blocks ask.</summary>
    public bool SensitiveActionSafeMode { get; init; } = true;

    /// <summary>The version that it was made from, which must still be the newest; null for whichever is.</summary>
    public int? Follows { get; init; }
}

/// <summary>Stores graphs and reads them back.</summary>
public sealed class Graphs(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks)
{
    const int MaxName = 200;

    /// <summary>Stores a graph: version 1 of a new one, or the next version of the caller's own.</summary>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.Forbidden"/>: a safe mode is off and the key may not decide. <see cref="Refusal.Invalid"/>: it could not run.
    /// <see cref="Refusal.NotFound"/>: no own graph of that id. <see cref="Refusal.Conflict"/>: another version has been stored since.
    /// </exception>
    public async Task<Graph> StoreAsync(Caller caller, GraphDraft draft, CancellationToken ct)
    {
        caller.Require(KeyMay.ask | KeyMay.decide);
        if (!draft.HumanInTheLoopSafeMode || !draft.SensitiveActionSafeMode)
            caller.Require(KeyMay.decide);
        var name = await CheckAsync(draft, ct);
        var json = draft.Definition.ToJson();
        return await queue.WriteAsync(caller, async tx =>
        {
            var last = draft.Id is null ? 0
                : await tx.Db.Graphs.Where(g => g.Id == draft.Id && g.UserId == caller.UserId).MaxAsync(g => (int?)g.Version, ct)
                    ?? throw Unknown(draft.Id);
            if (draft.Follows is { } former && former != last)
                throw new RefusedException(Refusal.Conflict, $"Version {last} of graph '{draft.Id}' has been stored meanwhile.");
            // A person runs the newest version as their own: no agent puts one of its own making in its place.
            if (last > 0 && caller.Key is { } key && !caller.May(KeyMay.decide)
                && await tx.Db.Graphs.AnyAsync(g => g.Id == draft.Id && g.StoredByKeyId != key.Id, ct))
                throw new RefusedException(Refusal.Forbidden,
                    $"Graph '{Identifiers.Shown(draft.Id)}' was not stored with the key '{key.Name}'. Store one of your own.");
            var graph = new Graph
            {
                Id = draft.Id ?? Guid.CreateVersion7(tx.Now).ToString(),
                Version = last + 1,
                UserId = caller.UserId,
                Name = name,
                Definition = json,
                HumanInTheLoopSafeMode = draft.HumanInTheLoopSafeMode,
                SensitiveActionSafeMode = draft.SensitiveActionSafeMode,
                StoredByKeyId = caller.Key?.Id,
                CreatedAt = tx.Now,
            };
            tx.Db.Add(graph);
            await tx.Db.SaveChangesAsync(ct);
            tx.Record(AuditEntry.By(caller, AuditActions.GraphStored) with
            {
                OwnerId = caller.UserId,
                Detail = $"{graph.Id} v{graph.Version}",
            });
            return graph;
        }, ct);
    }

    /// <summary>Why a graph could not be stored as it is; null if it could.</summary>
    public async Task<string?> FaultAsync(GraphDraft draft, CancellationToken ct)
    {
        try
        {
            await CheckAsync(draft, ct);
            return null;
        }
        catch (RefusedException e)
        {
            return e.Message;
        }
    }

    /// <returns>The name as it is kept.</returns>
    async Task<string> CheckAsync(GraphDraft draft, CancellationToken ct)
    {
        var name = Identifiers.CheckText(draft.Name, "name", MaxName)
            ?? throw new RefusedException(Refusal.Invalid, "name must not be empty.");
        await GraphCheck.CheckAsync(draft.Definition, blocks, ct);
        return name;
    }

    /// <summary>A version of an own graph; the newest where none is named.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<Graph> GetAsync(Caller caller, string graphId, int? version, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Graphs.AsNoTracking().VisibleTo(caller)
            .Where(g => g.Id == graphId && (version == null || g.Version == version))
            .OrderByDescending(g => g.Version).FirstOrDefaultAsync(ct) ?? throw Unknown(graphId);
    }

    /// <summary>
    /// The newest version of each of the caller's graphs, newest first; without nodes and links, of which a graph may have megabytes.
    /// </summary>
    /// <param name="caller">Whose.</param>
    /// <param name="page">Which page.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="text">Found in the name or the id; null for all.</param>
    public async Task<ListPage<Graph>> ListAsync(Caller caller, PageRequest page, CancellationToken ct, string? text = null)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var newest = db.Graphs.AsNoTracking()
            .Where(g => g.UserId == caller.UserId && !db.Set<Graph>().Any(later => later.Id == g.Id && later.Version > g.Version));
        if (!string.IsNullOrWhiteSpace(text))
        {
            var word = text.Trim();
            newest = newest.Where(db.Searching<Graph>(g => g.Name.Has(word) || g.Id.Has(word)));
        }
        return await newest.Select(g => new Graph
        {
            Id = g.Id,
            Version = g.Version,
            UserId = g.UserId,
            Name = g.Name,
            Definition = "",
            HumanInTheLoopSafeMode = g.HumanInTheLoopSafeMode,
            SensitiveActionSafeMode = g.SensitiveActionSafeMode,
            CreatedAt = g.CreatedAt,
        }).PageAsync(g => g.CreatedAt, g => g.Id, page, ct);
    }

    /// <summary>The newest names of those of the graphs that the caller may see, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(
        Caller caller, IReadOnlyCollection<string> graphIds, CancellationToken ct)
    {
        if (graphIds.Count == 0)
            return new Dictionary<string, string>();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var versions = await db.Graphs.AsNoTracking().VisibleTo(caller)
            .Where(g => graphIds.Contains(g.Id))
            .Select(g => new { g.Id, g.Version, g.Name })
            .ToListAsync(ct);
        return versions.GroupBy(g => g.Id).ToDictionary(g => g.Key, g => g.MaxBy(v => v.Version)!.Name, StringComparer.Ordinal);
    }

    internal static RefusedException Unknown(string? graphId) =>
        new(Refusal.NotFound, $"No graph '{Identifiers.Shown(graphId)}' was found.");
}

/// <summary>Who may see which graphs.</summary>
public static class GraphAccess
{
    /// <summary>The graphs that the caller may see. A key that may only ask runs its user's graphs, and so may read them.</summary>
    public static IQueryable<Graph> VisibleTo(this IQueryable<Graph> graphs, Caller caller) =>
        caller.SeesAll() ? graphs : graphs.Where(g => g.UserId == caller.UserId);
}
