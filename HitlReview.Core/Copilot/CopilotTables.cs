using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Copilot;

/// <summary>The tables of chats.</summary>
public static class CopilotTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The chats.</summary>
        public DbSet<CopilotSession> CopilotSessions => db.Set<CopilotSession>();
    }
}

sealed class CopilotSessionTable : IEntityTypeConfiguration<CopilotSession>
{
    public void Configure(EntityTypeBuilder<CopilotSession> builder)
    {
        builder.ToTable("copilot_sessions").HasKey(s => s.Id);
        builder.HasIndex(s => new { s.UserId, s.CreatedAt, s.Id });
    }
}
