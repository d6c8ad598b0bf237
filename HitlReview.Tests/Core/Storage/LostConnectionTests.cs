using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Events;
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
        + $"WHERE datname = '{Database}'");

    /// <summary>The same database for another process, which shares no connections with this one.</summary>
    StoreOptions Another => Store.Options with { ConnectionString = $"{_postgres.ConnectionString};Application Name=another" };

    string Database => new Npgsql.NpgsqlConnectionStringBuilder(_postgres.ConnectionString).Database!;

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
        await using var second = new Store(Another);
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
        await using var second = new Store(Another);
        await second.OpenForServingAsync(Ct);

        Assert.Contains(
            "Another HitlReview process",
            (await Assert.ThrowsAsync<StoreUnavailableException>(() => AskAsync("act-2"))).Message,
            StringComparison.Ordinal);
        Assert.Null(await FindAsync("act-2"));
    }

    [Fact]
    public async Task Whoever_lost_only_the_lock_writes_no_more_either()
    {
        await AskAsync();
        await (await PostgresServer.GetAsync()).ExecuteAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            + $"WHERE locktype = 'advisory' AND datname = '{Database}'");
        await using var second = new Store(Another);
        await second.OpenForServingAsync(Ct);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => AskAsync("act-2"));
        Assert.Null(await FindAsync("act-2"));
    }

    [Fact]
    public async Task A_session_that_changes_between_two_transactions_is_refused()
    {
        var database = new HitlReview.Core.Storage.Postgres.PostgresDatabase(_postgres.ConnectionString);
        await Store.CloseAsync();
        await using var held = await database.LockProcessAsync(Ct);
        var (writer, _) = await database.OpenWriterAsync(held, Ct);
        await using var command = writer.CreateCommand();
        command.CommandText = database.WriterLockSql;
        database.RequireLocked((int)(await command.ExecuteScalarAsync(Ct))!);

        Assert.Contains(
            "pooler", Assert.Throws<StoreException>(() => database.RequireLocked(0)).Message, StringComparison.Ordinal);
        await held.DisposeAsync();
        await Store.OpenAsync(Configure);
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk_also_where_the_server_would_not()
    {
        Assert.Equal("on", await Store.Get<CommitQueue>().WriteAsync(
            tx => tx.FirstAsync("SHOW synchronous_commit", r => r.GetString(0), Ct), Ct));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(NullReferenceException))]
    [InlineData(typeof(IOException))]
    public void What_the_driver_throws_at_a_dead_connection_is_a_lost_connection_whatever_it_is(Type type)
    {
        var database = new HitlReview.Core.Storage.Postgres.PostgresDatabase(_postgres.ConnectionString);
        var fault = (Exception)Activator.CreateInstance(type)!;
        Assert.False(database.IsTransient(fault));

        fault.Source = "Npgsql";

        Assert.True(database.IsTransient(fault));
        Assert.True(database.IsTransient(new InvalidOperationException("of somebody else", fault)));
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

    [Fact, Invariant(2)]
    public async Task A_commit_whose_answer_was_lost_is_looked_for_until_the_server_is_back()
    {
        await AskAsync();
        await Store.CloseAsync();
        await using var line = new CutLine(_postgres);
        await using var far = new FarStore(line.ConnectionString);
        await far.OpenAsync(Configure);
        await far.Get<Deciding>().DecideAsync(Rosa, [Approve()], Ct);

        line.CutNextCommit(stays: true);
        var consuming = far.Get<OutsideAgents>().ConsumeAsync(Rosa, "act-1", Ct);
        await far.Clock.WaitForTimerAsync(TimeSpan.FromMilliseconds(250));
        Assert.False(consuming.IsCompleted);
        line.Mend();
        await PassAsync(far, consuming);

        Assert.Equal("act-1", (await consuming).NodeExecId);
        await far.CloseAsync();
        await Store.OpenAsync(Configure);
        Assert.Equal(["review.requested", "review.approved", "review.consumed"], (await TrailAsync()).Select(e => e.Action));
    }

    [Fact]
    public async Task Of_a_commit_that_stays_unknown_all_listeners_are_told_of_a_gap_once_the_server_is_back()
    {
        await AskAsync();
        await Store.CloseAsync();
        await using var line = new CutLine(_postgres);
        await using var far = new FarStore(line.ConnectionString);
        await far.OpenAsync(Configure);
        using var rosas = far.Events.Open(Rosa.UserId);
        using var bens = far.Events.Open("ben");

        line.CutNextCommit(stays: true);
        var deciding = far.Get<Deciding>().DecideAsync(Rosa, [Approve()], Ct);
        await PassAsync(far, deciding);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => deciding);
        line.Mend();

        foreach (var feed in new[] { rosas, bens })
        {
            var told = feed.ReadAsync(Ct).FirstAsync(Ct).AsTask();
            await PassAsync(far, told);
            Assert.IsType<ChangesLost>(await told);
        }
        await far.CloseAsync();
        await Store.OpenAsync(Configure);
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync()).Status);
    }

    /// <summary>Lets time pass until something is over; each time is a round trip, so that this doesn't spin.</summary>
    async Task PassAsync(FarStore far, Task until)
    {
        while (!until.IsCompleted)
        {
            far.Clock.Advance(TimeSpan.FromSeconds(1));
            await (await PostgresServer.GetAsync()).ExecuteAsync("SELECT 1");
        }
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
