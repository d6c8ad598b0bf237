using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HitlReview.Bench;

/// <summary>
/// How long from a token to the screen, from a call to its card, from a press to the action, until a long chat is open. In a real
/// browser, with a model that is as fast as it is told to be.
/// </summary>
sealed class ChatTimes() : Question("chat")
{
    const int Chats = 10;
    const int Tokens = 500;
    const int Calls = 60;
    const int Uncounted = 10;
    const int Long = 2_000;
    /// <summary>The chat that <see cref="Prepare"/> makes.</summary>
    public const string LongChat = "00000000-0000-7000-8000-000000000001";
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    const string Watch = """
        globalThis.seen = {}
        new MutationObserver(() => {
          const now = performance.timeOrigin + performance.now()
          for (const [token] of (document.querySelector(".entry-assistant .markdown")?.textContent ?? "").matchAll(/t\d+\./g))
            seen[token] ??= now
          for (const card of document.querySelectorAll("[data-testid=review-required-card] [data-testid=approve]:not(:disabled)"))
            seen[card.closest("[data-review]").dataset.review] ??= now
        }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true })
        """;

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await using var model = await ModelStub.StartAsync();
        await using var desk = await Desk.OpenAsync(
            Path.Combine(folder, "chat.db"), 1, Prepare, $"--Copilot:Model:Endpoint={model.Address}/v1", "--Copilot:Model:Name=m",
            "--Copilot:TurnsAtOnce=20", "--Copilot:TokensPerDay=0", "--Blocks:Http:AllowPrivateNetworks=true");
        var context = await desk.BrowserAsync();

        var opened = await TimeToOpenAsync(desk, context);
        yield return new(
            $"a chat of {Answer.Number(Long)} messages, until one can type in it", $"{Answer.Number(opened)} ms", null,
            $"{Answer.Number(opened)} ms", "< 1,000 ms", opened < 1_000);

        var (toCard, toAction) = await CallsAsync(desk, context, model);
        yield return Line("from the model's call to its card with buttons", toCard, 0.99, 250);
        yield return Line("from the press on Approve to the action", toAction, 0.99, 100);

