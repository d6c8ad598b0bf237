namespace HitlReview.Core.HostileText;

/// <summary>Long text that says the same again and again, in which something else is easily passed over.</summary>
static class Filler
{
    const int Shortest = 300, Run = 3, Often = 3; // words in a row, and how often they come
    const int MaxApart = 3;
    const int SameCharacter = 20, Piece = 5; // so many of it in a row are words of so many

    /// <summary>What stands apart in a text that is mostly repeated; null where nothing does, or the text isn't so.</summary>
    public static string? ApartIn(string text)
    {
        if (text.Length < Shortest)
            return null;
        var words = Words(text);
        if (words.Count < Run * Often * 2)
            return null;
        var counts = new Dictionary<(string, string, string), int>();
        for (var i = 0; i + Run <= words.Count; i++)
        {
            var run = At(i);
            counts[run] = counts.GetValueOrDefault(run) + 1;
        }
        var isRepeated = new bool[words.Count];
        for (var i = 0; i + Run <= words.Count; i++)
            if (counts[At(i)] >= Often)
                isRepeated.AsSpan(i, Run).Fill(true);
        if (isRepeated.Count(repeated => repeated) < words.Count * 3 / 4)
            return null;
        var apart = new List<(int From, int To)>();
        for (var i = 0; i < words.Count; i++)
            if (!isRepeated[i])
            {
                if (apart.Count > 0 && apart[^1].To == i)
                    apart[^1] = (apart[^1].From, i + 1);
                else
                    apart.Add((i, i + 1));
            }
        return apart.Count is 0 or > MaxApart ? null
            : string.Join(" … ", apart.Select(part => string.Join(' ', words[part.From..part.To].Select(word => text[word]))));

        (string, string, string) At(int i) => (text[words[i]], text[words[i + 1]], text[words[i + 2]]);
    }

    /// <summary>The words; a run of the same character counts as so many short ones.</summary>
    static List<Range> Words(string text)
    {
        var words = new List<Range>();
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            while (at < text.Length && text[at] == text[start])
                at++;
            if (at - start >= SameCharacter)
            {
                for (; start + Piece <= at; start += Piece)
                    words.Add(start..(start + Piece));
                continue;
            }
            while (at < text.Length && !char.IsWhiteSpace(text[at]))
                at++;
            words.Add(start..at);
        }
        return words;
    }
}
