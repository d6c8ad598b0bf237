using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Support;

/// <summary>
/// What a verb of the command line is to the serving program: other services on the same database, of whose writes the program is told
/// nothing.
/// </summary>
public sealed class BesideProcess : IAsyncDisposable
{
    readonly ServiceProvider _services;

    /// <summary>Opens it on a database that is being served.</summary>
    /// <param name="store">The database.</param>
    /// <param name="configure">Adds to the services, or replaces some, such as the clock.</param>
    public BesideProcess(TestStore store, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddHitlStorage(store.Options);
        services.AddHitlTrail();
        services.AddCheapPasswords();
        services.AddSingleton<UserSessions>().AddSingleton<ApiKeys>().AddOptions<UserSessionOptions>();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    /// <summary>One of its services.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
