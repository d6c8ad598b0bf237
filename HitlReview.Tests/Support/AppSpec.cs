using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Support;

/// <summary>
/// A specification of the whole program that holds on every database; a program and a database of its own for each test. Two lines below
/// it, as with <see cref="StoreSpec"/>.
/// </summary>
public abstract class AppSpec(TestStore store) : IAsyncLifetime
{
    /// <summary>The database.</summary>
    protected TestStore Store { get; } = store;

    /// <summary>The program.</summary>
    protected TestApp App { get; private set; } = null!;

    /// <summary>Cancelled when the test is given up.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Settings for the program.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>Replaces services of the program.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>Stops the program and starts it again on the same data.</summary>
    protected async Task RestartAsync()
    {
        await App.DisposeAsync();
        App = await TestApp.StartAsync(Store, Settings, Configure);
    }

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => App = await TestApp.StartAsync(Store, Settings, Configure);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (App is not null)
            await App.DisposeAsync();
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>
/// One program for all tests of a class, where they don't get in each other's way (each with executions of its own):
/// <code>
/// public sealed class BadInputOnSqlite(SharedApp&lt;SqliteStore&gt; shared) : BadInputSpec(shared.App),
/// IClassFixture&lt;SharedApp&lt;SqliteStore&gt;&gt;; public sealed class BadInputOnPostgres(SharedApp&lt;PostgresStore&gt; shared) :
/// BadInputSpec(shared.App), IClassFixture&lt;SharedApp&lt;PostgresStore&gt;&gt;;
/// </code>
/// </summary>
public sealed class SharedApp<TStore> : IAsyncLifetime where TStore : TestStore, new()
{
    readonly TStore _store = new();

    /// <summary>The program.</summary>
    public TestApp App { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => App = await TestApp.StartAsync(_store, new Dictionary<string, string>
    {
        // All tests of a class come from one address.
        ["Accounts:SignInsPerMinute"] = "1000",
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (App is not null)
            await App.DisposeAsync();
        await _store.DisposeAsync();
    }
}
