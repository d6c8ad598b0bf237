namespace HitlReview.Bench;

/// <summary>How does a megabyte edit? From the button to the text, and from a key to the letter on the screen.</summary>
sealed class LargeEdit() : Question("edit")
{
    const int Tries = 5;
    const int Letters = 50;
    const int AtOnce = 10;

    const string Open = """
        () => new Promise(done => {
          const start = performance.now()
          document.querySelector("[data-shown] [data-act=edit]").click()
          const look = () => document.querySelector(".cm-content .cm-line") ? done(performance.now() - start) : requestAnimationFrame(look)
          look()
        })
        """;

    // A frame is on its way to the screen when the first task behind its callbacks runs.
    const string Watch = """
        () => {
          globalThis.letters = []
          let pressed
          addEventListener("keydown", event => pressed = event.key === "x" ? event.timeStamp : undefined, { capture: true })
          new MutationObserver(() => {
            if (pressed === undefined)
              return
            const since = pressed
            pressed = undefined
            requestAnimationFrame(() => setTimeout(() => letters.push(performance.now() - since)))
          }).observe(document.querySelector(".cm-content"), { childList: true, subtree: true, characterData: true })
        }
        """;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var desk = await Desk.OpenAsync(Path.Combine(folder, "edit.db"), 5);
        var payload = $$"""{"n":12345678901234567890,"lines":[{{string.Join(',', Enumerable.Range(0, 9_300).Select(i => $"\"line {i} {new string('x', 93)}\""))}}]}""";
        var id = await desk.AskAsync(payload);
        var context = await desk.BrowserAsync();
        var page = await desk.InboxAsync(context);
        await page.Locator($"[data-shown] [data-card][data-node-exec-id='{id}']").WaitForAsync();

        var opened = new List<double>();
        for (var i = -1; i < Tries; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            var took = await page.EvaluateAsync<double>(Open);
            if (i >= 0) // Not counted before: until the JIT compiler has settled.
                opened.Add(took);
            if (i == Tries - 1)
                break;
            await page.Locator("[data-shown] [data-testid=discard-edit]").ClickAsync();
            await page.Locator(".cm-content").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
        }
        var open = Rounds.Median(opened);
        yield return new(
            $"the editor of a payload of {Answer.Number(payload.Length / 1e6, "F2")} MB, from the button to the text",
            $"{Answer.Number(open)} ms", null, $"{Answer.Number(open)} ms", "< 500 ms", open < 500);

        await page.Locator(".cm-content").FocusAsync();
        foreach (var key in (string[])["Control+Home", "ArrowDown", "ArrowDown", "ArrowDown", "End", "ArrowLeft", "ArrowLeft"])
            await page.Keyboard.PressAsync(key);
        await page.EvaluateAsync(Watch);
        for (var i = 0; i < Letters; i++)
        {
            // A pause sends the text to be checked, and the next letters come meanwhile.
            await Task.Delay(i % AtOnce == 0 ? 1_000 : 120);
            await page.Keyboard.PressAsync("x");
        }
        await Task.Delay(TimeSpan.FromSeconds(2));
        var letters = await page.EvaluateAsync<double[]>("letters");
        if (letters.Length != Letters)
            throw new InvalidOperationException($"{letters.Length} of {Letters} letters were seen.");
        var p95 = Rounds.Percentile(letters, 0.95);
        yield return new(
            "a letter in it, from the key to the screen, p95 (p50)",
            $"{Answer.Number(p95)} ms ({Answer.Number(Rounds.Median(letters))} ms)", null, $"{Answer.Number(p95)} ms", "< 50 ms", p95 < 50);
    }
}
