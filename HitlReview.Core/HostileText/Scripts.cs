using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>Which scripts a text is written in (UTS 39, section 5).</summary>
static class Scripts
{
    // Writing systems that use several scripts; they stand for their scripts when a text is resolved.
    const string Japanese = "Japanese", Korean = "Korean", HanWithBopomofo = "Han with Bopomofo", Unknown = "Unknown";

    static readonly KeyValuePair<string, CodePointSet>[] Files = [.. UnicodeFile.Sets("scripts.txt")];
    static readonly string[] AllNames = [
        .. Files.Select(script => script.Key.Replace('_', ' ')), Japanese, Korean, HanWithBopomofo, Unknown];
    static readonly ScriptSet Shared = Named("Common") | Named("Inherited");
    static readonly ScriptSet EastAsian = Named(Japanese) | Named(Korean) | Named(HanWithBopomofo);
    static readonly ScriptSet Latin = Named("Latin"), Greek = Named("Greek");
    static readonly (ScriptSet Script, ScriptSet Systems)[] Augments =
    [
        (Named("Han"), EastAsian),
        (Named("Hiragana") | Named("Katakana"), Named(Japanese)),
        (Named("Hangul"), Named(Korean)),
        (Named("Bopomofo"), Named(HanWithBopomofo)),
    ];

    static readonly Range[] Table = Sorted(Files);
    static readonly Range[] Extensions = Sorted(UnicodeFile.Sets("script-extensions.txt"));

    public static IReadOnlyList<string> Names => AllNames;

    /// <summary>The scripts that use a character.</summary>
    public static ScriptSet Of(int codePoint) => Find(Extensions, codePoint) ?? Find(Table, codePoint) ?? Named(Unknown);

    /// <summary>
    /// The scripts that a text can be written in as a whole: those that all its characters have in common. None for a text that mixes
    /// scripts.
    /// </summary>
    public static ScriptSet Resolve(string text) =>
        CodePoints.In(text).Aggregate(ScriptSet.All, (all, codePoint) => all & Augmented(codePoint));

    /// <summary>The scripts whose characters a text has, beside those that all scripts use.</summary>
    public static IReadOnlyList<string> In(string text) =>
        CodePoints.In(text).Select(Of).Where(set => !set.Meets(Shared)).Aggregate(default(ScriptSet), (all, set) => all | set).Names;

    /// <summary>
    /// True if a text mixes scripts no further than writing systems do: one script, or Latin with those of Japanese, of Korean or of
    /// Chinese ("highly restrictive", UTS 39, section 5.2).
    /// </summary>
    public static bool AreUsual(string text) =>
        Ascii.IsValid(text) || !Resolve(text).IsEmpty
        || CodePoints.In(text).Select(Augmented).Where(set => !set.Meets(Latin)).Aggregate(ScriptSet.All, (all, set) => all & set)
            .Meets(EastAsian);

    /// <summary>True if the character belongs to every script, or to the one that it is combined with.</summary>
    public static bool IsShared(int codePoint) => Of(codePoint).Meets(Shared);

    public static bool IsLatin(int codePoint) => Of(codePoint).Meets(Latin);

    public static bool IsGreek(int codePoint) => Of(codePoint).Meets(Greek);

    /// <summary>True for the scripts of Chinese, Japanese and Korean, which are written without blanks beside others.</summary>
    public static bool IsEastAsian(int codePoint) =>
        codePoint > 0x7F && Augmented(codePoint) is var set && set != ScriptSet.All && set.Meets(EastAsian);

    static ScriptSet Augmented(int codePoint)
    {
        var set = Of(codePoint);
        if (set.Meets(Shared))
            return ScriptSet.All;
        foreach (var (script, systems) in Augments)
            if (set.Meets(script))
                set |= systems;
        return set;
    }

    static ScriptSet Named(string name) => ScriptSet.Of(Array.IndexOf(AllNames, name));

    static Range[] Sorted(IEnumerable<KeyValuePair<string, CodePointSet>> rows)
    {
        var ranges = new List<Range>();
        foreach (var (names, set) in rows)
        {
            var scripts = default(ScriptSet);
            foreach (var name in names.Split('+'))
                scripts |= Named(name.Replace('_', ' '));
            for (var i = 0; i < set.Firsts.Count; i++)
                ranges.Add(new(set.Firsts[i], set.Lasts[i], scripts));
        }
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        return [.. ranges];
    }

    static ScriptSet? Find(Range[] table, int codePoint)
    {
        var (low, high) = (0, table.Length);
        while (low < high)
            if (table[(low + high) / 2].Last < codePoint)
                low = (low + high) / 2 + 1;
            else
                high = (low + high) / 2;
        return low < table.Length && table[low].First <= codePoint ? table[low].Scripts : null;
    }

    sealed record Range(int First, int Last, ScriptSet Scripts);
}
