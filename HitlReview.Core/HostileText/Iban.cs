using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Account numbers whose check digits are wrong (ISO 13616): one letter was taken for a digit, or somebody has changed one. Their lengths
/// are those of the IBAN registry.
/// </summary>
static partial class Iban
{
    static readonly FrozenDictionary<string, int> Lengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 "
        + "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 "
        + "ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 XK20")
        .Split(' ')
        .ToFrozenDictionary(land => land[..2], land => int.Parse(land[2..], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The account numbers of a text whose check digits are wrong, as they are written.</summary>
    public static IEnumerable<string> WrongIn(string text)
    {
        foreach (Match match in Form().Matches(text))
            if (Lengths.TryGetValue(match.Value[..2], out var length) && Number(match.Value, length) is { } number && !IsRight(number))
                yield return number;
    }

    /// <summary>As much of it as makes a number of that length, to the end of a word; null if there is none.</summary>
    static string? Number(string text, int length)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
            if (text[i] != ' ' && ++count == length)
                return i + 1 == text.Length || text[i + 1] == ' ' ? text[..(i + 1)] : null;
        return null;
    }

    static bool IsRight(string number)
    {
        var digits = number.Replace(" ", "", StringComparison.Ordinal);
        var rest = 0;
        foreach (var c in digits[4..] + digits[..4])
            rest = char.IsAsciiDigit(c) ? (rest * 10 + c - '0') % 97
                : char.IsAsciiLetterUpper(c) ? (rest * 100 + c - 'A' + 10) % 97 : -1000;
        return rest == 1;
    }

    // Letters that are taken for digits stand in it as well.
    [GeneratedRegex("(?<![A-Za-z0-9])[A-Z]{2}[0-9OIl]{2}(?: ?[A-Z0-9l]{1,4}){3,8}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
