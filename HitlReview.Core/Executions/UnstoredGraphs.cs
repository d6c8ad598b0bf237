using HitlReview.Core.Accounts;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>What somebody is making of a graph and has not stored yet.</summary>
public sealed class UnstoredGraph
{
    /// <summary>Who makes it.</summary>
    public required string UserId { get; init; }

    /// <summary>The graph of which it is to be the next version; empty for a new graph.</summary>
    public required string GraphId { get; init; }

    /// <summary>The version that it was begun from; 0 for a new graph.</summary>
    public required int Version { get; init; }

    /// <summary>As far as it is made, as JSON in the form in which a graph is given.</summary>
    public required string Text { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Keeps what people make of graphs until they store it. It runs nothing, so it is not in the audit trail.</summary>
public sealed class UnstoredGraphs(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>The longest text kept, in UTF-16 code units.</summary>
    public const int MaxText = 4_000_000;

    /// <summary>What the caller has made of a graph; null if nothing.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="graphId">The graph; empty for a new one.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<UnstoredGraph?> FindAsync(Caller caller, string graphId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.UnstoredGraphs.AsNoTracking().FirstOrDefaultAsync(g => g.UserId == caller.UserId && g.GraphId == graphId, ct);
    }

    /// <summary>Keeps what the caller has made of a graph, instead of what was kept.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="graphId">The graph; empty for a new one.</param>
    /// <param name="version">The version that it was begun from; 0 for a new graph.</param>
    /// <param name="text">As far as it is made; null to give it up.</param>
    /// <param name="ct">Gives up while the save waits for its turn.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.TooLarge"/>: longer than is kept.</exception>
    public Task KeepAsync(Caller caller, string graphId, int version, string? text, CancellationToken ct)
    {
        if (text?.Length > MaxText)
            throw new RefusedException(Refusal.TooLarge, "The graph is larger than one that can be kept; store it, or make it smaller.");
        return queue.WriteTypedAsync(caller, tx => text is null
            ? tx.ExecuteAsync(
                "DELETE FROM unstored_graphs WHERE user_id = @user AND graph_id = @graph", ct, ("user", caller.UserId), ("graph", graphId))
            : tx.ExecuteAsync(
                """
                INSERT INTO unstored_graphs (user_id, graph_id, version, text, updated_at) VALUES (@user, @graph, @version, @text, @now)
                ON CONFLICT (user_id, graph_id) DO UPDATE
                SET version = excluded.version, text = excluded.text, updated_at = excluded.updated_at
                """,
                ct, ("user", caller.UserId), ("graph", graphId), ("version", version), ("text", text), ("now", tx.Now)), ct);
    }
}
