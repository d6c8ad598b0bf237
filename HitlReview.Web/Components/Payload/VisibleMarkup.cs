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

        /// <summary>The same with blanks and line breaks as they are, however many.</summary>
        /// <param name="text">The text.</param>
        public static RenderFragment Whole(string text) => Show(text, 0, true);
    }

    static RenderFragment Show(string text, int max, bool isWhole) => builder =>
    {
        var start = Visible.Start(text, max);
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
