using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HitlReview.Tests.Core.Blocks.Http;

/// <summary>A server that records each request to the byte and answers with bytes of the test's choice, or drops the connection.</summary>
sealed class RawServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Func<string, string?> _answer;
    readonly Task _serving;

    /// <param name="answer">From the request to the answer, both as Latin-1 text; null drops the connection.</param>
    public RawServer(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public string Url => $"http://127.0.0.1:{Port}";
    public ConcurrentQueue<string> Requests { get; } = [];
    public int Connections { get; private set; }

    /// <summary>Completes when a request has arrived.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static string Ok(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                open.Add(TalkAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    async Task TalkAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            while (await ReadAsync(client.GetStream()) is { } request)
            {
                Requests.Enqueue(request);
                Asked.TrySetResult();
                if (_answer(request) is not { } answer)
                    return;
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other side has left, or the test is over.
        }
    }

    async Task<string?> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var sofar = text.ToString();
            var head = sofar.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && sofar.Length >= head + 4 + Length(sofar[..head]))
                return sofar;
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
                return null;
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (text[0] == '\u0016')
                return text.ToString(); // a client that wants TLS; what it says is not HTTP
        }
    }

    static int Length(string head) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture) : 0;
}
