using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Copilot;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core;

/// <summary>
/// A specification of the review core on one database. Nothing runs by itself: <see cref="Engine"/> takes the engine's steps when the test
/// says so.
/// </summary>
public abstract class CoreSpec(TestStore store) : StoreSpec(store)
{
    protected static Caller Rosa { get; } = Cast.Rosa.Caller();

    protected static Caller Ben { get; } = Cast.Ben.Caller();

    protected static Caller Ada { get; } = Cast.Ada.Caller();

    protected ReviewService Reviews => Store.Get<ReviewService>();

    protected OutsideAgents Agents => Store.Get<OutsideAgents>();

    protected Deciding Deciding => Store.Get<Deciding>();

    protected AutoApprovals AutoApprovals => Store.Get<AutoApprovals>();

    protected Stopping Stopping => Store.Get<Stopping>();

    protected Settling Settling => Store.Get<Settling>();

    protected ExecutionService Executions => Store.Get<ExecutionService>();

    /// <summary>The engine, step by step.</summary>
    protected StepEngine Engine => new(Store);

    /// <summary>What the test blocks of this test do and have done.</summary>
    protected Probes Probes { get; } = new();

    /// <summary>The executions that were woken, in order.</summary>
    protected Recorded<string> Woken { get; } = new();

    /// <inheritdoc/>
    protected override void Configure(IServiceCollection services) =>
        AddCore(services.AddSingleton<IExecutionWaker>(new RecordingWaker(Woken)), Probes);

    /// <summary>The review core with the test blocks.</summary>
    public static IServiceCollection AddCore(IServiceCollection services, Probes probes)
    {
        return services.AddHitlBlocks().AddHitlReviews().AddHitlActions().AddHitlExecutions().AddHitlCopilot()
            .AddSingleton(probes).AddSingleton<Block, ProbeBlock>().AddSingleton<Block, PassBlock>();
    }

    /// <summary>A request of an outside agent.</summary>
    protected static ReviewRequest Request(string nodeExecId = "act-1", string graphExecId = "run-1", string nodeId = "mail", string payload = """{"to":"bob"}""") =>
        new(nodeExecId, graphExecId, nodeId, Json(payload));

    protected static JsonText Json(string text) => JsonText.Parse(text, "test");

    protected async Task<Review> AskAsync(ReviewRequest request, Caller? caller = null) =>
        (await Agents.RequestAsync(caller ?? Rosa, request, Ct)).Review;

    protected async Task<Review> AskAsync(string nodeExecId = "act-1", string graphExecId = "run-1") =>
        await AskAsync(Request(nodeExecId, graphExecId));

    protected Task<DecisionResult> DecideAsync(params Decision[] decisions) => Deciding.DecideAsync(Rosa, decisions, Ct);

    protected static Decision Approve(string nodeExecId = "act-1", string? edit = null) =>
        new(nodeExecId, true) { Edit = edit is null ? null : Json(edit) };

    protected static Decision Reject(string nodeExecId = "act-1", string? message = null) => new(nodeExecId, false) { Message = message };

    /// <summary>A review as it now is, whoever owns it; null if there is none.</summary>
    protected async Task<Review?> FindAsync(string nodeExecId)
    {
        await using var db = Store.Db();
        return await db.Reviews.AsNoTracking().FirstOrDefaultAsync(r => r.NodeExecId == nodeExecId, Ct);
    }

    protected async Task<Review> ReadAsync(string nodeExecId = "act-1") =>
        await FindAsync(nodeExecId) ?? throw new InvalidOperationException($"No review '{nodeExecId}'.");

    /// <summary>The audit trail so far, as "action node", in order.</summary>
    protected async Task<IReadOnlyList<AuditEvent>> TrailAsync()
    {
        await using var db = Store.Db();
        return await db.AuditEvents.AsNoTracking().OrderBy(e => e.Seq).ToListAsync(Ct);
    }

    /// <summary>Asserts that it is refused in this way, and that nothing was changed by it.</summary>
    /// <returns>What the caller is told.</returns>
    protected async Task<string> RefusedAsync(Refusal refusal, Func<Task> act)
    {
        var before = (await TrailAsync()).Count;
        var refused = await Assert.ThrowsAsync<RefusedException>(act);
        Assert.Equal(refusal, refused.Refusal);
        Assert.Equal(before, (await TrailAsync()).Count);
        return refused.Message;
    }

    sealed class RecordingWaker(Recorded<string> woken) : IExecutionWaker
    {
        public void Wake(string graphExecId) => woken.Add(graphExecId);
    }
}
