namespace HitlReview.Web.Auth;

/// <summary>Where to go after signing in.</summary>
static class ReturnUrls
{
    /// <summary>The address if it is one of ours, else the inbox: nobody is sent elsewhere by a link to our sign-in page.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.AsSpan().ContainsAnyInRange('\0', '\u001f') ? url : "/";
}
