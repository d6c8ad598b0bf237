using HitlReview.Core;
using HitlReview.Core.Copilot.Chat;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Tests.Support;
using Microsoft.Extensions.AI;

namespace HitlReview.Tests.Core.Copilot;

public sealed class TurnOnSqlite() : TurnSpec(new SqliteStore());

public sealed class TurnOnPostgres() : TurnSpec(new PostgresStore());

/// <summary>Turns: what is said is answered once, whatever happens meanwhile.</summary>
public abstract class TurnSpec(TestStore store) : ChatSpec(store)
{
    [Fact]
    public async Task What_is_said_is_answered_and_gives_the_chat_its_title()
    {
        Model.ThenSays("Good morning to you.");

        await SayAsync("Good morning!\nHow are you?");
        await WorkAsync();

        Assert.Equal(["user: Good morning!\nHow are you?", "assistant: Good morning to you."], await SaidAsync());
        var chat = (await ReadAsync()).Session;
        Assert.Equal(("Good morning!", TurnState.done, 1), (chat.Title, chat.TurnState, chat.AnsweredSeq));
        Assert.Equal(ChatRole.System, Model.Asked.All.Single()[0].Role);
    }

    [Fact]
    public async Task The_same_message_sent_16_times_at_once_is_one_message_and_one_turn()
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => SayAsync("Once", "message-1")));
        await WorkAsync();

        Assert.Single(sent, s => s.IsNew);
        Assert.Equal(1, await TurnsAsync());
        Assert.Single(Model.Asked.All);
        await Assert.ThrowsAsync<RefusedException>(() => SayAsync("Something else", "message-1"));
    }

    [Fact]
    public async Task What_is_said_meanwhile_waits_and_is_said_after_the_turn_in_its_order()
    {
        Model.ThenSays("One.").ThenSays("Two.").ThenSays("Three.");
        await SayAsync("1");
        Assert.True((await SayAsync("2")).IsQueued);
        Assert.True((await SayAsync("3")).IsQueued);
        Assert.Equal(["2", "3"], (await ReadAsync()).Queue.Select(q => q.Text));

        await WorkAsync();

        Assert.Equal(
            ["user: 1", "assistant: One.", "user: 2", "assistant: Two.", "user: 3", "assistant: Three."], await SaidAsync());
        Assert.Empty((await ReadAsync()).Queue);
    }

    [Fact]
    public async Task What_waits_can_be_edited_withdrawn_and_sent_at_once()
    {
        var gate = new TaskCompletionSource();
        Model.Then(ct => FakeModel.SaysAndWaits("Hold on", gate.Task, ct)).ThenSays("Now.").ThenSays("Later.");
        await SayAsync("1");
        var answering = WorkAsync();
        await Model.Asked.WaitAsync(_ => true, 1, "the model is asked");
        await SayAsync("a", "a");
        await SayAsync("b", "b");
        await SayAsync("c", "c");

        await Chats.EditAsync(Rosa.Caller(), Chat.Id, "a", "A", Ct);
        await Chats.WithdrawAsync(Rosa.Caller(), Chat.Id, "b", Ct);
        await Chats.SendNowAsync(Rosa.Caller(), Chat.Id, "c", Ct);
        await answering;
        await WorkAsync();

        Assert.Equal(
            ["user: 1", "assistant: Hold on", "user: c", "assistant: Now.", "user: A", "assistant: Later."], await SaidAsync());
        Assert.Equal(TurnState.stopped, (await ReadAsync()).Messages[1].CutOff);
        await Assert.ThrowsAsync<RefusedException>(() => Chats.WithdrawAsync(Rosa.Caller(), Chat.Id, "a", Ct));
    }

    [Fact]
    public async Task A_stop_keeps_what_was_said_and_gives_back_what_waits()
    {
        var never = new TaskCompletionSource();
        Model.Then(ct => FakeModel.SaysAndWaits("As far as", never.Task, ct));
        await SayAsync("1");
        var answering = WorkAsync();
        await UntilAsync(async () => (await ReadAsync()).Messages.Count == 2);
        await SayAsync("and this", "q");
        await Chats.SaveDraftAsync(Rosa.Caller(), Chat.Id, "typed", Ct);

        Assert.True(await Chats.StopTurnAsync(Rosa.Caller(), Chat.Id, Ct));
        await answering;
        await WorkAsync();

        var page = await ReadAsync();
        Assert.Equal(("As far as", TurnState.stopped), (page.Messages[1].Text, page.Messages[1].CutOff));
        Assert.Equal("typed\n\nand this", page.Session.Draft);
        Assert.Empty(page.Queue);
        Assert.False(await Chats.StopTurnAsync(Rosa.Caller(), Chat.Id, Ct));
        Assert.Equal(1, await TurnsAsync());
    }

    [Fact]
    public async Task A_turn_that_lost_its_process_in_the_middle_is_interrupted_and_can_be_tried_again()
    {
        var never = new TaskCompletionSource();
        Model.Then(ct => FakeModel.SaysAndWaits("Half of", never.Task, ct)).ThenSays("The whole.");
        await SayAsync("1");
        var lost = Work.DoAsync(await SignalAsync(), Ct);
        await UntilAsync(async () => (await ReadAsync()).Messages.Count == 2);

        await RestartAsync();

        var page = await ReadAsync();
        Assert.Equal(("Half of", TurnState.interrupted), (page.Messages[1].Text, page.Messages[1].CutOff));
        Assert.Equal(TurnState.interrupted, page.Session.TurnState);
        Assert.Equal(MessageKind.notice, page.Messages[2].Kind);
        Assert.True(await Chats.RetryAsync(Rosa.Caller(), Chat.Id, Ct));
        await WorkAsync();
        Assert.Equal("assistant: The whole.", (await SaidAsync())[^1]);
        never.SetCanceled(Ct);
        await lost;
    }

    [Fact]
    public async Task A_turn_that_lost_its_process_before_it_said_anything_begins_again_by_itself()
    {
        Model.ThenSays("Here I am.");
        await SayAsync("1");

        await RestartAsync();
        await WorkAsync();

        Assert.Equal(["user: 1", "assistant: Here I am."], await SaidAsync());
    }

    [Fact]
    public async Task Whoever_looks_on_reads_all_events_of_the_turn_from_its_start()
    {
        var gate = new TaskCompletionSource();
        Model.Then(ct => FakeModel.SaysAndWaits("Hello", gate.Task, ct));
        await SayAsync("1");
        var answering = WorkAsync();
        await UntilAsync(async () => (await ReadAsync()).Messages.Count == 2);

        var early = ReadEventsAsync();
        gate.SetResult();
        await answering;

        Assert.Equal(
            ["RunStarted", "TextStarted", "TextAdded", "TextEnded", "RunFinished"], (await early).Select(e => e.GetType().Name));
        Assert.Null(Store.Get<LiveTurns>().Find(Chat.Id));
    }

    async Task<IReadOnlyList<TurnEvent>> ReadEventsAsync()
    {
        var events = new List<TurnEvent>();
        await foreach (var some in Store.Get<LiveTurns>().Find(Chat.Id)!.ReadAsync(Ct))
            events.AddRange(some);
        return events;
    }

    [Theory]
    [InlineData("no_such_tool", "{}", "There is no tool 'no_such_tool'")]
    [InlineData("run_block", """{"block_id":"nothing"}""", "No block 'nothing'")]
    [InlineData("run_block", """{"block_id":5,"input_data":[]}""", "block_id must not be blank")]
    [InlineData("continue_run_block", "{}", "review_id must not be blank")]
    public async Task A_model_that_calls_nonsense_is_told_so_and_goes_on(string tool, string arguments, string told)
    {
        Model.Then(FakeModel.Call(tool, arguments)).ThenSays("Sorry.");

        await SayAsync("Do it");
        await WorkAsync();

        Assert.Contains(told, (await LastAsync(MessageKind.tool_call)).Output, StringComparison.Ordinal);
        Assert.Equal("assistant: Sorry.", (await SaidAsync())[^1]);
        EveryCallHasOneAnswer();
    }

    [Fact]
    public async Task A_call_whose_arguments_are_no_JSON_has_one_answer_that_says_so()
    {
        Model.Then(new FunctionCallContent("c", "run_block") { Exception = new FormatException() }).ThenSays("Sorry.");

        await SayAsync("Do it");
        await WorkAsync();

        Assert.Contains("no JSON object", (await LastAsync(MessageKind.tool_call)).Output, StringComparison.Ordinal);
        EveryCallHasOneAnswer();
    }

    [Fact]
    public async Task A_model_that_calls_without_end_is_stopped_by_the_bound_and_the_chat_can_be_used_again()
    {
        for (var i = 0; i < 25; i++)
            Model.Then(FakeModel.Call("find_block", "{}"));

        await SayAsync("Find");
        await WorkAsync();

        Assert.Equal(20, Model.Asked.All.Count);
        Assert.Contains("as often as it may", (await SaidAsync())[^1], StringComparison.Ordinal);
        Assert.Equal(TurnState.failed, (await ReadAsync()).Session.TurnState);
        EveryCallHasOneAnswer();
    }

    [Fact]
    public async Task A_provider_that_is_busy_is_asked_once_more_and_one_that_fails_is_named_in_words()
    {
        Model.ThenThrows(new HttpRequestException("busy", null, System.Net.HttpStatusCode.TooManyRequests)).ThenSays("Here.");
        await SayAsync("1");
        var answering = WorkAsync();
        await Store.Clock.WaitForTimerAsync(TurnRunner.RetryAfter);
        Store.Clock.Advance(TurnRunner.RetryAfter);
        await answering;
        Assert.Equal("assistant: Here.", (await SaidAsync())[^1]);

        Model.ThenThrows(new InvalidOperationException("secret inner words"));
        await SayAsync("2");
        await WorkAsync();
        Assert.Equal("notice: The answer failed; the log of the server says why.", (await SaidAsync())[^1]);
    }

    [Fact]
    public async Task A_model_that_goes_silent_is_given_up_when_its_time_is_over()
    {
        Model.Then(ct => FakeModel.SaysAndWaits("Er", Task.Delay(Timeout.Infinite, ct), ct));
        await SayAsync("1");
        var answering = WorkAsync();
        await UntilAsync(async () => (await ReadAsync()).Messages.Count == 2);

        Store.Clock.Advance(TimeSpan.FromMinutes(11));
        await answering;

        Assert.Contains("took longer than it may", (await SaidAsync())[^1], StringComparison.Ordinal);
        Assert.Equal("Er", (await ReadAsync()).Messages[1].Text);
    }

    [Fact]
    public async Task What_a_model_writes_is_kept_whatever_it_is()
    {
        Model.Then(new TextReasoningContent("Hm\0m"), new TextContent("a\ud83d"), new TextContent("\ude00b\ud800c\0"));

        await SayAsync("1");
        await WorkAsync();

        var said = await LastAsync(MessageKind.assistant);
        Assert.Equal(("a\ud83d\ude00b\ufffdc\ufffd", "Hm\ufffdm"), (said.Text, said.Reasoning));
    }

    /// <summary>What happens in the chat is told, so that nothing needs to be looked for twice.</summary>
    async Task UntilAsync(Func<Task<bool>> happened)
    {
        using var feed = Store.Events.Open(Rosa.Id);
        await using var changes = feed.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        while (!await happened())
            Assert.True(await changes.MoveNextAsync().AsTask().WaitAsync(Recorded<string>.Patience, Ct));
    }

    async Task<ChatSignal> SignalAsync() => await Store.Get<ChatSignals>().Reader.ReadAsync(Ct);
}
