using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Texts as a search compares them: upper and lower case are one, and so is what looks the same however it is put together (canonical
/// caseless matching of the Unicode Standard, section 3.13, with the case of single characters and "ß" as "ss").
/// </summary>
public static class Folding
{
    /// <summary>The text folded.</summary>
    public static string Of(string text) => Ascii.IsValid(text)
        ? text.ToLowerInvariant()
        // By way of the upper case, for letters with several lower ones, such as the two sigmas.
        : NormalForm.D(text).ToUpperInvariant().ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal);
}
