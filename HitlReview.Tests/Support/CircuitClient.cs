using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;

namespace HitlReview.Tests.Support;

/// <summary>The connection of a page without a browser, which does what no browser would: connects now and shows the page later.</summary>
public sealed partial class CircuitClient : IAsyncDisposable
{
    readonly ClientWebSocket _socket = new();
    readonly Recorded<string> _frames = new();
    Task _reading = Task.CompletedTask;

    CircuitClient()
    {
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Everything that has come, each byte as a character.</summary>
    public string Received => string.Concat(_frames.All);

    /// <summary>Connects and starts a circuit with nothing on it.</summary>
    /// <returns>Null where the connection is refused.</returns>
    public static async Task<CircuitClient?> ConnectAsync(IApp app, CookieCollection cookies)
    {
        var client = new CircuitClient();
        client._socket.Options.Cookies = new();
        client._socket.Options.Cookies.Add(cookies);
        try
        {
            await client._socket.ConnectAsync(new UriBuilder(new Uri(app.Address, "_blazor")) { Scheme = "ws" }.Uri, Ct);
        }
        catch (WebSocketException)
        {
            client._socket.Dispose();
            return null;
        }
        client._reading = client.ReadAsync();
        await client.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"));
        await client.CallAsync("StartCircuit", $"{app.Address}", $"{app.Address}", "[]", "");
        await client.HasOrClosesAsync("\u0003\u0080\u00a10"); // the answer to it
        return client;
    }

    /// <summary>Has the circuit show the page, as a browser does that has read it.</summary>
    /// <param name="html">The page as it was served.</param>
    public async Task ShowAsync(string html)
    {
        var added = Components().Matches(html).Where(marker => marker.Value.Contains("descriptor", StringComparison.Ordinal))
            .Select((marker, i) => $$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{marker.Groups[1].Value}}}""");
        await CallAsync("UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', added)}}]}""", "");
        await HasOrClosesAsync("JS.EndUpdateRootComponents", "JS.Error");
    }

    /// <summary>Waits until the server has closed the connection.</summary>
    public Task ClosedAsync() => _reading.WaitAsync(Recorded<int>.Patience, Ct);

    async Task HasOrClosesAsync(params string[] any) => await Task.WhenAny(
        _reading, _frames.WaitAsync(frame => any.Any(text => frame.Contains(text, StringComparison.Ordinal)), 1, string.Join(" or ", any)));

    async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var frame = new StringBuilder();
        try
        {
            while (await _socket.ReceiveAsync(buffer.AsMemory(), Ct) is { MessageType: not WebSocketMessageType.Close } received)
            {
                frame.Append(Encoding.Latin1.GetString(buffer, 0, received.Count));
                if (!received.EndOfMessage)
                    continue;
                _frames.Add(frame.ToString());
                frame.Clear();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed without a word, by the server or by us.
        }
    }

    /// <summary>Calls the server's hub: the array of the protocol, in MessagePack, behind its length.</summary>
    async Task CallAsync(string method, params string[] arguments)
    {
        List<byte> message =
            [0x95, 0x01, 0x80, 0xa1, (byte)'0', .. Text(method), (byte)(0x90 | arguments.Length), .. arguments.SelectMany(Text)];
        var length = new List<byte>();
        for (var rest = message.Count; rest > 0 || length.Count == 0; rest >>= 7)
            length.Add((byte)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        await SendAsync([.. length, .. message]);

        static IEnumerable<byte> Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var head = new byte[5];
            head[0] = 0xdb;
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), bytes.Length);
            return [.. head, .. bytes];
        }
    }

    async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, Ct);
        }
        catch (WebSocketException)
        {
            // Closed meanwhile; whoever waits for the answer notices.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->")]
    private static partial Regex Components();
}
