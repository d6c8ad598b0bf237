namespace HitlReview.Web.Components.Shared;

/// <summary>What of a payload is shown at first. The rest is one press away, and says how much it is.</summary>
public static class PayloadFolds
{
    /// <summary>The characters of a long text that show at first.</summary>
    public const int TextStart = 2_000;

    /// <summary>The members or items of a long object or array that show at first, and by how many more each press adds.</summary>
    public const int PartsStart = 100;

    /// <summary>How much of a part shows: characters of a text or number, members of an object, items of an array.</summary>
    public static int Shown(PayloadNode node, IReadOnlyDictionary<PayloadNode, int> unfolded) =>
        unfolded.TryGetValue(node, out var shown) ? shown : node.Kind is PayloadKind.Fields or PayloadKind.Items ? PartsStart : TextStart;

    /// <summary>How much there is of it.</summary>
    public static int Length(PayloadNode node) => node.Parts.Count + node.Text.Length;

    /// <summary>How many folds the reader has in front of them.</summary>
    public static int Unread(PayloadNode node, IReadOnlyDictionary<PayloadNode, int> unfolded)
    {
        var shown = Shown(node, unfolded);
        return (Length(node) > shown ? 1 : 0) + node.Parts.Take(shown).Sum(part => Unread(part, unfolded));
    }
}
