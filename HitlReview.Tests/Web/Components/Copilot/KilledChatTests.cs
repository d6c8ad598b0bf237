using System.Text.Json;
using HitlReview.Tests.Support;
using HitlReview.Tests.Web.Api;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Copilot;

/// <summary>Chats whose server is killed: in the middle of an answer, between approval and run, between run and answer.</summary>
public sealed class KilledChatTests : IAsyncLifetime
{
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";

    readonly SqliteStore _store = new();
    readonly TaskCompletionSource _never = new();
    ModelServer _model = null!;
    CountingServer _world = null!;
    ProcessApp _app = null!;

    Dictionary<string, string> Settings =>
        _model.Settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value);

    public async ValueTask InitializeAsync()
    {
        _model = await ModelServer.StartAsync();
        _world = await CountingServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _never.TrySetResult();
        if (_app is not null)
            await _app.DisposeAsync();
        await _world.DisposeAsync();
        await _model.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_by_a_kill_stays_as_far_as_it_was_seen_and_can_be_tried_again()
    {
        _app = await ProcessApp.StartAsync(_store, settings: Settings);
        await using var seat = await Browser.OpenAsync(_app, Cast.Rosa);
        seat.FaultsExpected = true;
        await seat.Page.GotoAsync("/copilot");
        await seat["new-chat"].ClickAsync();
        _model.ThenSays("As far as this and no further", i => i == 3 ? _never.Task : Task.CompletedTask);
        await seat["copilot-input"].FillAsync("Talk");
        await seat["copilot-input"].PressAsync("Enter");
        await Assertions.Expect(seat["entry-assistant"]).ToContainTextAsync("As far as this");
        await seat["copilot-input"].FillAsync("typed meanwhile");

        await _app.KillAsync();
        await _app.StartAsync();

        await seat.Page.GotoAsync($"{_app.Url}{new Uri(seat.Page.Url).AbsolutePath}");
        await Assertions.Expect(seat["entry-assistant"]).ToContainTextAsync("As far as this");
        await Assertions.Expect(seat["entry-notice"]).ToContainTextAsync("stopped in the middle");
        _model.ThenSays("The whole of it");
        await seat["retry"].ClickAsync();
        await Assertions.Expect(seat["entry-assistant"].Last).ToContainTextAsync("The whole of it");
    }

    [Theory, Invariant(5)]
    [InlineData("DecisionWritten", 1, "ran")] // between the approval and the run
    [InlineData("ActionClaimed", 0, "unknown")] // after the claim
    [InlineData("ActionReturned", 1, "unknown")] // after the run, before its end is recorded
    public async Task A_kill_anywhere_after_the_approval_leaves_one_run_at_most_and_a_chat_that_says_what_is_known(
        string crashAt, int hits, string outcome)
    {
        _app = await ProcessApp.StartAsync(_store, crashAt, Settings);
        var rosa = new ApiClient(_app.Client(Cast.Rosa));
        var chat = (await rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;
        var input = $$"""{"url":"{{_world.Url}}/x","method":"POST","body":1}""";
        _model.ThenCalls(("run_block", $$"""{"block_id":"{{Http}}","input_data":{{input}}}""")).ThenSays("It waits.").ThenSays("That is what became of it.");
        (await rosa.PostAsync($"/api/copilot/sessions/{chat}/messages", """{"message_id":"m","text":"Send"}""")).Is(202);
        var messages = await WaitAsync(rosa, chat, m => m.Any(x => Is(x, "text", "It waits.")));
        var review = messages.Single(m => Is(m, "kind", "tool_call")).GetProperty("review_id").GetString()!;

        try
        {
            await rosa.DecideAsync(review, true);
        }
        catch (HttpRequestException)
        {
            // It died before it could answer.
        }
        await _app.WaitForDeathAsync();
        await _app.StartAsync();

        rosa = new(_app.Client(Cast.Rosa));
        if (crashAt == "DecisionWritten" && (await rosa.GetAsync($"/api/review/{Uri.EscapeDataString(review)}")) is { Status: 200 } read
            && read.String("status") == "WAITING")
            (await rosa.DecideAsync(review, true)).Is(200); // It was not committed: nobody was told that it was.
        messages = await WaitAsync(rosa, chat, m => m.Any(x => Is(x, "text", "That is what became of it.")));
        Assert.Equal(outcome, Assert.Single(messages, m => Is(m, "kind", "outcome")).GetProperty("outcome").GetString());
        Assert.Equal(hits, _world.Hits.Count);
        if (outcome != "unknown")
            return;

        // What nobody knows is settled where it is read.
        _model.ThenSays("Good to know.");
        await using var seat = await Browser.OpenAsync(_app, Cast.Rosa);
        await seat.Page.GotoAsync($"/copilot/{chat}");
        await seat["settle-ran"].ClickAsync();
        await Assertions.Expect(seat["entry-assistant"].Last).ToContainTextAsync("Good to know.");
        await Assertions.Expect(seat["settle-ran"]).ToHaveCountAsync(0);
        await seat.CheckAccessibilityAsync();
        Assert.Equal(hits, _world.Hits.Count);
    }

    static bool Is(JsonElement message, string member, string value) => message.GetProperty(member).GetString() == value;

    /// <summary>By the stream of the chat's turns: it ends with each.</summary>
    static async Task<IReadOnlyList<JsonElement>> WaitAsync(
        ApiClient rosa, string chat, Func<IReadOnlyList<JsonElement>, bool> until)
    {
        using var patience = new CancellationTokenSource(Recorded<string>.Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            await rosa.GetAsync($"/api/copilot/sessions/{chat}/stream");
            var page = (await rosa.GetAsync($"/api/copilot/sessions/{chat}/messages")).Is(200).Json;
            IReadOnlyList<JsonElement> messages = [.. page.GetProperty("messages").EnumerateArray()];
            if (until(messages))
                return messages;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
