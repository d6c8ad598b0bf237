using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Words of plain ASCII that can be taken for other ones: <c>paypa1</c>, <c>rnicrosoft</c>, <c>GOOGLE</c> with a zero. The characters that
/// Unicode lists as confusable are <see cref="Skeleton"/>'s.
/// </summary>
static class AsciiLookAlike
{
    const int Shortest = 5, Longest = 30;

    static readonly SearchValues<char> Suspicious = SearchValues.Create("01345|!$I");
    static readonly string[] Pairs = ["rn", "vv", "cl"];

    static readonly Lazy<FrozenDictionary<string, string>> Known = new(() => UnicodeFile.Lines("known-names.txt")
        .ToFrozenDictionary(name => Of(name), StringComparer.Ordinal));

    /// <summary>What is left of a word for an eye that doesn't look twice.</summary>
    public static string Of(string word)
    {
        // A capital I among small letters is drawn as a small L.
        var isMixed = word.AsSpan().ContainsAnyInRange('a', 'z');
        var left = new StringBuilder(word.Length);
        foreach (var c in word)
            left.Append(c switch
            {
                '1' or '|' or '!' => 'l',
                'I' when isMixed => 'l',
                '0' => 'o',
                '3' => 'e',
                '4' => 'a',
                '5' or '$' => 's',
                _ => char.ToLowerInvariant(c),
            });
        // Of what that makes, too.
        return left.Replace("rn", "m").Replace("vv", "w").Replace("cl", "d").ToString();
    }

    /// <summary>The words of a text that look like a well-known name and aren't it, each with that name.</summary>
    public static IEnumerable<(string Word, string Name)> In(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '|' or '!' or '$'))
                at++;
            if (at - start is >= Shortest and <= Longest && IsSuspicious(text.AsSpan(start, at - start))
                && text[start..at].TrimEnd('!') is var word && NameOf(word) is { } name)
                yield return (word, name);
            at = Math.Max(at, start + 1);
        }
    }

    static bool IsSuspicious(ReadOnlySpan<char> word)
    {
        foreach (var pair in Pairs)
            if (word.Contains(pair, StringComparison.OrdinalIgnoreCase))
                return true;
        return word.ContainsAny(Suspicious);
    }

    // Both an L and an I of a name look like a 1.
    static string? NameOf(string word) =>
        Known.Value.TryGetValue(Of(word), out var name) || Known.Value.TryGetValue(Of(word.Replace('1', 'i')), out name)
            ? name.Equals(word, StringComparison.OrdinalIgnoreCase) ? null : name
            : null;
}
