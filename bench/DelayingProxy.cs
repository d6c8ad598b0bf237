using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace HitlReview.Bench;

/// <summary>
/// A network between browser and program: it passes bytes on after a while, and counts them. What browsers offer to slow a network down
/// leaves WebSockets as they are.
/// </summary>
sealed class DelayingProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _gone = new();
    readonly Uri _behind;
    readonly TimeSpan _delay;
    readonly Task _accepting;
    long _bytes;

    /// <summary>Begins to listen.</summary>
    /// <param name="behind">Where the bytes go.</param>
    /// <param name="delay">For how long they are held, each way.</param>
    public DelayingProxy(Uri behind, TimeSpan delay)
    {
        (_behind, _delay) = (behind, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>How many bytes went either way so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_gone.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    async Task ServeAsync(TcpClient near)
    {
        using var one = near;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_behind.Host, _behind.Port, _gone.Token);
            near.NoDelay = far.NoDelay = true;
            await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One end has left; the other notices.
        }
    }

    async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var held = Channel.CreateUnbounded<(long Since, byte[] Bytes)>();
        var passing = SendAsync(held.Reader, to);
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _gone.Token)) > 0;)
            {
                Interlocked.Add(ref _bytes, read);
                held.Writer.TryWrite((Stopwatch.GetTimestamp(), buffer[..read]));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
        held.Writer.TryComplete();
        await passing;
    }

    async Task SendAsync(ChannelReader<(long Since, byte[] Bytes)> held, NetworkStream to)
    {
        try
        {
            await foreach (var (since, bytes) in held.ReadAllAsync(_gone.Token))
            {
                if (_delay - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } rest)
                    await Task.Delay(rest, _gone.Token);
                await to.WriteAsync(bytes, _gone.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _gone.Dispose();
    }
}
