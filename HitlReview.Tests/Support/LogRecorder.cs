using Microsoft.Extensions.Logging;

namespace HitlReview.Tests.Support;

/// <summary>Something that was logged.</summary>
/// <param name="Category">The class that logged it.</param>
/// <param name="Event">The name of the event.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Message">The text.</param>
/// <param name="Exception">What went wrong.</param>
public sealed record Logged(string Category, string? Event, LogLevel Level, string Message, Exception? Exception);

/// <summary>Keeps what is logged, so that a test can look at it or wait for it.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    readonly Recorded<Logged> _entries = new();

    /// <summary>All of it, in order.</summary>
    public IReadOnlyList<Logged> Entries => _entries.All;

    /// <summary>Waits until the event has been logged so many times.</summary>
    public async Task<Logged> WaitForAsync(string eventName, int times = 1) =>
        (await _entries.WaitAsync(entry => entry.Event == eventName, times, $"event {eventName} in the log"))[^1];

    /// <summary>Waits until the event has been logged with this in its text.</summary>
    public async Task<Logged> WaitForAsync(string eventName, string said)
    {
        bool IsIt(Logged entry) => entry.Event == eventName && entry.Message.Contains(said, StringComparison.Ordinal);
        return (await _entries.WaitAsync(IsIt, 1, $"event {eventName} with {said} in the log"))[^1];
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    sealed class Logger(string category, Recorded<Logged> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            entries.Add(new(category, eventId.Name, logLevel, formatter(state, exception), exception));
    }
}
