using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class AutoApprovalOnSqlite() : AutoApprovalSpec(new SqliteStore());

public sealed class AutoApprovalOnPostgres() : AutoApprovalSpec(new PostgresStore());

/// <summary>A standing approval lets through what one node of one execution of one user asks, and nothing else.</summary>
public abstract class AutoApprovalSpec(TestStore store) : CoreSpec(store)
{
    async Task GiveAsync(string nodeExecId = "act-1", string graphExecId = "run-1", string nodeId = "mail")
    {
        await AskAsync(Request(nodeExecId, graphExecId, nodeId));
        await DecideAsync(Approve(nodeExecId) with { AutoApproveFuture = true });
    }

    async Task<IReadOnlyList<AutoApproval>> StandingAsync(Caller? caller = null) =>
        (await AutoApprovals.ListAsync(caller ?? Rosa, PageRequest.First, Ct)).Items;

    [Fact, Invariant(8)]
    public async Task Only_a_chat_has_a_turn_for_which_more_can_be_approved()
    {
        await AskAsync();
        var turn = new Decision("act-1", true) { AutoApproveFuture = true, AutoApproveSpan = ApprovalSpan.turn };
        await RefusedAsync(Refusal.Invalid, () => Deciding.DecideAsync(Rosa, [turn], Ct));
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync()).Status);
    }

    [Fact, Invariant(8)]
    public async Task What_the_node_asks_later_is_approved_at_once_with_its_own_input()
    {
        await GiveAsync();
        Store.Clock.Advance(TimeSpan.FromSeconds(1));

        var (later, created) = await Agents.RequestAsync(Rosa, Request("act-2", payload: """{"to":"eve"}"""), Ct);

        Assert.True(created);
        Assert.Equal(
            (ReviewStatus.APPROVED, true, """{"to":"eve"}""", "Auto-approved (user approved all future actions for this node)", null, TestStore.Start.AddSeconds(1)),
            (later.Status, later.AutoApproved, later.Payload, later.ReviewMessage, later.ReviewedBy, later.ReviewedAt!.Value));
        Assert.Equal("""{"to":"eve"}""", (await Agents.ConsumeAsync(Rosa, "act-2", Ct)).Payload);
        await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "act-2", Ct));
        var standing = Assert.Single(await StandingAsync());
        Assert.Equal((1, TestStore.Start.AddSeconds(1)), (standing.UseCount, standing.LastUsedAt!.Value));
    }

    [Fact, Invariant(8)]
    public async Task It_is_good_for_this_user_execution_and_node_only()
    {
        await GiveAsync();

        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("n", nodeId: "other"))).Status);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("e", "run-2"))).Status);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("u"), Ben)).Status);
        Assert.Equal(ReviewStatus.APPROVED, (await AskAsync(Request("same"))).Status);
    }

    [Fact, Invariant(8)]
    public async Task Ids_that_run_into_each_other_share_nothing()
    {
        Assert.Equal(AutoApprovals.Key("a", "b_c"), AutoApprovals.Key("a_b", "c"));
        await GiveAsync("act-1", "a", "b_c");

        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("act-2", "a_b", "c"))).Status);
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync(Request("act-3", "auto_approve_a", "b_c"))).Status);
        Assert.Equal(ReviewStatus.APPROVED, (await AskAsync(Request("act-4", "a", "b_c"))).Status);
    }

    [Fact, Invariant(8)]
    public async Task Giving_it_ignores_an_edit_also_of_a_review_that_is_not_editable_and_approves_the_original()
    {
        await AskAsync(Request() with { Editable = false });
        await DecideAsync(Approve(edit: """{"to":"eve"}""") with { AutoApproveFuture = true });

        Assert.Equal(("""{"to":"bob"}""", false), ((await ReadAsync()).Payload, (await ReadAsync()).WasEdited));
    }

    [Fact, Invariant(8)]
    public async Task An_edit_of_one_run_is_never_that_of_another()
    {
        await AskAsync();
        await AskAsync("act-2");
        await DecideAsync(Approve(edit: """{"to":"eve"}"""));
        await DecideAsync(Approve("act-2") with { AutoApproveFuture = true });

        Assert.Equal("""{"to":"bob"}""", (await AskAsync("act-3")).Payload);
        Assert.Equal("""{"to":"eve"}""", (await AskAsync("act-1")).Payload);
    }

    [Fact, Invariant(8)]
    public async Task A_rejection_gives_none()
    {
        await AskAsync();
        await DecideAsync(Reject() with { AutoApproveFuture = true });

        Assert.Empty(await StandingAsync());
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("act-2")).Status);
    }

    [Fact, Invariant(4), Invariant(8)]
    public async Task What_a_person_decided_on_one_action_comes_before_the_standing_approval()
    {
        await AskAsync();
        await AskAsync("act-2");
        await DecideAsync(Approve(edit: """{"to":"eve"}"""));
        await DecideAsync(Approve("act-2") with { AutoApproveFuture = true });
        await AskAsync("act-3");

        Assert.Equal(("""{"to":"eve"}""", false), ((await AskAsync()).Payload, (await AskAsync()).AutoApproved));
        Assert.Equal("""{"to":"eve"}""", (await Agents.ConsumeAsync(Rosa, "act-1", Ct)).Payload);
    }

    [Fact, Invariant(8)]
    public async Task What_already_waits_is_not_decided_by_it()
    {
        await AskAsync("before");
        await GiveAsync();

        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("before")).Status);
        Assert.Equal(0, Assert.Single(await StandingAsync()).UseCount);
    }

    [Fact, Invariant(8)]
    public async Task Once_revoked_the_next_one_asks_until_it_is_given_again()
    {
        await GiveAsync();
        await AskAsync("act-1b");
        await AutoApprovals.RevokeAsync(Rosa, "run-1", "mail", Ct);

        Assert.Empty(await StandingAsync());
        Assert.Equal(ReviewStatus.WAITING, (await AskAsync("act-2")).Status);
        Assert.Contains(
            "'mail'",
            await RefusedAsync(Refusal.NotFound, () => AutoApprovals.RevokeAsync(Rosa, "run-1", "mail", Ct)),
            StringComparison.Ordinal);

        await DecideAsync(Approve("act-2") with { AutoApproveFuture = true });
        // What it let through before is not its use: that is in the trail.
        Assert.Equal((0, null), (Assert.Single(await StandingAsync()).UseCount, Assert.Single(await StandingAsync()).LastUsedAt));
        Assert.Equal(ReviewStatus.APPROVED, (await AskAsync("act-3")).Status);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_sees_or_revokes_anothers()
    {
        await GiveAsync();

        foreach (var stranger in new[] { Ben, Ada })
        {
            Assert.Empty(await StandingAsync(stranger));
            await RefusedAsync(Refusal.NotFound, () => AutoApprovals.RevokeAsync(stranger, "run-1", "mail", Ct));
        }
        Assert.Single(await StandingAsync());
    }

    [Fact]
    public async Task Several_of_one_request_give_one_per_node_and_a_second_time_changes_nothing()
    {
        await AskAsync(Request("a1"));
        await AskAsync(Request("a2"));
        await AskAsync(Request("b", nodeId: "file"));
        var auto = new[] { "a1", "a2", "b" }.Select(id => Approve(id) with { AutoApproveFuture = true }).ToArray();

        await DecideAsync(auto);
        await DecideAsync(auto);

        Assert.Equal(["file", "mail"], (await StandingAsync()).Select(a => a.NodeId).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await TrailAsync()).Count(e => e.Action == AuditActions.AutoApprovalGiven));
    }

    [Fact, Invariant(9)]
    public async Task Giving_using_and_revoking_are_in_the_trail()
    {
        await GiveAsync();
        await AskAsync("act-2");
        await AutoApprovals.RevokeAsync(Rosa, "run-1", "mail", Ct);

        Assert.Equal(
            [
                ("review.requested", "act-1", "rosa"),
                ("review.approved", "act-1", "rosa"),
                ("auto_approval.given", "act-1", "rosa"),
                ("review.auto_approved", "act-2", null),
                ("review.requested", "act-2", "rosa"),
                ("auto_approval.revoked", null, "rosa")],
            (await TrailAsync()).Select(e => (e.Action, e.NodeExecId, e.ActorId)));
    }

    [Fact]
    public async Task Their_owner_is_told_of_each_change()
    {
        using var feed = Store.Events.Open("rosa");
        await GiveAsync();
        await AutoApprovals.RevokeAsync(Rosa, "run-1", "mail", Ct);

        Assert.Equal(
            [typeof(ReviewCreated), typeof(ReviewDecided), typeof(AutoApprovalsChanged), typeof(AutoApprovalsChanged)],
            (await feed.ReadAsync(Ct).Take(4).ToListAsync(Ct)).Select(c => c.GetType()));
    }
}
