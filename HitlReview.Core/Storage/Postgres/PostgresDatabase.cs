using System.Data.Common;
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

    readonly string _connectionString;
    readonly PooledDbContextFactory<PostgresHitlDbContext> _contexts;

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
    public override string? WriterLockSql => $"SELECT pg_advisory_xact_lock({WriterLock})";

    /// <inheritdoc/>
    public override string FindMigrationsSql => """SELECT to_regclass('"__EFMigrationsHistory"')::text""";

    /// <inheritdoc/>
    public override HitlDbContext NewContext() => _contexts.CreateDbContext();

    /// <inheritdoc/>
    public override HitlDbContext NewContextOn(DbConnection connection) =>
        new PostgresHitlDbContext(Options<PostgresHitlDbContext>().UseNpgsql(connection, Plainly).Options);

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(bool forWriter, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(ct);
        return connection;
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
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false, KeepAlive = 30 }.ConnectionString);
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
            throw new StoreException(
                $"Another HitlReview process already uses the database '{connection.Database}'. Stop it first, or name another database "
                + "in ConnectionStrings:HitlReview.", e);
        }
    }

    /// <summary>
    /// PostgreSQL lets go of the process lock when its connection is lost, which is what a new connection to write with may be a sign of:
    /// another process may have it by now.
    /// </summary>
    /// <inheritdoc/>
    public override async Task<IAsyncDisposable?> KeepProcessLockAsync(IAsyncDisposable? held, CancellationToken ct)
    {
        if (held is not NpgsqlConnection connection)
            return held;
        try
        {
            await using var ping = new NpgsqlCommand("SELECT 1", connection);
            await ping.ExecuteScalarAsync(ct);
            return held;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            await connection.DisposeAsync();
            return await LockProcessAsync(ct);
        }
    }

    /// <inheritdoc/>
    public override string? Words(Exception fault) => fault is NpgsqlException or IOException or UnauthorizedAccessException
        ? $"The database named in ConnectionStrings:HitlReview can't be used: {fault.Message}"
        : null;

    /// <inheritdoc/>
    public override bool IsTransient(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } || (fault.InnerException is { } cause && IsTransient(cause));
}
