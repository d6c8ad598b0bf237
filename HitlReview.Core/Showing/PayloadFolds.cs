namespace HitlReview.Core.Showing;

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

    /// <summary>
    /// How much of it shows after one more press: a text opens whole, a long list step by step, because each item is a place on the screen.
    /// </summary>
    public static int ShownNext(PayloadNode node, IReadOnlyDictionary<PayloadNode, int> unfolded) =>
        node.Kind is PayloadKind.Fields or PayloadKind.Items
            ? Math.Min(Length(node), Shown(node, unfolded) + 10 * PartsStart) : Length(node);

    /// <summary>The parts in front of the reader that do not show whole.</summary>
    public static IReadOnlyList<PayloadNode> Folded(PayloadNode node, IReadOnlyDictionary<PayloadNode, int> unfolded)
    {
        var folded = new List<PayloadNode>();
        Collect(node);
        return folded;

        void Collect(PayloadNode part)
        {
            var shown = Shown(part, unfolded);
            if (Length(part) > shown)
                folded.Add(part);
            foreach (var inner in part.Parts.Take(shown))
                Collect(inner);
        }
    }
}
