using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Executions;

public sealed class AdminExecutionsOnSqlite() : AdminExecutionsSpec(new SqliteStore());

public sealed class AdminExecutionsOnPostgres() : AdminExecutionsSpec(new PostgresStore());

/// <summary>What an admin's list of everybody's executions is narrowed to, and what is counted of them.</summary>
public abstract class AdminExecutionsSpec(TestStore store) : CoreSpec(store)
{
    const string AskBlock = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d";

    [Fact]
    public async Task It_is_narrowed_by_owner_graph_agent_and_age()
    {
        var old = await StartAsync(Rosa, "Weekly letter");
        Store.Clock.Advance(TimeSpan.FromHours(30));
        var agents = await StartAsync(Ben with { Key = new("key-ben", "Déploy agent", KeyMay.ask) }, "Größe 100%");
        var bens = await StartAsync(Ben, "Letter to all");

        Assert.Equal([bens, agents, old], await FoundAsync(AdminExecutionFilter.None));
        Assert.Equal([bens, agents], await FoundAsync(new() { Owner = " BEN@" }));
        Assert.Equal([bens, old], await FoundAsync(new() { Graph = "letter" }));
        Assert.Equal([agents], await FoundAsync(new() { Graph = "GRÖSSE 100%" }));
        Assert.Equal([old], await FoundAsync(new() { Graph = old }));
        Assert.Equal([agents], await FoundAsync(new() { Agent = "DÉPLOY" }));
        Assert.Equal([old], await FoundAsync(new() { Age = TimeSpan.FromHours(24) }));
        Assert.Equal([old], await FoundAsync(new() { Until = Store.Clock.GetUtcNow() - TimeSpan.FromHours(1) }));
        Assert.Empty(await FoundAsync(new() { Owner = "rosa", Agent = "deploy" }));
        Assert.Empty(await FoundAsync(new() { Owner = "_" + "osa" }));
    }

    [Fact]
    public async Task Each_has_the_name_of_the_version_of_its_graph()
    {
        var first = await StartAsync(Rosa, "As it was");
        await using (var db = Store.Db())
        {
            var graph = await db.GraphExecutions.Where(e => e.Id == first).Select(e => e.GraphId).SingleAsync(Ct);
            await Store.Get<Graphs>().StoreAsync(Rosa, new(graph, "As it is", Definition()), Ct);
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Executions.StartAsync(Rosa, graph, null, Ct);
        }

        Assert.Equal(["As it is", "As it was"], (await ListAsync(AdminExecutionFilter.None)).Items.Select(row => row.GraphName));
    }

    [Fact]
    public async Task What_has_not_ended_is_counted_with_the_stuck_ones_among_it()
    {
        await StartAsync(Rosa, "one");
        await MoveAsync(await StartAsync(Rosa, "two"), ExecutionStatus.REVIEW);
        var ended = await StartAsync(Ben, "three");
        await Stopping.AdminCancelAsync(Ada, ended, "enough", Ct);

        var counts = await Store.Get<AdminExecutions>().CountsAsync(Ada, AdminExecutionFilter.None, Ct);
        Store.Clock.Advance(TimeSpan.FromHours(1));
        var later = await Store.Get<AdminExecutions>().CountsAsync(Ada, AdminExecutionFilter.None, Ct);

        // In REVIEW with nothing to review; then also the one that nobody takes up.
        Assert.Equal((1, 1, 1, 2), (counts.Stuck, counts.Review, counts.UnderWay, counts.Unfinished));
        Assert.Equal(2, later.Stuck);
        Assert.Equal(0, (await Store.Get<AdminExecutions>().CountsAsync(Ada, new() { Owner = "ben" }, Ct)).Unfinished);
        Assert.Equal(2, (await FoundAsync(new() { IsUnfinished = true })).Count);
        Assert.Equal([ended], await FoundAsync(new() { Standing = ExecutionStanding.stopped }));
    }

