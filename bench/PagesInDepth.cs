using System.Diagnostics;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Bench;

/// <summary>
/// Is a long inbox read as fast at its end as at its top? One user's million waiting reviews, by cursor, against the bare keyset query for
/// the same columns of the same rows.
/// </summary>
sealed class PagesInDepth() : Question("pages")
{
    const int Count = 1_000_000;
    const int Deep = 1_000;
    const int Tries = 400;
    static readonly Caller Person = new(Trip.UserId, IsAdmin: false, Surface.Rest);

    public override async IAsyncEnumerable<Answer> AskAsync(string folder)
    {
        var file = Path.Combine(folder, "pages.db");
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddHitlStorage(new(DatabaseProvider.Sqlite, $"Data Source={file}"))
            .AddHitlTrail()
            .AddSingleton<ReviewService>()
            .BuildServiceProvider();
        await services.GetRequiredService<Store>().OpenForServingAsync(CancellationToken.None);
        using var bare = new SqliteConnection($"Data Source={file}");
        await bare.OpenAsync();
        Waiting.Fill(bare, Trip.UserId, Count);
        var reviews = services.GetRequiredService<ReviewService>();

        ListCursor? deep = null;
        for (var page = 1; page < Deep; page++)
            deep = (await reviews.PendingAsync(Person, new(1, PageRequest.DefaultSize, deep), CancellationToken.None)).Next;

        var (topOurs, topBare) = await MeasureAsync(reviews, bare, null);
        var (deepOurs, deepBare) = await MeasureAsync(reviews, bare, deep);
        yield return Line("page 1", topOurs, topBare);
        yield return Line($"page {Answer.Number(Deep)}", deepOurs, deepBare);
        yield return new(
            $"the same, page {Answer.Number(Deep)} against page 1", Microseconds(deepOurs), Microseconds(topOurs),
            Answer.Number(deepOurs / topOurs, "F2"), "≤ 1.5", deepOurs / topOurs <= 1.5);
    }

    static Answer Line(string what, double ours, double bare) =>
        new(
            $"{what} of 1,000,000 waiting reviews, by cursor", Microseconds(ours), Microseconds(bare), Answer.Number(ours / bare, "F2"),
            "≤ 3", ours / bare <= 3);

    static string Microseconds(double value) => $"{Answer.Number(value)} µs";

    /// <summary>In turns, so that what else the machine does meanwhile hits both alike.</summary>
    /// <returns>The medians, in microseconds.</returns>
    static async Task<(double Ours, double Bare)> MeasureAsync(ReviewService reviews, SqliteConnection connection, ListCursor? after)
    {
        using var query = BareQuery(connection, after);
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var i = -Tries; i < Tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var page = await reviews.PendingAsync(Person, new(1, PageRequest.DefaultSize, after), CancellationToken.None);
            var rows = await page.Items.ToListAsync();
            var between = Stopwatch.GetTimestamp();
            var last = ReadBare(query);
            var end = Stopwatch.GetTimestamp();
            if (rows[^1].NodeExecId != last)
                throw new InvalidOperationException("The two pages differ.");
            if (i < 0)
                continue; // Not counted: until the JIT compiler has settled.
            ours.Add(Stopwatch.GetElapsedTime(start, between).TotalMicroseconds);
            bare.Add(Stopwatch.GetElapsedTime(between, end).TotalMicroseconds);
        }
        return (Rounds.Median(ours), Rounds.Median(bare));
    }

    static SqliteCommand BareQuery(SqliteConnection connection, ListCursor? after)
    {
        var query = connection.CreateCommand();
        query.CommandText = $"""
            SELECT node_exec_id, user_id, graph_exec_id, graph_id, graph_version, node_id, block_id, origin, payload, payload_hash, original_payload, payload_key, instructions, editable, status,
                   review_message, was_edited, processed, auto_approved, created_at, updated_at, reviewed_at, reviewed_by, delivered_at
            FROM reviews WHERE user_id = $user AND status = 'WAITING' {(after is null ? "" : "AND (created_at, node_exec_id) < ($at, $id)")}
            ORDER BY created_at DESC, node_exec_id DESC LIMIT {PageRequest.DefaultSize}
            """;
        query.Parameters.AddWithValue("$user", Trip.UserId);
        if (after is not null)
        {
            query.Parameters.AddWithValue("$at", UtcMicroseconds.From(after.At));
            query.Parameters.AddWithValue("$id", after.Id);
        }
        return query;
    }

    static string ReadBare(SqliteCommand query)
    {
        using var reader = query.ExecuteReader();
        var row = new object[reader.FieldCount];
        while (reader.Read())
            reader.GetValues(row);
        return (string)row[0];
    }
}
