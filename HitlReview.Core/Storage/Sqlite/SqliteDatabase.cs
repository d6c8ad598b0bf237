using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace HitlReview.Core.Storage.Sqlite;

/// <summary>A file, with a lock file beside it.</summary>
sealed class SqliteDatabase : Database
{
    static readonly string[] s_suffixes = ["", "-wal", "-shm", ".lock"];

    readonly string _connectionString;
    readonly PooledDbContextFactory<SqliteHitlDbContext> _contexts;

    /// <exception cref="ArgumentException">The connection string can't be read.</exception>
    public SqliteDatabase(string connectionString)
    {
        var given = new SqliteConnectionStringBuilder(connectionString) { DefaultTimeout = 10 };
        _connectionString = given.ConnectionString;
        File = Path.GetFullPath(given.DataSource);
        // One file has one lock, whatever it is called.
        if (new FileInfo(File) is { LinkTarget: not null } link)
            File = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        _contexts = new(Options<SqliteHitlDbContext>().UseSqlite(_connectionString).AddInterceptors(DurableSqlite.Instance).Options);
    }

    /// <summary>The full path, of a link that of what it leads to.</summary>
    string File { get; }

    string? Folder => Path.GetDirectoryName(File) is { Length: > 0 } folder ? folder : null;

    /// <inheritdoc/>
    public override Type ContextType => typeof(SqliteHitlDbContext);

    /// <inheritdoc/>
    public override string Place => File;

    /// <inheritdoc/>
    public override string FindMigrationsSql => "SELECT name FROM sqlite_master WHERE name = '__EFMigrationsHistory'";

    /// <inheritdoc/>
    public override HitlDbContext NewContext() => _contexts.CreateDbContext();

    /// <inheritdoc/>
    public override HitlDbContext NewContextOn(DbConnection connection) =>
        new SqliteHitlDbContext(Options<SqliteHitlDbContext>().UseSqlite(connection).Options);

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(ct);
        DurableSqlite.Configure(connection);
        DurableSqlite.ConfigureFile(connection);
        return connection;
    }

    /// <inheritdoc/>
    public override async Task<(DbConnection Writer, IAsyncDisposable? Held)> OpenWriterAsync(IAsyncDisposable? held, CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        DurableSqlite.ConfigureWriter(connection);
        return (connection, held);
    }

    /// <summary>SQLite refuses to write when there is something to write.</summary>
    /// <inheritdoc/>
    public override async Task RequireWritableAsync(DbCommand command, CancellationToken ct)
    {
        command.CommandText = "PRAGMA user_version = 1";
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc/>
    public override Task<IAsyncDisposable> LockProcessAsync(CancellationToken ct)
    {
        CreateFolder();
        var path = File + ".lock";
        try
        {
            return Task.FromResult<IAsyncDisposable>(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (System.IO.File.Exists(path))
        {
            throw new StoreException(
                $"Another HitlReview process already uses {File}. Stop it first, or name another file in ConnectionStrings:HitlReview.", e);
        }
    }

    void CreateFolder()
    {
        if (Folder is { } folder)
            PrivateFiles.CreateFolder(folder);
    }

    /// <summary>
    /// SQLite gives its -wal and -shm files the mode of the file itself, so that one is made before SQLite makes it as it likes.
    /// </summary>
    /// <inheritdoc/>
    public override void Prepare()
    {
        CreateFolder();
        if (new SqliteConnectionStringBuilder(_connectionString)
            is { Mode: SqliteOpenMode.ReadWriteCreate, DataSource: not ":memory:" })
            PrivateFiles.CreateFile(File);
    }

    /// <summary>EF Core looks first over a connection that can only read, on which an empty file doesn't become a database.</summary>
    /// <inheritdoc/>
    public override async Task MakeAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
    }

    /// <summary>
    /// EF Core's lock row: waiting for it would be for ever, and no other process can hold it, as we hold the process lock.
    /// </summary>
    /// <inheritdoc/>
    public override Task ClearMigrationAsync(HitlDbContext db, CancellationToken ct) =>
        db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, ct);

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpenToOthers()
    {
        var open = s_suffixes.Select(suffix => File + suffix).Where(PrivateFiles.IsOpenToOthers);
        return Folder is { } folder && PrivateFiles.LetsOthersReplace(folder) ? [folder, .. open] : [.. open];
    }

    /// <inheritdoc/>
    public override string? Words(Exception fault) => fault switch
    {
        SqliteException { SqliteErrorCode: 8 } => $"The database file {File} is read-only. Make it and its folder writable, or {Another}",
        SqliteException { SqliteErrorCode: 5 or 6 } => $"The database file {File} is locked by another program. Close it, or {Another}",
        SqliteException { SqliteErrorCode: 26 or 11 } =>
            $"{File} is not a SQLite database, or it is damaged. Name another file in ConnectionStrings:HitlReview.",
        SqliteException { SqliteErrorCode: 14 } or IOException or UnauthorizedAccessException =>
            $"The database file {File} can't be opened for writing: {fault.Message}",
        SqliteException => $"The database file {File} can't be used: {fault.Message}",
        _ => null,
    };

    const string Another = "name another file in ConnectionStrings:HitlReview.";
}
