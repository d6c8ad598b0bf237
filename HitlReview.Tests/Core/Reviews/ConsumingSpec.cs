using HitlReview.Core;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Reviews;

public sealed class ConsumingOnSqlite() : ConsumingSpec(new SqliteStore());

public sealed class ConsumingOnPostgres() : ConsumingSpec(new PostgresStore());

/// <summary>An outside agent takes an approved payload up: once, and only its own.</summary>
public abstract class ConsumingSpec(TestStore store) : CoreSpec(store)
{
    [Fact, Invariant(4)]
    public async Task The_first_call_gets_the_payload_and_is_told_that_a_person_changed_it()
    {
        await AskAsync();
        await DecideAsync(Approve(edit: "{}") with { Message = "nobody" });
        Store.Clock.Advance(TimeSpan.FromSeconds(5));

        var taken = await Agents.ConsumeAsync(Rosa, "act-1", Ct);

        Assert.Equal(
            ("{}", true, """{"to":"bob"}""", "nobody", true, TestStore.Start.AddSeconds(5)),
            (taken.Payload, taken.WasEdited, taken.OriginalPayload, taken.ReviewMessage, taken.Processed, taken.DeliveredAt!.Value));
    }

    [Fact, Invariant(4), Invariant(5)]
    public async Task Every_later_call_and_every_call_too_early_is_told_why_not()
    {
        await AskAsync();
        Assert.Contains(
            "still waiting", await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "act-1", Ct)), StringComparison.Ordinal);
        await DecideAsync(Approve());
        await Agents.ConsumeAsync(Rosa, "act-1", Ct);
        Assert.Contains(
            "has been consumed",
            await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "act-1", Ct)),
            StringComparison.Ordinal);

        await AskAsync("no");
        await AskAsync("why");
        await DecideAsync(Reject("no"), Reject("why", "too risky"));
        Assert.Equal("Review 'no' was rejected.", await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "no", Ct)));
        Assert.Contains(
            "too risky", await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "why", Ct)), StringComparison.Ordinal);
    }

    [Fact, Invariant(7)]
    public async Task An_approval_that_was_not_taken_up_before_the_stop_is_withdrawn()
    {
        await AskAsync();
        await DecideAsync(Approve());
        await Stopping.StopAsync(Rosa, "run-1", Ct);

        Assert.Contains(
            "withdrawn", await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, "act-1", Ct)), StringComparison.Ordinal);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_consumes_anothers_not_even_an_admin()
    {
        await AskAsync();
        await DecideAsync(Approve());

        foreach (var stranger in new[] { Ben, Ada })
            Assert.Equal(
                "No review 'act-1' was found.",
                await RefusedAsync(Refusal.NotFound, () => Agents.ConsumeAsync(stranger, "act-1", Ct)));
        Assert.False((await ReadAsync()).Processed);
    }

    [Fact, Invariant(5)]
    public async Task What_HitlReview_runs_itself_is_not_for_an_agent_to_take()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a"));
        await Engine.RunAsync(id);
        var node = await Engine.NodeAsync(id, "a");
        var session = await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct);
        var asked = Assert.IsType<ReviewRequired>(
            await Store.Get<CopilotTools>().RunBlockAsync(Rosa, session.Id, ProbeBlock.BlockId, Json("{}"), Ct));
        await DecideAsync(Approve(node.Id));
        await DecideAsync(Approve(asked.Review.NodeExecId));

        foreach (var own in new[] { node.Id, asked.Review.NodeExecId })
            Assert.Contains(
                "run by HitlReview itself",
                await RefusedAsync(Refusal.Conflict, () => Agents.ConsumeAsync(Rosa, own, Ct)),
                StringComparison.Ordinal);
        await Engine.RunAsync(id);
        Assert.Equal([node.Id], Probes.Effects.All.Select(e => e.NodeExecId));
    }
}
