using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Executions;

/// <summary>The tables of graphs and their executions.</summary>
public static class ExecutionTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The stored graphs, every version.</summary>
        public DbSet<Graph> Graphs => db.Set<Graph>();

        /// <summary>What people are making of graphs.</summary>
        public DbSet<UnstoredGraph> UnstoredGraphs => db.Set<UnstoredGraph>();

        /// <summary>The graph executions.</summary>
        public DbSet<GraphExecution> GraphExecutions => db.Set<GraphExecution>();
    }
}

sealed class GraphTable : IEntityTypeConfiguration<Graph>
{
    public void Configure(EntityTypeBuilder<Graph> builder)
    {
        builder.ToTable("graphs").HasKey(g => new { g.Id, g.Version });
        builder.HasIndex(g => new { g.UserId, g.CreatedAt, g.Id });
    }
}

sealed class UnstoredGraphTable : IEntityTypeConfiguration<UnstoredGraph>
{
    public void Configure(EntityTypeBuilder<UnstoredGraph> builder) =>
        builder.ToTable("unstored_graphs").HasKey(g => new { g.UserId, g.GraphId });
}

sealed class GraphExecutionTable : IEntityTypeConfiguration<GraphExecution>
{
    public void Configure(EntityTypeBuilder<GraphExecution> builder)
    {
        builder.ToTable("graph_executions").HasKey(e => e.Id);
        builder.HasIndex(e => new { e.UserId, e.CreatedAt, e.Id });
        builder.HasIndex(e => new { e.Status, e.UpdatedAt, e.Id });
        // The stuck ones, the newest first.
        builder.HasIndex(e => new { e.Status, e.CreatedAt, e.Id });
        builder.HasIndex(e => new { e.CreatedAt, e.Id });
        builder.HasIndex(e => e.UserId).HasFilter("ended_at IS NULL");
    }
}
