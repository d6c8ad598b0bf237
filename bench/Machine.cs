using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HitlReview.Bench;

/// <summary>What the figures depend on.</summary>
static class Machine
{
    public static string Describe(string folder) =>
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:F0} GB, "
        + $"{RuntimeInformation.OSDescription.Split('#')[0].Trim()}, {RuntimeInformation.FrameworkDescription}; " +
        $"a 4 KB write is on the disk after {SyncMicroseconds(folder):F0} µs (median).";

    static double SyncMicroseconds(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "sync"), FileMode.Create, FileAccess.Write);
        var page = new byte[4096];
        var times = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            RandomAccess.Write(file, page, i % 100 * page.Length);
            var start = Stopwatch.GetTimestamp();
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        return Rounds.Median(times);
    }
}
