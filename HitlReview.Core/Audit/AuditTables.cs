using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Audit;

/// <summary>The table of the trail.</summary>
public static class AuditTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The audit trail. Only <see cref="Trail"/> adds to it.</summary>
        public DbSet<AuditEvent> AuditEvents => db.Set<AuditEvent>();

        /// <summary>The last place of the trail: 0 where there is none yet.</summary>
        public async Task<RecordMark> TrailHeadAsync(CancellationToken ct) =>
            await db.AuditEvents.OrderByDescending(e => e.Seq).Select(e => new RecordMark(e.Seq, e.Hash)).FirstOrDefaultAsync(ct)
            ?? new(0, AuditChain.Genesis);
    }
}

sealed class AuditEventTable : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.ToTable("audit_events").HasKey(a => a.Seq);
        builder.Property(a => a.Seq).ValueGeneratedNever();
    }
}
