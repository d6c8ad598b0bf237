namespace HitlReview.Web.Auth;

/// <summary>The settings under <c>Authentication:Oidc</c>. Without an authority there is no such sign-in.</summary>
public sealed class OidcOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Authentication:Oidc";

    /// <summary>The provider's address, such as <c>https://login.example.org/realms/main</c>. https, or http on this machine only.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The id under which the provider knows this program.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that goes with it; empty for a public client, which is protected by PKCE alone.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>What the button on the sign-in page says after "Sign in with".</summary>
    public string DisplayName { get; set; } = "single sign-on";

    /// <summary>The claim that says what someone is here. Empty: everyone the provider lets in is a reviewer, and roles are given here.</summary>
    public string RoleClaim { get; set; } = "";

    /// <summary>The value of <see cref="RoleClaim"/> that makes an admin.</summary>
    public string AdminValue { get; set; } = "admin";

    /// <summary>The value of <see cref="RoleClaim"/> that makes a reviewer; who has neither may not come in. Empty: everyone else is one.</summary>
    public string ReviewerValue { get; set; } = "";

    /// <summary>True if this sign-in is offered.</summary>
    public bool IsOn => Authority.Length > 0;

    /// <summary>Every fault, each naming its setting.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!IsOn && (ClientId.Length > 0 || ClientSecret.Length > 0 || RoleClaim.Length > 0))
            yield return $"{Section}:Authority must be set when other settings of {Section} are.";
        if (!IsOn)
            yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            yield return $"{Section}:Authority must be an https address (http only on this machine); it is '{Authority}'.";
        if (ClientId.Length == 0)
            yield return $"{Section}:ClientId must be set when {Section}:Authority is.";
        if (RoleClaim.Length > 0 && AdminValue.Length == 0)
            yield return $"{Section}:AdminValue must be set when {Section}:RoleClaim is.";
    }
}
