namespace HitlReview.Core.HostileText;

/// <summary>
/// A word with letters of another script that look like those beside them (UTS 39, section 5.1), or a number with digits of several writing
/// systems (section 5.3).
/// </summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Text">The word.</param>
/// <param name="Alike">What it can be taken for; empty if that can't be told, null if only its digits are mixed.</param>
readonly record struct MixedWord(int Start, string Text, string? Alike)
{
    /// <summary>Where in the text its letters are that are fewer than those of its other script, or its digits that are.</summary>
    public IEnumerable<(int Start, int End)> Odd()
    {
        var start = Start;
        var letters = new List<(int Start, int CodePoint)>();
        foreach (var codePoint in CodePoints.In(Text))
        {
            if (Alike is null ? CodePoints.IsDigit(codePoint) : CodePoints.IsLetter(codePoint) && !Scripts.IsShared(codePoint))
                letters.Add((start, codePoint));
            start += CodePoints.Length(codePoint);
        }
        var isAlike = Alike is null;
        bool IsLatin(int codePoint) => isAlike ? codePoint < 0x80 : Scripts.IsLatin(codePoint);
        var isOddLatin = letters.Count(letter => IsLatin(letter.CodePoint)) * 2 < letters.Count;
        foreach (var (at, codePoint) in letters)
            if (IsLatin(codePoint) == isOddLatin)
                yield return (at, at + CodePoints.Length(codePoint));
    }

    /// <summary>The mixed words of a text, in their order.</summary>
    public static IEnumerable<MixedWord> In(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var other = text.AsSpan(at).IndexOfAnyExceptInRange('\0', '\u007F');
            if (other < 0)
                yield break;
            var floor = at;
            at += other;
            var start = at;
            while (start > floor && CodePoints.IsAsciiWord(text[start - 1]))
                start--;
            while (at < text.Length && IsWord(CodePoints.At(text, at)))
                at += CodePoints.Length(CodePoints.At(text, at));
            var word = text[start..at];
            if (word.Length > 1 && AlikeOf(word) is { } alike)
                yield return new(start, word, alike);
            else if (Digits.AreMixed(word))
                yield return new(start, word, null);
            if (at < text.Length && !IsWord(CodePoints.At(text, at)))
                at += CodePoints.Length(CodePoints.At(text, at));
        }
    }

    /// <summary>
    /// What a word of mixed scripts can be taken for; null if for nothing else, because its letters tell themselves apart.
    /// </summary>
    static string? AlikeOf(string word)
    {
        // All the letters before U+0250 are Latin.
        if (!word.AsSpan().ContainsAnyExceptInRange('\0', '\u024F'))
            return null;
        var letters = CodePoints.In(word).Where(codePoint => CodePoints.IsLetter(codePoint) && !Scripts.IsShared(codePoint)).ToArray();
        if (letters.All(Scripts.IsLatin) || Scripts.AreUsual(word) || IsOrdinary(word, letters))
            return null;
        if (Skeleton.Latinised(word) is { } latin)
            return latin;
        var others = letters.Where(letter => !Scripts.IsLatin(letter)).Select(Scripts.Of).Aggregate(ScriptSet.All, (all, set) => all & set);
        return letters.Any(Scripts.IsLatin) && letters.Where(Scripts.IsLatin).All(letter =>
            Skeleton.AlikeIn(letter).Meets(others)) ? "" : null;
    }

    // Formulas such as "ρgh", and abbreviations with an ending or a Greek letter after them: "TNFα", "SMSом".
    static bool IsOrdinary(string word, int[] letters)
    {
        if (word.Length <= 3 && letters.All(letter => Scripts.IsLatin(letter) || Scripts.IsGreek(letter)))
            return true;
        var capitals = letters.TakeWhile(letter => Scripts.IsLatin(letter) && CodePoints.ToLower(letter) != letter).Count();
        return capitals >= 2 && letters[capitals..].All(letter => !Scripts.IsLatin(letter) && CodePoints.ToLower(letter) == letter);
    }

    static bool IsWord(int codePoint) => codePoint < 0x80 ? CodePoints.IsAsciiWord(codePoint)
        : CodePoints.IsLetter(codePoint) || CodePoints.IsMark(codePoint) || CodePoints.IsDigit(codePoint)
            || Properties.DefaultIgnorable.Contains(codePoint);
}
