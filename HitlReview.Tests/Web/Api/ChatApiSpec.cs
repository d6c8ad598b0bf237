using System.Net;
using System.Text.Json;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Tests.Core.Copilot;
using HitlReview.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Api;

public sealed class ChatApiOnSqlite() : ChatApiSpec(new SqliteStore());

public sealed class ChatApiOnPostgres() : ChatApiSpec(new PostgresStore());

/// <summary>Chats over REST, with a model whose words the test has written.</summary>
public abstract class ChatApiSpec(TestStore store) : AppSpec(store)
{
    const string StoreValue = "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08";
    const string Http = "6f0c9f5e-2a3d-4c1b-8f57-0d9b6a1e4c21";

    readonly FakeModel _model = new();
    ApiClient _rosa = null!, _ben = null!;
    string _chat = "";

    protected override void Configure(IServiceCollection services) => services.AddSingleton(new Assistant(_model, "fake"));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (_rosa, _ben) = (new(App.Client(Cast.Rosa)), new(App.Client(Cast.Ben)));
        _chat = (await _rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;
    }

    string Path => $"/api/copilot/sessions/{_chat}";

    Task<Answer> SayAsync(string id, string text) =>
        _rosa.PostAsync($"{Path}/messages", $$"""{"message_id":"{{id}}","text":{{ApiClient.Quoted(text)}}}""");

    async Task<JsonElement> MessagesAsync() => (await _rosa.GetAsync($"{Path}/messages")).Is(200).Json;

    async Task<IEnumerable<JsonElement>> ReadAsync() => (await MessagesAsync()).GetProperty("messages").EnumerateArray();

    Task IdleAsync() => App.Changes.UntilAsync(
        async () => (await MessagesAsync()).GetProperty("turn_state").GetString() is not ("running" or null), "the turn has ended");

