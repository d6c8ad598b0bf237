using System.Security.Authentication;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Blocks.Workspaces;
using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using HitlReview.Web.Cli;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hosting;

/// <summary>From a built program to a serving one.</summary>
static partial class Serving
{
    const string BlindFaith = "ASPNETCORE_FORWARDEDHEADERS_ENABLED must not be set: it believes every proxy. "
        + "Name yours in Serving:TrustedProxies.";

    const string Iso = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Keeps the frameworks from logging a stack trace for what <see cref="Faults"/> tells the operator in one line.</summary>
    public static void AddHitlServing(this WebApplicationBuilder builder)
    {
        builder.Services.AddChecked<ServingOptions>("Serving")
            .Validate<IConfiguration>((_, configuration) => !IsBlindFaith(configuration), BlindFaith);
        builder.Services.AddSingleton<PublicAddress>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        });
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
    /// <exception cref="OptionsValidationException">
    /// One is wrong. Where several kinds are: an <see cref="AggregateException"/> of them.
    /// </exception>
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
        // The schema is looked after while the silo starts, which takes as long. Recovery, the first to need it, waits for it and fails as
        // it does.
        var opening = Task.Run(() => store.OpenForServingAsync(ct), ct);
        await StartAsync(app, ct);
        await opening;
        app.Services.GetRequiredService<State>().HasStarted = true;
        await CookieKeys.ProtectAllAsync(app.Services, ct);
        WarnOfOpenDoors(app);
        await WelcomeAsync(app, demo, ct);
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

    /// <summary>Says on the console how to get in, where nobody can yet.</summary>
    static async Task WelcomeAsync(WebApplication app, bool demo, CancellationToken ct)
    {
        var here = app.Services.GetRequiredService<PublicAddress>().Origin ?? Reachable(app.Urls.First());
        if (demo)
        {
            var link = await Demo.FillAsync(app.Services, ct);
            await Console.Out.WriteLineAsync($"Demo: sign in here, once, within {DemoLink.Life.TotalMinutes:0} minutes: {here}{link}");
            await Console.Out.WriteLineAsync(
                $"Demo: all of it is in {app.Services.GetRequiredService<Store>().Place}; without that, the next demo begins anew.");
        }
        else if (await app.Services.GetRequiredService<SetupLink>().PrepareAsync(ct) is { } link)
            await Console.Out.WriteLineAsync($"There is no account yet. Make the first one, an admin, here: {here}{link}");
        else if (!await HasAdminAsync(app.Services, ct))
            await Console.Out.WriteLineAsync("There is no admin here. Make one with the command: user add EMAIL --role admin");
    }

    /// <summary>Says in the log what an operator has left open, and how to close it. Nothing is closed behind their back.</summary>
    static void WarnOfOpenDoors(WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Serving));
        foreach (var file in app.Services.GetRequiredService<Store>().OpenToOthers())
            FileIsOpen(log, file, $"chmod go= '{file}'");
        if (app.Services.GetRequiredService<Workspace>().OpenToOthers() is { } workspaces)
            FileIsOpen(log, workspaces, $"chmod -R go= '{workspaces}'");
        var address = app.Services.GetRequiredService<PublicAddress>();
        if (!address.IsForOthers)
            return;
        if (address.Origin is null)
            NoPublicOrigin(log);
        if (CookieKeys.AreInTheClear(app.Services))
            KeysInTheClear(log);
    }

    static async Task<bool> HasAdminAsync(IServiceProvider services, CancellationToken ct)
    {
        var tomorrow = services.GetRequiredService<TimeProvider>().GetUtcNow().AddDays(1);
        await using var db = services.GetRequiredService<Store>().CreateDbContext();
        return await db.Users.AnyAsync(u => (u.LockoutEnd == null || u.LockoutEnd <= tomorrow)
            && db.UserRoles.Any(r => r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == Roles.Admin)), ct);
    }

    /// <summary>An address that a browser on this machine can open, also when the program listens on all of them.</summary>
    static string Reachable(string url) =>
        url.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal).TrimEnd('/');

    // The framework's own switch believes whoever says X-Forwarded-For.
    static bool IsBlindFaith(IConfiguration configuration) =>
        string.Equals(configuration["ForwardedHeaders_Enabled"], "true", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Other accounts of this machine can read or change {Path}, and so sign in as anybody. Close it to them with: {Command}")]
    static partial void FileIsOpen(ILogger log, string path, string command);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "It can be reached from other machines, and Serving:PublicOrigin isn't set: their browsers can't sign in over http, "
            + "and any host name is answered")]
    static partial void NoPublicOrigin(ILogger log);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Whoever can read the database or a backup of it can forge sign-ins: no certificate protects the keys of the cookies. "
            + "Set DataProtection:Certificate:Path")]
    static partial void KeysInTheClear(ILogger log);

    sealed class State
    {
        public volatile bool HasStarted;
    }
}
