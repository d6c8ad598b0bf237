using System.Globalization;
using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>
/// What browsers make of the characters of a host (UTS 46, not transitional, as the WHATWG URL standard asks for). In a process without
/// ICU, <see cref="IdnMapping"/> decodes <c>xn--</c> but maps nothing.
/// </summary>
static class Idna
{
    const string Prefix = "xn--";

    static readonly Dictionary<int, string> Mapping = UnicodeFile.Map("idna.txt");
    static readonly IdnMapping Names = new() { AllowUnassigned = true };

    /// <summary>What one character is turned into: small letters, other dots become dots, what can't be seen is dropped.</summary>
    public static string Map(int codePoint) =>
        Mapping.TryGetValue(codePoint, out var target) ? target : CodePoints.ToText([CodePoints.ToLower(codePoint)]);

    /// <summary>What a text is turned into.</summary>
    public static string Map(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var mapped = new StringBuilder(text.Length);
        foreach (var codePoint in CodePoints.In(text))
            mapped.Append(Map(codePoint));
        return mapped.ToString();
    }

    public static bool IsEncoded(string label) => label.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The code of a host that isn't all ASCII; null for any other, or one that has none.</summary>
    public static string? Encode(string host)
    {
        if (Ascii.IsValid(host))
            return null;
        try
        {
            return Names.GetAscii(Map(host));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What an <c>xn--</c> label stands for; null if for nothing.</summary>
    public static string? Decode(string label)
    {
        try
        {
            return Names.GetUnicode(label) is { Length: > 0 } decoded && !Ascii.IsValid(decoded) ? decoded : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
