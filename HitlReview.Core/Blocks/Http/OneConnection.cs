using System.Net;

namespace HitlReview.Core.Blocks.Http;

/// <summary>
/// A client for one request over one connection of its own. A pooled connection may turn out to be dead, upon which the platform sends
/// the request again by itself; here a second connection is refused, so that a request goes out once or not at all.
/// </summary>
sealed class OneConnection : IDisposable
{
    readonly HttpNetwork _network;
    readonly bool _allowPrivateNetworks;
    readonly HttpMessageInvoker _invoker;
    bool _wasOpened;

    public OneConnection(HttpNetwork network, bool allowPrivateNetworks)
    {
        _network = network;
        _allowPrivateNetworks = allowPrivateNetworks;
        _invoker = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false, // a proxy would resolve and connect where no check of ours reaches
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, ct),
            PlaintextStreamFilter = (context, _) =>
            {
                IsReady = true;
                return ValueTask.FromResult(context.PlaintextStream);
            },
        });
    }

    /// <summary>True once the connection, TLS included, was open: from then on the request may have reached the server.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Sends the request; returns when the head of the answer is here.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => _invoker.SendAsync(request, ct);

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    // The address that is checked is the one that is connected to, so that a name which resolves differently a moment later gains nothing.
    async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken ct)
    {
        if (_wasOpened)
            throw new IOException("The connection was lost.");
        _wasOpened = true;

        var addresses = await _network.ResolveAsync(endPoint.Host, ct);
        if (!_allowPrivateNetworks)
        {
            addresses = [.. addresses.Where(PublicAddresses.Contains)];
            if (addresses.Length == 0)
                throw new PrivateAddressException(endPoint.Host);
        }
        return await _network.ConnectAsync(addresses, endPoint.Port, ct);
    }
}

/// <summary>A name led to no public address.</summary>
sealed class PrivateAddressException(string host) : Exception($"{host} is not a public address");
