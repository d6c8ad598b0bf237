using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Copilot;

public sealed class ChatRulesOnSqlite() : ChatRulesSpec(new SqliteStore());

public sealed class ChatRulesOnPostgres() : ChatRulesSpec(new PostgresStore());

/// <summary>What a person says ahead in a chat: for this answer, for the chat, or that they want to be asked.</summary>
public abstract class ChatRulesSpec(TestStore store) : ChatSpec(store)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    ScheduledDecisions ScheduledDecisions => Store.Get<ScheduledDecisions>();

    [Fact, Invariant(8)]
    public async Task What_is_approved_until_somebody_writes_again_lets_pass_what_follows_and_nothing_after_that()
    {
        Model.Then(ShoutAt("one")).ThenSays("It waits.").Then(ShoutAt("two")).ThenSays("Both.").Then(ShoutAt("three")).ThenSays("Waits.");
        await SayAsync("Shout twice");
        await WorkAsync();
        await ApproveAsync(await HeldAsync(), ApprovalSpan.turn);
        await WorkAsync();
        Assert.Equal(["""{"to":"one"}""", """{"to":"two"}"""], Shout.Ran);
        Assert.Equal((ApprovalSpan.turn, 1), (await FreeAsync()) is [var one] ? (one.Span, one.UseCount) : default);

        await SayAsync("And again");
        Assert.Empty(await FreeAsync());
        await WorkAsync();
        Assert.Equal(2, Shout.Ran.Count);
        Assert.NotNull(await HeldAsync());
        Assert.Single(await TrailAsync(AuditActions.AutoApprovalRevoked));
    }

    [Fact, Invariant(8)]
    public async Task What_was_queued_ends_it_where_it_is_said_and_not_before()
    {
        var review = await HoldAsync("one");
        var gate = new TaskCompletionSource();
        Model.Then(ct => FakeModel.SaysAndWaits("Done", gate.Task, ct)).ThenSays("Yes?");
        var before = Model.Asked.All.Count;
        await ApproveAsync(review, ApprovalSpan.turn);
        var working = WorkAsync();
        await Model.Asked.WaitAsync(_ => true, before + 1, "the model is told of the end");
        Assert.True((await SayAsync("Wait")).IsQueued);
        Assert.Single(await FreeAsync());
        gate.SetResult();
        await working;
        Assert.Empty(await FreeAsync());
    }

    [Fact, Invariant(8), Invariant(9)]
    public async Task A_press_that_can_still_be_undone_gives_nothing_ahead_once_its_person_has_written_again()
    {
        var review = await HoldAsync("one");
        await PressAsync(review, ApprovalSpan.turn);
        Model.ThenSays("Yes?").ThenSays("Done.");
        await SayAsync("Wait");
        await CommitAsync();
        await WorkAsync();

        Assert.Equal(["""{"to":"one"}"""], Shout.Ran);
        Assert.Empty(await FreeAsync());
    }

    [Fact, Invariant(8), Invariant(9)]
    public async Task A_revocation_reaches_what_a_press_that_can_still_be_undone_would_give()
    {
        await ApproveAsync(await HoldAsync("one"), ApprovalSpan.run);
        await PressAsync(await HoldAsync("pay\u202Epal"), ApprovalSpan.run);
        await Store.Get<AutoApprovals>().RevokeAsync(Rosa.Caller(), Chat.GraphExecId, $"copilot-node-{Shout.Id}", Ct);
        await CommitAsync();
        Assert.Empty(await FreeAsync());
    }

    [Theory, Invariant(8), Invariant(9)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_press_that_can_still_be_undone_gives_nothing_ahead_against_what_its_person_says_later(bool rejects)
    {
        var (first, second) = (await HoldAsync("one"), await HoldAsync("two"));
        await PressAsync(first, ApprovalSpan.run);
        if (rejects)
            await DecideAsync(second, approved: false);
        else
            await Rules.SetAsync(Rosa.Caller(), Chat.Id, null, true, Ct);
        await CommitAsync();

        Assert.Equal(ReviewStatus.APPROVED, await StatusAsync(first));
        Assert.Empty(await FreeAsync());
        Assert.Equal([first], (await TrailAsync(AuditActions.AutoApprovalRevoked)).Select(e => e.NodeExecId));
    }

    [Fact, Invariant(8)]
    public async Task A_block_that_changes_nothing_has_failed_where_the_chat_was_stopped_in_the_middle_of_it()
    {
        await Rules.SetAsync(Rosa.Caller(), Chat.Id, null, true, Ct);
        Model.Then(FakeModel.Call("run_block", $$$"""{"block_id":"{{{Say.Id}}}","input_data":{"to":"me"}}""")).ThenSays("It waits.");
        await SayAsync("Say it");
        await WorkAsync();
        var review = (await LastAsync(MessageKind.tool_call)).ReviewId!;
        Say.Then = async (_, stop) =>
        {
            await Store.Get<Stopping>().StopAsync(Rosa.Caller(), Chat.GraphExecId, Ct);
            await Task.Delay(Timeout.Infinite, stop);
        };
        await DecideAsync(review, approved: true);

        await WorkAsync();

        Assert.Equal(CallEnd.failed, (await LastAsync(MessageKind.outcome)).Outcome);
    }

    [Fact, Invariant(8)]
    public async Task The_latest_word_on_a_block_stands()
    {
        await ApproveAsync(await HoldAsync("one"), ApprovalSpan.turn);
        var warned = await HoldAsync("pay\u202Epal");
        await ApproveAsync(warned, ApprovalSpan.run);
        Assert.Equal([ApprovalSpan.run], (await FreeAsync()).Select(free => free.Span));
        await SayAsync("More");
        Assert.Single(await FreeAsync());
    }

    [Fact]
    public async Task A_chat_that_asks_about_everything_asks_before_a_block_that_changes_nothing_and_runs_it_once_approved()
    {
        await Rules.SetAsync(Rosa.Caller(), Chat.Id, null, true, Ct);
        var held = Assert.IsType<ReviewRequired>(await RunAsync(Say, """{"to":"me"}""")).Review;
        Assert.IsType<BlockRan>(await RunAsync(Say, """{"to":"me"}""", await OpenAsync(Rosa)));
        Assert.Single(Say.Ran);

        await DecideAsync(held.NodeExecId, approved: true);
        Assert.IsType<BlockRan>(await ContinueAsync(held.NodeExecId));
        Assert.Equal(2, Say.Ran.Count);
        Assert.Equal(
            [AuditActions.ActionClaimed, AuditActions.ActionEnded],
            (await TrailAsync(AuditActions.ActionClaimed, AuditActions.ActionEnded)).Select(e => e.Action));

        await Rules.SetAsync(Rosa.Caller(), Chat.Id, null, false, Ct);
        Assert.IsType<BlockRan>(await RunAsync(Say, """{"to":"you"}"""));
        Assert.Equal(
            [AuditActions.AskRuleSet, AuditActions.AskRuleEnded],
            (await TrailAsync(AuditActions.AskRuleSet, AuditActions.AskRuleEnded)).Select(e => e.Action));
    }

    [Fact, Invariant(8)]
    public async Task To_be_asked_about_everything_ends_what_was_approved_ahead_and_what_is_approved_after_it_stands_for_its_block_alone()
    {
        await ApproveAsync(await HoldAsync("one"), ApprovalSpan.run);
        await Rules.SetAsync(Rosa.Caller(), Chat.Id, null, true, Ct);
        Assert.Empty(await FreeAsync());
        Assert.IsType<ReviewRequired>(await RunAsync(Shout, """{"to":"two"}"""));

        var say = Assert.IsType<ReviewRequired>(await RunAsync(Say, """{"to":"me"}""")).Review.NodeExecId;
        await DecideAsync(say, approved: true, always: true);
        Assert.IsType<BlockRan>(await RunAsync(Say, """{"to":"you"}"""));
        Assert.IsType<ReviewRequired>(await RunAsync(Shout, """{"to":"three"}"""));
    }

    [Fact]
    public async Task A_block_can_always_ask_in_one_chat()
    {
        await Rules.SetAsync(Rosa.Caller(), Chat.Id, Say.Id, true, Ct);
        await Rules.SetAsync(Rosa.Caller(), Chat.Id, Say.Id, true, Ct);
        Assert.Equal([Say.Id.ToString()], (await Rules.ListAsync(Rosa.Caller(), Chat.Id, Ct)).Select(rule => rule.BlockId));
        Assert.IsType<ReviewRequired>(await RunAsync(Say, """{"to":"me"}"""));
        Assert.IsType<BlockRan>(await RunAsync(Read, """{"to":"me"}"""));

        await Chats.DeleteAsync(Rosa.Caller(), Chat.Id, Ct);
        await using var db = Store.Db();
        Assert.False(await db.AskRules.AnyAsync(Ct));
    }

    [Fact, Invariant(11)]
    public async Task Only_the_person_of_a_chat_says_what_it_asks()
    {
        var key = Agent(KeyMay.ask | KeyMay.decide);
        var chat = await Store.Get<CopilotSessions>().OpenAsync(key, Ct);
        await RefusedAsync(Refusal.Forbidden, () => Rules.SetAsync(key, chat.Id, null, false, Ct));
        await RefusedAsync(Refusal.NotFound, () => Rules.SetAsync(Cast.Ben.Caller(), chat.Id, null, true, Ct));
        await RefusedAsync(Refusal.NotFound, () => Rules.SetAsync(Rosa.Caller(), Chat.Id, Guid.NewGuid(), true, Ct));
        await Rules.SetAsync(Rosa.Caller(), chat.Id, null, true, Ct);

        Assert.Single(await Rules.ListAsync(key, chat.Id, Ct));
        await RefusedAsync(Refusal.NotFound, () => Rules.ListAsync(Cast.Ben.Caller(), chat.Id, Ct));
    }

    [Fact, Invariant(8), Invariant(11)]
    public async Task A_key_that_may_decide_says_nothing_about_what_runs_unasked_in_a_chat()
    {
        var review = await HoldAsync("one");
        var key = Rosa.Caller() with { SessionId = null, Key = new("deciding-key-rosa", "deciding tests", KeyMay.decide) };
        foreach (var span in Enum.GetValues<ApprovalSpan>())
            await RefusedAsync(Refusal.Forbidden, () => Store.Get<Deciding>().DecideAsync(key, [Approval(review, span)], Ct));
        Assert.Equal(ReviewStatus.WAITING, await StatusAsync(review));
        await Store.Get<Deciding>().DecideAsync(key, [new(review, true)], Ct);
    }

    [Theory, Invariant(8)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_agent_says_or_continues_does_not_make_a_strangers_text_forgotten(bool continues)
    {
        var key = Agent(KeyMay.ask);
        var chat = await Store.Get<CopilotSessions>().OpenAsync(key, Ct);
        Model.Then(ShoutAt("one")).ThenSays("It waits.").ThenSays("Done.");
        await Chats.SendAsync(Rosa.Caller(), chat.Id, "1", "Shout", Ct);
        await WorkAsync();
        await ApproveAsync(await HeldAsync(chat), ApprovalSpan.run);
        await WorkAsync();
        if (continues)
        {
            await Rules.SetAsync(Rosa.Caller(), chat.Id, Read.Id, true, Ct);
            var held = Assert.IsType<ReviewRequired>(await Tools.RunBlockAsync(
                key, chat.Id, Read.Id.ToString(), JsonText.Parse("""{"to":"me"}""", "input"), Ct)).Review.NodeExecId;
            await DecideAsync(held, approved: true);
            Model.Then(FakeModel.Call("continue_run_block", $$"""{"review_id":"{{held}}"}"""));
        }
        else
        {
            Model.Then(FakeModel.Call("run_block", $$$"""{"block_id":"{{{Read.Id}}}","input_data":{"to":"me"}}""")).ThenSays("Read.");
            await Chats.SendAsync(key, chat.Id, "2", "Read", Ct);
            await WorkAsync();
        }
        Model.Then(ShoutAt("two")).ThenSays("It waits.");
        await Chats.SendAsync(key, chat.Id, "3", "And shout", Ct);
        await WorkAsync();

        Assert.Single(Read.Ran);
        Assert.Equal(["""{"to":"one"}"""], Shout.Ran);
        Assert.NotNull(await HeldAsync(chat));
    }

    [Fact]
    public async Task What_an_agent_has_queued_never_gets_into_what_its_person_types()
    {
        var key = Agent(KeyMay.ask);
        var chat = await Store.Get<CopilotSessions>().OpenAsync(key, Ct);
        await Chats.SaveDraftAsync(Rosa.Caller(), chat.Id, "By", Ct);
        await Chats.SendAsync(key, chat.Id, "1", "By the agent", Ct);
        await Chats.SendAsync(key, chat.Id, "2", "By the agent too", Ct);
        await Chats.SendAsync(Rosa.Caller(), chat.Id, "3", "of Rosa", Ct);
        await Chats.StopTurnAsync(Rosa.Caller(), chat.Id, Ct);

        var page = await Chats.ReadAsync(Rosa.Caller(), chat.Id, null, Chats.MaxPage, Ct);
        Assert.Equal("By\n\nof Rosa", page.Session.Draft);
        Assert.Equal(["2"], page.Queue.Select(queued => queued.Id));
    }

    [Fact]
    public async Task No_message_has_an_id_that_could_be_one_of_HitlReviews_own()
    {
        await SayAsync("Hello", "mine");
        var turn = (await ReadAsync()).Session.TurnId;
        await RefusedAsync(Refusal.Conflict, () => SayAsync("Later", $"{turn}-end"));
        await RefusedAsync(Refusal.Conflict, () => SayAsync("Later", turn!));
    }

    [Fact]
    public async Task What_an_agent_has_said_is_told_from_what_its_person_says_also_where_it_waited()
    {
        var key = Agent(KeyMay.ask);
        var chat = await Store.Get<CopilotSessions>().OpenAsync(key, Ct);
        Model.ThenSays("Yes.").ThenSays("Yes.").ThenSays("Yes.");
        await Chats.SendAsync(key, chat.Id, "1", "By the agent", Ct);
        await Chats.SendAsync(key, chat.Id, "2", "By the agent, later", Ct);
        await Chats.SendAsync(Rosa.Caller(), chat.Id, "3", "By Rosa", Ct);
        await WorkAsync();

        Assert.Equal(
            [("1", "tests"), ("2", "tests"), ("3", null)],
            (await Chats.ReadAsync(Rosa.Caller(), chat.Id, null, Chats.MaxPage, Ct)).Messages
                .Where(m => m.Kind == MessageKind.user).Select(m => (m.Id, m.SaidBy)));
    }

    /// <summary>Rosa's agent, with its key.</summary>
    static Caller Agent(KeyMay may) => Rosa.Caller() with { SessionId = null, Key = new("key-rosa", "tests", may) };

    AskRules Rules => Store.Get<AskRules>();

    static async Task RefusedAsync(Refusal refusal, Func<Task> act) =>
        Assert.Equal(refusal, (await Assert.ThrowsAsync<RefusedException>(act)).Refusal);

    async Task<string?> HeldAsync(CopilotSession? chat = null) =>
        (await Chats.ReadAsync(Rosa.Caller(), (chat ?? Chat).Id, null, Chats.MaxPage, Ct)).Messages.LastOrDefault(m => m.IsHeld)?.ReviewId;

    Task<DecisionResult> ApproveAsync(string? review, ApprovalSpan span) =>
        Store.Get<Deciding>().DecideAsync(Rosa.Caller(), [Approval(review!, span)], Ct);

    Task<DecisionSet> PressAsync(string review, ApprovalSpan span) =>
        ScheduledDecisions.DecideAsync(Rosa.Caller(), [Approval(review, span)], Window, Ct);

    static Decision Approval(string review, ApprovalSpan span) => new(review, true) { AutoApproveFuture = true, AutoApproveSpan = span };

    Task<DateTimeOffset?> CommitAsync()
    {
        Store.Clock.Advance(Window);
        return ScheduledDecisions.CommitDueAsync(Ct);
    }

    async Task<IReadOnlyList<AutoApproval>> FreeAsync() =>
        (await Store.Get<AutoApprovals>().ListAsync(Rosa.Caller(), new(1, 10), Ct, Chat.GraphExecId)).Items;

    async Task<List<AuditEvent>> TrailAsync(params string[] actions)
    {
        await using var db = Store.Db();
        return await db.AuditEvents.Where(e => actions.Contains(e.Action)).OrderBy(e => e.Seq).ToListAsync(Ct);
    }
}
