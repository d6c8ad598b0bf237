using HitlReview.Core.Accounts;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Support;

/// <summary>What a verb of the command line is to the serving program: other services on the same database, of whose writes the program is told nothing.</summary>
public sealed class BesideProcess : IAsyncDisposable
{
    readonly ServiceProvider _services;

    /// <summary>Opens it on a database that is being served.</summary>
    public BesideProcess(TestStore store)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddHitlStorage(store.Options);
        services.AddSingleton<UserSessions>().AddSingleton<ApiKeys>().AddOptions<UserSessionOptions>();
        _services = services.BuildServiceProvider();
    }

    /// <summary>One of its services.</summary>
    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
