using System.Net;
using HitlReview.Core;
using HitlReview.Web.Auth;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using IPNetwork = System.Net.IPNetwork;

namespace HitlReview.Web.Hosting;

/// <summary>
/// Where this program is, seen from a browser. What stands in a request's Host or X-Forwarded-* headers is a stranger's word: it is
/// checked here, before anything else looks at it, and where <c>Serving:PublicOrigin</c> is set the request says that from here on.
/// So redirects, OpenID Connect's return address and comparisons of origins are right without knowing of proxies.
/// </summary>
sealed partial class PublicAddress(IOptions<ServingOptions> options, IConfiguration configuration, ILogger<PublicAddress> log)
{
    static readonly object CameThroughKey = new();

    readonly ServingOptions _options = options.Value;
    readonly Uri? _origin = options.Value.Origin;
    readonly IReadOnlyList<IPNetwork> _proxies = [.. options.Value.ProxyRanges()];
    readonly IReadOnlyList<string> _listensOn = [.. ListensOn(configuration)];
    readonly IList<StringSegment> _names = Names(configuration);
    bool _saidProxyFault;

    /// <summary>How a request came to us: what its last step was, before the headers of proxies were looked at.</summary>
    /// <param name="IsTrusted">True if that was one of the trusted proxies.</param>
    /// <param name="SaysScheme">True if X-Forwarded-Proto was there.</param>
    /// <param name="From">Its address.</param>
    sealed record CameThrough(bool IsTrusted, bool SaysScheme, IPAddress? From);

    /// <summary>The public origin, without a slash at its end; null if none is set.</summary>
    public string? Origin => _origin?.GetLeftPart(UriPartial.Authority);

    /// <summary>True if others than this machine's own browsers and programs may well use it.</summary>
    public bool IsForOthers => _origin is { IsLoopback: false } || _listensOn.Any(host => host.Length > 0 && !Origins.IsLoopback(host));

    bool IsHttps => _origin?.Scheme == Uri.UriSchemeHttps;

    // Listening everywhere and told nothing, it can't know by which names it is reached.
    bool TakesAnyName => _origin is null && _names.Count == 0 && _listensOn.Any(IsEverywhere);

