using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>The tables of chats.</summary>
public static class ChatTables
{
    extension(HitlDbContext db)
    {
        /// <summary>The chats.</summary>
        public DbSet<CopilotSession> CopilotSessions => db.Set<CopilotSession>();

        /// <summary>What stands in chats.</summary>
        public DbSet<CopilotMessage> CopilotMessages => db.Set<CopilotMessage>();

        /// <summary>What waits to be said.</summary>
        public DbSet<QueuedMessage> QueuedMessages => db.Set<QueuedMessage>();

        /// <summary>What is always asked about.</summary>
        public DbSet<AskRule> AskRules => db.Set<AskRule>();

        /// <summary>The turns.</summary>
        public DbSet<CopilotTurn> CopilotTurns => db.Set<CopilotTurn>();

        /// <summary>The events of the last turn of each chat.</summary>
        public DbSet<TurnEventRow> TurnEvents => db.Set<TurnEventRow>();
    }
}

sealed class CopilotSessionTable : IEntityTypeConfiguration<CopilotSession>
{
    public void Configure(EntityTypeBuilder<CopilotSession> builder)
    {
        builder.ToTable("copilot_sessions").HasKey(s => s.Id);
        builder.HasIndex(s => new { s.UserId, s.ListedAt, s.Id });
    }
}

sealed class CopilotMessageTable : IEntityTypeConfiguration<CopilotMessage>
{
    public void Configure(EntityTypeBuilder<CopilotMessage> builder)
    {
        builder.ToTable("copilot_messages").HasKey(m => new { m.SessionId, m.Id });
        builder.HasIndex(m => new { m.SessionId, m.Seq }).IsUnique();
        builder.HasIndex(m => m.ReviewId).HasFilter("review_id IS NOT NULL");
        builder.HasIndex(m => m.IsHeld).HasFilter("is_held");
    }
}

sealed class QueuedMessageTable : IEntityTypeConfiguration<QueuedMessage>
{
    public void Configure(EntityTypeBuilder<QueuedMessage> builder) =>
        builder.ToTable("copilot_queue").HasKey(m => new { m.SessionId, m.Id });
}

sealed class AskRuleTable : IEntityTypeConfiguration<AskRule>
{
    public void Configure(EntityTypeBuilder<AskRule> builder) =>
        builder.ToTable("copilot_ask_rules").HasKey(r => new { r.SessionId, r.BlockId });
}

sealed class CopilotTurnTable : IEntityTypeConfiguration<CopilotTurn>
{
    public void Configure(EntityTypeBuilder<CopilotTurn> builder)
    {
        builder.ToTable("copilot_turns").HasKey(t => t.Id);
        // One at a time in a chat, whoever starts it.
        builder.HasIndex(t => t.SessionId).IsUnique().HasFilter("state = 'running'").HasDatabaseName("IX_copilot_turns_running");
    }
}

sealed class TurnEventTable : IEntityTypeConfiguration<TurnEventRow>
{
    public void Configure(EntityTypeBuilder<TurnEventRow> builder) =>
        builder.ToTable("copilot_events").HasKey(e => new { e.TurnId, e.Seq });
}
