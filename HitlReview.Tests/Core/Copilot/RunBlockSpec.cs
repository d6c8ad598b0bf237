using HitlReview.Core;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Copilot;

public sealed class RunBlockOnSqlite() : RunBlockSpec(new SqliteStore());

public sealed class RunBlockOnPostgres() : RunBlockSpec(new PostgresStore());

public abstract class RunBlockSpec(TestStore store) : CopilotSpec(store)
{
    [Fact]
    public async Task A_block_without_side_effects_runs_at_once_and_nobody_is_asked()
    {
        var ran = Assert.IsType<BlockRan>(await RunAsync(Say, """{"to":"you","extra":1.10}"""));

        Assert.Equal("""{"said":[{"to":"you","extra":1.10}]}""", ran.Outputs.Text);
        await using var db = Store.Db();
        Assert.False(await db.Reviews.AnyAsync(Ct));
    }

    [Fact, Invariant(5)]
    public async Task A_sensitive_block_asks_and_does_not_run()
    {
        var asked = Assert.IsType<ReviewRequired>(await RunAsync(Shout, """{"to":"all"}""")).Review;

        Assert.Empty(Shout.Ran);
        Assert.Equal((ReviewStatus.WAITING, ReviewOrigin.Copilot, true), (asked.Status, asked.Origin, asked.Editable));
        Assert.Equal(
            ($"copilot-session-{Chat.Id}", $"copilot-node-{Shout.Id}", Shout.Id.ToString()),
            (asked.GraphExecId, asked.NodeId, asked.BlockId));
        Assert.Matches($"^copilot-node-{Shout.Id}:[0-9a-f]{{8}}$", asked.NodeExecId);
        Assert.Equal("""{"to":"all"}""", asked.Payload);
    }

    [Theory]
    [InlineData("", """{"odd":1}""", "blank")]
    [InlineData("8f1c2b7e-0000-4000-8000-00000000dead", """{"odd":1}""", "No block")]
    [InlineData("not a uuid", "{}", "No block")]
    [InlineData(HumanInTheLoopBlock.BlockId, """{"odd":1}""", "inside a graph")]
    [InlineData("00000000-0000-4000-8000-000000000002", "null", "must be an object")]
    [InlineData("00000000-0000-4000-8000-000000000002", "[]", "must be an object")]
    [InlineData("00000000-0000-4000-8000-000000000002", "\"{}\"", "must be an object")]
    public async Task What_can_not_be_a_call_is_an_error_before_anything_is_said_about_its_fields(
        string blockId, string input, string said) =>
        Assert.Contains(
            said,
            Assert.IsType<ToolError>(
                await Tools.RunBlockAsync(Rosa.Caller(), Chat.Id, blockId, JsonText.Parse(input, "input"), Ct)).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Unknown_fields_come_first_all_of_them_and_sorted()
    {
        // "to" is missing and "text" has the wrong type, too.
        var fault = Assert.IsType<InputValidationError>(await RunAsync(Shout, """{"zeta":1,"text":5,"Alpha":2,"beta":null}"""));

        Assert.Equal(["Alpha", "beta", "zeta"], fault.UnrecognizedFields);
        Assert.Same(Shout, fault.Block);
    }

    [Fact]
    public async Task Missing_inputs_are_answered_with_what_the_block_takes()
    {
        var details = Assert.IsType<BlockDetails>(await RunAsync(Shout, """{"text":5}"""));

        Assert.Same(Shout, details.Block);
        Assert.Contains("'to'", details.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_about_an_input_that_the_block_can_not_run_on()
    {
        var fault = Assert.IsType<InputValidationError>(await RunAsync(Shout, """{"to":["all"]}"""));

        Assert.Empty(fault.UnrecognizedFields);
        Assert.Contains("$.to must be a string", fault.Message, StringComparison.Ordinal);
        await using var db = Store.Db();
        Assert.False(await db.Reviews.AnyAsync(Ct));
    }

    [Fact, Invariant(1)]
    public async Task A_chat_of_someone_else_is_unknown_to_an_admin_too()
    {
        foreach (var other in (Person[])[Cast.Ben, Cast.Ada])
            foreach (var id in (string[])[Chat.Id, Chat.Id + "0", ""])
            {
                var call = await Assert.ThrowsAsync<RefusedException>(() =>
                    Tools.RunBlockAsync(other.Caller(), id, Shout.Id.ToString(), JsonText.EmptyObject, Ct));
                var next = await Assert.ThrowsAsync<RefusedException>(() => Tools.ContinueRunBlockAsync(other.Caller(), id, "x", Ct));
                Assert.Equal((Refusal.NotFound, $"No chat session '{id}' was found."), (call.Refusal, call.Message));
                Assert.Equal((Refusal.NotFound, call.Message), (next.Refusal, next.Message));
            }
    }

    [Fact]
    public async Task A_call_of_equal_value_gets_the_review_that_waits()
    {
        var first = await AskAsync("""{"to":"all","extra":{"a":1.0,"b":[true]}}""");
        var equal = await AskAsync("""{"extra":{"b":[true],"a":1},"to":"all"}""");
        var other = await AskAsync("""{"extra":{"b":[true],"a":2},"to":"all"}""");

        Assert.Equal(first.NodeExecId, equal.NodeExecId);
        Assert.Equal(first.Payload, equal.Payload);
        Assert.NotEqual(first.NodeExecId, other.NodeExecId);
    }

    [Fact]
    public async Task Two_chats_do_not_share_reviews()
    {
        var first = await AskAsync("""{"to":"all"}""");
        var second = Assert.IsType<ReviewRequired>(await RunAsync(Shout, """{"to":"all"}""", await OpenAsync(Rosa))).Review;

        Assert.NotEqual(first.NodeExecId, second.NodeExecId);
    }

    [Fact]
    public async Task Of_16_equal_calls_at_once_all_get_one_review()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AskAsync("""{"to":"all"}"""), Ct)));

