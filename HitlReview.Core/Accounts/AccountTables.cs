using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Accounts;

/// <summary>The tables of accounts, beside those of ASP.NET Core Identity.</summary>
public static class AccountTables
{
    extension(HitlDbContext db)
    {
        /// <summary>How users' pages behave.</summary>
        public DbSet<UserPreferences> UserPreferences => db.Set<UserPreferences>();

        /// <summary>The sign-ins, ended ones included.</summary>
        public DbSet<UserSession> UserSessions => db.Set<UserSession>();

        /// <summary>The API keys.</summary>
        public DbSet<ApiKey> ApiKeys => db.Set<ApiKey>();
    }
}

sealed class UserPreferencesTable : IEntityTypeConfiguration<UserPreferences>
{
    public void Configure(EntityTypeBuilder<UserPreferences> builder) => builder.ToTable("user_preferences").HasKey(p => p.UserId);
}

sealed class UserSessionTable : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("user_sessions").HasKey(s => s.Id);
        builder.HasIndex(s => s.UserId);
    }
}

sealed class ApiKeyTable : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys").HasKey(k => k.Id);
        builder.HasIndex(k => k.Hash).IsUnique();
        builder.HasIndex(k => k.UserId);
    }
}

/// <summary>As Identity's third schema has it; of the rest of that schema nothing is needed.</summary>
sealed class PasskeyTable : IEntityTypeConfiguration<IdentityUserPasskey<string>>
{
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<string>> builder)
    {
        builder.ToTable("AspNetUserPasskeys").HasKey(p => p.CredentialId);
        builder.Property(p => p.CredentialId).HasMaxLength(1024);
        builder.OwnsOne(p => p.Data, data =>
        {
            data.Property<DateTimeOffset?>(Passkeys.LastUsedAt);
            data.ToJson();
        });
        builder.HasOne<HitlUser>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
    }
}
