using System.Globalization;
using System.Text.RegularExpressions;
using HitlReview.Web.Components.Payload;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Live;

/// <summary>
/// Times on a page, as elements that the browser (js/times.js) words in the reader's time zone and keeps current, and that cost the server
/// nothing more.
/// </summary>
static partial class Time
{
    /// <summary>
    /// How long ago something was: <c>now</c>, <c>40 s</c>, <c>3 min</c>, <c>2 h</c>, <c>4 d</c>; the exact time on hover.
    /// </summary>
    public static RenderFragment Ago(DateTimeOffset at) => Element("time-ago", at, null);

    /// <summary>The same at the end of a sentence: <c>3 min ago</c>.</summary>
    public static RenderFragment AgoInSentence(DateTimeOffset at) => Element("time-ago", at, "ago");

    /// <summary>The same, or words for what never was.</summary>
    public static RenderFragment AgoInSentence(DateTimeOffset? at, string never) => at is { } then ? AgoInSentence(then) : Say.Plain(never);

    /// <summary>The time of day, with the date where that isn't today.</summary>
    public static RenderFragment Exact(DateTimeOffset at) => Element("time-ago", at, "exact");

    /// <summary>A sentence of ours in which times stand as programs read them, and what it quotes of others.</summary>
    public static RenderFragment Within(string sentence) => builder =>
    {
        var from = 0;
        foreach (var match in Stamp.EnumerateMatches(sentence))
        {
            builder.OpenRegion(0);
            builder.AddContent(0, Visible.Text(sentence[from..match.Index]));
            builder.AddContent(1, Exact(DateTimeOffset.Parse(
                sentence.AsSpan(match.Index, match.Length), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
            builder.CloseRegion();
            from = match.Index + match.Length;
        }
        builder.AddContent(1, Visible.Text(sentence[from..]));
    };

    [GeneratedRegex(@"\b20\d\d-(?:0[1-9]|1[0-2])-(?:[01]\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ\b")]
    private static partial Regex Stamp { get; }

    /// <summary>The seconds until a time, counted down.</summary>
    public static RenderFragment Until(DateTimeOffset at) => Element("count-down", at, null);

    /// <summary>How long something took, in its two largest units. By a clock that was set back it took no time.</summary>
    public static string Span(TimeSpan took) => took switch
    {
        { Ticks: < 0 } => Span(TimeSpan.Zero),
        { TotalSeconds: < 1 } => Say.With(Texts.Milliseconds, Say.Number((int)took.TotalMilliseconds)),
        { TotalMinutes: < 1 } => Say.With(Texts.Seconds, took.Seconds),
        { TotalHours: < 1 } => Say.With(Texts.MinutesSeconds, took.Minutes, took.Seconds),
        { TotalDays: < 1 } => Say.With(Texts.HoursMinutes, took.Hours, took.Minutes),
        _ => Say.With(Texts.DaysHours, took.Days, took.Hours),
    };

    /// <summary>The machine-readable form.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // What is in the element shows where no script runs.
    static RenderFragment Element(string name, DateTimeOffset at, string? form) => builder =>
    {
        builder.OpenElement(0, name);
        builder.AddAttribute(1, "datetime", Iso(at));
        if (form is not null)
            builder.AddAttribute(2, form);
        builder.AddContent(3, at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        builder.CloseElement();
    };
}
