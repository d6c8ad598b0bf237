namespace HitlReview.Core;

/// <summary>The start of a text that is too long for its place, with no character cut in two.</summary>
public static class TextStart
{
    /// <summary>As much of a text as there is room for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">The most of it, at least 1, in UTF-16 code units.</param>
    public static string Of(string text, int max) =>
        text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];

    /// <summary>The same with an ellipsis behind it where something is left out, which is not counted.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Marked(string text, int max) => text.Length <= max ? text : Of(text, max) + "…";
}
