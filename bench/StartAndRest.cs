using System.Diagnostics;

namespace HitlReview.Bench;

/// <summary>How long from the command to the first page, and what the program occupies when nobody uses it.</summary>
sealed class StartAndRest() : Question("start")
{
    const int Starts = 7;
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "start.db");
        var (seconds, megabytes) = (new List<double>(), new List<double>());
        using var client = new HttpClient();
        for (var i = 0; i < Starts; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var program = await Served.ProgramAsync(file);
            await client.GetStringAsync(new Uri(program.Address, "/account/login"));
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await Task.Delay(Idle);
            megabytes.Add(program.ResidentBytes / 1e6);
        }
        yield return new(
            "from the command to the first served page (the first start makes the database)",
            $"{Answer.Number(Rounds.Median(seconds), "F2")} s", null,
            $"{Answer.Number(Rounds.Median(seconds), "F2")} s", "< 3 s", Rounds.Median(seconds) < 3);
        yield return new(
            "memory of the idle program", $"{Answer.Number(Rounds.Median(megabytes))} MB", null,
            $"{Answer.Number(Rounds.Median(megabytes))} MB", "< 250 MB", Rounds.Median(megabytes) < 250);
    }
}
