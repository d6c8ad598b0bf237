using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Executions;

public sealed class RecoveryOnSqlite() : RecoverySpec(new SqliteStore());

public sealed class RecoveryOnPostgres() : RecoverySpec(new PostgresStore());

/// <summary>What a sweep finds among very much that is as it should be.</summary>
public abstract class RecoverySpec(TestStore store) : CoreSpec(store)
{
    Recovery Recovery => ActivatorUtilities.CreateInstance<Recovery>(Store.Services, new NoHost());

    [Fact]
    public async Task What_nobody_waits_for_goes_on_however_much_else_waits()
    {
        // More than five looks: in each of them an outcome is to be settled, which a person must do.
        const int Many = 5 * Recovery.Portion + 10;
        await using var db = Store.Db();
        var (yes, no) = db.Database.IsSqlite() ? ("1", "0") : ("true", "false");
        var numbers = $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many})";
        var executions = $"""
            INSERT INTO graph_executions (id, user_id, graph_id, graph_version, status, human_in_the_loop_safe_mode,
              sensitive_action_safe_mode, inputs, failed_node_count, rejected_node_count, revision, kept_bytes, created_at, updated_at)
            {numbers} SELECT 'run-' || i, 'rosa', 'graph', 1, 'REVIEW', {yes}, {yes}, '[]', 0, 0, 0, 0, i, i FROM n
            """;
        var nodes = $"""
            INSERT INTO node_executions
              (id, graph_exec_id, user_id, node_id, block_id, ordinal, status, input, outcome, rejected, delivered, created_at)
            {numbers} SELECT 'node-' || i, 'run-' || i, 'rosa', 'node', 'block', 0, 'REVIEW', 'null', 'unknown', {no}, 0, i FROM n
            """;
        await db.Database.ExecuteSqlRawAsync(executions, Ct);
        await db.Database.ExecuteSqlRawAsync(nodes, Ct);
        await db.NodeExecutions.Where(n => n.GraphExecId == "run-77" || n.GraphExecId == $"run-{Many}")
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Outcome, (NodeOutcome?)null), Ct);

        // The first sweep of a process looks at all of them, each other one at the next five portions.
        var recovery = Recovery;
        await recovery.SweepAsync(Ct);
        Assert.Equal([$"run-{Many}", "run-77"], await ReadyAsync(db));

        await db.NodeExecutions.Where(n => n.GraphExecId == "run-5" || n.GraphExecId == $"run-{Many - 1}")
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.Outcome, (NodeOutcome?)null), Ct);
        await recovery.SweepAsync(Ct);
        Assert.Equal(["run-5", $"run-{Many}", "run-77"], await ReadyAsync(db));
        await recovery.SweepAsync(Ct);
        Assert.Equal(["run-5", $"run-{Many - 1}", $"run-{Many}", "run-77"], await ReadyAsync(db));
    }

    static async Task<IEnumerable<string>> ReadyAsync(HitlDbContext db) =>
        (await db.GraphExecutions.Where(e => e.Status == ExecutionStatus.QUEUED).Select(e => e.Id).ToListAsync(Ct))
            .Order(StringComparer.Ordinal);
}
