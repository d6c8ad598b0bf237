using System.Text.Json;
using HitlReview.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace HitlReview.Tests.Web.Api;

/// <summary>A chat with a model behind a real OpenAI-compatible server: what is sent there, and whatever comes back.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    const string StoreValue = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";

    readonly SqliteStore _store = new();
    ModelServer _model = null!;
    TestApp _app = null!;
    ApiClient _rosa = null!;
    string _chat = "";
    int _said;

    public async ValueTask InitializeAsync()
    {
        _model = await ModelServer.StartAsync();
        _app = await TestApp.StartAsync(_store, new Dictionary<string, string>(_model.Settings) { ["Copilot:TokensPerDay"] = "1000" });
        _rosa = new(_app.Client(Cast.Rosa));
        _chat = (await _rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _model.DisposeAsync();
        await _store.DisposeAsync();
    }

    async Task<IReadOnlyList<JsonElement>> SayAsync(string text)
    {
        var id = $"m{++_said}";
        (await _rosa.PostAsync(
            $"/api/copilot/sessions/{_chat}/messages", $$"""{"message_id":"{{id}}","text":"{{text}}"}""")).Is(202);
        IReadOnlyList<JsonElement> messages = [];
        await _app.Changes.UntilAsync(async () =>
        {
            var page = (await _rosa.GetAsync($"/api/copilot/sessions/{_chat}/messages")).Is(200).Json;
            messages = [.. page.GetProperty("messages").EnumerateArray()];
            return page.GetProperty("turn_state").GetString() != "running";
        }, "the turn has ended");
        return messages;
    }

    async Task<IReadOnlyList<JsonElement>> ReadAsync() =>
        [.. (await _rosa.GetAsync($"/api/copilot/sessions/{_chat}/messages")).Is(200).Json.GetProperty("messages").EnumerateArray()];

    static string Last(IReadOnlyList<JsonElement> messages) =>
        $"{messages[^1].GetProperty("kind").GetString()}: {messages[^1].GetProperty("text").GetString()}";

    [Fact]
    public async Task It_is_asked_with_its_key_its_name_our_tools_and_what_was_said()
    {
        _model.ThenSays("Good morning to you, Rosa.");

        Assert.Equal("assistant: Good morning to you, Rosa.", Last(await SayAsync("Good morning")));

        var asked = Assert.Single(_model.Asked.All);
        Assert.Equal("Bearer test-key", Assert.Single(_model.Keys));
        Assert.Equal("test-model", asked.GetProperty("model").GetString());
        Assert.Equal(
            ["find_block", "run_block", "continue_run_block"],
            asked.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("function").GetProperty("name").GetString()));
        Assert.Equal(
            ["system", "user"], asked.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Parallel_calls_keep_their_digits_and_get_one_answer_each_before_it_is_asked_again()
    {
        _model.ThenCalls(
            ("run_block", $$$"""{"block_id":"{{{StoreValue}}}","input_data":{"input":12345678901234567890}}"""),
            ("run_block", $$$"""{"block_id":"{{{Http}}}","input_data":{"url":"http://127.0.0.1:9/x","method":"POST","body":1.10}}"""),
            ("no_such_tool", "{}"),
            ("run_block", "{broken")).ThenSays("One ran, one waits.");

        var messages = await SayAsync("Do all of it");

        Assert.Equal("assistant: One ran, one waits.", Last(messages));
        Assert.Contains("12345678901234567890", messages[1].GetProperty("output").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("1.10", messages[2].GetProperty("input").GetString(), StringComparison.Ordinal);
        var told = _model.Asked.All[1].GetProperty("messages").EnumerateArray().ToList();
        var calls = told[2].GetProperty("tool_calls").EnumerateArray().Select(c => c.GetProperty("id").GetString()).ToList();
        Assert.Equal(4, calls.Count);
        Assert.Equal(calls, told.Skip(3).Select(m => m.GetProperty("tool_call_id").GetString()));
        Assert.Equal(
            ["block_output", "review_required", "error", "error"],
            told.Skip(3).Select(m => JsonElement.Parse(m.GetProperty("content").GetString()!).GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData(401, "notice: The model's provider refused the key (Copilot:Model:Key).")]
    [InlineData(404, "notice: The model's provider knows no such model or address (Copilot:Model:Name, Copilot:Model:Endpoint).")]
    [InlineData(400, "notice: The model's provider answered with the error 400.")]
    public async Task What_its_provider_refuses_is_said_plainly_and_the_chat_goes_on(int status, string said)
    {
        _model.ThenRefuses(status).ThenSays("Back again.");

        Assert.Equal(said, Last(await SayAsync("1")));
        Assert.Equal("assistant: Back again.", Last(await SayAsync("2")));
    }

    [Fact]
    public async Task A_provider_that_is_busy_is_asked_once_more()
    {
        _model.ThenRefuses(429).ThenSays("Now.");

        Assert.Equal("assistant: Now.", Last(await SayAsync("1")));
        Assert.Equal(2, _model.Asked.All.Count);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_keeps_what_was_said()
    {
        _model.Then(async context =>
        {
            await ModelServer.WriteAsync(context, """{"content":"As far as "}""");
            await _app.Changes.UntilAsync(async () => (await ReadAsync()).Count == 2, "that was said");
            context.Abort();
        }).ThenSays("Again.");

        var messages = await SayAsync("1");

        Assert.Equal("notice: The model could not be reached, or its answer broke off.", Last(messages));
        Assert.Equal(
            ("As far as ", "failed"), (messages[1].GetProperty("text").GetString(), messages[1].GetProperty("cut_off").GetString()));
        Assert.Equal("assistant: Again.", Last(await SayAsync("2")));
    }

    [Fact]
    public async Task An_answer_that_is_no_answer_is_said_to_be_none()
    {
        _model.Then(context => context.Response.WriteAsync("<html>Bad gateway</html>")).ThenSays("Fine.");

        Assert.Equal("notice: The model gave no answer.", Last(await SayAsync("1")));
        Assert.Equal("assistant: Fine.", Last(await SayAsync("2")));
    }

    [Fact]
    public async Task What_its_answers_take_is_counted_and_ends_for_the_day()
    {
        for (var i = 0; i < 10; i++)
            _model.ThenSays("x");
        for (var i = 0; i < 9; i++)
            await SayAsync("1");
        Assert.Equal("assistant: x", Last(await SayAsync("1")));

        // 10 times 110 tokens.
        Assert.Contains("used up", Last(await SayAsync("1")), StringComparison.Ordinal);
        Assert.Equal(10, _model.Asked.All.Count);
    }
}
