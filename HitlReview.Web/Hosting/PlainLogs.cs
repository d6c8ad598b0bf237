using System.Collections;
using System.Globalization;
using System.Text;

namespace HitlReview.Web.Hosting;

/// <summary>
/// The one place where what is logged becomes plain text: whatever a caller or a server far away has put into a name, a path or a
/// message, it can neither steer the terminal on which the log is read nor pass for a line of its own.
/// </summary>
static class PlainLogs
{
    /// <summary>Escapes control characters in everything that is logged, our own and the frameworks', wherever it goes.</summary>
    public static void AddPlainLogs(this IServiceCollection services)
    {
        services.AddSingleton<LoggerFactory>();
        services.AddSingleton<ILoggerFactory>(provider => new Factory(provider.GetRequiredService<LoggerFactory>()));
    }

    /// <summary>The text with each control character, and each that only turns or breaks a line, as <c>\u001b</c>.</summary>
    /// <param name="text">What is logged.</param>
    /// <param name="lines">True to keep the lines and tabs of a text that has several.</param>
    internal static string Plain(string text, bool lines = false)
    {
        if (!text.Any(c => IsEscaped(c, lines)))
            return text;
        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (IsEscaped(c, lines))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                plain.Append(c);
        return plain.ToString();
    }

    static bool IsEscaped(char c, bool lines) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control => !(lines && c is '\n' or '\r' or '\t'),
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c',
        _ => false,
    };

    sealed class Factory(LoggerFactory inner) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName));

        public void Dispose() => inner.Dispose();
    }

    sealed class Logger(ILogger inner) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull =>
            state is IEnumerable<KeyValuePair<string, object?>> fields
                ? inner.BeginScope(new Scope(fields))
                : inner.BeginScope(Plain(state.ToString() ?? ""));

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception is null ? null : Told(exception), (s, _) => Plain(formatter(s, exception)));

        // Only where it must, because whoever reads a log by program asks for the type of a fault.
        static Exception Told(Exception e) =>
            e.ToString() is var text && Plain(text, lines: true) is var plain && plain != text ? new PlainException(e, plain) : e;
    }

    /// <summary>Its fields stay as they are, for logs that are read by program; its text is what people read.</summary>
    sealed class Scope(IEnumerable<KeyValuePair<string, object?>> fields) : IEnumerable<KeyValuePair<string, object?>>
    {
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => fields.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => Plain(fields.ToString() ?? "");
    }

    sealed class PlainException(Exception e, string text) : Exception(Plain(e.Message, lines: true))
    {
        public override string? StackTrace => e.StackTrace;

        public override string ToString() => text;
    }
}
