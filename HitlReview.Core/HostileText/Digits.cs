using System.Globalization;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Numbers that mix digits of different writing systems (UTS 39, section 5.3), such as a Bengali 4 that reads as 8 among others that are
/// what they look like.
/// </summary>
static class Digits
{
    /// <summary>True if the text has decimal digits of more than one system.</summary>
    public static bool AreMixed(string text)
    {
        if (CodePoints.In(text).All(codePoint => codePoint < 0x80 || !CodePoints.IsDigit(codePoint)))
            return false;
        var zero = -1;
        // Digits as wide as Chinese characters, or in bold, are those of ASCII.
        foreach (var codePoint in CodePoints.In(Idna.Map(text)))
        {
            if (!CodePoints.IsDigit(codePoint))
                continue;
            var own = codePoint - CharUnicodeInfo.GetDecimalDigitValue(char.ConvertFromUtf32(codePoint), 0);
            if (zero >= 0 && own != zero)
                return true;
            zero = own;
        }
        return false;
    }
}
