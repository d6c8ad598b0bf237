using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace HitlReview.Core.Storage;

/// <summary>
/// The database: opens it, brings its schema up to date, hands out contexts to read with and the connection to write with.
/// </summary>
public sealed class Store : IDbContextFactory<HitlDbContext>, IAsyncDisposable
{
    // Any number will do as long as no other program locks it in the same database.
    const long ProcessLock = 0x4869_746C_0001;
    const long WriterLock = 0x4869_746C_0002;

    // PostgreSQL gives out 97 connections unless told otherwise, of which the process lock and the verbs need some too. Npgsql would take
    // 100; waiting for one of these is short.
    const int MaxPoolSize = 60;

    static readonly string[] s_fileSuffixes = ["", "-wal", "-shm", ".lock"];

    readonly StoreOptions _options;
    readonly Func<HitlDbContext> _newContext;
    readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IAsyncDisposable? _processLock;

    /// <summary>Prepares to use a database; nothing is opened yet.</summary>
    /// <exception cref="StoreException">The connection string can't be read.</exception>
    public Store(StoreOptions options)
    {
        _options = options;
        try
        {
            if (options.Provider == DatabaseProvider.Sqlite)
            {
                var factory = new PooledDbContextFactory<SqliteHitlDbContext>(new DbContextOptionsBuilder<SqliteHitlDbContext>()
                    .UseSqlite(SqliteConnectionString(options.ConnectionString)).AddInterceptors(DurableSqlite.Instance, StorableText.Instance).Options);
                _newContext = factory.CreateDbContext;
            }
            else
            {
                var factory = new PooledDbContextFactory<PostgresHitlDbContext>(new DbContextOptionsBuilder<PostgresHitlDbContext>()
                    .UseNpgsql(PostgresConnectionString(options.ConnectionString), Plainly).AddInterceptors(StorableText.Instance).Options);
                _newContext = factory.CreateDbContext;
            }
        }
        catch (ArgumentException e)
        {
            throw new StoreException($"ConnectionStrings:HitlReview can't be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Taken on PostgreSQL before anything is read or written in order to write; SQLite, which has one writer at a time, needs none.
    /// </summary>
    internal string? WriterLockSql => _options.Provider == DatabaseProvider.Postgres ? $"SELECT pg_advisory_xact_lock({WriterLock})" : null;

    /// <summary>Where the data is, for an operator: the full path of the file, or the name of the database and its server.</summary>
    public string Place
    {
        get
        {
            if (_options.Provider == DatabaseProvider.Sqlite)
                return SqliteFile;
            var postgres = new NpgsqlConnectionStringBuilder(_options.ConnectionString);
            return $"the database '{postgres.Database}' on {postgres.Host}";
        }
    }

    /// <inheritdoc/>
    public HitlDbContext CreateDbContext() => _newContext();

    /// <summary>Completes, or fails, as <see cref="OpenForServingAsync"/> does, for whoever did not call it.</summary>
    public Task WhenServing => _open.Task;

    /// <summary>
    /// Makes this process the one that serves the database, and looks whether it can. It takes some milliseconds, so that nothing need be
    /// started, and stopped again, for a database that is refused.
    /// </summary>
    /// <exception cref="StoreException">
    /// Another process serves it, or it can't be read or written, or it is from a newer version.
    /// </exception>
    public Task ClaimAsync(CancellationToken ct) => GuardAsync(async () =>
    {
        _processLock = await LockProcessAsync(ct);
        CreateFile();
        await LookAsync(ct);
        return true;
    });

    /// <summary>Brings the schema up to date, for the process that has claimed the database or does so by this.</summary>
    /// <exception cref="StoreException">As for <see cref="ClaimAsync"/>.</exception>
    public async Task OpenForServingAsync(CancellationToken ct)
    {
        try
        {
            if (_processLock is null)
                await ClaimAsync(ct);
            await GuardAsync(async () =>
            {
                await MigrateAsync(ct);
                await RequireWritableAsync(ct);
                return true;
            });
        }
        catch (Exception e)
        {
            _open.TrySetException(e);
            throw;
        }
        _open.TrySetResult();
    }

    /// <summary>Brings the schema up to date for a verb of the command line, which may run beside the serving process.</summary>
    /// <exception cref="StoreException">
    /// As for <see cref="OpenForServingAsync"/>, but a second process is only in the way if the schema must change.
    /// </exception>
    public async Task OpenBesideAsync(CancellationToken ct)
    {
        await GuardAsync(async () =>
        {
            CreateFile();
            await MakeDatabaseAsync(ct);
            await using (var db = CreateDbContext())
                if (!(await PendingAsync(db, ct)).Any())
                    return true;
            await using var alone = await LockProcessAsync(ct);
            await MigrateAsync(ct);
            return true;
        });
    }

    /// <summary>Without EF Core, whose own first look takes as long as the start of the silo.</summary>
    async Task LookAsync(CancellationToken ct)
    {
        var isSqlite = _options.Provider == DatabaseProvider.Sqlite;
        await using DbConnection connection = isSqlite ? new SqliteConnection(SqliteConnectionString(_options.ConnectionString)) : new NpgsqlConnection(PostgresConnectionString(_options.ConnectionString));
        await connection.OpenAsync(ct);
        if (isSqlite)
            DurableSqlite.Configure(connection);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // SQLite refuses to write when there is something to write, which is rolled back; PostgreSQL can be asked.
        if (await ReadAsync(isSqlite ? "PRAGMA user_version = 1" : "SHOW transaction_read_only") == "on")
            throw new StoreException($"The database '{connection.Database}' is read-only. Name another one in ConnectionStrings:HitlReview.");
        if (await ReadAsync(isSqlite ? "SELECT name FROM sqlite_master WHERE name = '__EFMigrationsHistory'" : """SELECT to_regclass('"__EFMigrationsHistory"')::text""") is not null
            && await ReadAsync("""SELECT max("MigrationId") FROM "__EFMigrationsHistory" """) is { } newest
            && !Migrations(isSqlite ? typeof(SqliteHitlDbContext) : typeof(PostgresHitlDbContext)).Contains(newest))
            throw IsNewer(newest);

        async Task<string?> ReadAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(ct) as string;
        }
    }

    internal async Task<WriteConnection> OpenWriterAsync(CancellationToken ct)
    {
        if (_options.Provider == DatabaseProvider.Sqlite)
        {
            var sqlite = new SqliteConnection(SqliteConnectionString(_options.ConnectionString));
            await sqlite.OpenAsync(ct);
            DurableSqlite.Configure(sqlite);
            DurableSqlite.ConfigureWriter(sqlite);
            return new(sqlite, connection => new SqliteHitlDbContext(new DbContextOptionsBuilder<SqliteHitlDbContext>().UseSqlite(connection).AddInterceptors(StorableText.Instance).Options));
        }
        await KeepProcessLockAsync(ct);
        var postgres = new NpgsqlConnection(PostgresConnectionString(_options.ConnectionString));
        await postgres.OpenAsync(ct);
        return new(postgres, connection => new PostgresHitlDbContext(new DbContextOptionsBuilder<PostgresHitlDbContext>().UseNpgsql(connection, Plainly).AddInterceptors(StorableText.Instance).Options));
    }

    /// <summary>
    /// True for faults after which the same work may well succeed: a deadlock, a serialisation failure, a lost connection.
    /// </summary>
    internal static bool IsTransient(Exception e) =>
        e is NpgsqlException { IsTransient: true } || (e.InnerException is { } cause && IsTransient(cause));

    // By itself the provider wraps passing faults in an InvalidOperationException; whoever goes on after a fault of the database wants to
    // know one.
    static void Plainly(NpgsqlDbContextOptionsBuilder options) =>
        options.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies));

