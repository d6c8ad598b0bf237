using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using HitlReview.Web.Cli;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hosting;

/// <summary>From a built program to a serving one.</summary>
static class Serving
{
    const string Iso = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Keeps the frameworks from logging a stack trace for what <see cref="Faults"/> tells the operator in one line.</summary>
    public static void AddHitlServing(this WebApplicationBuilder builder)
    {
        var state = new State();
        builder.Services.AddSingleton(state);
        // Without a time a line of the log tells nothing of an attack. The settings may ask for another form.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName ??= ConsoleFormatterNames.Simple);
        builder.Services.PostConfigure<SimpleConsoleFormatterOptions>(AddTime);
        builder.Services.PostConfigure<JsonConsoleFormatterOptions>(AddTime);
        foreach (var category in (string[])["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"])
            builder.Logging.AddFilter(category, level => level == LogLevel.Warning || (level > LogLevel.Warning && state.HasStarted));
    }

    static void AddTime(ConsoleFormatterOptions console)
    {
        if (console.TimestampFormat is not null)
            return;
        console.TimestampFormat = console is SimpleConsoleFormatterOptions ? Iso + "' '" : Iso;
        console.UseUtcTimestamp = true;
    }

    /// <summary>Checks all settings at once, before any of them is used.</summary>
    /// <exception cref="OptionsValidationException">One is wrong. Where several kinds are: an <see cref="AggregateException"/> of them.</exception>
    public static void CheckSettings(this WebApplication app) => app.Services.GetRequiredService<IStartupValidator>().Validate();

    /// <summary>Opens the database, serves, and returns when the program was told to stop.</summary>
    /// <param name="app">The program.</param>
    /// <param name="demo">True to fill an empty database for a newcomer.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="StoreException">The database can't be used.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task ServeAsync(this WebApplication app, bool demo, CancellationToken ct)
    {
        // A silo that is stopped while it still settles down logs faults, so none is started for a database that is refused.
        var store = app.Services.GetRequiredService<Store>();
        await store.ClaimAsync(ct);
        // The schema is looked after while the silo starts, which takes as long. Recovery, the first to need it, waits for it and fails as it does.
        var opening = Task.Run(() => store.OpenForServingAsync(ct), ct);
        await StartAsync(app, ct);
        await opening;
        app.Services.GetRequiredService<State>().HasStarted = true;
        if (demo)
            await Demo.FillAsync(app.Services, ct);
        if (await app.Services.GetRequiredService<SetupLink>().PrepareAsync(ct) is { } link)
            await Console.Out.WriteLineAsync($"There is no account yet. Make the first one, an admin, here: {Reachable(app.Urls.First())}{link}");
        await app.WaitForShutdownAsync(ct);
    }

    static async Task StartAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            // What has started already, the silo above all, is stopped in order and not torn down.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>An address that a browser on this machine can open, also when the program listens on all of them.</summary>
    static string Reachable(string url) => url.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal).TrimEnd('/');

    sealed class State
    {
        public volatile bool HasStarted;
    }
}
