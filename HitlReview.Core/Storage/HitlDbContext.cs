using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Copilot;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace HitlReview.Core.Storage;

/// <summary>The schema, the same on every provider. Each provider has a context of its own, because each has its own migrations.</summary>
public abstract class HitlDbContext(DbContextOptions options) : IdentityDbContext<HitlUser>(options), IDataProtectionKeyContext
{
    /// <summary>The reviews.</summary>
    public DbSet<Review> Reviews => Set<Review>();

    /// <summary>The standing approvals, revoked ones included.</summary>
    public DbSet<AutoApproval> AutoApprovals => Set<AutoApproval>();

    /// <summary>What was typed about reviews and not yet sent.</summary>
    public DbSet<ReviewDraft> ReviewDrafts => Set<ReviewDraft>();

    /// <summary>The decisions that can still be undone.</summary>
    public DbSet<ScheduledDecision> ScheduledDecisions => Set<ScheduledDecision>();

    /// <summary>The stored graphs, every version.</summary>
    public DbSet<Graph> Graphs => Set<Graph>();

    /// <summary>The graph executions.</summary>
    public DbSet<GraphExecution> GraphExecutions => Set<GraphExecution>();

    /// <summary>The node executions of graph executions and chats.</summary>
    public DbSet<NodeExecution> NodeExecutions => Set<NodeExecution>();

    /// <summary>The outside executions that were stopped.</summary>
    public DbSet<StoppedExecution> StoppedExecutions => Set<StoppedExecution>();

    /// <summary>The chats.</summary>
    public DbSet<CopilotSession> CopilotSessions => Set<CopilotSession>();

    /// <summary>The audit trail. Only <see cref="CommitQueue"/> adds to it.</summary>
    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    /// <summary>How users' pages behave.</summary>
    public DbSet<UserPreferences> UserPreferences => Set<UserPreferences>();

    /// <summary>The sign-ins, ended ones included.</summary>
    public DbSet<UserSession> UserSessions => Set<UserSession>();

    /// <summary>The API keys.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>The keys that protect cookies; kept here so that a restart signs nobody out.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>In queries: how many bytes of UTF-8 a stored text takes. The databases know without reading the text.</summary>
    public static int? OctetLength(string? text) => throw new NotSupportedException("It is for queries only.");

    /// <summary>How a text begins, in queries too: whole up to this length.</summary>
    public static string Start(string text, int length) => text.Length > length ? text[..length] : text;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMicroseconds>();
        configurationBuilder.Properties<ReviewStatus>().HaveConversion<string>();
        configurationBuilder.Properties<ReviewOrigin>().HaveConversion<string>();
        configurationBuilder.Properties<ExecutionStatus>().HaveConversion<string>();
        configurationBuilder.Properties<NodeOutcome>().HaveConversion<string>();
        configurationBuilder.Properties<Surface>().HaveConversion<string>();
        configurationBuilder.Properties<KeyMay>().HaveConversion<string>();
        configurationBuilder.Properties<SignInWay>().HaveConversion<string>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasDbFunction(typeof(HitlDbContext).GetMethod(nameof(OctetLength))!).HasName("octet_length").IsBuiltIn();
        builder.HasDbFunction(typeof(HitlDbContext).GetMethod(nameof(Start))!).HasTranslation(given => new SqlFunctionExpression(
            "substr", [given[0], new SqlFragmentExpression("1"), given[1]],
            nullable: true, argumentsPropagateNullability: [true, false, false], typeof(string), null));