    /// <summary>Takes over what trusted proxies say, and nothing that others say.</summary>
    public void BelieveProxies(IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            var from = context.Connection.RemoteIpAddress;
            context.Items[CameThroughKey] = new CameThrough(
                IsProxy(from), context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedProtoHeaderName), from);
            return next(context);
        });
        // An empty list would mean that everybody is believed.
        if (_proxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardLimit = _options.ProxyHops };
            forwarded.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var range in _proxies)
                forwarded.KnownIPNetworks.Add(range);
            app.UseForwardedHeaders(forwarded);
        }
    }

    /// <summary>Refuses, or leads to the public origin, what comes to another place or so that others could read along.</summary>
    /// <exception cref="RefusedException">BadRequest: refused, at an address for programs.</exception>
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // Whoever looks after the machine asks by whatever address it has; the answer is the same for everybody.
        if (request.Path.StartsWithSegments("/healthz"))
            return next(context);
        var through = (CameThrough)context.Items[CameThroughKey]!;
        if (_origin is not null && through.IsTrusted)
            request.Host = HostOf(_origin);
        if (!Knows(request.Host, context.Connection.LocalIpAddress))
            return RefuseAsync(
                context,
                "This program doesn't answer at this host name. Whoever runs it can name it in Serving:PublicOrigin or AllowedHosts.");
        if (request.IsHttps)
            return next(context);
        if (!IsHttps && Origins.IsLoopback(request.Host.Host))
        {
            // Cookies would lack their flags, and nobody would notice.
            if (through is { SaysScheme: true, IsTrusted: false })
                TellProxyFault(through);
            return next(context);
        }

        if (request.IsForPrograms())
            return !IsHttps || Origins.IsLoopback(request.Host.Host) ? next(context) : RefuseAsync(context, $"Over https only: {Origin}");
        // Without this a proxy that isn't known, or says nothing, would be sent in a circle.
        if (IsHttps && through.SaysScheme != through.IsTrusted)
        {
            TellProxyFault(through);
            return RefuseAsync(
                context, "There is a proxy before this program whose word isn't taken. Whoever runs it finds more in its log.");
        }
        if (!IsHttps)
            return RefuseAsync(
                context,
                "Open it over https, or on the machine itself: over http others could read along. "
                + "Whoever runs it finds how in docs/operations.md.");
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return RefuseAsync(context, $"Over https only: {Origin}");
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = $"{Origin}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    }

    bool Knows(HostString host, IPAddress? connectedTo)
    {
        if (!host.HasValue || host.Host.Length == 0)
            return false;
        if (Origins.IsLoopback(host.Host) || (_origin is not null && host == HostOf(_origin)) || TakesAnyName
            || HostString.MatchesAny(host.Value, _names))
            return true;
        // No name server can make an address lead elsewhere.
        return IPAddress.TryParse(host.Host, out var address) && connectedTo is not null
            && address.MapToIPv6().Equals(connectedTo.MapToIPv6());
    }

    bool IsProxy(IPAddress? address) =>
        address is not null
            && _proxies.Any(range => range.Contains(address) || (address.IsIPv4MappedToIPv6 && range.Contains(address.MapToIPv4())));

    static Task RefuseAsync(HttpContext context, string why)
    {
        if (context.Request.IsForPrograms())
            throw new RefusedException(Refusal.BadRequest, why);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync(why, context.RequestAborted);
    }

    void TellProxyFault(CameThrough through)
    {
        if (Interlocked.Exchange(ref _saidProxyFault, true))
            return;
        if (through.IsTrusted)
            ProxySaysNothing(log, through.From);
        else
            ProxyUnknown(log, through.From);
    }

    static HostString HostOf(Uri origin) => origin.IsDefaultPort ? new(origin.Host) : new(origin.Host, origin.Port);

    static bool IsEverywhere(string host) => host is "*" or "+" or "0.0.0.0" or "::" or "[::]";

    /// <summary>The hosts that it is told to listen on.</summary>
    static IEnumerable<string> ListensOn(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()
            .ToList() is { Count: > 0 } endpoints
            ? endpoints.Select(HostIn)
            : (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(HostIn);

    // A wrong address is named where it is listened on.
    static string HostIn(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Host;
        }
        catch (FormatException)
        {
            return "";
        }
    }

    /// <summary>The names by which it is reached, as far as the settings tell.</summary>
    static IList<StringSegment> Names(IConfiguration configuration) =>
    [
        .. (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(name => name != "*").Select(name => new StringSegment(name)),
        .. ListensOn(configuration).Where(host => host.Length > 0 && !IsEverywhere(host)).Select(host => new StringSegment(host)),
    ];

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A proxy at {Address} says X-Forwarded-Proto and isn't believed. If it is yours, name it in Serving:TrustedProxies")]
    static partial void ProxyUnknown(ILogger log, IPAddress? address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The proxy at {Address} doesn't say X-Forwarded-Proto, so whether a request came over https isn't known. "
            + "Have it set that header")]
    static partial void ProxySaysNothing(ILogger log, IPAddress? address);
}

/// <summary>Where <see cref="PublicAddress"/> stands in the pipeline.</summary>
static class PublicAddresses
{
    /// <summary>Before all that looks at where a request comes from.</summary>
    public static void UseTrustedProxies(this WebApplication app) => app.Services.GetRequiredService<PublicAddress>().BelieveProxies(app);

    /// <summary>Before all that looks at where a request goes.</summary>
    public static void UsePublicAddress(this WebApplication app) => app.Use(app.Services.GetRequiredService<PublicAddress>().CheckAsync);
}
