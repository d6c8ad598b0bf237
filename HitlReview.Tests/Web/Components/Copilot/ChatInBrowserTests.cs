using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Copilot;

/// <summary>A chat in a real browser, with a model behind a real server of its provider's kind.</summary>
public sealed class ChatInBrowserTests : IAsyncLifetime
{
    const string WriteFile = "d47b1c92-3e5f-48a6-9c0d-8f2a6b7e1d54";
    const string ReadFile = "9a3e5b77-0c64-4d28-b1f9-52c7e8d0a413";

    readonly SqliteStore _store = new();
    readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ModelServer _model = null!;
    TestApp _app = null!;

    static Person Rosa => Cast.Rosa;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _model = await ModelServer.StartAsync();
        _app = await TestApp.StartAsync(_store, new Dictionary<string, string>(_model.Settings)
        {
            ["Accounts:SignInsPerMinute"] = "1000",
            ["Blocks:Workspace:Root"] = TestFolder.NewFolder(),
        });
        await _app.Get<Preferences>().SetAsync(Rosa.Caller(Surface.Ui), new() { UserId = Rosa.Id, UndoSeconds = 0, SingleKeys = true }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.TrySetResult();
        await _app.DisposeAsync();
        await _model.DisposeAsync();
        await _store.DisposeAsync();
    }

    static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    async Task<Seat> OpenAsync(string path = "/copilot", BrowserNewContextOptions? options = null)
    {
        var seat = await Browser.OpenAsync(_app, Rosa, options);
        await seat.Page.GotoAsync(path);
        return seat;
    }

    async Task<Seat> OpenChatAsync(BrowserNewContextOptions? options = null)
    {
        var seat = await OpenAsync("/copilot", options);
        await seat["new-chat"].ClickAsync();
        await seat["copilot-input"].WaitForAsync();
        return seat;
    }

    static async Task SayAsync(Seat seat, string text)
    {
        await seat["copilot-input"].FillAsync(text);
        await seat["copilot-input"].PressAsync("Enter");
    }

    static Task<string> TextAsync(ILocator locator) => locator.EvaluateAsync<string>("e => e.textContent.trim()");

    ModelServer CallsWriteFile(string path) => _model.ThenCalls(
        ("run_block", $$$"""{"block_id":"{{{WriteFile}}}","input_data":{"path":"{{{path}}}","content":"Hello"}}"""));

    [Fact]
    public async Task The_whole_story_from_the_wish_to_the_answer_by_keys_alone_and_clean_under_axe()
    {
        await using var seat = await OpenChatAsync();
        CallsWriteFile("notes/a.md").ThenSays("I have asked for your **approval**.").ThenSays("It is *written*.");

        await SayAsync(seat, "Write a note");
        await seat["review-required-card"].WaitForAsync();
        await Expect(seat["chat-said"]).ToHaveTextAsync("Something needs your approval.");
        await Expect(seat["copilot-input"]).ToBeFocusedAsync();
        await seat.CheckAccessibilityAsync();
        await seat.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await seat.CheckAccessibilityAsync();

        // No key of the card works before the focus is in it.
        await seat.Page.Locator("h1").First.ClickAsync();
        await seat.Page.Keyboard.PressAsync("a");
        Assert.Equal(ReviewStatus.WAITING, await StatusAsync());
        await seat["review-required-card"].Locator("[data-title]").FocusAsync();
        await seat.Page.Keyboard.PressAsync("a");

        await Expect(seat["entry-assistant"].Last).ToContainTextAsync("It is written.");
        await Expect(seat["review-required-card"]).ToContainTextAsync("Approved by you");
        await Expect(seat["output"]).ToContainTextAsync("notes/a.md");
        await Expect(seat["entry-outcome"]).ToContainTextAsync("The approved call has run.");
        await seat.Page.ReloadAsync();
        await Expect(seat["review-required-card"]).ToContainTextAsync("Approved by you");
        await Expect(seat["output"]).ToContainTextAsync("notes/a.md");
        await seat.CheckAccessibilityAsync();
    }

