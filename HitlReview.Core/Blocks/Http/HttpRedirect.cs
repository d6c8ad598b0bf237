namespace HitlReview.Core.Blocks.Http;

/// <summary>Where an answer sends its request on to.</summary>
static class HttpRedirect
{
    /// <summary>The address to ask next; null if the answer is no redirect.</summary>
    /// <exception cref="BlockFailedException">A request may not go there.</exception>
    public static Uri? Target(HttpResponseMessage answer, Uri from, bool allowPrivateNetworks)
    {
        if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || answer.Headers.Location is not { } location)
            return null;
        if (!Uri.TryCreate(new Uri(from.OriginalString), location, out var absolute))
            return null;

        var target = absolute.GetComponents(
            UriComponents.SchemeAndServer | UriComponents.UserInfo | UriComponents.PathAndQuery, UriFormat.UriEscaped);
        var next = HttpUrl.Read(target, allowPrivateNetworks, out var fault)
            ?? throw Failed(answer, from, target, fault);
        return from.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps
            ? throw Failed(answer, from, target, "must be https, as the address before it")
            : next;
    }

    static BlockFailedException Failed(HttpResponseMessage answer, Uri from, string target, string fault) =>
        new(
            $"{from.Authority} answered {(int)answer.StatusCode} and sent the request on to "
            + $"{(target.Length > 200 ? target[..200] + "…" : target)}, which {fault}.");
}
