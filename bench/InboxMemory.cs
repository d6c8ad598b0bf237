using System.Globalization;

namespace HitlReview.Bench;

/// <summary>What does an open inbox occupy in the program?</summary>
sealed class InboxMemory() : Question("memory")
{
    const int Inboxes = 50;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, "memory.db"), 100);
        var context = await desk.BrowserAsync();
        // Not counted: what the first inboxes bring with them for all.
        for (var i = 0; i < 5; i++)
        {
            var page = await desk.InboxAsync(context);
            await page.CloseAsync();
        }
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (heapBefore, residentBefore) = await ReadAsync(desk);
        for (var i = 0; i < Inboxes; i++)
            await desk.InboxAsync(context);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (heap, resident) = await ReadAsync(desk);
        yield return Line("live objects", (heap - heapBefore) / Inboxes);
        yield return Line("working set", (resident - residentBefore) / Inboxes);
    }

    static Answer Line(string of, double bytes) =>
        new(
            $"memory of the program for each of {Inboxes} open inboxes: {of}", $"{Answer.Number(bytes / 1e6, "F2")} MB", null,
            $"{Answer.Number(bytes / 1e6, "F2")} MB", "< 1 MB", bytes < 1e6);

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