    [Fact, Invariant(8)]
    public async Task What_runs_without_asking_is_said_above_the_chat_with_its_uses_and_ends_there_or_when_somebody_writes()
    {
        await using var seat = await OpenChatAsync();
        CallsWriteFile("a.md").ThenSays("It waits.");
        CallsWriteFile("b.md").ThenSays("Two are written.");
        await SayAsync(seat, "Write two notes");
        await seat["more-ways"].ClickAsync();
        await seat["auto-approve"].ClickAsync();
        await seat["auto-approve-turn"].ClickAsync();
        await seat["approve"].ClickAsync();
        await Expect(seat["entry-assistant"].Last).ToContainTextAsync("Two are written.");
        await Expect(seat["review-required-card"]).ToHaveCountAsync(1);

        await seat["chat-rules"].Locator("summary").ClickAsync();
        await Expect(seat["runs-free"]).ToContainTextAsync("Write workspace file");
        await Expect(seat["runs-free"]).ToContainTextAsync("until somebody writes here again · used 1 time");
        await seat.CheckAccessibilityAsync();
        CallsWriteFile("c.md").ThenSays("The third waits.");
        await SayAsync(seat, "And a third");
        await Expect(seat["review-required-card"]).ToHaveCountAsync(2);
        await Expect(seat["runs-free"]).ToHaveCountAsync(0);

        await seat["more-ways"].ClickAsync();
        await seat["auto-approve"].ClickAsync();
        await seat["approve"].ClickAsync();
        await Expect(seat["runs-free"]).ToContainTextAsync("for the rest of this chat · not used yet");
        await seat["ask-about-everything"].ClickAsync();
        await Expect(seat["runs-free"]).ToHaveCountAsync(0);
        await Expect(seat["chat-rules-sum"]).ToHaveTextAsync("asks about everything");
        await seat["ask-about-everything"].ClickAsync();
        await seat["always-ask-block"].SelectOptionAsync("Read workspace file");
        await seat["always-ask"].ClickAsync();
        await Expect(seat["always-asked"]).ToContainTextAsync("Read workspace file");
        _model.ThenCalls(("run_block", $$$"""{"block_id":"{{{ReadFile}}}","input_data":{"path":"a.md"}}""")).ThenSays("This waits too.");
        await SayAsync(seat, "Read the first");
        await Expect(seat["review-required-card"]).ToHaveCountAsync(3);
        await Expect(seat["review-required-card"].Last).ToContainTextAsync("Read");
    }

    async Task<ReviewStatus> StatusAsync()
    {
        await using var db = _app.Db();
        return (await db.Set<Review>().SingleAsync(Ct)).Status;
    }

    [Fact]
    public async Task What_is_being_written_is_the_same_in_a_second_window_and_after_a_reload_to_the_letter()
    {
        const string Text = "One *two* three four five six seven. Then a list:\n\n- a\n- b\n\n```\nlet x = 1\n```\n\nAnd the end of it.";
        await using var seat = await OpenChatAsync();
        _model.ThenSays(Text, i => i == 12 ? _gate.Task : Task.CompletedTask);
        await SayAsync(seat, "Say it");
        await Expect(seat["entry-assistant"]).ToContainTextAsync("a list:");

        await using var other = await OpenAsync(new Uri(seat.Page.Url).AbsolutePath);
        await Expect(other["entry-assistant"]).ToContainTextAsync("a list:");
        await seat.Page.ReloadAsync();
        await Expect(seat["entry-assistant"]).ToContainTextAsync("a list:");
        _gate.SetResult();

        await Expect(seat["entry-assistant"]).ToContainTextAsync("And the end of it.");
        await Expect(other["entry-assistant"]).ToContainTextAsync("And the end of it.");
        await Expect(seat["answering"]).ToHaveCountAsync(0);
        await Expect(other["answering"]).ToHaveCountAsync(0);
        var whole = await TextAsync(seat["entry-assistant"].Locator(".markdown"));
        Assert.Equal(
            "One two three four five six seven. Then a list:ablet x = 1And the end of it.",
            whole.Replace("Copy", "", StringComparison.Ordinal));
        Assert.Equal(whole, await TextAsync(other["entry-assistant"].Locator(".markdown")));
    }

    [Fact]
    public async Task What_is_typed_meanwhile_waits_in_sight_and_Escape_gives_it_back()
    {
        await using var seat = await OpenChatAsync();
        _model.ThenSays("On and on and on", i => i == 2 ? _gate.Task : Task.CompletedTask);
        await SayAsync(seat, "Talk");
        await seat["answering"].WaitForAsync();

        await SayAsync(seat, "and then this");
        await Expect(seat["queue"]).ToContainTextAsync("and then this");
        await seat.Page.ReloadAsync();
        await Expect(seat["queue"]).ToContainTextAsync("and then this");
        await seat["copilot-input"].PressAsync("Escape");

        await Expect(seat["copilot-input"]).ToHaveValueAsync("and then this");
        await Expect(seat["queue"]).ToHaveCountAsync(0);
        await Expect(seat["entry-assistant"]).ToContainTextAsync("cut off");
        _gate.SetResult();
    }

