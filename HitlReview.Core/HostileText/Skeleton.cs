using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>
/// What is left of a text for the eye (UTS 39, section 4): texts with the same skeleton can be taken for each other. A skeleton is for
/// comparing, never for showing.
/// </summary>
static class Skeleton
{
    static readonly Dictionary<int, string> Prototypes = UnicodeFile.Map("confusables.txt");
    static readonly string[] OfAscii = [.. Enumerable.Range(0, 0x80).Select(Prototype)];
    static readonly Lazy<Dictionary<int, ScriptSet>> Alike = new(ReadAlike);

    /// <summary>The skeleton of a text.</summary>
    public static string Of(string text)
    {
        var skeleton = new StringBuilder(text.Length + 8);
        if (Ascii.IsValid(text))
        {
            foreach (var c in text)
                skeleton.Append(OfAscii[c]);
            return skeleton.ToString();
        }
        foreach (var codePoint in CodePoints.In(NormalForm.D(text)))
            if (!Properties.DefaultIgnorable.Contains(codePoint))
                skeleton.Append(Prototype(codePoint));
        return NormalForm.D(skeleton.ToString());
    }

    /// <summary>The ASCII text that one with other characters can be taken for; null if there is none.</summary>
    public static string? InAscii(string text) =>
        !Ascii.IsValid(text) && Latinised(text) is { } latin && Ascii.IsValid(latin) ? latin : null;

    /// <summary>
    /// A text with each letter that isn't Latin replaced by the one of ASCII that it looks like; null if there is none for one of them.
    /// </summary>
    public static string? Latinised(string text)
    {
        var latin = new StringBuilder(text.Length);
        foreach (var codePoint in CodePoints.In(text))
        {
            var prototype = codePoint < 0x80 ? null : Prototype(codePoint);
            if (prototype is not null && Ascii.IsValid(prototype))
                // The prototype of a capital I is a small L, which would only puzzle whoever reads it.
                latin.Append(prototype == "l" && CodePoints.ToLower(codePoint) != codePoint ? "I" : prototype);
            else if (codePoint < 0x80 || Scripts.IsLatin(codePoint) || Scripts.IsShared(codePoint))
            {
                if (!Properties.DefaultIgnorable.Contains(codePoint))
                    latin.AppendCodePoint(codePoint);
            }
            else
                return null;
        }
        return latin.ToString();
    }

    public static string Prototype(int codePoint) =>
        Prototypes.TryGetValue(codePoint, out var prototype) ? prototype : CodePoints.ToText([codePoint]);

    /// <summary>The scripts that have a character which looks like this one.</summary>
    public static ScriptSet AlikeIn(int codePoint) =>
        Prototype(codePoint) is var prototype && CodePoints.At(prototype, 0) is var first && CodePoints.Length(first) == prototype.Length
            ? Alike.Value.GetValueOrDefault(first) | Scripts.Of(first)
            : default;

    static Dictionary<int, ScriptSet> ReadAlike()
    {
        var alike = new Dictionary<int, ScriptSet>();
        foreach (var (codePoint, prototype) in Prototypes)
            if (CodePoints.At(prototype, 0) is var first && CodePoints.Length(first) == prototype.Length)
                alike[first] = alike.GetValueOrDefault(first) | Scripts.Of(codePoint);
        return alike;
    }
}
