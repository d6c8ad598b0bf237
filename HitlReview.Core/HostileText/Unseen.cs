using System.Globalization;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Characters without ink of their own: what hides, reorders or fakes text. They are never shown as they are but named, so that a
/// person who decides reads what a machine will read.
/// </summary>
public static class Unseen
{
    static readonly Lazy<Dictionary<int, string>> Names = new(() => UnicodeFile.Names("names.txt"));

    /// <summary>
    /// True if the character must be named to be seen, wherever it stands. Blank, tab and line feed are seen by what they do.
    /// <see cref="VisibleText"/> knows where some of the others are in their place.
    /// </summary>
    public static bool Is(int codePoint)
    {
        if (codePoint is >= ' ' and <= '~' or '\n' or '\t')
            return false;
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate => true,
            // Emoji to come have their places already.
            UnicodeCategory.OtherNotAssigned => !Properties.Pictograph.Contains(codePoint),
            UnicodeCategory.Format => !Properties.PrependedMark.Contains(codePoint),
            _ => Properties.DefaultIgnorable.Contains(codePoint) || Properties.Blank.Contains(codePoint),
        };
    }

    /// <summary>
    /// True if the character opens or closes a stretch of text in another direction (UAX 9, section 2); the marks of direction, which are
    /// in ordinary Hebrew and Arabic, are none of these.
    /// </summary>
    public static bool Reorders(int codePoint) => codePoint is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>The code point as it is usually written: <c>U+202E</c>.</summary>
    public static string Code(int codePoint) => string.Create(CultureInfo.InvariantCulture, $"U+{codePoint:X4}");

    /// <summary>What the character is, in words.</summary>
    public static string Name(int codePoint) => Names.Value.TryGetValue(codePoint, out var name) ? name : codePoint switch
    {
        0xE007F => "cancel tag",
        > 0xE0020 and < 0xE007F => $"tag character {(char)(codePoint - 0xE0000)}",
        >= 0xE0000 and <= 0xE007F => "tag character",
        >= 0xFE00 and <= 0xFE0F => string.Create(CultureInfo.InvariantCulture, $"variation selector {codePoint - 0xFE00 + 1}"),
        >= 0xE0100 and <= 0xE01EF => string.Create(CultureInfo.InvariantCulture, $"variation selector {codePoint - 0xE0100 + 17}"),
        _ => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.Control => "control character",
            UnicodeCategory.SpaceSeparator => "unusual space",
            UnicodeCategory.PrivateUse => "private-use character",
            UnicodeCategory.OtherNotAssigned => "unassigned character",
            UnicodeCategory.Surrogate => "half of a character",
            _ => "invisible character",
        },
    };
}
