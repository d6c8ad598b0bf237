using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Reviews;

/// <summary>The tables of reviews.</summary>
public static class ReviewTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The reviews.</summary>
        public DbSet<Review> Reviews => db.Set<Review>();

        /// <summary>The standing approvals, revoked ones included.</summary>
        public DbSet<AutoApproval> AutoApprovals => db.Set<AutoApproval>();

        /// <summary>What was typed about reviews and not yet sent.</summary>
        public DbSet<ReviewDraft> ReviewDrafts => db.Set<ReviewDraft>();

        /// <summary>What people have written about reviews.</summary>
        public DbSet<ReviewNote> ReviewNotes => db.Set<ReviewNote>();

        /// <summary>What was put aside.</summary>
        public DbSet<Snooze> Snoozes => db.Set<Snooze>();

        /// <summary>The decisions that can still be undone.</summary>
        public DbSet<ScheduledDecision> ScheduledDecisions => db.Set<ScheduledDecision>();
    }
}

sealed class ReviewTable : IEntityTypeConfiguration<Review>
{
    public void Configure(EntityTypeBuilder<Review> builder)
    {
        builder.ToTable("reviews").HasKey(r => new { r.UserId, r.NodeExecId });
        builder.HasIndex(r => new { r.UserId, r.Status, r.CreatedAt, r.NodeExecId });
        builder.HasIndex(r => new { r.GraphExecId, r.UserId, r.Status, r.CreatedAt, r.NodeExecId }).HasDatabaseName("IX_reviews_of_a_run");
        // The runs of outside agents, the newest first.
        builder.HasIndex(r => new { r.UserId, r.CreatedAt, r.NodeExecId }).HasFilter("origin = 'Agent'")
            .HasDatabaseName("IX_reviews_of_agents");
        // What a key sees that may only ask: a few of perhaps many. In order, or SQLite would rather read all of them in order.
        builder.HasIndex(r => new { r.UserId, r.AskedByKeyId, r.Status, r.CreatedAt, r.NodeExecId }).HasDatabaseName("IX_reviews_of_a_key");
        builder.HasIndex(r => new { r.UserId, r.ReviewedAt, r.NodeExecId }).HasFilter("reviewed_at IS NOT NULL");
    }
}

sealed class ReviewDraftTable : IEntityTypeConfiguration<ReviewDraft>
{
    public void Configure(EntityTypeBuilder<ReviewDraft> builder) =>
        builder.ToTable("review_drafts").HasKey(d => new { d.UserId, d.NodeExecId });
}

sealed class ReviewNoteTable : IEntityTypeConfiguration<ReviewNote>
{
    public void Configure(EntityTypeBuilder<ReviewNote> builder)
    {
        builder.ToTable("review_notes").HasKey(n => n.Id);
        builder.HasIndex(n => new { n.UserId, n.NodeExecId });
    }
}

sealed class SnoozeTable : IEntityTypeConfiguration<Snooze>
{
    public void Configure(EntityTypeBuilder<Snooze> builder) =>
        builder.ToTable("snoozes").HasKey(s => new { s.UserId, s.NodeExecId });
}

sealed class ScheduledDecisionTable : IEntityTypeConfiguration<ScheduledDecision>
{
    public void Configure(EntityTypeBuilder<ScheduledDecision> builder)
    {
        builder.ToTable("scheduled_decisions").HasKey(d => new { d.UserId, d.NodeExecId });
        builder.HasIndex(d => d.DueAt);
    }
}

sealed class AutoApprovalTable : IEntityTypeConfiguration<AutoApproval>
{
    public void Configure(EntityTypeBuilder<AutoApproval> builder) =>
        builder.ToTable("auto_approvals").HasKey(a => new { a.UserId, a.GraphExecId, a.NodeId });
}

/// <summary>Written with statements only (<see cref="WaitingTotals"/>); here for queries.</summary>
sealed class WaitingTotalTable : IEntityTypeConfiguration<WaitingTotal>
{
    public void Configure(EntityTypeBuilder<WaitingTotal> builder) =>
        builder.ToTable("waiting_totals", table => table.ExcludeFromMigrations()).HasKey(t => t.UserId);
}

/// <summary>Written with statements only (<see cref="ReviewCounts"/>); here for queries.</summary>
sealed class ReviewCountTable : IEntityTypeConfiguration<ReviewCount>
{
    public void Configure(EntityTypeBuilder<ReviewCount> builder) =>
        builder.ToTable("review_counts", table => table.ExcludeFromMigrations())
            .HasKey(c => new { c.UserId, c.Standing, c.GraphId, c.NodeId, c.BlockId, c.AskedByKeyId });
}