        builder.Entity<Review>(review =>
        {
            review.ToTable("reviews").HasKey(r => new { r.UserId, r.NodeExecId });
            review.HasIndex(r => new { r.UserId, r.Status, r.CreatedAt, r.NodeExecId });
            review.HasIndex(r => new { r.GraphExecId, r.Status });
            // What a key sees that may only ask: a few of perhaps many. In order, or SQLite would rather read all of them in order.
            review.HasIndex(r => new { r.UserId, r.AskedByKeyId, r.Status, r.CreatedAt, r.NodeExecId }).HasDatabaseName("IX_reviews_of_a_key");
            review.HasIndex(r => new { r.UserId, r.ReviewedAt, r.NodeExecId }).HasFilter("reviewed_at IS NOT NULL");
        });
        builder.Entity<ReviewDraft>().ToTable("review_drafts").HasKey(d => new { d.UserId, d.NodeExecId });
        builder.Entity<ScheduledDecision>(decision =>
        {
            decision.ToTable("scheduled_decisions").HasKey(d => new { d.UserId, d.NodeExecId });
            decision.HasIndex(d => d.DueAt);
        });
        builder.Entity<AutoApproval>().ToTable("auto_approvals").HasKey(a => new { a.UserId, a.GraphExecId, a.NodeId });
        builder.Entity<Graph>(graph =>
        {
            graph.ToTable("graphs").HasKey(g => new { g.Id, g.Version });
            graph.HasIndex(g => new { g.UserId, g.CreatedAt, g.Id });
        });
        builder.Entity<GraphExecution>(execution =>
        {
            execution.ToTable("graph_executions").HasKey(e => e.Id);
            execution.HasIndex(e => new { e.UserId, e.CreatedAt, e.Id });
            execution.HasIndex(e => new { e.Status, e.UpdatedAt });
            execution.HasIndex(e => e.UserId).HasFilter("ended_at IS NULL");
        });
        builder.Entity<NodeExecution>(node =>
        {
            node.ToTable("node_executions").HasKey(n => n.Id);
            node.HasIndex(n => new { n.GraphExecId, n.Ordinal }).IsUnique();
            node.HasIndex(n => n.Status);
            node.HasIndex(n => new { n.GraphExecId, n.DeliveryTurn }).HasFilter("delivery_turn IS NOT NULL");
        });
        builder.Entity<StoppedExecution>().ToTable("stopped_executions").HasKey(s => new { s.UserId, s.GraphExecId });
        builder.Entity<CopilotSession>(session =>
        {
            session.ToTable("copilot_sessions").HasKey(s => s.Id);
            session.HasIndex(s => new { s.UserId, s.CreatedAt, s.Id });
        });
        builder.Entity<AuditEvent>(audit =>
        {
            audit.ToTable("audit_events").HasKey(a => a.Seq);
            audit.Property(a => a.Seq).ValueGeneratedNever();
        });
        builder.Entity<UserPreferences>().ToTable("user_preferences").HasKey(p => p.UserId);
        builder.Entity<UserSession>(session =>
        {
            session.ToTable("user_sessions").HasKey(s => s.Id);
            session.HasIndex(s => s.UserId);
        });
        // As Identity's third schema has it; of the rest of that schema nothing is needed.
        builder.Entity<IdentityUserPasskey<string>>(passkey =>
        {
            passkey.ToTable("AspNetUserPasskeys").HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(p => p.Data, data =>
            {
                data.Property<DateTimeOffset?>(Passkeys.LastUsedAt);
                data.ToJson();
            });
            passkey.HasOne<HitlUser>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
        });
        builder.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys").HasKey(k => k.Id);
            key.HasIndex(k => k.Hash).IsUnique();
            key.HasIndex(k => k.UserId);
        });

        foreach (var entity in builder.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == typeof(HitlDbContext).Assembly && e.ClrType != typeof(HitlUser)))
            foreach (var property in entity.GetProperties())
                property.SetColumnName(ColumnNames.Of(property.Name));
    }

    /// <summary>Orders ids by code point on PostgreSQL too, so that paging is the same on both databases.</summary>
    protected static void CollateByCodePoint(IMutableModel model)
    {
        foreach (var property in model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => p.ClrType == typeof(string) && p.IsIndex() | p.IsKey()))
            property.SetCollation("C");
    }
}

/// <summary>The schema on SQLite.</summary>
public sealed class SqliteHitlDbContext(DbContextOptions<SqliteHitlDbContext> options) : HitlDbContext(options);

/// <summary>The schema on PostgreSQL.</summary>
public sealed class PostgresHitlDbContext(DbContextOptions<PostgresHitlDbContext> options) : HitlDbContext(options)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        CollateByCodePoint(builder.Model);
    }
}
