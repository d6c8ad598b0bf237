using HitlReview.Core.HostileText;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Web.Components.Payload;

/// <summary>Shows text from outside so that nothing in it is unseen: see <see cref="VisibleText"/>. The style <c>.foreign</c> keeps it from reordering what stands around it.</summary>
public static class Visible
{
    /// <summary>The text, with a named mark for each character that has no ink and for whatever pushes text out of sight, and with the hosts of its addresses in <c>b.host</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Where it is cut, in UTF-16 code units; the cut shows as an ellipsis. 0 for never.</param>
    public static RenderFragment Text(string text, int max = 0) => Show(text, max, false);

    /// <summary>The same with blanks and line breaks as they are, however many.</summary>
    /// <param name="text">The text.</param>
    public static RenderFragment Whole(string text) => Show(text, 0, true);

    /// <summary>The text for where there can be no markup: in one line, its marks in brackets. Letters that run from right to left are kept from reordering what stands around it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Where it is cut, in UTF-16 code units; the cut shows as an ellipsis. 0 for never.</param>
    public static string Plain(string text, int max = 0)
    {
        var start = Start(text, max);
        var plain = string.Concat(VisibleText.Split(start).Select(piece => piece.Kind is PieceKind.Plain or PieceKind.Host ? piece.Text.ReplaceLineEndings(" ") : $"[{Mark(piece)}]"));
        return (VisibleText.HasRightToLeft(plain) ? $"\u2068{plain}\u2069" : plain) + (start.Length < text.Length ? "…" : "");
    }

    /// <summary>The start of a text, with no character cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">The most of it, in UTF-16 code units. 0 for all.</param>
    internal static string Start(string text, int max) => max == 0 || text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];

    static RenderFragment Show(string text, int max, bool isWhole) => builder =>
    {
        var start = Start(text, max);
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "foreign");
        foreach (var piece in VisibleText.Split(start, isWhole))
        {
            builder.OpenRegion(2);
            if (piece.Kind == PieceKind.Plain)
                builder.AddContent(0, piece.Text);
            else if (piece.Kind == PieceKind.Host)
                Element(builder, "b", "host", null, piece.Text);
            else
                Element(builder, "span", "unseen", Title(piece), Mark(piece));
            builder.CloseRegion();
        }
        if (start.Length < text.Length)
            builder.AddContent(3, "…");
        builder.CloseElement();
    };

    static void Element(RenderTreeBuilder builder, string element, string style, string? title, string content)
    {
        builder.OpenElement(1, element);
        builder.AddAttribute(2, "class", style);
        builder.AddAttribute(3, "title", title);
        builder.AddContent(4, content);
        builder.CloseElement();
    }

    static string Mark(Piece piece) => piece.Kind switch
    {
        PieceKind.Blanks => Say.With(Texts.MarkBlanks, Say.Number(piece.Count)),
        PieceKind.Lines => Say.With(Texts.MarkLines, Say.Number(piece.Count)),
        PieceKind.Marks => Say.With(Texts.MarkAccents, Say.Number(piece.Count)),
        _ => Unseen.Code(piece.CodePoint) + (piece.Count > 1 ? $" ×{Say.Number(piece.Count)}" : ""),
    };

    // What a run of blanks is made of, where it isn't blanks alone.
    static string Title(Piece piece) =>
        string.Join(", ", piece.Text.EnumerateRunes().Where(rune => piece.Kind == PieceKind.Marks || Unseen.Is(rune.Value)).Distinct().Take(5).Select(rune => piece.Kind == PieceKind.Unseen ? Unseen.Name(rune.Value) : $"{Unseen.Code(rune.Value)} {Unseen.Name(rune.Value)}"));
}