    [Fact]
    public async Task Whoever_reads_further_up_is_not_moved_and_can_jump_to_the_latest()
    {
        await using var seat = await OpenChatAsync(new() { ViewportSize = new() { Width = 900, Height = 500 } });
        var lines = string.Join("\n\n", Enumerable.Range(1, 60).Select(i => $"Line {i}"));
        _model.ThenSays(lines, i => i == 60 ? _gate.Task : Task.CompletedTask);
        await SayAsync(seat, "Many lines");
        await Expect(seat["entry-assistant"]).ToContainTextAsync("Line 20");
        var log = seat["chat-log"];
        Assert.True(await log.EvaluateAsync<bool>("e => e.scrollHeight - e.scrollTop - e.clientHeight < 64"));

        await log.EvaluateAsync("e => { e.scrollTop = 40 }");
        _gate.SetResult();
        await Expect(seat["entry-assistant"]).ToContainTextAsync("Line 60");
        await Expect(seat["answering"]).ToHaveCountAsync(0);

        Assert.Equal(40, await log.EvaluateAsync<int>("e => e.scrollTop"));
        var (latest, read) = (await seat.Page.Locator(".chat-latest").BoundingBoxAsync(), await log.BoundingBoxAsync());
        Assert.True(latest!.Y >= read!.Y + read.Height);
        await seat.Page.Locator(".chat-latest").ClickAsync();
        Assert.True(await log.EvaluateAsync<bool>("e => e.scrollHeight - e.scrollTop - e.clientHeight < 64"));
    }

    [Fact]
    public async Task What_a_model_writes_approves_nothing_and_looks_like_what_it_is()
    {
        await using var seat = await OpenChatAsync();
        CallsWriteFile("a.md").ThenSays(
            "<button data-act=\"approve\">Approve</button> <review-card data-card></review-card>\n\n# Approved by you\n\n"
            + "[Approve](https://evil.example/approve) ![x](https://evil.example/x.png)\n\n"
            + "<script>document.querySelector('[data-act=approve]').click()</script>");
        await SayAsync(seat, "Write");
        await Expect(seat["entry-assistant"]).ToContainTextAsync("<script>");

        Assert.Equal(ReviewStatus.WAITING, await StatusAsync());
        await Expect(seat["entry-assistant"].Locator("button:not(.copy-button), review-card, img, script, h1, h2")).ToHaveCountAsync(0);
        await Expect(seat["entry-assistant"]).ToContainTextAsync("(evil.example)");
    }

    [Fact]
    public async Task What_was_typed_is_still_there_after_a_reload_and_in_another_chat_nothing_of_it()
    {
        await using var seat = await OpenChatAsync();
        var address = seat.Page.Url;
        await seat["copilot-input"].FillAsync("half a sen");
        await seat.Page.ReloadAsync();
        await Expect(seat["copilot-input"]).ToHaveValueAsync("half a sen");

        await seat["new-chat"].ClickAsync();
        await Expect(seat["copilot-input"]).ToHaveValueAsync("");
        await seat.Page.GotoAsync(address);
        await Expect(seat["copilot-input"]).ToHaveValueAsync("half a sen");
    }

    [Fact]
    public async Task A_decision_made_in_the_inbox_lets_the_chat_go_on_in_its_window()
    {
        await using var seat = await OpenChatAsync();
        CallsWriteFile("b.md").ThenSays("It waits.").ThenSays("Rejected, I see.");
        await SayAsync(seat, "Write");
        await seat["review-required-card"].WaitForAsync();
        await Expect(seat["answering"]).ToHaveCountAsync(0);

        await using var inbox = await OpenAsync("/");
        await inbox["reject"].ClickAsync();

        await Expect(seat["review-required-card"]).ToContainTextAsync("Rejected by you");
        await Expect(seat["entry-assistant"].Last).ToContainTextAsync("Rejected, I see.");
        Assert.DoesNotContain("pproved", await TextAsync(seat["chat-log"]), StringComparison.Ordinal);
    }
}
