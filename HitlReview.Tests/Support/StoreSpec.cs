using HitlReview.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Support;

/// <summary>
/// A specification that holds on every database. It is abstract, with two lines below it:
/// <code>
/// public sealed class DecidingOnSqlite() : DecidingSpec(new SqliteStore());
/// public sealed class DecidingOnPostgres() : DecidingSpec(new PostgresStore());
/// </code>
/// </summary>
public abstract class StoreSpec(TestStore store) : IAsyncLifetime
{
    /// <summary>The database of this test.</summary>
    protected TestStore Store { get; } = store;

    /// <summary>The writer.</summary>
    protected CommitQueue Queue => Store.Queue;

    /// <summary>Cancelled when the test is given up.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What the tests need beside the storage.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => await Store.OpenAsync(Configure);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await using (var db = Store.Db())
            await MustHold.InAsync(db, CancellationToken.None);
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
