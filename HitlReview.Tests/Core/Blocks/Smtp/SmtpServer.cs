using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HitlReview.Tests.Core.Blocks.Smtp;

/// <summary>As much of a mail server as the tests need. It records what it is told.</summary>
sealed class SmtpServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Func<string, string?> _answer;
    readonly Task _serving;

    /// <param name="answer">What to say to a command, or to "." at the end of a message; null drops the connection. Not given: yes to
    /// everything.</param>
    public SmtpServer(Func<string, string?>? answer = null)
    {
        _answer = answer ?? Yes;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public ConcurrentQueue<string> Commands { get; } = [];
    public ConcurrentQueue<string> Messages { get; } = [];

    public static string Yes(string command) => command switch
    {
        "DATA" => "354 Go on",
        "QUIT" => "221 Bye",
        _ => "250 OK",
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over.
        }
    }

    async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 Ready");
        while (await reader.ReadLineAsync(_stop.Token) is { } command)
        {
            Commands.Enqueue(command);
            if (_answer(command) is not { } answer)
                return;
            await writer.WriteLineAsync(answer);
            if (command != "DATA" || !answer.StartsWith('3'))
                continue;

            var message = new StringBuilder();
            while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
                message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            Messages.Enqueue(message.ToString());
            if (_answer(".") is not { } verdict)
                return;
            await writer.WriteLineAsync(verdict);
        }
    }
}
