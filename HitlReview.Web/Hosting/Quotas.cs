using HitlReview.Core;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hosting;

/// <summary>What each user has open here at a time.</summary>
public sealed class Quotas(IOptions<LimitOptions> limits)
{
    /// <summary>Connections to the hub.</summary>
    public Quota HubConnections { get; } = new(limits.Value.HubConnections);

    /// <summary>Pages with a circuit.</summary>
    public Quota OpenPages { get; } = new(limits.Value.OpenPages);

    /// <summary>Pages without one that wait for the end of their sign-in.</summary>
    public Quota PlainPages { get; } = new(limits.Value.OpenPages);
}