    [Fact]
    public async Task The_stuck_ones_come_newest_first_whatever_they_are_stuck_at()
    {
        var ids = new List<string>();
        foreach (var status in new[] { ExecutionStatus.REVIEW, ExecutionStatus.QUEUED, ExecutionStatus.RUNNING, ExecutionStatus.REVIEW })
        {
            ids.Insert(0, await StartAsync(Rosa, $"{status}"));
            await MoveAsync(ids[0], status);
        }
        Store.Clock.Advance(TimeSpan.FromDays(30));
        ids.Insert(0, await StartAsync(Rosa, "nothing to review"));
        await MoveAsync(ids[0], ExecutionStatus.REVIEW);
        await StartAsync(Rosa, "well");

        Assert.Equal(ids, await FoundAsync(new() { IsStuck = true }));
        var (list, stuck) = (Store.Get<AdminExecutions>(), new AdminExecutionFilter { IsStuck = true });
        Assert.Equal(
            ids[2..4], (await list.ListAsync(Ada, stuck, new(2, 2), Ct)).Items.Select(row => row.Execution.Id));
        var (seen, page) = (new List<string>(), await list.ListAsync(Ada, stuck, new(1, 2), Ct));
        for (; page.Next is { } next; page = await list.ListAsync(Ada, stuck, new(1, 2, next), Ct))
            seen.AddRange(page.Items.Select(row => row.Execution.Id));
        Assert.Equal(ids, [.. seen, .. page.Items.Select(row => row.Execution.Id)]);
        Assert.Equal((5, 5), (page.Total, (await list.CountsAsync(Ada, AdminExecutionFilter.None, Ct)).Stuck));
    }

    [Fact]
    public async Task What_ended_is_counted_by_the_hour()
    {
        var since = Store.Clock.GetUtcNow();
        await MoveAsync(await StartAsync(Rosa, "one"), ExecutionStatus.COMPLETED);
        Store.Clock.Advance(TimeSpan.FromHours(2));
        await MoveAsync(await StartAsync(Rosa, "two"), ExecutionStatus.FAILED);
        await MoveAsync(await StartAsync(Rosa, "three"), ExecutionStatus.COMPLETED, rejected: 1);
        await MoveAsync(await StartAsync(Rosa, "four"), ExecutionStatus.COMPLETED);

        var hours = await Store.Get<AdminExecutions>().EndedAsync(Ada, since, Ct);

        Assert.Equal([(1, 0), (0, 0), (3, 2), (0, 0)], hours.Take(4));
        Assert.Equal(ReviewFigures.Hours, hours.Count);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_else_reads_or_counts_anything()
    {
        await StartAsync(Rosa, "one");
        var list = Store.Get<AdminExecutions>();

        await RefusedAsync(Refusal.Forbidden, () => list.ListAsync(Rosa, AdminExecutionFilter.None, PageRequest.First, Ct));
        await RefusedAsync(Refusal.Forbidden, () => list.CountsAsync(Rosa, AdminExecutionFilter.None, Ct));
        await RefusedAsync(Refusal.Forbidden, () => list.EndedAsync(Rosa, Store.Clock.GetUtcNow(), Ct));
        var key = Ada with { Key = new("key-ada", "agent", KeyMay.ask | KeyMay.decide) };
        await RefusedAsync(Refusal.Forbidden, () => list.CountsAsync(key, AdminExecutionFilter.None, Ct));
    }

    static GraphDefinition Definition() => new([new("ask", Guid.Parse(AskBlock), Json("""{"data":{"to":"all"}}"""))], []);

    async Task<string> StartAsync(Caller owner, string name)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var graph = await Store.Get<Graphs>().StoreAsync(owner with { Key = null }, new(null, name, Definition()), Ct);
        return (await Executions.StartAsync(owner, graph.Id, null, Ct)).Id;
    }

    async Task MoveAsync(string id, ExecutionStatus status, int rejected = 0)
    {
        var now = Store.Clock.GetUtcNow();
        await using var db = Store.Db();
        await db.GraphExecutions.Where(e => e.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(e => e.Status, status).SetProperty(e => e.UpdatedAt, now)
                .SetProperty(e => e.RejectedNodeCount, rejected),
            Ct);
    }

    Task<ListPage<AdminExecution>> ListAsync(AdminExecutionFilter filter) =>
        Store.Get<AdminExecutions>().ListAsync(Ada, filter, PageRequest.First, Ct);

    async Task<IReadOnlyList<string>> FoundAsync(AdminExecutionFilter filter) =>
        [.. (await ListAsync(filter)).Items.Select(row => row.Execution.Id)];
}
