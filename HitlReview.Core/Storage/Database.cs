using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Storage;

/// <summary>What differs between the databases; what <see cref="Store"/> makes of it is the same for all.</summary>
abstract class Database
{
    /// <summary>The context whose migrations it has.</summary>
    public abstract Type ContextType { get; }

    /// <summary>Where the data is, for an operator.</summary>
    public abstract string Place { get; }

    /// <summary>
    /// Taken before anything is read or written in order to write, and gives the number of the server's session and the name of the
    /// transaction; null for a database that has one writer at a time by itself, and no line to it that could be lost.
    /// </summary>
    public virtual string? WriterLockSql => null;

    /// <summary>Asks whether the transaction <c>@transaction</c>, which has ended, was committed.</summary>
    public virtual string WasCommittedSql => throw new NotSupportedException();

    /// <summary>Looks whether the session that writes is the one that holds the process lock.</summary>
    /// <param name="session">What <see cref="WriterLockSql"/> gave.</param>
    /// <exception cref="StoreException">It is another.</exception>
    public virtual void RequireLocked(int session)
    {
    }

    /// <summary>Asks for the migrations' table; gives nothing where there is none.</summary>
    public abstract string FindMigrationsSql { get; }

    /// <summary>A context to read with, on a connection of its own.</summary>
    public abstract HitlDbContext NewContext();

    /// <summary>A context on the writer's connection.</summary>
    public abstract HitlDbContext NewContextOn(DbConnection connection);

    /// <summary>A connection that can read and write.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken ct);

    /// <summary>The connection that writes all the time.</summary>
    /// <param name="held">The process lock; null for a verb of the command line, which writes without.</param>
    /// <param name="ct">Cancels the opening.</param>
    /// <returns>It, and the lock, perhaps another one.</returns>
    /// <exception cref="StoreException">The lock was lost, and another process has it.</exception>
    public abstract Task<(DbConnection Writer, IAsyncDisposable? Held)> OpenWriterAsync(IAsyncDisposable? held, CancellationToken ct);

    /// <summary>Looks, in a transaction that is rolled back, whether it can be written to.</summary>
    /// <exception cref="StoreException">It is read-only.</exception>
    public abstract Task RequireWritableAsync(DbCommand command, CancellationToken ct);

    /// <summary>Makes this process the one that serves the database, until what it gives is disposed.</summary>
    /// <exception cref="StoreException">Another process serves it.</exception>
    public abstract Task<IAsyncDisposable> LockProcessAsync(CancellationToken ct);

    /// <summary>Makes what must be there before anything is opened.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Makes the database for a process that may come before the one that serves it.</summary>
    public virtual Task MakeAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Clears away what a process that died while it migrated left; called by the holder of the process lock.</summary>
    public virtual Task ClearMigrationAsync(HitlDbContext db, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// The files of the database that other accounts of this machine can read or change, and its folder if they can replace the files in
    /// it.
    /// </summary>
    public virtual IReadOnlyList<string> OpenToOthers() => [];

    /// <summary>What a fault of the database is called where it can't be opened; null for what is no fault of it.</summary>
    public abstract string? Words(Exception fault);

    /// <summary>
    /// True for faults after which the same work may well succeed: a deadlock, a serialisation failure, a lost connection.
    /// </summary>
    public virtual bool IsTransient(Exception fault) => false;

    /// <summary>Options of a context.</summary>
    protected static DbContextOptionsBuilder<T> Options<T>() where T : HitlDbContext =>
        new DbContextOptionsBuilder<T>().AddInterceptors(StorableText.Instance);
}
