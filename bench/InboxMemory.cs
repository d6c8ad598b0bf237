using System.Globalization;
using Microsoft.Playwright;

namespace HitlReview.Bench;

/// <summary>What does an open inbox occupy in the program, and what an open chat?</summary>
sealed class InboxMemory() : Question("memory")
{
    const int Open = 50;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        // A program each: pages that were closed still count for a while among those that one person may have open.
        await foreach (var answer in EachAsync(folder, "inboxes", 1e6, (desk, context) => desk.InboxAsync(context)))
            yield return answer;
        await foreach (var answer in EachAsync(folder, "chats", 1.2e6, ChatTimes.OpenLongAsync))
            yield return answer;
    }

    static async IAsyncEnumerable<Answer> EachAsync(
        string folder, string what, double most, Func<Desk, IBrowserContext, Task<IPage>> open)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, $"{what}.db"), 100, ChatTimes.Prepare);
        var context = await desk.BrowserAsync();
        // Not counted: what the first pages bring with them for all.
        for (var i = 0; i < 5; i++)
            await (await open(desk, context)).CloseAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (heapBefore, residentBefore) = await ReadAsync(desk);
        for (var i = 0; i < Open; i++)
            await open(desk, context);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (heap, resident) = await ReadAsync(desk);
        yield return Line(what, "live objects", (heap - heapBefore) / Open, most);
        yield return Line(what, "working set", (resident - residentBefore) / Open, most);
    }

    static Answer Line(string what, string of, double bytes, double most) =>
        new(
            $"memory of the program for each of {Open} open {what}: {of}", $"{Answer.Number(bytes / 1e6, "F2")} MB", null,
            $"{Answer.Number(bytes / 1e6, "F2")} MB", $"< {Answer.Number(most / 1e6, "0.#")} MB", bytes < most);

    static async Task<(double Heap, double Resident)> ReadAsync(Desk desk)
    {
        var before = Sum(await desk.MetricsAsync(), "dotnet_gc_collections_total{", "gen2");
        await Collection.InduceAsync(desk.Program.ProcessId);
        await Collection.InduceAsync(desk.Program.ProcessId);
        var metrics = await desk.MetricsAsync();
        if (Sum(metrics, "dotnet_gc_collections_total{", "gen2") < before + 2)
            throw new InvalidOperationException("The program has not collected its garbage.");
        return (
            Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes{") - Sum(
                metrics, "dotnet_gc_last_collection_heap_fragmentation_size_bytes{"),
            desk.Program.ResidentBytes);
    }

    static double Sum(string metrics, string name, string part = "") => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0], CultureInfo.InvariantCulture));
}
