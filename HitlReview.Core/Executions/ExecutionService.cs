using System.Globalization;
using System.Text;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HitlReview.Core.Executions;

/// <summary>A graph execution with its node executions, oldest first, as far as there was room.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="NodeCount">How many node executions it has.</param>
/// <param name="Nodes">The oldest of them, and those whose outcome is to be settled.</param>
public sealed record ExecutionDetail(GraphExecution Execution, int NodeCount, IReadOnlyList<NodePart> Nodes)
{
    /// <summary>True if a node execution, an input or an output was left out.</summary>
    public bool IsTruncated => Nodes.Count < NodeCount || Nodes.Any(node => !node.IsWhole);
}

/// <summary>Starts graph executions and reads them back.</summary>
public sealed class ExecutionService(CommitQueue queue, IDbContextFactory<HitlDbContext> contexts, BlockRegistry blocks,
    IExecutionWaker waker, IOptions<ExecutionOptions> options)
{
    /// <summary>
    /// Starts the newest version of an own graph. When this returns the start is durable: the execution runs, also if the process dies now.
    /// </summary>
    /// <param name="caller">Owns the graph.</param>
    /// <param name="graphId">The graph.</param>
    /// <param name="inputs">Node id to an object of pins and values, on top of the graph's defaults; null for none.</param>
    /// <param name="ct">Gives up while the start waits for its turn.</param>
    /// <param name="version">The version that was looked at, which must be the newest; null for whichever is.</param>
    /// <exception cref="RefusedException">
    /// <see cref="Refusal.NotFound"/>: no own graph of that id. <see cref="Refusal.Invalid"/>: an input is unknown, missing or of a wrong
    /// type, or all of them are too large.
    /// <see cref="Refusal.Conflict"/>: too many executions of the caller's have not ended, or another version has been stored since.
    /// </exception>
    public async Task<GraphExecution> StartAsync(
        Caller caller, string graphId, JsonText? inputs, CancellationToken ct, int? version = null)
    {
        caller.Require(KeyMay.ask);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var graph = await db.Graphs.AsNoTracking().Where(g => g.Id == graphId && g.UserId == caller.UserId)
            .OrderByDescending(g => g.Version).FirstOrDefaultAsync(ct)
            ?? throw Graphs.Unknown(graphId);
        if (version is not null && version != graph.Version)
            throw new RefusedException(
                Refusal.Conflict, $"Version {graph.Version} of graph '{graphId}' has been stored meanwhile; look at it before it runs.");
        // A person, or a key that decides, has switched reviews off for what the graph does by itself: not for what a key makes of it when
        // it starts it, nor for the key that switched them off.
        var mustAsk = caller.Key is { } key && (key.Id == graph.StoredByKeyId || inputs is not null);
        inputs ??= JsonText.EmptyObject;
        var definition = GraphCheck.WithInputs(GraphDefinition.FromJson(graph.Definition), inputs, blocks);
        var first = definition.Nodes.Where(n => definition.LinkedPins(n.Id).Count == 0).ToList();
        var bytes = first.Sum(n => (long)Encoding.UTF8.GetByteCount(n.InputDefault.Text));
        if (bytes > options.Value.MaxExecutionBytes)
            throw new RefusedException(Refusal.Invalid, options.Value.TooManyBytes);
        var planBytes = (long)Encoding.UTF8.GetByteCount(graph.Definition) + Encoding.UTF8.GetByteCount(inputs.Text);
        await GraphCheck.CheckInputsAsync(definition, inputs, blocks, ct);

        return await queue.WriteAsync(caller, async tx =>
        {
            await RequireRoomAsync(tx, caller, planBytes, ct);
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
                KeptBytes = bytes,
                CreatedAt = tx.Now,
                UpdatedAt = tx.Now,
            };
            tx.Db.Add(execution);
            var ordinal = 0;
            foreach (var node in first)
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
            var entry = AuditEntry.By(caller, AuditActions.ExecutionStarted) with
            {
                OwnerId = caller.UserId,
                GraphExecId = execution.Id,
                Detail = $"{graph.Id} v{graph.Version}",
            };
            tx.Record(entry, new ExecutionChanged(caller.UserId, execution.Id, ExecutionStatus.QUEUED, execution.AskedByKeyId));
            tx.AfterCommit(() => waker.Wake(execution.Id));
            return execution;
        }, ct);
    }

    /// <summary>Looks whether one more may be started beside those that have not ended.</summary>
    /// <exception cref="RefusedException">Conflict: they are too many, or what they run takes too many bytes.</exception>
    async Task RequireRoomAsync(WriteTransaction tx, Caller caller, long bytes, CancellationToken ct)
    {
        var limits = options.Value;
        var open = await tx.Db.GraphExecutions.Where(e => e.UserId == caller.UserId && e.EndedAt == null)
            .Join(tx.Db.Graphs, e => new { Id = e.GraphId, Version = e.GraphVersion }, g => new { g.Id, g.Version },
                (e, g) => (long)(HitlDbContext.OctetLength(g.Definition) ?? 0) + (HitlDbContext.OctetLength(e.Inputs) ?? 0))
            .Take(limits.MaxUnfinished).ToListAsync(ct);
        if (open.Count == limits.MaxUnfinished)
            throw new RefusedException(Refusal.Conflict,
                $"{limits.MaxUnfinished} executions of yours have not ended; no more can be started until one has "
                + "(Executions:MaxUnfinished).");
        if (open.Sum() + bytes > limits.MaxUnfinishedBytes)
            throw new RefusedException(Refusal.Conflict,
                FormattableString.Invariant(
                    $"What your executions run that have not ended would take more than {limits.MaxUnfinishedBytes:N0} bytes; ")
                + "no more can be started until one has ended (Executions:MaxUnfinishedBytes).");
    }

    /// <summary>An execution and its node executions, as many as fit into one answer.</summary>
    /// <param name="caller">Owns it, or is an admin.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="most">How many node executions, apart from those whose outcome is to be settled.</param>
    /// <param name="room">How many bytes their inputs and outputs may take.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<ExecutionDetail> GetAsync(Caller caller, string graphExecId, int most, long room, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var execution = await Readable(db, caller).FirstOrDefaultAsync(e => e.Id == graphExecId, ct) ?? throw RunId.Unknown(graphExecId);
        var nodes = db.NodeExecutions.Where(n => n.GraphExecId == graphExecId);
        var parts = await nodes.OrderBy(n => n.Ordinal).Select(NodePart.Bare).Take(most).ToListAsync(ct);
        if (parts.Count == most && parts is [.., var last])
            parts.AddRange(await nodes.Where(n => n.Ordinal > last.Run.Ordinal && n.Status == ExecutionStatus.REVIEW && n.Outcome != null)
                .OrderBy(n => n.Ordinal).Select(NodePart.Bare).Take(most).ToListAsync(ct));
        return new(execution, await nodes.CountAsync(ct), await NodePart.FillAsync(parts, room, db, ct));
    }

    /// <summary>The node executions of an execution, oldest first.</summary>
    /// <param name="caller">Owns it, or is an admin.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="page">Which page.</param>
    /// <param name="room">How many bytes the inputs and outputs of the page may take.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<ListPage<NodePart>> NodesAsync(Caller caller, string graphExecId, PageRequest page, long room, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await Readable(db, caller).AnyAsync(e => e.Id == graphExecId, ct))
            throw RunId.Unknown(graphExecId);
        var nodes = db.NodeExecutions.Where(n => n.GraphExecId == graphExecId);
        var after = page.After is null ? page.Skip - 1 : page.After.Ordinal;
        var parts = await nodes.Where(n => n.Ordinal > after).OrderBy(n => n.Ordinal).Select(NodePart.Bare).Take(page.PageSize + 1)
            .ToListAsync(ct);
        var more = parts.Count > page.PageSize;
        if (more)
            parts.RemoveAt(page.PageSize);
        return new(await NodePart.FillAsync(parts, room, db, ct), await nodes.CountAsync(ct),
            more ? new(parts[^1].Run.CreatedAt, parts[^1].Run.Ordinal.ToString(CultureInfo.InvariantCulture)) : null);
    }

    /// <summary>One node execution of an execution or of a chat.</summary>
    /// <param name="caller">Owns it, or is an admin.</param>
    /// <param name="graphExecId">The execution, or the synthetic id of a chat.</param>
    /// <param name="nodeExecId">The node execution.</param>
    /// <param name="room">How many bytes its input and output may take; without a bound if not given.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <exception cref="RefusedException">It is unknown or not the caller's.</exception>
    public async Task<NodePart> GetNodeAsync(Caller caller, string graphExecId, string nodeExecId, CancellationToken ct,
        long room = long.MaxValue)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var part = await db.NodeExecutions.VisibleTo(caller).Where(n => n.Id == nodeExecId && n.GraphExecId == graphExecId)
            .Select(NodePart.Bare).FirstOrDefaultAsync(ct)
            ?? throw NodeExecution.Unknown(graphExecId, nodeExecId);
        return (await NodePart.FillAsync([part], room, db, ct))[0];
    }

    /// <summary>The last of some nodes' executions that gave something, in their order.</summary>
    /// <param name="caller">Owns the execution, or is an admin; of another's there are none.</param>
    /// <param name="graphExecId">The execution.</param>
    /// <param name="nodeIds">The nodes of its graph.</param>
    /// <param name="most">How many.</param>
    /// <param name="room">How many bytes their inputs and outputs may take.</param>
    /// <param name="ct">Cancels the queries.</param>
    public async Task<IReadOnlyList<NodePart>> LastAsync(
        Caller caller, string graphExecId, IReadOnlyCollection<string> nodeIds, int most, long room, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var last = await db.NodeExecutions.VisibleTo(caller)
            .Where(n => n.GraphExecId == graphExecId && n.Output != null && nodeIds.Contains(n.NodeId))
            .OrderByDescending(n => n.Ordinal).Select(NodePart.Bare).Take(most).ToListAsync(ct);
        last.Reverse();
        return await NodePart.FillAsync(last, room, db, ct);
    }

    /// <summary>An execution without its node executions; null if it is unknown or not the caller's.</summary>
    public async Task<GraphExecution?> FindAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Readable(db, caller).FirstOrDefaultAsync(e => e.Id == graphExecId, ct);
    }

    /// <summary>A node execution; null if it is unknown or not the caller's.</summary>
    public async Task<NodeExecution?> FindNodeAsync(Caller caller, string nodeExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.NodeExecutions.AsNoTracking().VisibleTo(caller).FirstOrDefaultAsync(n => n.Id == nodeExecId, ct);
    }

    /// <summary>
    /// The inputs with which an execution was started, node id to pin to value; null if it is unknown or not the caller's.
    /// </summary>
    public async Task<JsonText?> InputsAsync(Caller caller, string graphExecId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var inputs = await db.GraphExecutions.VisibleTo(caller)
            .Where(e => e.Id == graphExecId).Select(e => e.Inputs).FirstOrDefaultAsync(ct);
        return inputs is null ? null : JsonText.Trusted(inputs);
    }

    /// <summary>The caller's own executions, newest first, without their inputs.</summary>
    public Task<ListPage<GraphExecution>> ListAsync(Caller caller, PageRequest page, CancellationToken ct) =>
        ListAsync(caller, ExecutionFilter.None, page, ct);

    /// <summary>Those of the caller's own executions that a filter lets through, newest first, without their inputs.</summary>
    public async Task<ListPage<GraphExecution>> ListAsync(Caller caller, ExecutionFilter filter, PageRequest page, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = Narrow(db, caller, filter);
        if (filter.Standing is { } standing)
            rows = rows.Where(ExecutionStandings.Are(standing));
        return await rows.Select(GraphExecution.WithoutInputs).PageAsync(e => e.CreatedAt, e => e.Id, page, ct);
    }

    /// <summary>How many of the caller's own executions stand where, of those that the rest of a filter lets through.</summary>
    public async Task<IReadOnlyDictionary<ExecutionStanding, int>> CountsAsync(Caller caller, ExecutionFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await Narrow(db, caller, filter)
            .GroupBy(e => new { e.Status, HasLosses = e.FailedNodeCount > 0 || e.RejectedNodeCount > 0 })
            .Select(g => new { g.Key.Status, g.Key.HasLosses, Count = g.Count() }).ToListAsync(ct);
        return rows.GroupBy(row => ExecutionStandings.Of(row.Status, row.HasLosses)).ToDictionary(g => g.Key, g => g.Sum(row => row.Count));
    }

    /// <summary>How many node executions of each of the caller's executions there are, and how many of them have ended.</summary>
    public async Task<IReadOnlyDictionary<string, (int Ended, int All)>> ProgressAsync(
        Caller caller, IReadOnlyCollection<string> graphExecIds, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.NodeExecutions.AsNoTracking().VisibleTo(caller).Where(n => graphExecIds.Contains(n.GraphExecId))
            .GroupBy(n => n.GraphExecId)
            .Select(g => new { g.Key, Ended = g.Count(n => n.EndedAt != null), All = g.Count() }).ToListAsync(ct);
        return rows.ToDictionary(row => row.Key, row => (row.Ended, row.All), StringComparer.Ordinal);
    }

    static IQueryable<GraphExecution> Narrow(HitlDbContext db, Caller caller, ExecutionFilter filter)
    {
        var rows = db.GraphExecutions.OwnOf(caller);
        if (filter.GraphId is { } graph)
            rows = rows.Where(e => e.GraphId == graph);
        if (string.IsNullOrWhiteSpace(filter.Text))
            return rows;
        var word = filter.Text.Trim();
        return rows.Where(db.Searching<GraphExecution>(e => e.Id.Has(word) || e.AskedBy.Has(word)
            || db.Set<Graph>().Any(g => g.Id == e.GraphId && g.UserId == e.UserId && g.Name.Has(word))));
    }

    static IQueryable<GraphExecution> Readable(HitlDbContext db, Caller caller) =>
        db.GraphExecutions.VisibleTo(caller).Select(GraphExecution.WithoutInputs);
}
