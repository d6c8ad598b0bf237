using System.Buffers;

namespace HitlReview.Core.Blocks.Http;

/// <summary>The addresses a request may go to. An address is sent as it was written: nothing is decoded, shortened or encoded.</summary>
static class HttpUrl
{
    // RFC 3986, without the fragment, which is never sent.
    static readonly SearchValues<char> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%");
    static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Reads an address.</summary>
    /// <returns>Null, and what is wrong with it, if a request can't go there.</returns>
    public static Uri? Read(string text, bool allowPrivateNetworks, out string fault)
    {
        fault = "";
        if (text.AsSpan().ContainsAnyExcept(Characters))
            fault = "must be an http or https address without a fragment, all other characters percent-encoded";
        else if (!Uri.TryCreate(text, AsWritten, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            fault = "must be an http or https address";
        else if (url.UserInfo.Length > 0)
            fault = "must not hold a user name or password; use an Authorization header";
        else if (!allowPrivateNetworks && PublicAddresses.Excludes(url.IdnHost))
            fault = "must be a public address (Blocks:Http:AllowPrivateNetworks is off)";
        else if (!IsAsWritten(text, url))
            fault = $"must name its host as it is called, {url.Host}";
        else
            // An empty path is sent as "/", as HTTP demands; "as written" would leave it out.
            return url.PathAndQuery is ['/', ..]
                ? url
                : new(text.Insert(text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : text.Length, "/"), AsWritten);
        return null;
    }

    /// <summary>
    /// False for a host that is another in fact than it is in writing: percent-encoded, or a number in place of the address that it
    /// stands for.
    /// </summary>
    static bool IsAsWritten(string text, Uri url)
    {
        if (url.HostNameType == UriHostNameType.IPv6)
            return true; // whatever its notation, it reads as an address
        var host = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        return host.StartsWith(url.Host, StringComparison.OrdinalIgnoreCase)
            && (host.Length == url.Host.Length || host[url.Host.Length] is ':' or '/' or '?');
    }
}
