using System.Diagnostics;
using System.Globalization;
using HitlReview.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: HostingStartup(typeof(CrashPoint))]

namespace HitlReview.Tests.Support;

/// <summary>
/// Kills its own process, as SIGKILL does, the moment a named event is logged for the n-th time. The program knows nothing of it: it logs
/// its events as always, and the web host loads this because <see cref="ProcessApp"/> names the test assembly as a hosting start-up.
/// </summary>
public sealed class CrashPoint : IHostingStartup
{
    /// <summary>The environment variable that names the event, as <c>EventName</c> or <c>EventName:n</c>, or <see cref="Never"/>.</summary>
    public const string Variable = "HITLREVIEW_TESTS_CRASH_AT";

    /// <summary>No event has this name.</summary>
    public const string Never = "never";

    /// <inheritdoc/>
    public void Configure(IWebHostBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } point)
            return; // This is no process of ProcessApp's.
        new Thread(EndWithTests) { IsBackground = true }.Start();
        var parts = point.Split(':');
        var times = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        builder.ConfigureServices(services => services.AddCheapPasswords().AddLogging(logging => logging
            .AddProvider(new Killer(parts[0], times))
            .AddFilter<Killer>("HitlReview", LogLevel.Trace)));
    }

    /// <summary>Standard input ends with the process of the tests: a killed test run leaves no program behind.</summary>
    static void EndWithTests()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }
        Die();
    }

    /// <summary>SIGKILL: no handler, no finally, no flush.</summary>
    static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal is on its way; nothing after this point may happen.
        Thread.Sleep(Timeout.Infinite);
    }

    sealed class Killer(string eventName, int times) : ILoggerProvider, ILogger
    {
        int _left = times;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == eventName && Interlocked.Decrement(ref _left) == 0)
                Die();
        }

        public void Dispose()
        {
        }
    }
}
