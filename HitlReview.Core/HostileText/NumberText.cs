using System.Text.RegularExpressions;

namespace HitlReview.Core.HostileText;

/// <summary>Texts that are read as a number, and not as the one that they are.</summary>
static partial class NumberText
{
    /// <summary>True for a number with an exponent and nothing beside it. Longer exponents are those of hashes.</summary>
    public static bool HasExponent(string text) => Exponent().IsMatch(text);

    /// <summary>True for what is a thousand where the dot parts thousands, and one where it parts decimals.</summary>
    public static bool IsAmbiguous(string text) => Ambiguous().IsMatch(text);

    /// <summary>The numbers of a text in which letters stand for digits, each with the digits they look like.</summary>
    public static IEnumerable<(string Written, string Read)> WithLettersIn(string text)
    {
        if (text.AsSpan().IndexOfAny("OolI") < 0)
            yield break;
        // What the expression looked ahead to may not be in what it found.
        foreach (Match match in Letters().Matches(text))
            if (match.ValueSpan.IndexOfAny("OolI") >= 0 && match.ValueSpan.ContainsAnyInRange('0', '9'))
                yield return (match.Value, match.Value.Replace('O', '0').Replace('o', '0').Replace('l', '1').Replace('I', '1'));
    }

    [GeneratedRegex(@"^[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Exponent();

    [GeneratedRegex(@"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ambiguous();

    // From a digit to a digit, or to two letters at the end: a single one there is a unit or a part of a code (5l, 100I), one at the
    // beginning that of a class (I10, O80.1) but before thousands, and 0o755 is octal.
    [GeneratedRegex(
        @"(?<![\w.,/+=%&?#:-])(?!0o)(?=[\d.,]*[OolI])"
        + @"(?:\d[\dOolI]*(?:[.,][\dOolI]+)*(?:\d|OO|oo)|[OlI][\dOolI]*,[\dOolI]{3}|l[\dOolI]+\.[\dOolI]{2})(?![\w/+=-])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Letters();
}
