namespace HitlReview.Core.HostileText;

/// <summary>A set of code points, kept as ranges in order.</summary>
/// <param name="firsts">The first of each range.</param>
/// <param name="lasts">The last of each range.</param>
sealed class CodePointSet(int[] firsts, int[] lasts)
{
    public static CodePointSet Empty { get; } = new([], []);

    public IReadOnlyList<int> Firsts => firsts;

    public IReadOnlyList<int> Lasts => lasts;

    public bool Contains(int codePoint)
    {
        var at = Array.BinarySearch(firsts, codePoint);
        return at >= 0 || (at = ~at - 1) >= 0 && codePoint <= lasts[at];
    }
}
