using System.Data.Common;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Support;

/// <summary>A database of one test's own, and the services that work on it. The same tests run on each kind of database.</summary>
public abstract class TestStore : IAsyncDisposable
{
    ServiceProvider? _services;
    Action<IServiceCollection> _configure = _ => { };

    /// <summary>Where every test's clock starts.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The time, for all services; it stands still until the test advances it.</summary>
    public TestClock Clock { get; } = new(Start);

    /// <summary>What the services have logged.</summary>
    public LogRecorder Log { get; } = new();

    /// <summary>The settings that name this database.</summary>
    public StoreOptions Options => new(Provider, ConnectionString);

    /// <summary>The kind of database.</summary>
    public abstract DatabaseProvider Provider { get; }

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; protected set; } = "";

    /// <summary>The services, once it is open.</summary>
    public IServiceProvider Services => _services ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>The open store.</summary>
    public Store Store => Get<Store>();

    /// <summary>Its writer.</summary>
    public CommitQueue Queue => Get<CommitQueue>();

    /// <summary>What it reports.</summary>
    public ChangeFeeds Events => Get<ChangeFeeds>();

    /// <summary>One of the services.</summary>
    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A new context to read with.</summary>
    public HitlDbContext Db() => Store.CreateDbContext();

    /// <summary>Makes the database: with the newest schema and <see cref="Cast"/> in it, or with neither.</summary>
    public abstract Task CreateAsync(bool empty = false);

    /// <summary>Makes the database with the newest schema and <see cref="Cast"/> in it, and starts the services on it.</summary>
    /// <param name="configure">Adds to the services, or replaces some.</param>
    public async Task OpenAsync(Action<IServiceCollection>? configure = null)
    {
        _configure = configure ?? _configure;
        if (ConnectionString == "")
            await CreateAsync();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddHitlStorage(Options);
        services.AddHitlTrail();
        _configure(services);
        services.AddCheapPasswords();
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        await Store.OpenForServingAsync(CancellationToken.None);
    }

    /// <summary>Stops the services; the data stays.</summary>
    public async Task CloseAsync()
    {
        if (_services is null)
            return;
        await using (var db = Db())
            ClearPool(db.Database.GetDbConnection()); // Those in use close when they are given back.
        await _services.DisposeAsync();
        _services = null;
    }

    /// <summary>As after a restart of the program: new services, the same data and clock.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Adds <see cref="Cast"/> to a database that has a schema.</summary>
    protected static async Task SeedAsync(StoreOptions options)
    {
        await using var store = new Store(options);
        await store.OpenForServingAsync(CancellationToken.None);
        await using var db = store.CreateDbContext();
        db.Roles.AddRange(Cast.IdentityRoles);
        foreach (var person in Cast.All)
        {
            db.Users.Add(person.ToUser());
            db.ApiKeys.AddRange(person.ToApiKeys());
            db.UserSessions.Add(person.ToSession());
            db.UserRoles.Add(new() { UserId = person.Id, RoleId = person.Role });
        }
        await db.SaveChangesAsync();
    }

    /// <summary>Has the driver close the connections that it keeps open.</summary>
    /// <param name="any">One of them.</param>
    protected abstract void ClearPool(DbConnection any);

    /// <summary>Removes the database.</summary>
    protected abstract Task DropAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (ConnectionString != "")
            await DropAsync();
        GC.SuppressFinalize(this);
    }
}