    [Fact]
    public async Task What_is_said_is_answered_and_read_back()
    {
        _model.Then(FakeModel.Call("run_block", $$$"""{"block_id":"{{{StoreValue}}}","input_data":{"input":1.10}}""")).ThenSays("It is 1.10.");

        var sent = (await SayAsync("m1", "Keep 1.10")).Is(202);
        Assert.Equal(("m1", "false"), (sent.String("message_id"), sent.Raw("queued")));
        await IdleAsync();

        var page = await MessagesAsync();
        var messages = page.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["user", "tool_call", "assistant"], messages.Select(m => m.GetProperty("kind").GetString()));
        Assert.Equal("""{"output":[1.10]}""", messages[1].GetProperty("output").GetProperty("outputs").GetRawText());
        Assert.Equal(("done", false), (page.GetProperty("turn_state").GetString(), page.GetProperty("has_earlier").GetBoolean()));
        var before = (await _rosa.GetAsync($"{Path}/messages?before=2")).Is(200).Json.GetProperty("messages");
        Assert.Equal("m1", Assert.Single(before.EnumerateArray()).GetProperty("message_id").GetString());
        (await _rosa.GetAsync($"{Path}/messages?limit=0")).Is(422);
    }

    [Fact]
    public async Task The_stream_has_the_whole_turn_by_the_names_of_AG_UI_and_ends_with_what_waits()
    {
        var gate = new TaskCompletionSource();
        _model.Then(ct => FakeModel.SaysAndWaits("Hello", gate.Task, ct));
        Assert.Equal(204, (await _rosa.GetAsync($"{Path}/stream")).Status);
        await SayAsync("m1", "Hi");
        await App.Changes.UntilAsync(async () => (await MessagesAsync()).GetProperty("messages").GetArrayLength() == 2, "it has begun");

        using var rosa = App.Client(Cast.Rosa);
        using var stream = await rosa.GetAsync(
            $"{Path}/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        gate.SetResult();
        var events = Events(await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "RUN_FINISHED"],
            events.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(_chat, events[0].GetProperty("threadId").GetString());
        Assert.Equal("""{"type":"success"}""", events[^1].GetProperty("outcome").GetRawText());
    }

    [Fact]
    public async Task A_held_call_interrupts_the_turn_and_goes_on_by_itself_once_it_is_approved_over_the_API()
    {
        await using var world = await CountingServer.StartAsync();
        _model.Then(FakeModel.Call("run_block", $$$"""{"block_id":"{{{Http}}}","input_data":{"url":"{{{world.Url}}}/x","method":"POST","body":7}}"""))
            .ThenSays("It waits.").ThenSays("It is done.");
        await SayAsync("m1", "Send it");
        await IdleAsync();
        Assert.Equal("waiting", (await _rosa.GetAsync(Path)).Is(200).String("state"));
        var review = (await MessagesAsync()).GetProperty("messages")[1].GetProperty("review_id").GetString()!;

        (await _rosa.DecideAsync(review, true)).Is(200);

        await App.Changes.UntilAsync(
            async () => (await ReadAsync()).Last().GetProperty("text").GetString() == "It is done.", "the assistant has answered");
        await IdleAsync();
        Assert.Equal("7", Assert.Single(world.Hits).Body);
        Assert.Equal("idle", (await _rosa.GetAsync(Path)).Is(200).String("state"));
        var outcome = (await ReadAsync()).Single(m => m.GetProperty("kind").GetString() == "outcome");
        Assert.Equal(("ran", review), (outcome.GetProperty("outcome").GetString(), outcome.GetProperty("review_id").GetString()));
    }

    [Fact]
    public async Task Chats_are_listed_found_renamed_pinned_and_deleted()
    {
        _model.Then(FakeModel.Call("find_block", """{"query":"K\u00e4se \/ Milch"}""")).ThenSays("Oranges, lemons and Äpfel.");
        await SayAsync("m1", "Which fruit?");
        await IdleAsync();
        var second = (await _rosa.PostAsync("/api/copilot/sessions")).Is(201).String("session_id")!;

        Assert.Equal([second, _chat], await ListAsync(""));
        Assert.Equal([_chat], await ListAsync("?q=lemons"));
        Assert.Equal([_chat], await ListAsync("?q=WHICH"));
        Assert.Equal([_chat], await ListAsync("?q=%C3%A4PFEL"));
        Assert.Equal([_chat], await ListAsync("?q=k%C3%A4se%20/%20milch"));
        Assert.Empty(await ListAsync("?q=100%25"));
        var changed = (await _rosa.SendAsync(Patch("""{"title":" Fruit ","is_pinned":true}"""), CancellationToken.None)).Is(200);
        Assert.Equal(("Fruit", "true"), (changed.String("title"), changed.Raw("is_pinned")));
        Assert.Equal([_chat, second], await ListAsync(""));
        (await _rosa.SendAsync(Patch("""{"title":" "}"""), CancellationToken.None)).Is(422);

        (await _rosa.DeleteAsync(Path)).Is(204);
        Assert.Equal([second], await ListAsync(""));
        (await _rosa.GetAsync($"{Path}/messages")).Is(404);
    }

    [Fact, Invariant(1)]
    public async Task Somebody_elses_chat_answers_as_an_unknown_one_does()
    {
        foreach (var id in (string[])[_chat, "unknown"])
        {
            var path = $"/api/copilot/sessions/{id}";
            foreach (var answer in (Answer[])
                [
                    await _ben.GetAsync(path), await _ben.GetAsync($"{path}/messages"), await _ben.GetAsync($"{path}/stream"),
                    await _ben.PostAsync($"{path}/messages", """{"message_id":"m","text":"hi"}"""), await _ben.PostAsync($"{path}/stop"),
                    await _ben.PostAsync($"{path}/retry"), await _ben.DeleteAsync(path), await _ben.PostAsync($"{path}/find_block", "{}"),
                ])
                Assert.Equal((404, $"No chat session '{id}' was found."), (answer.Status, answer.Detail));
        }
        Assert.Empty((await _ben.GetAsync("/api/copilot/sessions")).Is(200).Json.EnumerateArray());
    }

    [Fact]
    public async Task What_is_said_wrongly_is_refused_and_begins_nothing()
    {
        (await _rosa.PostAsync($"{Path}/messages", """{"message_id":"m","text":"  "}""")).Is(422);
        (await _rosa.PostAsync($"{Path}/messages", """{"message_id":"","text":"x"}""")).Is(422);
        (await _rosa.PostAsync($"{Path}/messages", """{"text":"x"}""")).Is(422);
        (await SayAsync("m", new string('x', 64_001))).Is(422);

        Assert.Empty((await MessagesAsync()).GetProperty("messages").EnumerateArray());
    }

    async Task<IReadOnlyList<string?>> ListAsync(string query) =>
        [.. (await _rosa.GetAsync($"/api/copilot/sessions{query}")).Is(200).Json.EnumerateArray()
            .Select(s => s.GetProperty("session_id").GetString())];

    HttpRequestMessage Patch(string json) => new(HttpMethod.Patch, Path)
    {
        Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
    };

    static List<JsonElement> Events(string stream) =>
        [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => JsonElement.Parse(e["data: ".Length..]))];
}
