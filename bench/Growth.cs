using System.Diagnostics;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HitlReview.Bench;

/// <summary>
/// Which work grows with what there is? The same work at 10,000 and at 1,000,000 waiting reviews, as many executions that they belong to,
/// and as many decided ones. On SQLite and, where <c>BENCH_POSTGRES</c> says how to reach an empty database, on PostgreSQL.
/// </summary>
sealed class Growth() : Question("growth")
{
    const int Few = 10_000;
    const int Many = 1_000_000;
    const double MostGrowth = 1.5;
    const string Sweep = "sweep";
    const double SweepGrowth = 10; // It looks at five portions of 10,000 instead of one, beside other work, and goes on with the next.
    const double Short = 50; // ms: what may be waited for on a request's path

    static readonly Caller Person = new(Trip.UserId, IsAdmin: true, Surface.Rest);
    static readonly ReviewFilter Waiting = ReviewFilter.None;
    static readonly ReviewFilter Decided = ReviewFilter.None with { Tab = ReviewTab.Decided };

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        await foreach (var answer in AskAsync(new(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, "growth.db")}")))
            yield return answer;
        if (Environment.GetEnvironmentVariable("BENCH_POSTGRES") is { } server)
            await foreach (var answer in AskAsync(new(DatabaseProvider.Postgres, server)))
                yield return answer;
    }

    static async IAsyncEnumerable<Answer> AskAsync(StoreOptions options)
    {
        using var host = MakeHost(options);
        var store = host.Services.GetRequiredService<Store>();
        await store.OpenForServingAsync(CancellationToken.None);
        await FillAsync(store, 0, Few);
        var few = await MeasureAsync(host.Services);
        await FillAsync(store, Few, Many);
        var many = await MeasureAsync(host.Services);
        foreach (var (what, after) in many)
        {
            var (ratio, mostGrowth) = (after / few[what], what == Sweep ? SweepGrowth : MostGrowth);
            yield return new(
                $"{what}, {options.Provider}: at {Answer.Number(Many)} against {Answer.Number(Few)}", Milliseconds(after),
                Milliseconds(few[what]), Answer.Number(ratio, "F2"), $"≤ {mostGrowth}, or < {Short} ms",
                ratio <= mostGrowth || after < Short);
        }
    }

    static string Milliseconds(double value) => $"{Answer.Number(value, "N2")} ms";

    static IHost MakeHost(StoreOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddSingleton(TimeProvider.System).AddHitlStorage(options).AddHitlTrail()
            .AddHitlBlocks().AddHitlReviews().AddHitlActions()
            .AddSingleton<IExecutionWaker, Sleeping>().AddHitlExecutions().AddSingleton<Recovery>();
        return builder.Build();
    }

    static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(IServiceProvider services)
    {
        var (list, admin) = (services.GetRequiredService<ReviewList>(), services.GetRequiredService<AdminExecutions>());
        var (figures, outside) = (services.GetRequiredService<ReviewFigures>(), services.GetRequiredService<OutsideRunList>());
        var ct = CancellationToken.None;
        var ofOne = Waiting with { GraphExecId = "run-77" };
        var part = new ListPart(50);
        var middle = ReviewList.PlaceOf(
            ReviewTab.Waiting, (await list.ReadAsync(Person, Waiting, false, part with { Skip = 4_000 }, ct))[0]);
        return new Dictionary<string, double>
        {
            [Sweep] = await MedianAsync(() => services.GetRequiredService<Recovery>().SweepAsync(ct)),
            ["stuck executions, a page"] = await MedianAsync(
                () => admin.ListAsync(Person, AdminExecutionFilter.None with { IsStuck = true }, PageRequest.First, ct)),
            ["stuck executions, counted"] = await MedianAsync(() => admin.CountsAsync(Person, AdminExecutionFilter.None, ct)),
            ["executions of all, a page"] = await MedianAsync(
                () => admin.ListAsync(Person, AdminExecutionFilter.None, PageRequest.First, ct)),
            ["reviews that are alike"] = await MedianAsync(() => list.LikesAsync(Person, 500, ct)),
            ["choices of what waits"] = await MedianAsync(() => list.ChoicesAsync(Person, ReviewTab.Waiting, ct)),
            ["choices of what was decided"] = await MedianAsync(() => list.ChoicesAsync(Person, ReviewTab.Decided, ct)),
            ["groups by block"] = await MedianAsync(() => list.GroupsAsync(Person, Waiting, Grouping.block, 0, 50, ct)),
            ["groups by node"] = await MedianAsync(() => list.GroupsAsync(Person, Waiting, Grouping.node, 0, 50, ct)),
            ["groups by execution"] = await MedianAsync(() => list.GroupsAsync(Person, Waiting, Grouping.execution, 0, 50, ct)),
            ["groups of what was decided by execution"] = await MedianAsync(
                () => list.GroupsAsync(Person, Decided, Grouping.execution, 0, 50, ct)),
            ["reviews of one execution"] = await MedianAsync(() => list.ReadAsync(Person, ofOne, false, part, ct)),
            ["reviews of one execution, counted"] = await MedianAsync(() => list.CountAsync(Person, ofOne, ct)),
            ["what waits, counted"] = await MedianAsync(() => list.CountAsync(Person, Waiting, ct)),
            ["what waits for one block, counted"] = await MedianAsync(
                () => list.CountAsync(Person, Waiting with { BlockId = Block(3) }, ct)),
            ["what was decided, counted"] = await MedianAsync(() => list.CountAsync(Person, Decided, ct)),
            ["what was rejected, counted"] = await MedianAsync(
                () => list.CountAsync(Person, Decided with { DecidedAs = DecidedAs.rejected }, ct)),
            ["the place of a review"] = await MedianAsync(() => list.IndexAsync(Person, Waiting, false, middle, ct)),
            ["a page of what waits"] = await MedianAsync(() => list.ReadAsync(Person, Waiting, false, part, ct)),
            ["a page of what was decided"] = await MedianAsync(() => list.ReadAsync(Person, Decided, false, part, ct)),
            ["runs of outside agents"] = await MedianAsync(() => outside.ListAsync(Person, null, ct)),
            ["for whom reviews wait"] = await MedianAsync(() => figures.WaitingAsync(Person, ct)),
            ["decisions of a day"] = await MedianAsync(() => figures.AllAsync(Person, ct)),
            ["the gauge of what waits"] = await MedianAsync(() => Task.FromResult(services.GetRequiredService<ReviewFigures>().Waiting())),
        };
    }

