using System.Diagnostics;

namespace HitlReview.Bench;

/// <summary>What one side did in one round.</summary>
/// <param name="PerSecond">Round trips per second.</param>
/// <param name="CpuMicroseconds">CPU time of this process per round trip.</param>
readonly record struct Pace(double PerSecond, double CpuMicroseconds);

/// <summary>Measures two sides in turns, A B A B …, so that what else the machine does meanwhile hits both alike.</summary>
static class Rounds
{
    static readonly TimeSpan Length = TimeSpan.FromSeconds(2);

    /// <returns>The medians of both sides, and the median of the rounds' own ratios.</returns>
    public static async Task<(Pace Ours, Pace Bare, double Ratio)> CompareAsync(
        Func<TimeSpan, Task<Pace>> ours, Func<TimeSpan, Task<Pace>> bare, int rounds)
    {
        // Not counted: until the JIT compiler has settled, and the files have grown to their working size.
        await ours(Length);
        await bare(Length);
        await ours(Length);
        var pairs = new List<(Pace Ours, Pace Bare)>();
        for (var i = 0; i < rounds; i++)
            pairs.Add(i % 2 == 0 ? (await ours(Length), await bare(Length)) : await SwappedAsync());
        return (
            Median(pairs.Select(p => p.Ours)), Median(pairs.Select(p => p.Bare)),
            Median(pairs.Select(p => p.Ours.PerSecond / p.Bare.PerSecond)));

        async Task<(Pace, Pace)> SwappedAsync()
        {
            var second = await bare(Length);
            return (await ours(Length), second);
        }
    }

    /// <summary>Lets callers make round trips until the time is over.</summary>
    public static async Task<Pace> RunAsync(int callers, TimeSpan length, Func<Task> trip)
    {
        GC.Collect();
        var trips = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < length)
            {
                await trip();
                Interlocked.Increment(ref trips);
            }
        })));
        var seconds = watch.Elapsed.TotalSeconds;
        return new(trips / seconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / trips);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The value that this share of them does not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }

    static Pace Median(IEnumerable<Pace> paces)
    {
        var all = paces.ToList();
        return new(Median(all.Select(p => p.PerSecond)), Median(all.Select(p => p.CpuMicroseconds)));
    }
}
