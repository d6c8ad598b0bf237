namespace HitlReview.Bench;

/// <summary>How long from a key to the next review, with 50 ms of network between browser and program?</summary>
sealed class NextReview() : Question("next")
{
    const int Presses = 100;
    static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(25);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    const string Watch = """
        globalThis.moves = []
        addEventListener("keydown", event => {
          if (event.key !== "j")
            return
          const move = { to: document.querySelector("[data-row][data-current]").dataset.nodeExecId, took: -1 }
          moves.push(move)
          const look = () => {
            if (document.querySelector("[data-shown] [data-card]")?.dataset.nodeExecId === move.to)
              move.took = performance.now() - event.timeStamp
            else if (moves.at(-1) === move)
              requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        })
        """;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, "next.db"), 2 * Presses);
        await using var network = new DelayingProxy(desk.Program.Address, OneWay);
        var context = await desk.BrowserAsync();
        var page = await desk.InboxAsync(context, Watch, network.Address);
        await Task.Delay(TimeSpan.FromSeconds(2));
        for (var i = 0; i < Presses; i++)
        {
            await page.Keyboard.PressAsync("j");
            await Task.Delay(Pause);
        }
        await Task.Delay(TimeSpan.FromSeconds(1));
        var times = await page.EvaluateAsync<double[]>("moves.map(move => move.took)");
        if (times.Length != Presses)
            throw new InvalidOperationException($"{times.Length} of {Presses} presses arrived.");
        var late = times.Count(t => t < 0);
        // One that was left behind by the next press before it was drawn took at least the pause.
        var all = times.Select(t => t < 0 ? double.PositiveInfinity : t).ToList();
        var p95 = Rounds.Percentile(all, 0.95);
        var lateOnes = late > 0 ? $"; {late} were not drawn before the next key" : "";
        yield return new(
            $"from a key to the next review on the screen, 50 ms of network, p95 (p50){lateOnes}",
            $"{Answer.Number(p95)} ms ({Answer.Number(Rounds.Median(all))} ms)", null, $"{Answer.Number(p95)} ms", "< 100 ms", p95 < 100);
    }
}
