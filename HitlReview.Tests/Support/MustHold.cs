using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Support;

/// <summary>
/// What must be true of every row whatever has happened; looked at after each test of a specification, and after each crash.
/// </summary>
static class MustHold
{
    public static async Task InAsync(HitlDbContext db, CancellationToken ct)
    {
        var broken = await db.Database
            .SqlQueryRaw<string>(
                $"SELECT user_id || ' ' || node_exec_id || ' ' || status AS \"Value\" FROM reviews WHERE {ReviewMoves.Broken}")
            .ToListAsync(ct);
        Assert.Empty(broken);
    }
}
