using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>A graph execution with its node executions, oldest first.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Nodes">Its node executions.</param>
public sealed record ExecutionDetail(GraphExecution Execution, IReadOnlyList<NodeExecution> Nodes);

/// <summary>Starts graph executions and reads them back.</summary>
public sealed class ExecutionService(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks, IExecutionWaker waker)
{
    /// <summary>Starts the newest version of an own graph. When this returns the start is durable: the execution runs, also if the process dies now.</summary>
    /// <param name="caller">Owns the graph.</param>
    /// <param name="graphId">The graph.</param>
    /// <param name="inputs">Node id to an object of pins and values, on top of the graph's defaults; null for none.</param>
    /// <param name="ct">Gives up while the start waits for its turn.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.NotFound"/>: no own graph of that id. <see cref="Refusal.Invalid"/>: an input is unknown, missing or of a wrong type.</exception>
    public async Task<GraphExecution> StartAsync(Caller caller, string graphId, JsonText? inputs, CancellationToken ct)
    {
        caller.Require(KeyMay.ask);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var graph = await db.Graphs.AsNoTracking().Where(g => g.Id == graphId && g.UserId == caller.UserId).OrderByDescending(g => g.Version).FirstOrDefaultAsync(ct)
            ?? throw Graphs.Unknown(graphId);
        // A person, or a key that decides, has switched reviews off for what the graph does by itself: not for what the starter makes of it,
        // nor for the key that switched them off.
        var mustAsk = caller.Key is { } key && (key.Id == graph.StoredByKeyId || (inputs is not null && !caller.May(KeyMay.decide)));
        inputs ??= JsonText.EmptyObject;
        var definition = GraphCheck.WithInputs(GraphDefinition.FromJson(graph.Definition), inputs, blocks);

        return await queue.WriteAsync(caller, async tx =>
        {
            var execution = new GraphExecution
            {
                Id = Guid.CreateVersion7(tx.Now).ToString(),
                UserId = caller.UserId,
                GraphId = graph.Id,
                GraphVersion = graph.Version,
                Status = ExecutionStatus.QUEUED,
                AskedByKeyId = caller.Key?.Id,
                AskedBy = caller.Key?.Name,
                HumanInTheLoopSafeMode = graph.HumanInTheLoopSafeMode || mustAsk,
                SensitiveActionSafeMode = graph.SensitiveActionSafeMode || mustAsk,
                Inputs = inputs.Text,
                CreatedAt = tx.Now,
                UpdatedAt = tx.Now,
            };
            tx.Db.Add(execution);
            var ordinal = 0;
            foreach (var node in definition.Nodes.Where(n => definition.LinkedPins(n.Id).Count == 0))
                tx.Db.Add(new NodeExecution
                {
                    Id = Guid.CreateVersion7(tx.Now).ToString(),
                    GraphExecId = execution.Id,
                    UserId = caller.UserId,
                    AskedByKeyId = caller.Key?.Id,
                    AskedBy = caller.Key?.Name,
                    NodeId = node.Id,
                    BlockId = node.BlockId.ToString(),
                    Ordinal = ordinal++,
                    Status = ExecutionStatus.QUEUED,
                    Input = node.InputDefault.Text,
                    CreatedAt = tx.Now,
                });
            await tx.Db.SaveChangesAsync(ct);
            tx.Audit(AuditEntry.By(caller, AuditActions.ExecutionStarted) with { OwnerId = caller.UserId, GraphExecId = execution.Id, Detail = $"{graph.Id} v{graph.Version}" });
            tx.Publish(new ExecutionChanged(caller.UserId, execution.Id, ExecutionStatus.QUEUED, execution.AskedByKeyId));
            tx.AfterCommit(() => waker.Wake(execution.Id));
            return execution;
        }, ct);
    }

    /// <summary>An execution and its node executions.</summary>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<ExecutionDetail> GetAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var execution = await db.GraphExecutions.AsNoTracking().VisibleTo(caller).FirstOrDefaultAsync(e => e.Id == graphExecId, ct)
            ?? throw Unknown(graphExecId);
        return new(execution, await db.NodeExecutions.AsNoTracking().Where(n => n.GraphExecId == graphExecId).OrderBy(n => n.Ordinal).ToListAsync(ct));
    }

    /// <summary>An execution without its node executions; null if it is unknown or not the caller's.</summary>
    public async Task<GraphExecution?> FindAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.GraphExecutions.AsNoTracking().VisibleTo(caller).FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
    }

    /// <summary>A node execution; null if it is unknown or not the caller's.</summary>
    public async Task<NodeExecution?> FindNodeAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.NodeExecutions.AsNoTracking().VisibleTo(caller).FirstOrDefaultAsync(n => n.Id == nodeExecId, ct);
    }

    /// <summary>The caller's own executions, newest first.</summary>
    public async Task<ListPage<GraphExecution>> ListAsync(Caller caller, PageRequest page, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.GraphExecutions.AsNoTracking().OwnOf(caller).PageAsync(e => e.CreatedAt, e => e.Id, page, ct);
    }

    /// <summary>What an unknown id and someone else's are answered with.</summary>
    internal static RefusedException Unknown(string graphExecId) => new(Refusal.NotFound, $"No execution '{Identifiers.Shown(graphExecId)}' was found.");
}
