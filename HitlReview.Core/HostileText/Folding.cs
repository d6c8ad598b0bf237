using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Texts as a search compares them: upper and lower case are one, so is what looks the same however it is put together, and what is not
/// seen is not there (canonical caseless matching of the Unicode Standard, section 3.13, with the case of single characters and "ß" as
/// "ss", without Default_Ignorable_Code_Point).
/// </summary>
public static class Folding
{
    /// <summary>The text folded. A text of nothing but what is not seen stays as it is.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        // By way of the upper case, for letters with several lower ones, such as the two sigmas.
        var folded = Seen(NormalForm.D(text)).ToUpperInvariant().ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal);
        return folded.Length == 0 ? text : folded;
    }

    static string Seen(string text) => !CodePoints.In(text).Any(Properties.DefaultIgnorable.Contains) ? text
        : CodePoints.ToText([.. CodePoints.In(text).Where(codePoint => !Properties.DefaultIgnorable.Contains(codePoint))]);
}
