using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Shared;

/// <summary>Shows text from outside so that nothing in it is unseen: see <see cref="Unseen"/>. The style <c>.foreign</c> keeps it from reordering what stands around it.</summary>
public static class Visible
{
    /// <summary>The text, with a named mark for each character that has no ink.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Where it is cut, in UTF-16 code units; the cut shows as an ellipsis. 0 for never.</param>
    public static RenderFragment Text(string text, int max = 0) => builder =>
    {
        var cut = max > 0 && text.Length > max;
        if (cut)
            text = text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "foreign");
        foreach (var (run, unseen) in Unseen.Split(text))
        {
            builder.OpenRegion(2);
            if (unseen is { } rune)
            {
                builder.OpenElement(0, "span");
                builder.AddAttribute(1, "class", "unseen");
                builder.AddAttribute(2, "title", Unseen.Name(rune));
                builder.AddContent(3, Unseen.Code(rune));
                builder.CloseElement();
            }
            else
                builder.AddContent(4, run);
            builder.CloseRegion();
        }
        if (cut)
            builder.AddContent(3, "…");
        builder.CloseElement();
    };
}
