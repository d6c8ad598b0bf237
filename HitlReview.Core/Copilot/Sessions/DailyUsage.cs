using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>How many tokens a user's chats took in a day.</summary>
public sealed class DailyUsage
{
    /// <summary>The user.</summary>
    public required string UserId { get; init; }

    /// <summary>The day (UTC), as <c>yyyymmdd</c>.</summary>
    public required int Day { get; init; }

    /// <summary>The tokens that went in.</summary>
    public required long InputTokens { get; set; }

    /// <summary>The tokens that came out.</summary>
    public required long OutputTokens { get; set; }
}

sealed class DailyUsageTable : IEntityTypeConfiguration<DailyUsage>
{
    public void Configure(EntityTypeBuilder<DailyUsage> builder) => builder.ToTable("copilot_usage").HasKey(u => new { u.UserId, u.Day });
}
