using System.Net;
using System.Text;

namespace HitlReview.Web.Auth;

/// <summary>Origins of pages, as browsers name them: scheme, host and port.</summary>
static class Origins
{
    /// <summary>True for an origin as a browser would write it, such as <c>https://console.example.com</c>.</summary>
    public static bool IsOrigin(string text) =>
        Ascii.IsValid(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);

    /// <summary>True for <c>localhost</c> and the addresses of the machine to itself: nothing on the way can be listened to.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>True if the page comes from where this request goes: from the public origin where one is set.</summary>
    public static bool IsOwn(HttpRequest request, string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var here)
        && from.GetLeftPart(UriPartial.Authority) == here.GetLeftPart(UriPartial.Authority);
}
