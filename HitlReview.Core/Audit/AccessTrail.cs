using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Audit;

/// <summary>An event about somebody's account, sign-ins or keys.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Detail">What else matters.</param>
public sealed record AccessEvent(string Action, string? UserId, string? Detail);

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
    /// <returns>The place to go on from, and the events up to it.</returns>
    public async Task<(long Head, IReadOnlyList<AccessEvent> Events)> ReadAsync(long? after, CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        // The chain grows by one writer at a time, so nothing is ever committed behind the head.
        var head = (await db.TrailHeadAsync(ct)).Seq;
        if (after is null || after >= head)
            return (head, []);
        var events = await db.AuditEvents.AsNoTracking()
            .Where(e => e.Seq > after && e.Seq <= head
                && (e.Action.StartsWith("user.") || e.Action.StartsWith("session.") || e.Action.StartsWith("key.")))
            .OrderBy(e => e.Seq)
            .Select(e => new AccessEvent(e.Action, e.OwnerId, e.Detail))
            .ToListAsync(ct);
        return (head, events);
    }
}
