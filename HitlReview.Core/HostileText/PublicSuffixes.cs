using System.Collections.Frozen;

namespace HitlReview.Core.HostileText;

/// <summary>
/// Under which names anybody can register one (the public suffix list, https://publicsuffix.org/list/): what stands before the registered
/// name of a host is whatever its owner likes, and tells nothing of whose it is.
/// </summary>
static class PublicSuffixes
{
    static readonly Lazy<FrozenSet<string>> Rules =
        new(() => UnicodeFile.Lines("public-suffixes.txt").ToFrozenSet(StringComparer.Ordinal));

    /// <summary>
    /// Where in a host its registered name begins; 0 for all of it: an address in numbers, a public suffix, a single name.
    /// </summary>
    /// <param name="host">The host as it is written.</param>
    public static int RegisteredFrom(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        // A number, or written in another way: nothing of that is to be passed over.
        if (name.Length == 0 || name[0] == '[' || name.Contains('%') || char.IsAsciiDigit(name[^1]))
            return 0;
        List<int> starts = [0];
        for (var i = 0; i < name.Length; i++)
            if (name[i] == '.')
                starts.Add(i + 1);
            else if (Idna.Map(name[i]) == ".")
                return 0;
        // From the longest name on.
        for (var i = 0; i < starts.Count; i++)
        {
            var rest = Idna.Map(name[starts[i]..].ToString());
            if (Rules.Value.Contains($"!{rest}"))
                return starts[i];
            if (Rules.Value.Contains(rest) || rest.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
                && Rules.Value.Contains($"*{rest[dot..]}"))
                return starts[Math.Max(i - 1, 0)];
        }
        return starts[Math.Max(starts.Count - 2, 0)];
    }
}
