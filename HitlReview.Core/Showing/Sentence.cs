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
        foreach (var (words, place) in Pieces(text))
            parts.Add(place is { } at ? new(values[at], true) : new(words, false));
        return parts;
    }

    /// <summary>What stands between the places of a sentence, and by turns the number of each place; null for words.</summary>
    public static IEnumerable<(string Words, int? Place)> Pieces(string text) =>
        from piece in Place().Split(text).Index()
        where piece.Item.Length > 0
        select piece.Index % 2 == 0 ? (piece.Item, null) : ("", (int?)int.Parse(piece.Item, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Place();
}
