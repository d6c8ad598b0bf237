using HitlReview.Core.HostileText;

namespace HitlReview.Core.Showing;

/// <summary>Words text from outside so that nothing in it is unseen: see <see cref="VisibleText"/>.</summary>
public static class Visible
{
    /// <summary>
    /// The text for where there can be no markup: in one line, its marks in brackets. Letters that run from right to left are kept from
    /// reordering what stands around it.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Where it is cut, in UTF-16 code units; the cut shows as an ellipsis. 0 for never.</param>
    public static string Plain(string text, int max = 0)
    {
        var start = Start(text, max);
        var plain = string.Concat(VisibleText.Split(start, isAll: true).Select(piece =>
            piece.Kind is PieceKind.Plain or PieceKind.Host or PieceKind.Alike ? piece.Text.ReplaceLineEndings(" ") : $"[{Mark(piece)}]"));
        return (VisibleText.HasRightToLeft(plain) ? $"\u2068{plain}\u2069" : plain) + (start.Length < text.Length ? "…" : "");
    }

    /// <summary>The start of a text, with no character cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">The most of it, in UTF-16 code units. 0 for all.</param>
    public static string Start(string text, int max) =>
        max == 0 || text.Length <= max ? text : TextStart.Of(text, max).TrimEnd();

    /// <summary>True for a text that reads as something else than a text: a number, a truth value, nothing.</summary>
    public static bool ReadsAsValue(string text) =>
        text is "true" or "false" or "null"
        || text.Length < 40 && text.Any(char.IsAsciiDigit)
            && text.All(c => char.IsAsciiDigit(c) || "+-.,'eE% ".Contains(c, StringComparison.Ordinal));

    /// <summary>The code by which the name system knows a host (RFC 3492); null for one that needs none, or has none.</summary>
    public static string? CodeOf(string host) => Idna.Encode(host);

    /// <summary>What stands in place of a piece that has no ink.</summary>
    public static string Mark(Piece piece) => piece.Kind switch
    {
        PieceKind.Blanks => Say.Count(piece.Count, Words.MarkBlanks_One, Words.MarkBlanks_Many),
        PieceKind.Lines => Say.With(Words.MarkLines, Say.Number(piece.Count)),
        PieceKind.Marks => Say.With(Words.MarkAccents, Say.Number(piece.Count)),
        _ => Unseen.Code(piece.CodePoint) + (piece.Count > 1 ? $" ×{Say.Number(piece.Count)}" : ""),
    };

    /// <summary>What such a piece is made of, by the names of its characters; empty for blanks alone.</summary>
    public static string Title(Piece piece) => string.Join(", ", piece.Text.EnumerateRunes()
        .Where(rune => piece.Kind is PieceKind.Marks or PieceKind.Alike || Unseen.Is(rune.Value)).Distinct().Take(5)
        .Select(rune => piece.Kind switch
        {
            PieceKind.Unseen => Unseen.Name(rune.Value),
            PieceKind.Alike => Unseen.Code(rune.Value),
            _ => $"{Unseen.Code(rune.Value)} {Unseen.Name(rune.Value)}",
        }));
}
