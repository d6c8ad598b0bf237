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

    /// <summary>Keeps what the caller has made of a graph, instead of what they knew to be kept.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="graphId">The graph; empty for a new one.</param>
    /// <param name="version">The version that it was begun from; 0 for a new graph.</param>
    /// <param name="text">As far as it is made; null to give it up.</param>
    /// <param name="known">The text that was kept until now, as far as the caller knows; null for none.</param>
    /// <param name="ct">Gives up while the save waits for its turn.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.TooLarge"/>: longer than is kept. <see cref="Refusal.Conflict"/>: another window has kept something else since.
    /// </exception>
    public async Task KeepAsync(Caller caller, string graphId, int version, string? text, string? known, CancellationToken ct)
    {
        if (text?.Length > MaxText)
            throw new RefusedException(Refusal.TooLarge, "The graph is larger than one that can be kept; store it, or make it smaller.");
        if (text == known)
            return;
        var statement = (text, known) switch
        {
            (null, _) => "DELETE FROM unstored_graphs WHERE user_id = @user AND graph_id = @graph AND text = @known",
            (_, null) => """
                INSERT INTO unstored_graphs (user_id, graph_id, version, text, updated_at) VALUES (@user, @graph, @version, @text, @now)
                ON CONFLICT (user_id, graph_id) DO NOTHING
                """,
            _ => """
                UPDATE unstored_graphs SET version = @version, text = @text, updated_at = @now
                WHERE user_id = @user AND graph_id = @graph AND text = @known
                """,
        };
        var kept = await queue.WriteTypedAsync(caller, tx => tx.ExecuteAsync(
            statement, ct, ("user", caller.UserId), ("graph", graphId), ("version", version), ("text", text), ("known", known),
            ("now", tx.Now)), ct);
        if (kept == 0)
            throw new RefusedException(Refusal.Conflict, "Another window has changed what is made of this graph meanwhile.");
    }
}
