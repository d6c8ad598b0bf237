using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HitlReview.Tests.Core.Reviews;

public sealed class DecidingOnSqlite() : DecidingSpec(new SqliteStore());

public sealed class DecidingOnPostgres() : DecidingSpec(new PostgresStore());

/// <summary>What a person's verdict changes, and what it never changes.</summary>
public abstract class DecidingSpec(TestStore store) : CoreSpec(store)
{
    [Fact]
    public async Task An_approval_says_who_when_and_what_and_leaves_the_payload_as_it_was_asked_for()
    {
        await AskAsync(Request(payload: """{ "n": 1.10,  "big": 12345678901234567890 }"""));
        Store.Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(new(1, 0), await DecideAsync(Approve() with { Message = "  fine by me " }));

        var review = await ReadAsync();
        Assert.Equal(
            (ReviewStatus.APPROVED, "fine by me", "rosa", TestStore.Start.AddMinutes(3), false, false, """{ "n": 1.10,  "big": 12345678901234567890 }""", null),
            (
                review.Status,
                review.ReviewMessage,
                review.ReviewedBy,
                review.ReviewedAt!.Value,
                review.WasEdited,
                review.Processed,
                review.Payload,
                review.OriginalPayload));
    }

    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("0"), InlineData("false"), InlineData("\"\""), InlineData("null")]
    public async Task An_edit_to_a_value_that_looks_like_nothing_is_an_edit(string edit)
    {
        await AskAsync();

        await DecideAsync(Approve(edit: edit));

        var review = await ReadAsync();
        Assert.Equal((edit, """{"to":"bob"}""", true, Json(edit).Hash), (review.Payload, review.OriginalPayload, review.WasEdited, review.PayloadHash));
        Assert.Equal(edit, (await Agents.ConsumeAsync(Rosa, "act-1", Ct)).Payload);
    }

    [Theory]
    [InlineData("""{"a":1,"b":[1.0]}""", """{ "b": [1], "a": 1.00 }""")]
    [InlineData("1e2", "100")]
    [InlineData(""" "\u0041" """, "\"A\"")]
    public async Task An_edit_of_equal_value_is_none_and_the_stored_text_stays(string asked, string edit)
    {
        await AskAsync(Request(payload: asked) with { Editable = false });

        await DecideAsync(Approve(edit: edit));

        var review = await ReadAsync();
        Assert.Equal((asked, false, null), (review.Payload, review.WasEdited, review.OriginalPayload));
    }

    [Theory]
    [InlineData("1", "true")]
    [InlineData("true", "1")]
    [InlineData("0", "false")]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "{}")]
    [InlineData("12345678901234567890", "12345678901234567891")]
    [InlineData("\"a\"", "\"a\\u200b\"")]
    public async Task A_review_that_is_not_editable_can_be_approved_as_it_is_but_with_no_other_value(string asked, string edit)
    {
        await AskAsync(Request(payload: asked) with { Editable = false });

        Assert.Contains(
            "'act-1' is not editable",
            await RefusedAsync(Refusal.BadRequest, () => DecideAsync(Approve(edit: edit))),
            StringComparison.Ordinal);

        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
        Assert.Equal(new(1, 0), await DecideAsync(Approve(edit: asked)));
    }

    [Fact]
    public async Task Data_sent_with_a_rejection_is_ignored()
    {
        await AskAsync();
        await AskAsync(Request("act-2") with { Editable = false });

        Assert.Equal(new(0, 2), await DecideAsync(Reject() with { Edit = Json("[1]") }, Reject("act-2") with { Edit = Json("[1]") }));

        Assert.All([await ReadAsync(), await ReadAsync("act-2")], r => Assert.Equal(("""{"to":"bob"}""", false, ReviewStatus.REJECTED), (r.Payload, r.WasEdited, r.Status)));
    }

    [Fact, Invariant(2)]
    public async Task The_same_decision_again_is_success_and_changes_nothing()
    {
        await AskAsync();
        await AskAsync("act-2");
        await DecideAsync(Approve(edit: "[1]") with { Message = "first" }, Reject("act-2", "no"));
        var trail = await TrailAsync();
        Store.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(new(1, 1), await DecideAsync(Approve(edit: "[1.0]") with { Message = "second" }, Reject("act-2", "never")));
        Assert.Equal(new(1, 0), await DecideAsync(Approve()));

        Assert.Equal(
            ("[1]", "first", TestStore.Start),
            ((await ReadAsync()).Payload, (await ReadAsync()).ReviewMessage, (await ReadAsync()).ReviewedAt!.Value));
        Assert.Equal("no", (await ReadAsync("act-2")).ReviewMessage);
        Assert.Equal(trail.Count, (await TrailAsync()).Count);
    }

    [Fact, Invariant(2)]
    public async Task The_same_decision_again_is_success_also_after_the_end_of_its_execution()
    {
        await AskAsync();
        await AskAsync("act-2");
        await AskAsync("act-3");
        await DecideAsync(Approve(), Reject("act-2"));
        await Agents.ConsumeAsync(Rosa, "act-1", Ct);
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        Assert.Equal(new(1, 1), await DecideAsync(Approve(), Reject("act-2")));
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve("act-3")));
    }

    [Fact, Invariant(2)]
    public async Task Another_decision_is_a_conflict_that_says_how_it_was_decided_and_when()
    {
        await AskAsync();
        await AskAsync("act-2");
        await DecideAsync(Approve(edit: "[1]"), Reject("act-2"));

        Assert.Contains(
            "'act-1' was already approved at 2026-03-02T09:00:00Z by its person. It can be taken up once (consume)",
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Reject())),
            StringComparison.Ordinal);
        Assert.Contains(
            "with another payload",
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve(edit: "[2]"))),
            StringComparison.Ordinal);
        Assert.Contains(
            "'act-2' was already rejected",
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve("act-2"))),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "can ask anew under another node_exec_id.",
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve("act-2"))),
            StringComparison.Ordinal);
        await Agents.ConsumeAsync(Rosa, "act-1", Ct);
        Assert.EndsWith(
            "It has been taken up: nothing can be done about it now.",
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Reject())),
            StringComparison.Ordinal);
    }

    [Fact, Invariant(7)]
    public async Task A_late_decision_of_either_kind_on_a_stopped_execution_is_a_conflict()
    {
        await AskAsync();
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        Assert.Contains("was cancelled", await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve())), StringComparison.Ordinal);
        Assert.Contains(
            "Execution was stopped by user", await RefusedAsync(Refusal.Conflict, () => DecideAsync(Reject())), StringComparison.Ordinal);
    }

    [Fact, Invariant(4)]
    public async Task A_decision_on_another_payload_than_the_stored_one_is_refused()
    {
        var review = await AskAsync();

        Assert.Contains(
            review.PayloadHash,
            await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve() with { PayloadHash = Json("[]").Hash })),
            StringComparison.Ordinal);
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Reject() with { PayloadHash = "" }));

        Assert.Equal(new(1, 0), await DecideAsync(Approve() with { PayloadHash = review.PayloadHash }));
    }

    [Fact, Invariant(3), Invariant(10)]
    public async Task One_wrong_decision_refuses_the_whole_request()
    {
        await AskAsync("act-1");
        await AskAsync("act-2");
        await AskAsync(Request("fixed") with { Editable = false });
        await AskAsync("other", "run-2");
        await AskAsync(Request("foreign"), Ben);
        await AskAsync("done");
        await DecideAsync(Reject("done"));

        var auto = Approve() with { AutoApproveFuture = true };
        Assert.Contains(
            "foreign, unknown",
            await RefusedAsync(Refusal.NotFound, () => DecideAsync(auto, Reject("foreign"), Reject("unknown"))),
            StringComparison.Ordinal);
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(auto, Approve("other")));
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(auto, Approve("done")));
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(auto, Approve("act-2") with { PayloadHash = "stale" }));
        await RefusedAsync(Refusal.BadRequest, () => DecideAsync(auto, Approve("fixed", "[]")));
        // Of two faults the conflict is told, wherever it stands.
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve("fixed", "[]"), Approve("done")));
        await RefusedAsync(Refusal.Conflict, () => DecideAsync(Approve("done"), Approve("fixed", "[]")));
        await RefusedAsync(Refusal.Invalid, () => DecideAsync(auto, Reject("act-2", new('x', 2001))));
        await RefusedAsync(Refusal.Invalid, () => DecideAsync(auto, Reject("act-2"), Reject("act-2")));
        await RefusedAsync(Refusal.Invalid, () => DecideAsync());

        Assert.All(["act-1", "act-2", "fixed", "other", "foreign"], id =>
            Assert.Equal(ReviewStatus.WAITING, ReadAsync(id).GetAwaiter().GetResult().Status));
        Assert.Empty((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_decides_for_another_not_even_an_admin_and_learns_nothing()
    {
        await AskAsync(Request("act-1", payload: "\"secret\"") with { Instructions = "secret" });

        foreach (var stranger in new[] { Ben, Ada })
        {
            var told = await RefusedAsync(Refusal.NotFound, () => Deciding.DecideAsync(stranger, [Approve()], Ct));
            Assert.Equal(
                told,
                (await RefusedAsync(Refusal.NotFound, () => Deciding.DecideAsync(stranger, [Approve("act-9")], Ct)))
                    .Replace("act-9", "act-1", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \t\n ", null)]
    [InlineData(" yes ", "yes")]
    [InlineData("a\u0001\u202eb", "a\u0001\u202eb")]
    public async Task A_message_is_trimmed_a_blank_one_is_none_and_all_else_stays(string? message, string? stored)
    {
        await AskAsync();

        await DecideAsync(Reject(message: message));

        Assert.Equal(stored, (await ReadAsync()).ReviewMessage);
    }

    [Fact]
    public async Task A_message_is_counted_in_code_points()
    {
        await AskAsync();

        await RefusedAsync(Refusal.Invalid, () => DecideAsync(Reject(message: string.Concat(Enumerable.Repeat("😀", 2001)))));
        await DecideAsync(Reject(message: string.Concat(Enumerable.Repeat("😀", 2000))));

        Assert.Equal(4000, (await ReadAsync()).ReviewMessage!.Length);
    }

    [Fact, Invariant(9)]
    public async Task Each_decision_leaves_its_event_with_the_hashes_before_and_after()
    {
        var asked = await AskAsync();
        await AskAsync("act-2");
        await DecideAsync(Approve(edit: "[1]"), Reject("act-2", "no"));

        var trail = await TrailAsync();
        Assert.Equal(
            [
                (AuditActions.ReviewApproved, "rosa", Surface.Rest, "act-1", asked.PayloadHash, Json("[1]").Hash, null),
                (AuditActions.ReviewRejected, "rosa", Surface.Rest, "act-2", asked.PayloadHash, asked.PayloadHash, "no"),
            ],
            trail.Skip(2).Select(e => (e.Action, e.ActorId, e.Surface, e.NodeExecId, e.PayloadHashBefore, e.PayloadHashAfter, e.Detail)));
        Assert.All(trail, e => Assert.Equal(("rosa", "run-1"), (e.OwnerId, e.GraphExecId)));
    }

    [Fact]
    public async Task Whoever_listens_is_told_in_the_order_of_the_commits()
    {
        using var feed = Store.Events.Open("rosa");
        using var other = Store.Events.Open("ben");
        await AskAsync();
        await DecideAsync(Approve());
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        var changes = await feed.ReadAsync(Ct).Take(3).ToListAsync(Ct);
        Assert.Equal(
            ("act-1", ReviewStatus.WAITING),
            (Assert.IsType<ReviewCreated>(changes[0]).Review.NodeExecId, ((ReviewCreated)changes[0]).Review.Status));
        Assert.Equal(ReviewStatus.APPROVED, Assert.IsType<ReviewDecided>(changes[1]).Review.Status);
        Assert.Equal(ExecutionStatus.TERMINATED, Assert.IsType<ExecutionChanged>(changes[2]).Status);
        await AskAsync(Request("for-ben", "run-9"), Ben);
        Assert.Equal("for-ben", Assert.IsType<ReviewCreated>(await other.ReadAsync(Ct).FirstAsync(Ct)).Review.NodeExecId);
    }

    [Fact]
    public async Task Reviews_of_agents_and_of_the_engine_in_one_request_all_have_their_effect()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));
        await Engine.RunAsync(id);
        var node = await Engine.NodeAsync(id, "a");
        await AskAsync(Request("agent", id));

        await DecideAsync(Approve("agent"), Approve(node.Id));

        Assert.Equal(ExecutionStatus.QUEUED, (await Engine.ReadAsync(id)).Execution.Status);
        await Engine.RunAsync(id);
        Assert.Equal(node.Id, Assert.Single(Probes.Effects.All).NodeExecId);
    }

    [Fact, Invariant(10)]
    public async Task Ids_that_no_database_could_hold_are_refused_like_any_bad_input()
    {
        foreach (var (id, refusal) in new[]
        {
            ("a\0b", Refusal.Invalid), ("a\ud800b", Refusal.Invalid), ("", Refusal.NotFound), ("'; --", Refusal.NotFound),
        })
        {
            await RefusedAsync(refusal, () => DecideAsync(Approve(id)));
            await RefusedAsync(refusal, () => Reviews.GetAsync(Rosa, id, Ct));
            await RefusedAsync(refusal, () => Agents.ConsumeAsync(Rosa, id, Ct));
            await RefusedAsync(refusal, () => Reviews.PendingForExecutionAsync(Rosa, id, Ct));
            await RefusedAsync(refusal, () => Stopping.StopAsync(Rosa, id, Ct));
            await RefusedAsync(refusal, () => Stopping.AdminCancelAsync(Ada, id, "why", Ct));
            await RefusedAsync(refusal, () => Executions.GetAsync(Rosa, id, 10, 0, Ct));
            await RefusedAsync(refusal, () => Executions.StartAsync(Rosa, id, null, Ct));
            await RefusedAsync(refusal, () => AutoApprovals.RevokeAsync(Rosa, id, id, Ct));
            await RefusedAsync(refusal, () => Settling.SettleAsync(Rosa, id, id, Resolution.ran, null, Ct));
        }
    }

    [Fact, Invariant(10)]
    public async Task An_id_among_many_that_no_database_could_hold_is_refused_too() =>
        await RefusedAsync(Refusal.Invalid, () => Reviews.GetManyAsync(Rosa, ["act-1", "a\0b"], Ct));
}

public sealed class DecidingWithABrokenWakerOnSqlite() : DecidingWithABrokenWakerSpec(new SqliteStore());

public sealed class DecidingWithABrokenWakerOnPostgres() : DecidingWithABrokenWakerSpec(new PostgresStore());

/// <summary>What follows a decision has no say in it.</summary>
public abstract class DecidingWithABrokenWakerSpec(TestStore store) : CoreSpec(store)
{
    sealed class BrokenWaker : IExecutionWaker
    {
        public void Wake(string graphExecId) => throw new InvalidOperationException("Nobody can be woken.");
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Replace(ServiceDescriptor.Singleton<IExecutionWaker>(new BrokenWaker()));
    }

    [Fact]
    public async Task A_decision_stands_also_when_what_should_follow_it_fails()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));
        await Engine.RunAsync(id);
        var node = await Engine.NodeAsync(id, "a");

        Assert.Equal(new(1, 0), await DecideAsync(Approve(node.Id)));

        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync(node.Id)).Status);
        Assert.Equal(ExecutionStatus.QUEUED, (await Engine.ReadAsync(id)).Execution.Status);
        Assert.Contains(Store.Log.Entries, e => e is { Event: "AfterCommitFailed" });
    }
}
