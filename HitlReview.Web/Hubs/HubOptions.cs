using HitlReview.Core;
using HitlReview.Web.Auth;

namespace HitlReview.Web.Hubs;

/// <summary>The settings under <c>Hub</c>.</summary>
public sealed class HubOptions : ICheckedOptions
{
    /// <summary>
    /// Origins besides the server's own whose pages may connect to the hub, such as <c>https://console.example.com</c>. None by default.
    /// </summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Faults() => AllowedOrigins
        .Index().Where(o => !Origins.IsOrigin(o.Item))
        .Select(o =>
            $"Hub:AllowedOrigins:{o.Index} must be an origin such as https://console.example.com, without a path; it is '{o.Item}'.");
}
