using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Storage;

/// <summary>PostgreSQL goes away and comes back: nothing is lost, nothing is done twice, and no execution fails because of it.</summary>
public sealed class LostConnectionTests : CoreSpec
{
    readonly PostgresStore _postgres;

    public LostConnectionTests() : this(new())
    {
    }

    LostConnectionTests(PostgresStore store) : base(store) => _postgres = store;

    /// <summary>Ends all connections to the database, as a restart of the server does.</summary>
    async Task LoseConnectionsAsync() => await (await PostgresServer.GetAsync()).ExecuteAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        + $"WHERE datname = '{new Npgsql.NpgsqlConnectionStringBuilder(_postgres.ConnectionString).Database}'");

    [Fact]
    public async Task A_write_after_the_connection_was_lost_succeeds()
    {
        await AskAsync();
        await LoseConnectionsAsync();

        await AskAsync("act-2");

        Assert.Contains(Store.Log.Entries, e => e.Event == "RetryingBatch");
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("act-2")).Status);
    }

    [Fact]
    public async Task The_database_is_locked_anew_before_it_is_written_again()
    {
        await AskAsync();
        await using var second = new Store(Store.Options);
        await LoseConnectionsAsync();
        await AskAsync("act-2");

        Assert.Contains(
            "Another HitlReview process",
            (await Assert.ThrowsAsync<StoreException>(() => second.OpenForServingAsync(Ct))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_lost_the_database_to_another_process_writes_no_more()
    {
        await AskAsync();
        await LoseConnectionsAsync();
        await using var second = new Store(Store.Options);
        await second.OpenForServingAsync(Ct);

        await Assert.ThrowsAsync<StoreException>(() => AskAsync("act-2"));
        Assert.Null(await FindAsync("act-2"));
    }

    [Theory, Invariant(5)]
    [InlineData(true), InlineData(false)]
    public async Task What_an_action_did_is_recorded_also_when_the_connection_was_lost_meanwhile(bool emits)
    {
        var graph = new GraphSketch { SensitiveActionSafeMode = false }.Probe("act", emits ? """{"hold":"h","data":1}""" : """{"hold":"h","fail":"no"}""").Pass("next").Link("act.data", "next.data");
        var id = await Engine.StartAsync(Rosa, graph);
        var running = Engine.RunAsync(id);
        await Probes.Effects.WaitAsync(_ => true, 1, "the action");
        await LoseConnectionsAsync();
        Probes.Release("h");
        await running;

        Assert.Equal(emits ? ExecutionStatus.COMPLETED : ExecutionStatus.FAILED, (await Engine.NodeAsync(id, "act")).Status);
        Assert.Equal(
            (ExecutionStatus.COMPLETED, emits ? 0 : 1),
            ((await Engine.ReadAsync(id)).Execution.Status, (await Engine.ReadAsync(id)).Execution.FailedNodeCount));
        Assert.Single(Probes.Effects.All);
    }

    [Fact, Invariant(2), Invariant(5)]
    public async Task A_commit_of_which_only_the_answer_was_lost_is_neither_repeated_nor_reported_as_failed()
    {
        await AskAsync();
        await Store.CloseAsync();
        await using var line = new CutLine(_postgres);
        await using var far = new FarStore(line.ConnectionString);
        await far.OpenAsync(Configure);
        var agents = far.Get<OutsideAgents>();
        await far.Get<Deciding>().DecideAsync(Rosa, [Approve()], Ct);

        line.CutNextCommit();
        var consumed = await agents.ConsumeAsync(Rosa, "act-1", Ct);

        Assert.Equal((1, "act-1"), (line.Cuts, consumed.NodeExecId));
        await Assert.ThrowsAsync<HitlReview.Core.RefusedException>(() => agents.ConsumeAsync(Rosa, "act-1", Ct));
        await far.CloseAsync();
        await Store.OpenAsync(Configure);
        Assert.Equal(["review.requested", "review.approved", "review.consumed"], (await TrailAsync()).Select(e => e.Action));
    }

    /// <summary>The same database over another line.</summary>
    sealed class FarStore : TestStore
    {
        public FarStore(string connectionString) => ConnectionString = connectionString;

        public override DatabaseProvider Provider => DatabaseProvider.Postgres;

        public override Task CreateAsync(bool empty = false) => Task.CompletedTask;

        protected override void ClearPool(System.Data.Common.DbConnection any) =>
            Npgsql.NpgsqlConnection.ClearPool((Npgsql.NpgsqlConnection)any);

        protected override Task DropAsync() => Task.CompletedTask;
    }
}
