using System.Security.Cryptography;
using System.Text.Json;

namespace HitlReview.Bench;

/// <summary>
/// What does one new review send between an open inbox and the program? Messages of the WebSocket are compressed, so the network counts and
/// not the browser.
/// </summary>
sealed class InboxBytes() : Question("bytes")
{
    const int Tries = 20;
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(3); // with the counting of those that are alike, which comes after two

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, "bytes.db"), 100);
        await using var network = new DelayingProxy(desk.Program.Address, TimeSpan.Zero);
        var context = await desk.BrowserAsync();
        var page = await desk.InboxAsync(context, address: network.Address);
        var frames = 0L;
        var session = await context.NewCDPSessionAsync(page);
        foreach (var way in (string[])["Network.webSocketFrameReceived", "Network.webSocketFrameSent"])
            session.Event(way).OnEvent += (_, told) => Interlocked.Add(ref frames, Length(told!.Value.GetProperty("response")));
        await session.SendAsync("Network.enable");
        await desk.AskAsync(Mail());
        await Task.Delay(2 * Settled);

        var (payloads, wire) = (new List<double>(), new List<double>());
        for (var i = 0; i < Tries; i++)
        {
            var (framesBefore, wireBefore) = (Interlocked.Read(ref frames), network.Bytes);
            await desk.AskAsync(Mail());
            await Task.Delay(Settled);
            payloads.Add(Interlocked.Read(ref frames) - framesBefore);
            wire.Add(network.Bytes - wireBefore);
        }
        var median = Rounds.Median(wire);
        yield return new("a new review in an open inbox, on the network both ways (before compression)",
            $"{Answer.Number(median)} B ({Answer.Number(Rounds.Median(payloads))} B)", null, $"{Answer.Number(median)} B", "< 4,000 B",
            median < 4_000);
    }

    /// <summary>Of no two reviews is the text alike, and none of it can be compressed: that is for what the page itself says.</summary>
    static string Mail() =>
        $$"""{"to":["{{Noise(6)}}@example.com"],"subject":"{{Noise(16)}}","body":"{{Noise(100)}}","priority":2,"amount":12345678901234567890}""";

    static string Noise(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    static int Length(JsonElement frame)
    {
        var data = frame.GetProperty("payloadData").GetString()!;
        return frame.GetProperty("opcode").GetInt32() == 2 ? Convert.FromBase64String(data).Length : data.Length;
    }
}
