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
        for (var i = 0; i < word.Length; i++)
        {
            var (c, next) = (char.ToLowerInvariant(word[i]), i + 1 < word.Length ? char.ToLowerInvariant(word[i + 1]) : ' ');
            (char Seen, int Skip) read = (c, next) switch
            {
                ('r', 'n') => ('m', 1),
                ('v', 'v') => ('w', 1),
                ('c', 'l') => ('d', 1),
                ('1' or '|' or '!', _) => ('l', 0),
                ('i', _) when isMixed && word[i] == 'I' => ('l', 0),
                ('0', _) => ('o', 0),
                ('3', _) => ('e', 0),
                ('4', _) => ('a', 0),
                ('5' or '$', _) => ('s', 0),
                _ => (c, 0),
            };
            left.Append(read.Seen);
            i += read.Skip;
        }
        return left.ToString();
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
