namespace HitlReview.Web.Auth;

/// <summary>Where passkeys work: browsers bind them to a name, and make and show none under an address of numbers.</summary>
static class PasskeyHosts
{
    /// <summary>True if the browser came by an address of numbers.</summary>
    public static bool AreNumbers(HttpRequest request) =>
        Uri.CheckHostName(request.Host.Host.Trim('[', ']')) is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    /// <summary>
    /// The name under which a browser on this machine reaches the same place; null for a browser on another, which knows it better.
    /// </summary>
    public static string? Named(HttpRequest request) => Origins.IsLoopback(request.Host.Host)
        ? new UriBuilder(request.Scheme, "localhost", request.Host.Port ?? -1).Uri.GetLeftPart(UriPartial.Authority)
        : null;
}