        var toScreen = await TokensAsync(desk, context, model);
        yield return Line($"from a token to the screen, {Chats} chats at 100 tokens a second each", toScreen, 0.95, 50);
    }

    static Answer Line(string what, List<double> times, double percentile, double most)
    {
        var worst = Rounds.Percentile(times, percentile);
        return new(
            $"{what}, p{percentile * 100:N0} (p50)", $"{Answer.Number(worst)} ms ({Answer.Number(Rounds.Median(times))} ms)", null,
            $"{Answer.Number(worst)} ms", $"< {Answer.Number(most)} ms", worst < most);
    }

    /// <summary>Who presses needs no time to undo; and a chat in which much was said.</summary>
    public static void Prepare(SqliteConnection connection, string userId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            INSERT INTO user_preferences (user_id, undo_seconds, single_keys, notifies, sounds) VALUES ('{userId}', 0, 1, 0, 0);
            INSERT INTO copilot_sessions (id, user_id, revision, created_at, updated_at, listed_at, title, is_pinned, last_seq, answered_seq)
            VALUES ('{LongChat}', '{userId}', 0, 1, 1, 1, 'Long', 0, {Long}, {Long});
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Long})
            INSERT INTO copilot_messages (session_id, id, seq, kind, turn_id, round, text, is_held, created_at, ended_at)
            SELECT '{LongChat}', 'm' || i, i, CASE i % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, NULL, i,
                   'Message **' || i || '** with a list:' || char(10, 10) || '- one' || char(10) || '- two', 0, i, i FROM n;
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>Opens the chat in which much was said, and waits until one can type in it.</summary>
    public static async Task<IPage> OpenLongAsync(Desk desk, IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(desk.Program.Address, $"/copilot/{LongChat}").ToString());
        await page.Locator("html[data-connection=live] [data-testid=copilot-input]").WaitForAsync();
        await page.GetByText("Message 2000").WaitForAsync();
        return page;
    }

    static async Task<double> TimeToOpenAsync(Desk desk, IBrowserContext context)
    {
        var times = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            var start = Desk.Now;
            var page = await OpenLongAsync(desk, context);
            if (i > 0)
                times.Add(Desk.Now - start);
            await page.CloseAsync();
        }
        return Rounds.Median(times);
    }

    static async Task<IPage> OpenAsync(Desk desk, IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(new Uri(desk.Program.Address, "/copilot").ToString());
        await page.GetByTestId("new-chat").ClickAsync();
        await page.GetByTestId("copilot-input").WaitForAsync();
        return page;
    }

    static async Task SayAsync(IPage page, string text)
    {
        await page.GetByTestId("copilot-input").FillAsync(text);
        await page.GetByTestId("copilot-input").PressAsync("Enter");
    }

    static async Task<(List<double> ToCard, List<double> ToAction)> CallsAsync(Desk desk, IBrowserContext context, ModelStub model)
    {
        var called = new ConcurrentQueue<double>();
        var hits = new ConcurrentDictionary<string, TaskCompletionSource<double>>();
        model.Hit = path => hits.GetOrAdd(path, _ => new()).TrySetResult(Desk.Now);
        model.Answer = async (http, last) =>
        {
            if (!last.StartsWith("call ", StringComparison.Ordinal))
            {
                await ModelStub.WriteAsync(http, """{"content":"Yes."}""");
                return;
            }
            var input = $$"""{\"url\":\"{{model.Address}}/{{last[5..]}}\",\"method\":\"POST\",\"body\":1}""";
            var arguments = $$$"""{\"block_id\":\"{{{Http}}}\",\"input_data\":{{{input}}}}""";
            await ModelStub.WriteAsync(http,
                $$$"""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"run_block","arguments":"{{{arguments}}}"}}]}""");
            called.Enqueue(Desk.Now);
        };
        var page = await OpenAsync(desk, context);
        var (toCard, toAction) = (new List<double>(), new List<double>());
        for (var i = -Uncounted; i < Calls; i++)
        {
            var name = $"n{i + Uncounted}";
            await SayAsync(page, $"call {name}");
            var approve = page.GetByTestId("review-required-card").Last.GetByTestId("approve");
            await approve.WaitForAsync();
            await page.WaitForFunctionAsync("n => Object.keys(seen).filter(k => k.startsWith('copilot')).length === n", i + Uncounted + 1);
            await page.GetByTestId("answering").WaitForAsync(new() { State = WaitForSelectorState.Detached });
            called.TryDequeue(out var at);
            var card = await page.EvaluateAsync<double>(
                "Math.max(...Object.entries(seen).filter(([k]) => k.startsWith('copilot')).map(([, v]) => v))");
            // A card takes no press for its first half second.
            await Task.Delay(600);
            var pressed = await page.EvaluateAsync<double>("""
                () => {
                  const now = performance.timeOrigin + performance.now()
                  ;[...document.querySelectorAll("[data-testid=review-required-card] [data-testid=approve]")].at(-1).click()
                  return now
                }
                """);
            var hit = await hits.GetOrAdd($"/{name}", _ => new()).Task.WaitAsync(TimeSpan.FromSeconds(30));
            if (i >= 0)
            {
                toCard.Add(card - at);
                toAction.Add(hit - pressed);
            }
            await page.GetByTestId("entry-outcome").Nth(i + Uncounted).WaitForAsync();
            await page.GetByTestId("answering").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }
        await page.CloseAsync();
        return (toCard, toAction);
    }

    static async Task<List<double>> TokensAsync(Desk desk, IBrowserContext context, ModelStub model)
    {
        var pages = new List<IPage>();
        for (var i = 0; i < Chats; i++)
            pages.Add(await OpenAsync(desk, context));
        var sent = new ConcurrentDictionary<(string Chat, string Token), double>();
        model.Answer = async (http, last) =>
        {
            using var timer = new PeriodicTimer(Pace);
            for (var i = 0; i < Tokens; i++)
            {
                var token = $"t{i}.";
                sent[(last, token)] = Desk.Now;
                await ModelStub.WriteAsync(http, $$"""{"content":"{{token}}{{(i % 60 == 59 ? "\\n\\n" : " ")}}"}""");
                await timer.WaitForNextTickAsync();
            }
        };
        for (var i = 0; i < Chats; i++)
            await SayAsync(pages[i], $"chat {i}");
        var times = new List<double>();
        for (var i = 0; i < Chats; i++)
        {
            await pages[i].WaitForFunctionAsync($"() => 't{Tokens - 1}.' in seen", null, new() { Timeout = 120_000 });
            var seen = await pages[i].EvaluateAsync<Dictionary<string, double>>("seen");
            times.AddRange(seen.Where(s => s.Key.StartsWith('t')).Select(s => s.Value - sent[($"chat {i}", s.Key)]));
            await pages[i].CloseAsync();
        }
        return times;
    }
}
