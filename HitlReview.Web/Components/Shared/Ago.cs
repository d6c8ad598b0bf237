using System.Globalization;

namespace HitlReview.Web.Components.Shared;

/// <summary>Times in words. The element <c>time-ago</c> in the browser says the same and keeps it current.</summary>
public static class Ago
{
    /// <summary>How long ago something was, in its largest unit: <c>now</c>, <c>40 s</c>, <c>3 min</c>, <c>2 h</c>, <c>4 d</c>.</summary>
    public static string Words(TimeSpan age) => age switch
    {
        { TotalSeconds: < 5 } => Texts.AgeNow,
        { TotalMinutes: < 1 } => Say.With(Texts.AgeSeconds, (int)age.TotalSeconds),
        { TotalHours: < 1 } => Say.With(Texts.AgeMinutes, (int)age.TotalMinutes),
        { TotalDays: < 1 } => Say.With(Texts.AgeHours, (int)age.TotalHours),
        _ => Say.With(Texts.AgeDays, (int)age.TotalDays),
    };

    /// <summary>The same at the end of a sentence: <c>3 min ago</c>.</summary>
    public static string Sentence(TimeSpan age) => age.TotalSeconds < 5 ? Words(age) : Say.With(Texts.AgeInSentence, Words(age));

    /// <summary>The exact time in UTC, as shown until the browser says it in the reader's own time.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The machine-readable form.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
