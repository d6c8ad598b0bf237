namespace HitlReview.Core.Accounts;

/// <summary>How a sign-in was made.</summary>
public enum SignInWay
{
    /// <summary>With a password alone.</summary>
    password,

    /// <summary>With a password and then a passkey.</summary>
    passkey,

    /// <summary>With OpenID Connect.</summary>
    oidc,

    /// <summary>With a one-time link: the first set-up, or the demo's.</summary>
    link,
}

/// <summary>One sign-in of a person: what a cookie stands for. Once it has ended, no copy of the cookie is of any use.</summary>
public sealed class UserSession
{
    /// <summary>The id in the cookie: 128 random bits, another one at each sign-in.</summary>
    public required string Id { get; init; }

    /// <summary>Who signed in.</summary>
    public required string UserId { get; init; }

    /// <summary>How.</summary>
    public required SignInWay Way { get; init; }

    /// <summary>What the browser calls itself, cut to 200 characters. Hostile text.</summary>
    public required string Device { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last seen, to the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When it ends if it isn't seen before.</summary>
    public required DateTimeOffset IdleUntil { get; set; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was ended; null while it stands.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it was; null while it stands, and where it ended before this was kept.</summary>
    public SignInEnd? EndedWhy { get; set; }

    /// <summary>
    /// For OpenID Connect: what the provider wants to see to say whether the session still stands there, protected by the cookie keys.
    /// </summary>
    public string? ProviderTokens { get; set; }

    /// <summary>For OpenID Connect: when the provider was last asked.</summary>
    public DateTimeOffset? ProviderAskedAt { get; set; }
}
