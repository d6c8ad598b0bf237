using HitlReview.Core.Actions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Executions;

/// <summary>One run of a node, without what it received and gave.</summary>
/// <param name="Id">The <c>node_exec_id</c>.</param>
/// <param name="NodeId">The node.</param>
/// <param name="Ordinal">Its place in the order in which node executions of its graph execution came to be.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Outcome">Set where its effect is not known.</param>
/// <param name="Rejected">True if it failed because its review was rejected.</param>
/// <param name="HasOutput">True if it has ended with an output that was kept.</param>
/// <param name="CreatedAt">When its first input arrived.</param>
/// <param name="StartedAt">When it first ran.</param>
/// <param name="EndedAt">When it reached a final status.</param>
public sealed record NodeRun(
    string Id, string NodeId, int Ordinal, ExecutionStatus Status, NodeOutcome? Outcome, bool Rejected, bool HasOutput,
        DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>A graph execution as one sees it from one of its nodes: what there is, and how far each of it has come.</summary>
/// <param name="Status">Where the execution stands.</param>
/// <param name="Graph">The graph it runs. Its nodes come without their inputs, which may be large.</param>
/// <param name="Runs">The runs of its nodes, oldest first.</param>
public sealed record ExecutionMap(ExecutionStatus Status, GraphDefinition Graph, IReadOnlyList<NodeRun> Runs);

/// <summary>What a node execution gave.</summary>
/// <param name="Value">Pin to list of values; null if it has none, or one too large to be read in passing.</param>
/// <param name="Length">How many characters the whole has; 0 if there is none.</param>
public sealed record NodeOutput(JsonText? Value, int Length);

/// <summary>Reads graph executions for the surroundings of a review: small however large the inputs and outputs are.</summary>
public sealed class ExecutionMaps(IDbContextFactory<HitlDbContext> contexts)
{
    /// <summary>
    /// The longest output that is read in passing, in characters. A longer one, up to twenty million, is for a page of its own.
    /// </summary>
    public const int MaxOutput = 200_000;

    /// <summary>
    /// An execution with the runs of its nodes; null if it is unknown or not the caller's, as a chat's and an outside agent's are.
    /// </summary>
    /// <param name="caller">Owns the execution, or is an admin.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="known">Its graph if it was read before, which spares reading it again: it never changes.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<ExecutionMap?> FindAsync(Caller caller, string graphExecId, GraphDefinition? known, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var execution = await db.GraphExecutions.VisibleTo(caller).Where(e => e.Id == graphExecId)
            .Select(e => new { e.Status, e.GraphId, e.GraphVersion }).FirstOrDefaultAsync(ct);
        if (execution is null || (known ?? await GraphAsync(db, execution.GraphId, execution.GraphVersion, ct)) is not { } graph)
            return null;
        var runs = await db.NodeExecutions.Where(n => n.GraphExecId == graphExecId).OrderBy(n => n.Ordinal)
            .Select(n => new NodeRun(
                n.Id, n.NodeId, n.Ordinal, n.Status, n.Outcome, n.Rejected, n.Output != null, n.CreatedAt, n.StartedAt, n.EndedAt))
            .ToListAsync(ct);
        return new(execution.Status, graph, runs);
    }

    /// <summary>
    /// The newest run of each node in each state that it has been in: what it takes to tell where the nodes stand, however many runs
    /// there are.
    /// </summary>
    public async Task<IReadOnlyList<NodeRun>> StandingAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var runs = db.NodeExecutions.VisibleTo(caller).Where(n => n.GraphExecId == graphExecId);
        var newest = runs.GroupBy(n => new { n.NodeId, n.Status, n.Rejected, n.Outcome }).Select(state => state.Max(n => n.Ordinal));
        return await runs.Where(n => newest.Contains(n.Ordinal)).OrderBy(n => n.Ordinal)
            .Select(n => new NodeRun(n.Id, n.NodeId, n.Ordinal, n.Status, n.Outcome, n.Rejected, n.Output != null, n.CreatedAt,
                n.StartedAt, n.EndedAt)).ToListAsync(ct);
    }

    /// <summary>The graph that an execution runs, at its version; null if it is not the caller's or no longer there.</summary>
    public async Task<GraphDefinition?> GraphAsync(Caller caller, GraphExecution execution, CancellationToken ct)
    {
        if (!caller.Sees(execution))
            return null;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await GraphAsync(db, execution.GraphId, execution.GraphVersion, ct);
    }

    /// <summary>
    /// What a node execution gave. One longer than <see cref="MaxOutput"/> stays in the database; only its length is told.
    /// </summary>
    public async Task<NodeOutput> OutputAsync(Caller caller, string graphExecId, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var output = await db.NodeExecutions.VisibleTo(caller)
            .Where(n => n.Id == nodeExecId && n.GraphExecId == graphExecId && n.Output != null)
            .Select(n => new { n.Output!.Length, Text = n.Output.Length <= MaxOutput ? n.Output : null }).FirstOrDefaultAsync(ct);
        return new(output?.Text is { } text ? JsonText.Trusted(text) : null, output?.Length ?? 0);
    }

    static async Task<GraphDefinition?> GraphAsync(HitlDbContext db, string graphId, int version, CancellationToken ct)
    {
        var stored = await db.Graphs.Where(g => g.Id == graphId && g.Version == version).Select(g => g.Definition).FirstOrDefaultAsync(ct);
        if (stored is null)
            return null;
        var graph = GraphDefinition.FromJson(stored);
        return graph with { Nodes = [.. graph.Nodes.Select(node => node with { InputDefault = JsonText.EmptyObject })] };
    }
}
