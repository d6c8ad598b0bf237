using System.Globalization;
using System.Text.RegularExpressions;

namespace HitlReview.Core.Showing;

/// <summary>A part of a sentence.</summary>
/// <param name="Text">Our words, or a value.</param>
/// <param name="IsInput">True for a value from outside, which is shown as such: it could say anything.</param>
public sealed record SentencePart(string Text, bool IsInput);

/// <summary>Sentences of ours with values from outside in them, which must never pass for our words.</summary>
public static partial class Sentence
{
    /// <summary>A sentence for where there can be no markup.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="maxValue">Where a value is cut, in UTF-16 code units.</param>
    public static string Plain(IReadOnlyList<SentencePart> sentence, int maxValue) =>
        string.Concat(sentence.Select(part => part.IsInput ? Visible.Plain(part.Text, maxValue) : part.Text));

    /// <summary>The sentence with values in place of <c>{0}</c>, <c>{1}</c> and so on.</summary>
    public static IReadOnlyList<SentencePart> With(string text, params ReadOnlySpan<string> values)
    {
        var parts = new List<SentencePart>();
        foreach (var (at, piece) in Place().Split(text).Index())
            if (piece.Length > 0)
                parts.Add(at % 2 == 0 ? new(piece, false) : new(values[int.Parse(piece, CultureInfo.InvariantCulture)], true));
        return parts;
    }

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();
}
