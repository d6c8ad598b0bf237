using HitlReview.Core.HostileText;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace HitlReview.Web.Components.Payload;

/// <summary>
/// Draws text from outside so that nothing in it is unseen. The style <c>.foreign</c> keeps it from reordering what stands around it.
/// </summary>
static class VisibleMarkup
{
    extension(Visible)
    {
        /// <summary>
        /// The text, with a named mark for each character that has no ink and for whatever pushes text out of sight, and with the hosts of
        /// its addresses in <c>b.host</c>.
        /// </summary>
        /// <param name="text">The text.</param>
        /// <param name="max">Where it is cut, in UTF-16 code units; the cut shows as an ellipsis. 0 for never.</param>
        public static RenderFragment Text(string text, int max = 0) => Show(text, max, false);

        /// <summary>A number, its whole part set in groups of three; what is copied of it is the number as it is.</summary>
        /// <param name="number">The number, or how it begins.</param>
        public static RenderFragment Number(string number) => builder =>
        {
            var whole = number.AsSpan().IndexOfAny('.', 'e', 'E') is >= 0 and var end ? end : number.Length;
            var first = number.StartsWith('-') ? 1 : 0;
            if (whole - first <= 4)
            {
                builder.AddContent(0, number);
                return;
            }
            var at = 0;
            for (var next = first + (whole - first - 1) % 3 + 1; next <= whole; next += 3)
            {
                builder.OpenElement(1, "span");
                builder.AddAttribute(2, "class", "digits");
                builder.AddContent(3, number[at..next]);
                builder.CloseElement();
                at = next;
            }
            builder.AddContent(4, number[whole..]);
        };

        /// <summary>As <see cref="Text"/>, with blanks and line breaks as they are, however many.</summary>
        /// <param name="text">The text.</param>
        public static RenderFragment Whole(string text) => Show(text, 0, true);
    }

    static RenderFragment Show(string text, int max, bool isWhole) => builder =>
    {
        var start = Visible.Start(text, max);
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "foreign");
        foreach (var piece in VisibleText.Split(start, isWhole, isAll: !isWhole))
        {
            builder.OpenRegion(2);
            if (piece.Kind == PieceKind.Plain)
                builder.AddContent(0, piece.Text);
            else if (piece.Kind == PieceKind.Alike)
                Element(builder, "mark", "alike", Visible.Title(piece), piece.Text);
            else if (piece.Kind == PieceKind.Host)
            {
                Element(builder, "b", "host", null, piece.Text);
                if (Visible.CodeOf(piece.Text) is { } code)
                    Element(builder, "span", "unseen", Texts.HostCode, code);
            }
            else
                Element(builder, "span", "unseen", Visible.Title(piece), Visible.Mark(piece));
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
}
