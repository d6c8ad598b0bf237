using System.Buffers;
using System.Globalization;
using System.Text;

namespace HitlReview.Core.HostileText;

/// <summary>Takes a text apart into what shows as it is and what doesn't. The pieces put together are the text, to the character.</summary>
public static class VisibleText
{
    // As many blanks as half a line of a phone. What begins a line is indented rather than hidden, as code is by ten levels of eight.
    const int WideRun = 20, WideIndent = 80, TabWidth = 4;

    // Letters and code leave three or four lines empty at most.
    const int ManyBreaks = 6;

    // UTS 39, section 5.4: no language stacks more.
    const int MaxMarks = 4;

    const int EmojiStyle = 0xFE0F, NonJoiner = 0x200C, Joiner = 0x200D, WideBlank = 0x3000, ViramaClass = 9;

    static readonly SearchValues<char> Ink = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);
    static readonly Lazy<string[]> TagFlags = new(() => UnicodeFile.Texts("flags.txt"));

    /// <summary>The pieces of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isWhole">Blanks and line breaks are left as they are, however many.</param>
    /// <param name="isAll">The text stands alone and not beside other text: blanks at its ends are of its own.</param>
    public static IEnumerable<Piece> Split(string text, bool isWhole = false, bool isAll = false)
    {
        var (start, end) = isAll ? EdgesOf(text) : (0, text.Length);
        return Edge(text[..start]).Concat(Inner(text[start..end], isWhole)).Concat(Edge(text[end..])).SelectMany(Letters);
    }

    /// <summary>Where the ink of a text begins and ends; all of it for one of several lines, which end as they like.</summary>
    static (int Start, int End) EdgesOf(string text)
    {
        if (text.AsSpan().ContainsAny('\r', '\n'))
            return (0, text.Length);
        var (start, end) = (0, text.Length);
        while (start < end && text[start] is ' ' or '\t' or '\u00A0')
            start++;
        while (end > start && text[end - 1] is ' ' or '\t' or '\u00A0')
            end--;
        return (start, end);
    }

    static IEnumerable<Piece> Edge(string blanks) => blanks.Length == 0 ? [] : [new(PieceKind.Blanks, blanks, blanks.Length)];

    /// <summary>Sets letters apart that are taken for those beside them.</summary>
    static IEnumerable<Piece> Letters(Piece piece)
    {
        if (piece.Kind != PieceKind.Plain || Ascii.IsValid(piece.Text))
            return [piece];
        var pieces = new List<Piece>();
        var at = 0;
        foreach (var word in MixedWord.In(piece.Text))
            foreach (var (start, end) in word.Odd())
            {
                if (start > at)
                    pieces.Add(new(PieceKind.Plain, piece.Text[at..start], start - at));
                pieces.Add(new(PieceKind.Alike, piece.Text[start..end], end - start));
                at = end;
            }
        if (at == 0)
            return [piece];
        if (at < piece.Text.Length)
            pieces.Add(new(PieceKind.Plain, piece.Text[at..], piece.Text.Length - at));
        return pieces;
    }

    static IEnumerable<Piece> Inner(string text, bool isWhole)
    {
        var at = 0;
        foreach (var address in Address.In(text))
        {
            foreach (var piece in Pieces(text, at, address.IsBare ? at : address.Start, PieceKind.Plain, isWhole))
                yield return piece;
            if (address.IsBare)
                continue;
            var registered = address.Start + PublicSuffixes.RegisteredFrom(address.Host);
            foreach (var piece in Pieces(text, address.Start, registered, PieceKind.Plain, isWhole))
                yield return piece;
            foreach (var piece in Pieces(text, registered, at = address.Start + address.Host.Length, PieceKind.Host, isWhole))
                yield return piece;
        }
        foreach (var piece in Pieces(text, at, text.Length, PieceKind.Plain, isWhole))
            yield return piece;
    }

    /// <summary>True if a text has letters that run from right to left.</summary>
    /// <param name="text">The text.</param>
    public static bool HasRightToLeft(string text) => text.AsSpan().ContainsAnyExceptInRange('\0', '\u058F')
        && CodePoints.In(text).Any(letter => CodePoints.IsLetter(letter) && Properties.RightToLeft.Contains(letter));

    static IEnumerable<Piece> Pieces(string text, int plain, int end, PieceKind shown, bool isWhole)
    {
        var at = plain;
        while (at < end)
        {
            var (kind, length, count) = Next(text, at, end, isWhole);
            if (kind != PieceKind.Plain)
            {
                if (at > plain)
                    yield return new(shown, text[plain..at], at - plain);
                yield return new(kind, text.Substring(at, length), count);
                plain = at + length;
            }
            at += length;
        }
        if (end > plain)
            yield return new(shown, text[plain..end], end - plain);
    }

    /// <summary>What begins at a place, and how far it goes.</summary>
    static (PieceKind Kind, int Length, int Count) Next(string text, int at, int end, bool isWhole)
    {
        var ink = text.AsSpan(at, end - at).IndexOfAnyExcept(Ink);
        if (ink != 0)
            return (PieceKind.Plain, ink < 0 ? end - at : ink, 0);
        if (isWhole && (text[at] is ' ' or '\t' or '\n' || IsCrLf(text, at)))
            return (PieceKind.Plain, 1, 0);
        if (IsEmpty(text[at]) && !isWhole && Empties(text, at, end) is { Length: > 0 } empties)
            return empties;
        if (Sequence(text, at) is > 0 and var sequence)
            return (PieceKind.Plain, sequence, 0);
        var codePoint = CodePoints.At(text, at);
        if (Unseen.Is(codePoint))
            return Repeated(text, at, end, codePoint);
        return IsStacking(codePoint) ? Marks(text, at, end) : (PieceKind.Plain, CodePoints.Length(codePoint), 0);
    }

    /// <returns>Nothing if they have to be named one by one.</returns>
    static (PieceKind Kind, int Length, int Count) Empties(string text, int at, int end)
    {
        var (next, breaks, line) = (at, 0, -1);
        for (; next < end && IsEmpty(text[next]); next++)
            if (text[next] is '\n' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029' || text[next] == '\r' && !IsCrLf(text, next))
            {
                breaks++;
                line = line < 0 ? next : line;
            }
        if (breaks >= ManyBreaks)
            return (PieceKind.Lines, next - at, breaks);
        var run = text.AsSpan(at, (line < 0 ? next : line) - at).TrimEnd('\r');
        if (run.Length + run.Count('\t') * (TabWidth - 1) >= (at == 0 || text[at - 1] == '\n' ? WideIndent : WideRun))
            return (PieceKind.Blanks, run.Length, run.Length);
        if (text[at] == '\n' || IsCrLf(text, at))
            return (PieceKind.Plain, 1, 0);
        return (PieceKind.Plain, run.IndexOfAnyExcept(' ', '\t') is >= 0 and var other ? other : run.Length, 0);
    }

    static bool IsCrLf(string text, int at) => text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';

    // Fillers of Hangul are letters that nothing is drawn for.
    static bool IsEmpty(char c) => char.IsWhiteSpace(c)
        || c > 0x7F
            && (Properties.Blank.Contains(c)
                || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.OtherLetter && Properties.DefaultIgnorable.Contains(c));

    static (PieceKind, int, int) Repeated(string text, int at, int limit, int codePoint)
    {
        var length = CodePoints.Length(codePoint);
        var end = at + length;
        while (end < limit && CodePoints.At(text, end) == codePoint)
            end += length;
        return (PieceKind.Unseen, end - at, (end - at) / length);
    }

    static (PieceKind, int, int) Marks(string text, int at, int limit)
    {
        var (end, count, previous, isDoubled) = (at, 0, -1, false);
        while (end < limit && CodePoints.At(text, end) is var mark && IsStacking(mark) && !Unseen.Is(mark))
        {
            isDoubled |= mark == previous;
            previous = mark;
            count++;
            end += CodePoints.Length(mark);
        }
        // Without a letter it would sit on what stands before the text, which is ours.
        var isBare = at == 0 || text[at - 1] is '\n' or '\t';
        return (isBare || isDoubled || count > MaxMarks ? PieceKind.Marks : PieceKind.Plain, end - at, count);
    }

    static bool IsStacking(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    /// <summary>
    /// How many code units belong to a character without ink that is in its place, and does what it is for; 0 if none is here.
    /// </summary>
    static int Sequence(string text, int at)
    {
        var codePoint = CodePoints.At(text, at);
        if (Properties.Pictograph.Contains(codePoint))
            return Array.Find(TagFlags.Value, flag => string.CompareOrdinal(text, at, flag, 0, flag.Length) == 0)?.Length ?? 0;
        var before = CodePoints.Before(text, at);
        var isInPlace = codePoint switch
        {
            NonJoiner => IsVirama(before) || SplitsLetters(text, at),
            Joiner => IsVirama(before) || IsVirama(After(text, at)) || TiesEmoji(text, at),
            WideBlank => Scripts.IsEastAsian(before) || Scripts.IsEastAsian(After(text, at)),
            // A choice of the drawing of an ideograph (UTS 37).
            >= 0xE0100 and <= 0xE01EF => Properties.Ideograph.Contains(before),
            _ => Properties.Before(codePoint).Contains(before) || codePoint == EmojiStyle && Properties.Pictograph.Contains(before),
        };
        return isInPlace ? CodePoints.Length(codePoint) : 0;
    }

    // RFC 5892, appendix A, which UTS 39 asks for: there the joiners change how the letters beside them are drawn.
    static bool SplitsLetters(string text, int at)
    {
        var (start, end) = (at, at + 1);
        while (CodePoints.IsMark(CodePoints.Before(text, start)))
            start -= CodePoints.Length(CodePoints.Before(text, start));
        while (end < text.Length && CodePoints.IsMark(CodePoints.At(text, end)))
            end += CodePoints.Length(CodePoints.At(text, end));
        return end < text.Length && Properties.JoinsNext.Contains(CodePoints.Before(text, start))
            && Properties.JoinsPrevious.Contains(CodePoints.At(text, end));
    }

    static bool IsVirama(int codePoint) => NormalForm.ClassOf(codePoint) == ViramaClass;

    // UAX 29, rule GB11. Where no font has the sequence its emoji show side by side, so that nothing is hidden either way.
    static bool TiesEmoji(string text, int at)
    {
        var before = CodePoints.Before(text, at);
        for (var i = at; before == EmojiStyle || Properties.EmojiModifier.Contains(before); before = CodePoints.Before(text, i))
            i -= CodePoints.Length(before);
        return Properties.Pictograph.Contains(before) && Properties.Pictograph.Contains(After(text, at));
    }

    static int After(string text, int at) => at + 1 < text.Length ? CodePoints.At(text, at + 1) : -1;
}
