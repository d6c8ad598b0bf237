namespace HitlReview.Core;

/// <summary>What a key may do, as people write it.</summary>
public static class KeyWords
{
    /// <summary>The words: ask, decide, admin, metrics.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetNames<KeyMay>().Where(name => name != nameof(KeyMay.none))];

    /// <summary>The words for it.</summary>
    public static IEnumerable<string> Of(KeyMay may) => All.Where(word => may.HasFlag(Enum.Parse<KeyMay>(word)));

    /// <summary>What the words mean together; no word means nothing.</summary>
    /// <exception cref="RefusedException">Invalid: one of them isn't such a word; the message names it.</exception>
    public static KeyMay Parse(IEnumerable<string> words)
    {
        var may = KeyMay.none;
        foreach (var word in words)
            may |= All.Contains(word) ? Enum.Parse<KeyMay>(word)
                : throw new RefusedException(Refusal.Invalid,
                    $"'{(word.Length <= 40 ? word : "…")}' is nothing that a key may; it may {string.Join(", ", All)}.");
        return may;
    }
}
