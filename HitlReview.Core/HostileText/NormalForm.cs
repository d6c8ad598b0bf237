using System.Globalization;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Canonical decomposition (UAX 15). <see cref="string.Normalize()"/> leaves everything beyond ASCII as it is in a process without ICU.
/// </summary>
static class NormalForm
{
    // The syllables of Hangul are taken apart by rule.
    const int FirstSyllable =
        0xAC00, FirstLead = 0x1100, FirstVowel = 0x1161, FirstTail = 0x11A7, Vowels = 21, Tails = 28, Syllables = 19 * Vowels * Tails;

    static readonly Dictionary<int, string> Parts = UnicodeFile.Map("decompositions.txt");
    static readonly Dictionary<int, int> Classes = ReadClasses();

    /// <summary>The text fully decomposed, with its marks in canonical order (NFD).</summary>
    public static string D(string text)
    {
        // The first character that decomposes is U+00C0.
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u00BF') < 0)
            return text;
        var all = new List<int>(text.Length);
        foreach (var codePoint in CodePoints.In(text))
            Decompose(codePoint, all);
        for (var i = 0; i < all.Count; i++)
        {
            var first = i;
            while (i < all.Count && ClassOf(all[i]) > 0)
                i++;
            if (i - first > 1 && !IsInOrder(all, first, i))
            {
                var inOrder = all[first..i].OrderBy(ClassOf).ToArray();
                for (var k = 0; k < inOrder.Length; k++)
                    all[first + k] = inOrder[k];
            }
        }
        return CodePoints.ToText(all);
    }

    static bool IsInOrder(List<int> all, int first, int end)
    {
        for (var i = first + 1; i < end; i++)
            if (ClassOf(all[i]) < ClassOf(all[i - 1]))
                return false;
        return true;
    }

    /// <summary>The canonical combining class: 0 for what isn't reordered, 9 for a virama.</summary>
    public static int ClassOf(int codePoint) => codePoint < 0x300 ? 0 : Classes.GetValueOrDefault(codePoint);

    static void Decompose(int codePoint, List<int> all)
    {
        if (codePoint - FirstSyllable is >= 0 and < Syllables and var syllable)
        {
            all.Add(FirstLead + syllable / (Vowels * Tails));
            all.Add(FirstVowel + syllable / Tails % Vowels);
            if (syllable % Tails > 0)
                all.Add(FirstTail + syllable % Tails);
        }
        else if (Parts.TryGetValue(codePoint, out var parts))
        {
            foreach (var part in CodePoints.In(parts))
                Decompose(part, all);
        }
        else
            all.Add(codePoint);
    }

    static Dictionary<int, int> ReadClasses()
    {
        var classes = new Dictionary<int, int>();
        foreach (var (name, set) in UnicodeFile.Sets("combining-classes.txt"))
            for (var i = 0; i < set.Firsts.Count; i++)
                for (var codePoint = set.Firsts[i]; codePoint <= set.Lasts[i]; codePoint++)
                    classes[codePoint] = int.Parse(name, CultureInfo.InvariantCulture);
        return classes;
    }
}
