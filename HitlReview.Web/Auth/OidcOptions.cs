using HitlReview.Core;

namespace HitlReview.Web.Auth;

/// <summary>The settings under <c>Authentication:Oidc</c>. Without an authority there is no such sign-in.</summary>
public sealed class OidcOptions : ICheckedOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Authentication:Oidc";

    /// <summary>
    /// The provider's address, such as <c>https://login.example.org/realms/main</c>. https, or http on this machine only.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>The id under which the provider knows this program.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that goes with it; empty for a public client, which is protected by PKCE alone.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>What the button on the sign-in page says after "Sign in with".</summary>
    public string DisplayName { get; set; } = "single sign-on";

    /// <summary>
    /// The claim that says what someone is here. Empty: everyone the provider lets in is a reviewer, and roles are given here.
    /// </summary>
    public string RoleClaim { get; set; } = "";

    /// <summary>The value of <see cref="RoleClaim"/> that makes an admin.</summary>
    public string AdminValue { get; set; } = "admin";

    /// <summary>
    /// The value of <see cref="RoleClaim"/> that makes a reviewer; who has neither may not come in. Empty: everyone else is one.
    /// </summary>
    public string ReviewerValue { get; set; } = "";

    /// <summary>
    /// What is asked of the provider beside <c>openid profile email</c>, such as <c>offline_access</c> where it gives no refresh token
    /// without.
    /// </summary>
    public string Scope { get; set; } = "";

    /// <summary>How often the provider is asked again about a session that is in use. 30 s to 1 d; 0 for never.</summary>
    public TimeSpan RecheckEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For how long beyond that a session goes on of which the provider can't be asked. 0 to 7 d.</summary>
    public TimeSpan RecheckGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>True if this sign-in is offered.</summary>
    public bool IsOn => Authority.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (!IsOn && (ClientId.Length > 0 || ClientSecret.Length > 0 || RoleClaim.Length > 0))
            yield return $"{Section}:Authority must be set when other settings of {Section} are.";
        if (!IsOn)
            yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri)
            || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            yield return $"{Section}:Authority must be an https address (http only on this machine); it is '{Authority}'.";
        if (ClientId.Length == 0)
            yield return $"{Section}:ClientId must be set when {Section}:Authority is.";
        if (RecheckEvery != TimeSpan.Zero && (RecheckEvery < TimeSpan.FromSeconds(30) || RecheckEvery > TimeSpan.FromDays(1)))
            yield return $"{Section}:RecheckEvery must be 0, or between 00:00:30 and 1.00:00:00; it is {RecheckEvery}.";
        if (RecheckGrace < TimeSpan.Zero || RecheckGrace > TimeSpan.FromDays(7))
            yield return $"{Section}:RecheckGrace must be between 0 and 7.00:00:00; it is {RecheckGrace}.";
        if (RoleClaim.Length > 0 && AdminValue.Length == 0)
            yield return $"{Section}:AdminValue must be set when {Section}:RoleClaim is.";
    }
}
