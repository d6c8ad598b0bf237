using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Support;

/// <summary>The whole program in this process, on real HTTP and a real database, in Production as its users run it.</summary>
public sealed class TestApp : WebApplicationFactory<Program>, IApp
{
    readonly TestStore _store;
    readonly string _workspaces = TestFolder.NewFolder(); // or the files of one run would be there for the next
    readonly IReadOnlyDictionary<string, string> _settings;
    readonly Action<IServiceCollection> _configure;
    End? _end;

    TestApp(TestStore store, IReadOnlyDictionary<string, string>? settings, Action<IServiceCollection>? configure)
    {
        (_store, _settings, _configure) = (store, settings ?? new Dictionary<string, string>(), configure ?? (_ => { }));
        UseKestrel(0); // Here and nowhere else, or it takes port 5000.
    }

    /// <inheritdoc/>
    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>What it has logged, HitlReview's own events from Trace on.</summary>
    public LogRecorder Log { get; } = new();

    /// <summary>What its core has reported.</summary>
    public ChangeRecorder Changes { get; private set; } = null!;

    /// <summary>Its writer.</summary>
    public CommitQueue Queue => Get<CommitQueue>();

    /// <summary>One of its services.</summary>
    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A new context to read with.</summary>
    public HitlDbContext Db() => Get<Store>().CreateDbContext();

    /// <summary>Starts it on the database, which is made with <see cref="Cast"/> if it isn't there.</summary>
    /// <param name="store">The database. It must not be open.</param>
    /// <param name="settings">Settings, such as <c>Executions:MaxNodeExecutions</c>.</param>
    /// <param name="configure">Replaces services, such as the clock. Orleans needs a clock that runs.</param>
    public static async Task<TestApp> StartAsync(
        TestStore store, IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? configure = null)
    {
        if (store.ConnectionString == "")
            await store.CreateAsync();
        var app = new TestApp(store, settings, configure);
        app.StartServer();
        app._end = app.Get<End>();
        app.Changes = new(app.Get<ChangeFeeds>());
        return app;
    }

    /// <inheritdoc/>
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("Database:Provider", $"{_store.Provider}");
        builder.UseSetting("ConnectionStrings:HitlReview", _store.ConnectionString);
        builder.UseSetting("Blocks:Http:AllowPrivateNetworks", "true");
        builder.UseSetting("Blocks:Workspace:Root", _workspaces);
        foreach (var (name, value) in _settings)
            builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddCheapPasswords();
            // Made before the database is, and so closed after it.
            services.AddSingleton<End>().AddSingleton(provider =>
            {
                provider.GetRequiredService<End>();
                return new Store(_store.Options);
            });
            services.AddLogging(logging => logging.ClearProviders().AddProvider(Log).AddFilter<LogRecorder>("HitlReview", LogLevel.Trace));
            _configure(services);
        });
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Changes is not null)
            await Changes.DisposeAsync();
        if (_end is not null)
            await _end.StopAsync();
        await base.DisposeAsync();
        if (_end is not null)
            await _end.Closed;
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The program stops and closes itself. Were it stopped from outside at the same time, Orleans would let one of the two wait for a
    /// second; and its database is free for another only once it has closed.
    /// </summary>
    sealed class End(IHostApplicationLifetime lifetime) : IDisposable
    {
        readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task.WaitAsync(Recorded<string>.Patience);

        public Task StopAsync()
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lifetime.ApplicationStopped.Register(stopped.SetResult);
            lifetime.StopApplication();
            return stopped.Task.WaitAsync(Recorded<string>.Patience);
        }

        public void Dispose() => _closed.TrySetResult();
    }
}
