namespace HitlReview.Core.Accounts;

/// <summary>A key with which a program calls on behalf of a user. The key itself is shown once and never stored.</summary>
public sealed class ApiKey
{
    /// <summary>The id, for listing and revoking.</summary>
    public required string Id { get; init; }

    /// <summary>On whose behalf it calls.</summary>
    public required string UserId { get; init; }

    /// <summary>The user's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key, lower-case hex. The key is 256 random bits, so a slow hash would add nothing.</summary>
    public required string Hash { get; init; }

    /// <summary>The first characters of the key, to tell keys apart in a list.</summary>
    public required string Prefix { get; init; }

    /// <summary>What it may do.</summary>
    public required KeyMay May { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was revoked; null while it works.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}
