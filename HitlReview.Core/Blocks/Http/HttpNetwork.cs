using System.Net;
using System.Net.Sockets;

namespace HitlReview.Core.Blocks.Http;

/// <summary>
/// The network itself: what a name resolves to, and a connection to an address. Whether one may connect is decided elsewhere.
/// </summary>
class HttpNetwork
{
    /// <summary>The addresses of a host name or literal address.</summary>
    public virtual Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct) => Dns.GetHostAddressesAsync(host, ct);

    /// <summary>Connects to the first of the addresses that answers.</summary>
    public virtual async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