    /// <summary>In milliseconds. What takes long is not asked often.</summary>
    static async Task<double> MedianAsync(Func<Task> work)
    {
        await work(); // Not counted: until it is compiled and in the cache.
        var (times, began) = (new List<double>(), Stopwatch.GetTimestamp());
        while (times.Count < 3 || (times.Count < 30 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1)))
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Rounds.Median(times);
    }

    static string Block(int number) => $"b1000000-0000-4000-8000-{number:D12}";

    static async Task FillAsync(Store store, int from, int to)
    {
        await using var db = store.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        var connection = db.Database.GetDbConnection();
        var isSqlite = db.Database.IsSqlite();
        var (yes, no) = isSqlite ? ("1", "0") : ("true", "false");
        var numbers = $"WITH RECURSIVE n(i) AS (SELECT CAST({from} AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < {to - 1})";
        const long Begin = 1_780_000_000_000_000;
        string Review(string id, string origin, string status, string more) => $"""
            INSERT INTO reviews (node_exec_id, user_id, graph_exec_id, graph_id, node_id, block_id, origin, payload, payload_hash, editable,
              status, was_edited, processed, auto_approved, created_at, reviewed_at, reviewed_by)
            {numbers}
            SELECT {id} || i, '{Trip.UserId}', CASE WHEN '{origin}' = 'Graph' THEN 'run-' || i ELSE 'outside-' || (i / 4) END,
              'graph-' || i % 10, 'node-' || i % 20, 'b1000000-0000-4000-8000-' || substr('00000000000' || i % 10, length('' || i % 10)),
              '{origin}', '{Trip.Payload}', '{Trip.PayloadHash}', {yes}, {status}, {no}, {more}, {Begin} + i * 1000
            """;
        if (from == 0)
            await ExecuteAsync($"""
                INSERT INTO "AspNetUsers" ("Id", "UserName", "NormalizedUserName", "EmailConfirmed", "PhoneNumberConfirmed", "TwoFactorEnabled",
                  "LockoutEnabled", "AccessFailedCount")
                VALUES ('{Trip.UserId}', 'rosa', 'ROSA', {yes}, {no}, {no}, {no}, 0)
                """);
        await ExecuteAsync($"{Review("'waiting-'", "Graph", "'WAITING'", $"{no}, {no}")}, NULL, NULL FROM n");
        var decided = Review("'decided-'", "Agent", "CASE WHEN i % 4 = 0 THEN 'REJECTED' ELSE 'APPROVED' END", $"{yes}, {no}");
        await ExecuteAsync($"{decided}, {Begin} + i * 1000 + 500, '{Trip.UserId}' FROM n");
        await ExecuteAsync($"""
            INSERT INTO graph_executions (id, user_id, graph_id, graph_version, status, human_in_the_loop_safe_mode,
              sensitive_action_safe_mode, inputs, failed_node_count, rejected_node_count, revision, kept_bytes, created_at, updated_at)
            {numbers} SELECT 'run-' || i, '{Trip.UserId}', 'graph-' || i % 10, 1, 'REVIEW', {yes}, {yes}, '[]', 0, 0, 0, 0,
              {Begin} + i * 1000, {Begin} + i * 1000 FROM n
            """);
        await ExecuteAsync($"""
            INSERT INTO node_executions (id, graph_exec_id, user_id, node_id, block_id, ordinal, status, input, rejected, delivered, created_at)
            {numbers} SELECT 'waiting-' || i, 'run-' || i, '{Trip.UserId}', 'node-' || i % 20, '{Block(1)}', 0, 'REVIEW',
              '{Trip.Payload}', {no}, 0, {Begin} + i * 1000 FROM n
            """);
        await ExecuteAsync(Bench.Waiting.Recount);
        if (!isSqlite)
            await ExecuteAsync("VACUUM ANALYZE"); // As its own would by and by.

        async Task ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.CommandTimeout) = (sql, 600);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Nothing runs here.</summary>
    sealed class Sleeping : IExecutionWaker
    {
        public void Wake(string graphExecId)
        {
        }
    }
}
