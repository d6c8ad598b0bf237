using System.Text;

namespace HitlReview.Web.Components.Shared;

/// <summary>Finds what in a payload or in the agent's words could make a person approve something else than they read.</summary>
public static class PayloadWarnings
{
    const int MaxPlaces = 20;

    /// <summary>The warnings, each a sentence; none for a payload that is what it looks like.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="instructions">The agent's words, if any.</param>
    public static IReadOnlyList<string> For(PayloadNode payload, string? instructions)
    {
        var found = new List<string>();
        if (instructions is not null && Unseen.In(instructions) is { Count: > 0 } inWords)
            found.Add($"The agent's words contain hidden characters: {Describe(inWords)}.");
        Collect(payload, found);
        return found.Count <= MaxPlaces ? found : [.. found.Take(MaxPlaces), $"And {found.Count - MaxPlaces} more places like these."];
    }

    static void Collect(PayloadNode node, List<string> found)
    {
        if (Unseen.In(node.Text) is { Count: > 0 } inText)
            found.Add($"The value of {node.Path} contains hidden characters: {Describe(inText)}.");
        if (node.Kind == PayloadKind.Fields)
        {
            foreach (var part in node.Parts)
                if (Unseen.In(part.Key) is { Count: > 0 } inKey)
                    found.Add($"The key {part.Path} contains hidden characters: {Describe(inKey)}.");
            foreach (var alike in node.Parts.GroupBy(part => Skeleton(part.Key), StringComparer.Ordinal).Where(same => same.Count() > 1))
                found.Add($"These keys look alike but are different: {string.Join(", ", alike.Select(part => part.Path))}.");
        }
        foreach (var part in node.Parts)
            Collect(part, found);
    }

    static string Describe(IReadOnlyList<Rune> unseen) =>
        string.Join(", ", unseen.Take(5).Select(rune => $"{Unseen.Code(rune)} {Unseen.Name(rune)}")) + (unseen.Count > 5 ? $" and {unseen.Count - 5} more" : "");

    /// <summary>What is left of a key for the eye: nothing unseen, and upper and lower case as one.</summary>
    static string Skeleton(string key) => string.Concat(Unseen.Split(key).Select(piece => piece.Text)).ToUpperInvariant();
}
