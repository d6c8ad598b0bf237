using System.Data.Common;
using HitlReview.Core.HostileText;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HitlReview.Core.Storage.Sqlite;

/// <summary>
/// Gives every SQLite connection the durability that DESIGN promises, so that an acknowledged decision survives a power cut, and our
/// function. That the file has a log is a property of the file, set once when the program opens it.
/// </summary>
sealed class DurableSqlite : DbConnectionInterceptor
{
    public static DurableSqlite Instance { get; } = new();

    public static void Configure(DbConnection connection)
    {
        Execute(connection, "PRAGMA synchronous=FULL;");
        ((SqliteConnection)connection).CreateFunction<string?, string?>(
            HitlDbContext.FoldFunction, text => text is null ? null : Folding.Of(text), isDeterministic: true);
    }

    public static void ConfigureFile(DbConnection connection) => Execute(connection, "PRAGMA journal_mode=WAL;");

    /// <summary>
    /// Ids are random, and so are the pages that a write touches: 8 MB of them stay in memory, and those written again and again go to the
    /// file once per 16 MB of log. What it grew to while somebody read for long goes back to 64 MB.
    /// </summary>
    public static void ConfigureWriter(DbConnection connection) =>
        Execute(connection, "PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;");

    static void Execute(DbConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Configure(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Configure(connection);
        return Task.CompletedTask;
    }
}
