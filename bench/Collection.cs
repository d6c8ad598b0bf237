using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace HitlReview.Bench;

/// <summary>Has another .NET process collect its garbage, by the runtime's diagnostics socket.</summary>
static class Collection
{
    const byte EventPipe = 2;
    const byte CollectTracing = 3;
    const ulong CollectNow = 0x800000;
    static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public static async Task InduceAsync(int processId)
    {
        var path = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{processId}-*-socket").Single();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(Message());
        // Asking for these events collects; the answer need only be taken.
        using var over = new CancellationTokenSource(Length);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, over.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    static byte[] Message()
    {
        using var body = new MemoryStream();
        using var writer = new BinaryWriter(body, Encoding.Unicode);
        writer.Write(16); // MB of buffer
        writer.Write(1); // the format NetTrace
        writer.Write(false); // no rundown
        writer.Write(1); // one provider
        writer.Write(CollectNow);
        writer.Write(4); // informational
        Text("Microsoft-Windows-DotNETRuntime");
        writer.Write(0); // no filter
        var message = new byte[20 + body.Length];
        Encoding.ASCII.GetBytes("DOTNET_IPC_V1").CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, CollectTracing);
        body.ToArray().CopyTo(message, 20);
        return message;

        void Text(string text)
        {
            writer.Write(text.Length + 1);
            writer.Write($"{text}\0".ToCharArray());
        }
    }
}
