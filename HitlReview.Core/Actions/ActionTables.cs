using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Actions;

/// <summary>The tables of actions.</summary>
public static class ActionTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The node executions of graph executions and chats.</summary>
        public DbSet<NodeExecution> NodeExecutions => db.Set<NodeExecution>();

        /// <summary>The outside executions that were stopped.</summary>
        public DbSet<StoppedExecution> StoppedExecutions => db.Set<StoppedExecution>();
    }
}

sealed class NodeExecutionTable : IEntityTypeConfiguration<NodeExecution>
{
    public void Configure(EntityTypeBuilder<NodeExecution> builder)
    {
        builder.ToTable("node_executions").HasKey(n => n.Id);
        builder.HasIndex(n => new { n.GraphExecId, n.Ordinal }).IsUnique();
        builder.HasIndex(n => new { n.Status, n.GraphExecId });
        // Of which somebody must find out whether they took effect.
        builder.HasIndex(n => n.GraphExecId).HasFilter("outcome IS NOT NULL AND status = 'REVIEW'")
            .HasDatabaseName("IX_node_executions_to_settle");
        builder.HasIndex(n => new { n.GraphExecId, n.DeliveryTurn }).HasFilter("delivery_turn IS NOT NULL");
    }
}

sealed class StoppedExecutionTable : IEntityTypeConfiguration<StoppedExecution>
{
    public void Configure(EntityTypeBuilder<StoppedExecution> builder) =>
        builder.ToTable("stopped_executions").HasKey(s => new { s.UserId, s.GraphExecId });
}
