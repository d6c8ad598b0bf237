using System.Reflection;
using HitlReview.Core.Storage.Postgres;
using HitlReview.Core.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HitlReview.Core.Storage;

/// <summary>
/// The database: opens it, brings its schema up to date, hands out contexts to read with and the connection to write with.
/// </summary>
public sealed class Store : IDbContextFactory<HitlDbContext>, IAsyncDisposable
{
    readonly Database _database;
    readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IAsyncDisposable? _processLock;

    /// <summary>Prepares to use a database; nothing is opened yet.</summary>
    /// <exception cref="StoreException">The connection string can't be read.</exception>
    public Store(StoreOptions options)
    {
        try
        {
            _database = options.Provider == DatabaseProvider.Sqlite
                ? new SqliteDatabase(options.ConnectionString)
                : new PostgresDatabase(options.ConnectionString);
        }
        catch (ArgumentException e)
        {
            throw new StoreException($"ConnectionStrings:HitlReview can't be read: {e.Message}", e);
        }
    }

    /// <summary>Where the data is, for an operator: the full path of the file, or the name of the database and its server.</summary>
    public string Place => _database.Place;

    /// <summary>
    /// The files of the database that other accounts of this machine can read or change, and its folder if they can replace the files in
    /// it. None for PostgreSQL, whose files aren't ours.
    /// </summary>
    public IReadOnlyList<string> OpenToOthers() => _database.OpenToOthers();

    /// <inheritdoc/>
    public HitlDbContext CreateDbContext() => _database.NewContext();

    /// <summary>Completes, or fails, as <see cref="OpenForServingAsync"/> does, for whoever did not call it.</summary>
    public Task WhenServing => _open.Task;

    /// <summary>Taken first in each transaction of the writer; null where the database needs no such lock.</summary>
    internal string? WriterLockSql => _database.WriterLockSql;

    /// <summary>Asks whether the transaction <c>@transaction</c>, which has ended, was committed.</summary>
    internal string WasCommittedSql => _database.WasCommittedSql;

    /// <summary>To be told what <see cref="WriterLockSql"/> gave.</summary>
    /// <exception cref="StoreException">The writer has lost the process lock without noticing.</exception>
    internal void RequireLocked(int session)
    {
        if (_processLock is not null)
            _database.RequireLocked(session);
    }

    /// <summary>
    /// The one place that says what a passing fault is, after which the same work may well succeed: a deadlock, a serialisation failure, a
    /// lost connection, however the driver says it.
    /// </summary>
    internal bool IsTransient(Exception fault) => _database.IsTransient(fault);

    /// <summary>
    /// Makes this process the one that serves the database, and looks whether it can. It takes some milliseconds, so that nothing need be
    /// started, and stopped again, for a database that is refused.
    /// </summary>
    /// <exception cref="StoreException">
    /// Another process serves it, or it can't be read or written, or it is from a newer version.
    /// </exception>
    public Task ClaimAsync(CancellationToken ct) => GuardAsync(async () =>
    {
        _processLock = await _database.LockProcessAsync(ct);
        _database.Prepare();
        await LookAsync(ct);
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
    public Task OpenBesideAsync(CancellationToken ct) => GuardAsync(async () =>
    {
        _database.Prepare();
        await _database.MakeAsync(ct);
        await using (var db = CreateDbContext())
            if (!(await PendingAsync(db, ct)).Any())
                return;
        await using var alone = await _database.LockProcessAsync(ct);
        await MigrateAsync(ct);
    });

    /// <summary>Without EF Core, whose own first look takes as long as the start of the silo.</summary>
    async Task LookAsync(CancellationToken ct)
    {
        await using var connection = await _database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        await _database.RequireWritableAsync(command, ct);
        if (await ReadAsync(_database.FindMigrationsSql) is not null
            && await ReadAsync("""SELECT max("MigrationId") FROM "__EFMigrationsHistory" """) is { } newest
            && !Migrations(_database.ContextType).Contains(newest))
            throw IsNewer(newest);

        async Task<string?> ReadAsync(string sql)
        {
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(ct) as string;
        }
    }

    internal async Task<WriteConnection> OpenWriterAsync(CancellationToken ct)
    {
        var before = _processLock;
        (var writer, _processLock) = await _database.OpenWriterAsync(before, ct);
        // Between the two another process may have had it, and brought the schema further than this one knows.
        if (before is not null && _processLock != before)
            await LookAsync(ct);
        return new(writer, _database.NewContextOn);
    }

    async Task MigrateAsync(CancellationToken ct)
    {
        await using var db = CreateDbContext();
        if (!(await PendingAsync(db, ct)).Any())
            return;
        await _database.ClearMigrationAsync(db, ct);
        // However much there is to move over.
        db.Database.SetCommandTimeout(TimeSpan.Zero);
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
        context.Assembly.GetTypes().Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>();

    static StoreException IsNewer(string migration) => new(
        $"The database is from a newer version of HitlReview (it has '{migration}'). Start that version, or name another database in "
        + "ConnectionStrings:HitlReview.");

    async Task GuardAsync(Func<Task> open)
    {
        try
        {
            await open();
        }
        catch (Exception e) when (_database.Words(e) is { } words)
        {
            throw new StoreException(words, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_processLock is not null)
            await _processLock.DisposeAsync();
    }
}
