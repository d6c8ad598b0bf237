using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HitlReview.Bench;

/// <summary>
/// How long from the command to the first page, published for this kind of machine and as it was built, and what the published program
/// occupies when nobody uses it.
/// </summary>
sealed class StartAndRest() : Question("start")
{
    const int Starts = 7;
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "start.db");
        var published = Path.Combine(folder, "published");
        await PublishAsync(published);
        var (ahead, built, megabytes) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            await using (var program = await TimeAsync(() => Served.ProgramAsync(file), built))
            {
            }
            await using (var program = await TimeAsync(() => Served.PublishedAsync(published, file), ahead))
            {
                await Task.Delay(Idle);
                megabytes.Add(program.ResidentBytes / 1e6);
            }
        }
        yield return Line("published for this kind of machine", Rounds.Median(ahead), 1.5);
        yield return Line("as it was built (the first start makes the database)", Rounds.Median(built), 3);
        yield return new(
            "memory of the idle program", $"{Answer.Number(Rounds.Median(megabytes))} MB", null,
            $"{Answer.Number(Rounds.Median(megabytes))} MB", "< 150 MB", Rounds.Median(megabytes) < 150);
    }

    static async Task<Served> TimeAsync(Func<Task<Served>> run, List<double> seconds)
    {
        using var client = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        var program = await run();
        await client.GetStringAsync(new Uri(program.Address, "/account/login"));
        seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        return program;
    }

    static Answer Line(string how, double seconds, double goal) =>
        new(
            $"from the command to the first served page, {how}",
            $"{Answer.Number(seconds, "F2")} s", null, $"{Answer.Number(seconds, "F2")} s", $"< {Answer.Number(goal, "0.#")} s",
            seconds < goal);

    static async Task PublishAsync(string folder)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "HitlReview.sln")))
            root = Path.GetDirectoryName(root)!;
        using var publish = Process.Start(new ProcessStartInfo("dotnet",
            [
                "publish", "HitlReview.Web", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "-o",
                folder, "-v", "quiet", "-nologo",
            ])
        { WorkingDirectory = root })!;
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
            throw new InvalidOperationException($"'dotnet publish' ended with {publish.ExitCode}.");
    }
}