    async Task MigrateAsync(CancellationToken ct)
    {
        await using var db = CreateDbContext();
        if (!(await PendingAsync(db, ct)).Any())
            return;
        // A process that was killed while it migrated leaves EF Core's lock row behind, and waiting for it would be for ever.
        // No other process can hold it: we hold the process lock.
        if (_options.Provider == DatabaseProvider.Sqlite)
            await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, ct);
        await db.Database.MigrateAsync(ct);
    }

    /// <summary>
    /// A database that can't be written to by EF Core either is found out now and not by the first person who decides; and EF Core has its
    /// model from here on.
    /// </summary>
    async Task RequireWritableAsync(CancellationToken ct)
    {
        await using var db = CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Users.Where(_ => false).ExecuteDeleteAsync(ct);
    }

    static async Task<IEnumerable<string>> PendingAsync(HitlDbContext db, CancellationToken ct)
    {
        var known = db.GetService<IMigrationsAssembly>().Migrations.Keys;
        var applied = await db.Database.GetAppliedMigrationsAsync(ct);
        if (applied.Except(known).FirstOrDefault() is { } newer)
            throw IsNewer(newer);
        return known.Except(applied);
    }

    static IEnumerable<string> Migrations(Type context) =>
        context.Assembly.GetTypes().Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context).Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>();

    static StoreException IsNewer(string migration) =>
        new($"The database is from a newer version of HitlReview (it has '{migration}'). Start that version, or name another database in ConnectionStrings:HitlReview.");

    async Task<IAsyncDisposable> LockProcessAsync(CancellationToken ct)
    {
        if (_options.Provider == DatabaseProvider.Sqlite)
        {
            CreateFolder();
            var path = SqliteFile + ".lock";
            try
            {
                return PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (File.Exists(path))
            {
                throw new StoreException($"Another HitlReview process already uses {SqliteFile}. Stop it first, or name another file in ConnectionStrings:HitlReview.", e);
            }
        }
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_options.ConnectionString) { Pooling = false, KeepAlive = 30 }.ConnectionString);
        await connection.OpenAsync(ct);
        try
        {
            // The server lets go of the lock of a connection that has ended a moment later; that is not another process.
            await using var command = new NpgsqlCommand($"SET lock_timeout = '2s'; SELECT pg_advisory_lock({ProcessLock})", connection);
            await command.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch (NpgsqlException e)
        {
            await connection.DisposeAsync();
            if (e.SqlState != PostgresErrorCodes.LockNotAvailable)
                throw;
            throw new StoreException($"Another HitlReview process already uses the database '{connection.Database}'. Stop it first, or name another database in ConnectionStrings:HitlReview.", e);
        }
    }

    /// <summary>
    /// PostgreSQL lets go of the process lock when its connection is lost, which is what a new connection to write with may be a sign of:
    /// another process may have it by now.
    /// </summary>
    async Task KeepProcessLockAsync(CancellationToken ct)
    {
        if (_processLock is not NpgsqlConnection held)
            return;
        try
        {
            await using var ping = new NpgsqlCommand("SELECT 1", held);
            await ping.ExecuteScalarAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await held.DisposeAsync();
            _processLock = await LockProcessAsync(ct);
        }
    }

    string SqliteFile => Path.GetFullPath(new SqliteConnectionStringBuilder(_options.ConnectionString).DataSource);

    void CreateFolder()
    {
        if (_options.Provider == DatabaseProvider.Sqlite && Path.GetDirectoryName(SqliteFile) is { Length: > 0 } folder)
            PrivateFiles.CreateFolder(folder);
    }

    /// <summary>
    /// SQLite gives its -wal and -shm files the mode of the file itself, so that one is made before SQLite makes it as it likes.
    /// </summary>
    void CreateFile()
    {
        CreateFolder();
        if (_options.Provider == DatabaseProvider.Sqlite && new SqliteConnectionStringBuilder(_options.ConnectionString) is { Mode: SqliteOpenMode.ReadWriteCreate, DataSource: not ":memory:" })
            PrivateFiles.CreateFile(SqliteFile);
    }

    /// <summary>EF Core looks first over a connection that can only read, on which an empty file doesn't become a database.</summary>
    async Task MakeDatabaseAsync(CancellationToken ct)
    {
        if (_options.Provider != DatabaseProvider.Sqlite)
            return;
        await using var connection = new SqliteConnection(SqliteConnectionString(_options.ConnectionString));
        await connection.OpenAsync(ct);
        DurableSqlite.Configure(connection);
    }

    /// <summary>
    /// The files of the database that other accounts of this machine can read or change, and its folder if they can replace the files in
    /// it. None for PostgreSQL, whose files aren't ours.
    /// </summary>
    public IReadOnlyList<string> OpenToOthers()
    {
        if (_options.Provider != DatabaseProvider.Sqlite)
            return [];
        var open = s_fileSuffixes.Select(suffix => SqliteFile + suffix).Where(PrivateFiles.IsOpenToOthers);
        return Path.GetDirectoryName(SqliteFile) is { Length: > 0 } folder && PrivateFiles.LetsOthersReplace(folder) ? [folder, .. open] : [.. open];
    }

    async Task GuardAsync<T>(Func<Task<T>> open)
    {
        try
        {
            await open();
        }
        catch (Exception e) when (e is SqliteException or NpgsqlException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException(e switch
            {
                SqliteException { SqliteErrorCode: 8 } => $"The database file {SqliteFile} is read-only. Make it and its folder writable, or name another file in ConnectionStrings:HitlReview.",
                SqliteException { SqliteErrorCode: 5 or 6 } => $"The database file {SqliteFile} is locked by another program. Close it, or name another file in ConnectionStrings:HitlReview.",
                SqliteException { SqliteErrorCode: 26 or 11 } => $"{SqliteFile} is not a SQLite database, or it is damaged. Name another file in ConnectionStrings:HitlReview.",
                SqliteException { SqliteErrorCode: 14 } or IOException or UnauthorizedAccessException => $"The database file {SqliteFile} can't be opened for writing: {e.Message}",
                SqliteException => $"The database file {SqliteFile} can't be used: {e.Message}",
                _ => $"The database named in ConnectionStrings:HitlReview can't be used: {e.Message}",
            }, e);
        }
    }

    static string SqliteConnectionString(string given) => new SqliteConnectionStringBuilder(given) { DefaultTimeout = 10 }.ConnectionString;

    static string PostgresConnectionString(string given) =>
        new NpgsqlConnectionStringBuilder($"Maximum Pool Size={MaxPoolSize};{given}") { MaxAutoPrepare = 100, AutoPrepareMinUsages = 2 }
            .ConnectionString;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_processLock is not null)
            await _processLock.DisposeAsync();
    }

    /// <summary>Gives every SQLite connection the durability that DESIGN promises: an acknowledged decision survives a power cut.</summary>
    sealed class DurableSqlite : DbConnectionInterceptor
    {
        public static DurableSqlite Instance { get; } = new();

        public static void Configure(DbConnection connection) => Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");

        /// <summary>
        /// Ids are random, and so are the pages that a write touches: 8 MB of them stay in memory, and those written again and again go to
        /// the file once per 16 MB of log.
        /// </summary>
        public static void ConfigureWriter(DbConnection connection) =>
            Execute(connection, "PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=4000;");

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
}
