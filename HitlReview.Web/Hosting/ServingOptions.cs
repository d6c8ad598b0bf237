using System.Net;
using HitlReview.Core;
using HitlReview.Web.Auth;

namespace HitlReview.Web.Hosting;

/// <summary>The settings under <c>Serving</c>: where people open HitlReview, and through what.</summary>
public sealed class ServingOptions : ICheckedOptions
{
    /// <summary>
    /// The address at which people open it, such as <c>https://review.example.com</c>. Empty where that is the address it listens on.
    /// </summary>
    public string PublicOrigin { get; set; } = "";

    /// <summary>
    /// Addresses or ranges of the proxies before it, such as <c>10.0.0.5</c> or <c>10.0.0.0/24</c>. Only what they say in X-Forwarded-For,
    /// -Proto and -Host is believed.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>How many such proxies a request comes through at most. 1 to 10.</summary>
    public int ProxyHops { get; set; } = 1;

    /// <summary>The public origin; null if none is set.</summary>
    internal Uri? Origin => PublicOrigin.Length == 0 ? null : new(PublicOrigin);

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (PublicOrigin.Length > 0 && !(Origins.IsOrigin(PublicOrigin) && (Origin!.Scheme == Uri.UriSchemeHttps || Origin.IsLoopback)))
            yield return "Serving:PublicOrigin must be an origin such as https://review.example.com, "
                + $"without a path (http only for this machine); it is '{PublicOrigin}'.";
        foreach (var (index, proxy) in TrustedProxies.Index())
            if (RangeOf(proxy) is not { PrefixLength: > 0 })
                yield return $"Serving:TrustedProxies:{index} must be an address such as 10.0.0.5 or a range such as 10.0.0.0/24; "
                    + $"it is '{proxy}'.";
        if (ProxyHops is < 1 or > 10)
            yield return $"Serving:ProxyHops must be between 1 and 10; it is {ProxyHops}.";
    }

    /// <summary>The trusted proxies as ranges.</summary>
    internal IEnumerable<IPNetwork> ProxyRanges() => TrustedProxies.Select(proxy => RangeOf(proxy)!.Value);

    static IPNetwork? RangeOf(string text) =>
        IPNetwork.TryParse(text, out var range) ? range
        : IPAddress.TryParse(text, out var one) ? new(one, one.GetAddressBytes().Length * 8)
        : null;
}
