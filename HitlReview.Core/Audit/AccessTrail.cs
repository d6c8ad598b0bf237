using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Audit;

/// <summary>Reads on in the trail what may end somebody's access, whichever process wrote it.</summary>
public sealed class AccessTrail(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>True for what is about an account, a sign-in or a key.</summary>
    public static bool Concerns(string action) =>
        action.StartsWith("user.", StringComparison.Ordinal) || action.StartsWith("session.", StringComparison.Ordinal)
            || action.StartsWith("key.", StringComparison.Ordinal);

    /// <summary>What was written after a place in the trail.</summary>
    /// <param name="after">The place; null to begin at its end.</param>
    /// <param name="ct">Gives up reading.</param>
    /// <returns>The place to go on from, and whom the events up to it are about; null among them for nobody's account.</returns>
    public async Task<(long Head, IReadOnlyList<string?> UserIds)> ReadAsync(long? after, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        // The chain grows by one writer at a time, so nothing is ever committed behind the head.
        var head = (await db.TrailHeadAsync(ct)).Seq;
        if (after is null || after >= head)
            return (head, []);
        var userIds = await db.AuditEvents.AsNoTracking()
            .Where(e => e.Seq > after && e.Seq <= head
                && (e.Action.StartsWith("user.") || e.Action.StartsWith("session.") || e.Action.StartsWith("key.")))
            .Select(e => e.OwnerId).Distinct().ToListAsync(ct);
        return (head, userIds);
    }
}
