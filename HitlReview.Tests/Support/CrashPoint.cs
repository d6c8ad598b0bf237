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
    /// <summary>The environment variable that names the event, as <c>EventName</c> or <c>EventName:n</c>.</summary>
    public const string Variable = "HITLREVIEW_TESTS_CRASH_AT";

    /// <inheritdoc/>
    public void Configure(IWebHostBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } point)
            return;
        var parts = point.Split(':');
        var times = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        builder.ConfigureServices(services => services.AddLogging(logging => logging
            .AddProvider(new Killer(parts[0], times))
            .AddFilter<Killer>("HitlReview", LogLevel.Trace)));
    }

    sealed class Killer(string eventName, int times) : ILoggerProvider, ILogger
    {
        int _left = times;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != eventName || Interlocked.Decrement(ref _left) != 0)
                return;
            using var self = Process.GetCurrentProcess();
            self.Kill();
            // The signal is on its way; nothing after this point may happen.
            Thread.Sleep(Timeout.Infinite);
        }

        public void Dispose()
        {
        }
    }
}
