using System.Net;
using System.Net.Sockets;
using HitlReview.Tests.Support;
using Npgsql;

namespace HitlReview.Tests.Core.Storage;

/// <summary>A line to PostgreSQL that can be cut at the worst moment: the server has committed, and the client never hears of it.</summary>
public sealed class CutLine : IAsyncDisposable
{
    static readonly byte[] Commit = [(byte)'Q', 0, 0, 0, 11, .. "COMMIT\0"u8];

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _closing = new();
    readonly string _socket;
    int _armed;
    int _cuts;
    bool _stays;
    volatile bool _isCut;

    /// <summary>Opens a line to the database of a store.</summary>
    public CutLine(PostgresStore store)
    {
        var direct = new NpgsqlConnectionStringBuilder(store.ConnectionString);
        _socket = $"{direct.Host}/.s.PGSQL.{direct.Port}";
        _listener.Start();
        direct.Host = "127.0.0.1";
        direct.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = direct.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>How to reach the database over this line.</summary>
    public string ConnectionString { get; }

    /// <summary>How many commits were cut off.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts the line at the next commit, after the server has made it.</summary>
    /// <param name="stays">True to let nobody through until <see cref="Mend"/>.</param>
    public void CutNextCommit(bool stays = false)
    {
        _stays = stays;
        Volatile.Write(ref _armed, 1);
    }

    /// <summary>Lets everybody through again.</summary>
    public void Mend() => _isCut = false;

    async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_closing.Token);
            if (_isCut)
                client.Dispose();
            else
                _ = RelayAsync(client);
        }
    }

    async Task RelayAsync(TcpClient client)
    {
        using var _ = client;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _closing.Token);
        await using var server = new NetworkStream(socket);
        await using var near = client.GetStream();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var answers = server.CopyToAsync(near, cut.Token);
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await near.ReadAsync(buffer, _closing.Token)) > 0)
            {
                if (buffer.AsSpan(0, read).IndexOf(Commit) >= 0 && Interlocked.Exchange(ref _armed, 0) == 1)
                {
                    await cut.CancelAsync();
                    await answers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await server.WriteAsync(buffer.AsMemory(0, read), _closing.Token);
                    await server.ReadExactlyAsync(buffer.AsMemory(0, 1), _closing.Token); // The answer: it is committed.
                    _isCut = _stays;
                    Interlocked.Increment(ref _cuts);
                    return;
                }
                await server.WriteAsync(buffer.AsMemory(0, read), _closing.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        _closing.Dispose();
    }
}