        Assert.Single(answers.Select(r => r.NodeExecId).Distinct());
        await using var db = Store.Db();
        Assert.Equal(1, await db.Reviews.CountAsync(Ct));
    }

    [Fact]
    public async Task An_approved_review_that_was_not_used_is_answered_again_with_what_will_run()
    {
        var asked = await ApprovedAsync("""{"to":"all"}""", edit: """{"to":"the team"}""");
        var again = await AskAsync("""{"to":"all"}""");

        Assert.Equal((asked.NodeExecId, ReviewStatus.APPROVED, """{"to":"the team"}"""), (again.NodeExecId, again.Status, again.Payload));
        Assert.Empty(Shout.Ran);
    }

    [Fact]
    public async Task After_a_rejection_the_same_call_asks_anew_and_the_review_says_what_was_said()
    {
        var rejected = await AskAsync("""{"to":"all"}""");
        await DecideAsync(rejected.NodeExecId, approved: false, message: "Not to everybody.");
        var anew = await AskAsync("""{"to":"all"}""");

        Assert.NotEqual(rejected.NodeExecId, anew.NodeExecId);
        Assert.Equal(ReviewStatus.WAITING, anew.Status);
        Assert.Equal("The same call was rejected before, at 2026-03-02T09:00:00Z: Not to everybody.", anew.Instructions);
    }

    [Fact, Invariant(8)]
    public async Task A_standing_approval_lets_later_calls_run_on_their_own_input_in_this_chat_only()
    {
        var asked = await AskAsync("""{"to":"all"}""");
        await DecideAsync(asked.NodeExecId, approved: true, always: true);
        Assert.IsType<BlockRan>(await RunAsync(Shout, """{"to":"others"}"""));
        var elsewhere = await RunAsync(Shout, """{"to":"others"}""", await OpenAsync(Rosa));

        Assert.Equal(["""{"to":"others"}"""], Shout.Ran);
        Assert.IsType<ReviewRequired>(elsewhere);
    }

    [Fact, Invariant(8)]
    public async Task A_revoked_standing_approval_asks_again()
    {
        var asked = await AskAsync("""{"to":"all"}""");
        await DecideAsync(asked.NodeExecId, approved: true, always: true);
        await Store.Get<AutoApprovals>().RevokeAsync(Rosa.Caller(), Chat.GraphExecId, $"copilot-node-{Shout.Id}", Ct);

        await AskAsync("""{"to":"others"}""");
        Assert.Empty(Shout.Ran);
    }

    [Fact, Invariant(8)]
    public async Task An_approval_given_for_the_very_same_input_comes_before_a_standing_one()
    {
        var edited = await ApprovedAsync("""{"to":"all"}""", edit: """{"to":"the team"}""");
        var other = await AskAsync("""{"to":"others"}""");
        await DecideAsync(other.NodeExecId, approved: true, always: true);

        Assert.Equal(edited.NodeExecId, (await AskAsync("""{"to":"all"}""")).NodeExecId);
        Assert.Empty(Shout.Ran);
    }
}
