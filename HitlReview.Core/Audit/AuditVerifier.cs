using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Audit;

/// <summary>What verifying the audit trail found.</summary>
/// <param name="Count">How many events hold together, from the first on.</param>
/// <param name="HeadHash">The hash of the last of them. Noted down elsewhere, it shows later whether events were cut off the end, which no
/// chain can show by itself.</param>
/// <param name="BrokenSeq">The position of the first event that is missing or changed; null if none is.</param>
/// <param name="Fault">What is wrong there; null if nothing is.</param>
public sealed record AuditVerdict(long Count, string HeadHash, long? BrokenSeq, string? Fault);

/// <summary>Recomputes the hash chain of the audit trail.</summary>
public sealed class AuditVerifier(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>
    /// Reads the trail from its beginning to its first fault, one event at a time, however long it is. May run beside the serving process.
    /// </summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateDbContext();
        long count = 0;
        var head = AuditChain.Genesis;
        try
        {
            await foreach (var e in db.AuditEvents.AsNoTracking().OrderBy(e => e.Seq).AsAsyncEnumerable().WithCancellation(ct))
            {
                var fault =
                    e.Seq != count + 1 ? $"the event is missing; the next one there is {e.Seq}"
                    : e.PrevHash != head ? "the event does not follow from the one before"
                    : e.Hash != AuditChain.HashOf(e) ? "the event was changed"
                    : null;
                if (fault is not null)
                    return new(count, head, count + 1, fault);
                (count, head) = (e.Seq, e.Hash);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException or FormatException or ArgumentException)
        {
            // A value that no event of ours can have, such as an unknown surface or a missing hash.
            return new(count, head, count + 1, "the event can't be read");
        }
        return new(count, head, null, null);
    }
}
