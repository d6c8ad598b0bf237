using System.Text;

namespace HitlReview.Web.Auth;

/// <summary>Where to go after signing in.</summary>
static class ReturnUrls
{
    /// <summary>
    /// The address if it is one of ours, else the inbox: nobody is sent elsewhere by a link to our sign-in page. What a header can't hold
    /// is percent-encoded, as a browser would do it.
    /// </summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.AsSpan().ContainsAnyInRange('\0', '\u001f') ? Encoded(url) : "/";

    static string Encoded(string url)
    {
        if (!url.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return url;
        var encoded = new StringBuilder();
        foreach (var rune in url.EnumerateRunes())
            encoded.Append(rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString()));
        return encoded.ToString();
    }
}
