using System.Globalization;
using System.Text;

namespace HitlReview.Web.Components.Shared;

/// <summary>
/// Characters without ink of their own: what hides, reorders or fakes text. They are never shown as they are but named, so that a
/// person who decides reads what a machine will read.
/// </summary>
public static class Unseen
{
    // Default_Ignorable_Code_Point of the Unicode Character Database (DerivedCoreProperties), and the Braille blank.
    static readonly (int First, int Last)[] Ignorable =
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
        (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    static readonly Dictionary<int, string> Names = new()
    {
        [0x0000] = "null",
        [0x0008] = "backspace",
        [0x000D] = "carriage return",
        [0x001B] = "escape",
        [0x007F] = "delete",
        [0x00A0] = "no-break space",
        [0x00AD] = "soft hyphen",
        [0x034F] = "combining grapheme joiner",
        [0x061C] = "Arabic letter mark",
        [0x115F] = "Hangul filler",
        [0x1160] = "Hangul filler",
        [0x3164] = "Hangul filler",
        [0xFFA0] = "Hangul filler",
        [0x2800] = "Braille blank",
        [0x200B] = "zero-width space",
        [0x200C] = "zero-width non-joiner",
        [0x200D] = "zero-width joiner",
        [0x2060] = "word joiner",
        [0xFEFF] = "zero-width no-break space",
        [0x200E] = "left-to-right mark",
        [0x200F] = "right-to-left mark",
        [0x202A] = "left-to-right embedding",
        [0x202B] = "right-to-left embedding",
        [0x202C] = "end of embedding",
        [0x202D] = "left-to-right override",
        [0x202E] = "right-to-left override",
        [0x2066] = "left-to-right isolate",
        [0x2067] = "right-to-left isolate",
        [0x2068] = "first strong isolate",
        [0x2069] = "end of isolate",
        [0x2028] = "line separator",
        [0x2029] = "paragraph separator",
    };

    /// <summary>True if the character must be named to be seen. Blank, tab and line feed are seen by what they do.</summary>
    public static bool Is(Rune rune)
    {
        if (rune.Value is >= ' ' and <= '~' or '\n' or '\t')
            return false;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
            || Array.Exists(Ignorable, range => rune.Value >= range.First && rune.Value <= range.Last);
    }

    /// <summary>The code point as it is usually written: <c>U+202E</c>.</summary>
    public static string Code(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");

    /// <summary>What the character is, in words.</summary>
    public static string Name(Rune rune) => Names.TryGetValue(rune.Value, out var name) ? name : rune.Value switch
    {
        >= 0xE0000 and <= 0xE007F => "tag character",
        >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF => "variation selector",
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => "control character",
            UnicodeCategory.SpaceSeparator => "unusual space",
            UnicodeCategory.PrivateUse => "private-use character",
            UnicodeCategory.OtherNotAssigned => "unassigned character",
            _ => "invisible character",
        },
    };

    /// <summary>The different characters in a text that must be named, in the order in which they come.</summary>
    public static IReadOnlyList<Rune> In(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? [] : [.. text.EnumerateRunes().Where(Is).Distinct()];

    /// <summary>Takes a text apart into runs that can be shown as they are and single characters that can't.</summary>
    public static IEnumerable<(string Text, Rune? Unseen)> Split(string text)
    {
        var start = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Is(rune))
            {
                if (at > start)
                    yield return (text[start..at], null);
                yield return ("", rune);
                start = at + rune.Utf16SequenceLength;
            }
            at += rune.Utf16SequenceLength;
        }
        if (start < text.Length)
            yield return (text[start..], null);
    }
}
