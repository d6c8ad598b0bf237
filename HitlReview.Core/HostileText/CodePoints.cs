using System.Globalization;
using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>Reads a text by code points, of which a lone surrogate is one: hostile text is not always well formed.</summary>
static class CodePoints
{
    public static int At(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1])
            ? char.ConvertToUtf32(text[index], text[index + 1])
            : text[index];

    /// <returns>-1 at the start of the text.</returns>
    public static int Before(string text, int index) =>
        index >= 2 && char.IsSurrogatePair(text[index - 2], text[index - 1]) ? char.ConvertToUtf32(text[index - 2], text[index - 1])
        : index >= 1 ? text[index - 1]
        : -1;

    /// <returns>How many UTF-16 code units it takes.</returns>
    public static int Length(int codePoint) => codePoint > char.MaxValue ? 2 : 1;

    public static IEnumerable<int> In(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var codePoint = At(text, i);
            yield return codePoint;
            i += Length(codePoint);
        }
    }

    public static StringBuilder AppendCodePoint(this StringBuilder text, int codePoint) =>
        codePoint > char.MaxValue ? text.Append(char.ConvertFromUtf32(codePoint)) : text.Append((char)codePoint);

    public static string ToText(IEnumerable<int> codePoints)
    {
        var text = new StringBuilder();
        foreach (var codePoint in codePoints)
            text.AppendCodePoint(codePoint);
        return text.ToString();
    }

    public static int ToLower(int codePoint) => Rune.TryCreate(codePoint, out var rune) ? Rune.ToLowerInvariant(rune).Value : codePoint;

    public static bool IsLetter(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) <= UnicodeCategory.OtherLetter;

    public static bool IsMark(int codePoint) => codePoint >= 0x300
        && CharUnicodeInfo.GetUnicodeCategory(
            codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    public static bool IsDigit(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsAsciiWord(int codePoint) => codePoint < 0x80 && char.IsAsciiLetterOrDigit((char)codePoint);
}
