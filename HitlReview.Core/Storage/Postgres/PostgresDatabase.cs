using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace HitlReview.Core.Storage.Postgres;

/// <summary>A database on a server.</summary>
sealed class PostgresDatabase : Database
{
    // Any number will do as long as no other program locks it in the same database.
    const long ProcessLock = 0x4869_746C_0001;
    const long WriterLock = 0x4869_746C_0002;

    // PostgreSQL gives out 97 connections unless told otherwise, of which the process lock and the verbs need some too. Npgsql would take
    // 100; waiting for one of these is short.
    const int MaxPoolSize = 60;

    // A commit is on the disk before it is answered (DESIGN), however the server is set up for others.
    const string Durable = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

    // Of a client that is gone without a word the server hears within half a minute, not in two hours, and lets go of its lock.
    const string Watchful = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
        + "SET tcp_user_timeout = 25000";

    readonly string _connectionString;
    readonly string _me = $"HitlReview {Guid.NewGuid():N}"; // as the server knows the session that writes
    readonly PooledDbContextFactory<PostgresHitlDbContext> _contexts;
    int _lockedBy;

    /// <exception cref="ArgumentException">The connection string can't be read.</exception>
    public PostgresDatabase(string connectionString)
    {
        _connectionString = new NpgsqlConnectionStringBuilder($"Maximum Pool Size={MaxPoolSize};{connectionString}")
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
        _contexts = new(Options<PostgresHitlDbContext>().UseNpgsql(_connectionString, Plainly).Options);
    }

    // By itself the provider wraps passing faults in an InvalidOperationException; whoever goes on after a fault of the database wants to
    // know one.
    static void Plainly(NpgsqlDbContextOptionsBuilder options) =>
        options.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies));

    /// <inheritdoc/>
    public override Type ContextType => typeof(PostgresHitlDbContext);

    /// <inheritdoc/>
    public override string Place
    {
        get
        {
            var given = new NpgsqlConnectionStringBuilder(_connectionString);
            return $"the database '{given.Database}' on {given.Host}";
        }
    }

    /// <inheritdoc/>
    public override string? WriterLockSql =>
        $"SELECT pg_backend_pid(), pg_current_xact_id()::text FROM pg_advisory_xact_lock({WriterLock})";

    /// <inheritdoc/>
    public override string WasCommittedSql => "SELECT pg_xact_status(@transaction::xid8) = 'committed'";

    /// <summary>
    /// A pooler that gives each transaction another session would leave the lock with one of them, where anybody can come upon it.
    /// </summary>
    /// <inheritdoc/>
    public override void RequireLocked(int session)
    {
        if (session != _lockedBy)
            throw new StoreException(
                "The connection to PostgreSQL changes its session between two transactions, as a pooler in transaction mode does. Name the "
                + "server itself, or a pooler in session mode, in ConnectionStrings:HitlReview.");
    }

    /// <inheritdoc/>
    public override string FindMigrationsSql => """SELECT to_regclass('"__EFMigrationsHistory"')::text""";

    /// <inheritdoc/>
    public override HitlDbContext NewContext() => _contexts.CreateDbContext();

    /// <inheritdoc/>
    public override HitlDbContext NewContextOn(DbConnection connection) =>
        new PostgresHitlDbContext(Options<PostgresHitlDbContext>().UseNpgsql(connection, Plainly).Options);

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    /// <summary>
    /// The session that holds the process lock is the one that writes: it can't go on writing once the lock is lost, as the server lets go
    /// of it when the session ends.
    /// </summary>
    /// <inheritdoc/>
    public override async Task<(DbConnection Writer, IAsyncDisposable? Held)> OpenWriterAsync(IAsyncDisposable? held, CancellationToken ct)
    {
        if (held is null)
        {
            var beside = (NpgsqlConnection)await OpenAsync(ct);
            await ExecuteAsync(beside, Durable, ct);
            return (beside, null);
        }
        if (held is not NpgsqlConnection { State: ConnectionState.Open })
        {
            // Those that read were lost with it, most likely, and would only find out one after another.
            await using (var any = new NpgsqlConnection(_connectionString))
                NpgsqlConnection.ClearPool(any);
            held = await LockProcessAsync(ct);
        }
        return ((NpgsqlConnection)held, held);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <inheritdoc/>
    public override async Task RequireWritableAsync(DbCommand command, CancellationToken ct)
    {
        command.CommandText = "SHOW transaction_read_only";
        if (await command.ExecuteScalarAsync(ct) is "on")
            throw new StoreException(
                $"The database '{command.Connection!.Database}' is read-only. Name another one in ConnectionStrings:HitlReview.");
    }

    /// <inheritdoc/>
    public override async Task<IAsyncDisposable> LockProcessAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString)
        {
            ApplicationName = _me,
            Pooling = false,
            KeepAlive = 30,
        }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await ExecuteAsync(connection, $"{Watchful}; {Durable}", ct);
            // A session of this process that lost its client without a word still has the lock.
            await ExecuteAsync(
                connection,
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{_me}' AND pid <> pg_backend_pid()",
                ct);
            // The server lets go of the lock of a connection that has ended a moment later; that is not another process.
            await ExecuteAsync(
                connection, $"SET lock_timeout = '2s'; SELECT pg_advisory_lock({ProcessLock}); RESET lock_timeout", ct);
            await using var session = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
            _lockedBy = (int)(await session.ExecuteScalarAsync(ct))!;
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is not PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                throw;
            throw new StoreException(
                $"Another HitlReview process already uses the database '{connection.Database}'. Stop it first, or name another database "
                + "in ConnectionStrings:HitlReview. One that was cut off from the server a moment ago has it for half a minute more.", e);
        }
    }

    /// <inheritdoc/>
    public override string? Words(Exception fault) => fault is NpgsqlException or IOException or UnauthorizedAccessException
        ? $"The database named in ConnectionStrings:HitlReview can't be used: {fault.Message}"
        : null;

    /// <summary>
    /// A connection that was lost shows in the driver in many ways: as a fault of the network, or as one of a connection that isn't open.
    /// </summary>
    /// <inheritdoc/>
    public override bool IsTransient(Exception fault) =>
        // Of our own refusals none passes by itself, whatever they are because of.
        fault is not StoreException
        && (fault is NpgsqlException { IsTransient: true }
        || (fault is InvalidOperationException or NullReferenceException or IOException or SocketException
            && fault.Source == typeof(NpgsqlConnection).Assembly.GetName().Name)
        || (fault.InnerException is { } cause && IsTransient(cause)));
}
