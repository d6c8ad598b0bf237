using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>Turns a layout into what an SVG is made of.</summary>
static class GraphInk
{
    const double Head = 4, LineHeight = 12;

    // What fits beside the mark, in widths of an average letter of a wide font.
    const double MaxLine = 10.5;

    /// <summary>A number as SVG and CSS write it.</summary>
    public static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A length in rem, where 16 units of the drawing are one.</summary>
    public static string Rem(double units) => $"{(units / 16).ToString("0.###", CultureInfo.InvariantCulture)}rem";

    /// <summary>The style of what lies over a box.</summary>
    public static string At(GraphBox box) =>
        $"left:{Rem(box.X)};top:{Rem(box.Y)};width:{Rem(GraphLayout.BoxWidth)};height:{Rem(GraphLayout.BoxHeight)}";

    /// <summary>The path of a link, with a head where it ends.</summary>
    public static string Path(GraphWire wire)
    {
        var (path, at) = (new StringBuilder(), wire.Points[0]);
        path.Append(CultureInfo.InvariantCulture, $"M{N(at.X)} {N(at.Y)}");
        for (var i = 1; i < wire.Points.Count; i++)
        {
            var to = wire.Points[i];
            if (i % 2 == 0)
                path.Append(CultureInfo.InvariantCulture, $"H{N(to.X)}");
            else
                path.Append(
                    CultureInfo.InvariantCulture,
                    $"C{N((at.X + to.X) / 2)} {N(at.Y)} {N((at.X + to.X) / 2)} {N(to.Y)} {N(to.X)} {N(to.Y)}");
            at = to;
        }
        var back = wire.IsBack ? at.X + Head : at.X - Head;
        return path.Append(CultureInfo.InvariantCulture, $"M{N(back)} {N(at.Y - 3)}L{N(at.X)} {N(at.Y)}L{N(back)} {N(at.Y + 3)}")
            .ToString();
    }

    /// <summary>The path of a link from a node to itself.</summary>
    public static string Loop(GraphBox box)
    {
        var (right, left, top) = (box.X + GraphLayout.BoxWidth - 8, box.X + GraphLayout.BoxWidth - 28, box.Y);
        return $"M{N(right)} {N(top)}C{N(right)} {N(top - 12)} {N(left)} {N(top - 12)} {N(left)} {N(top)}"
            + $"M{N(left - 3)} {N(top - Head)}L{N(left)} {N(top)}L{N(left + 3)} {N(top - Head)}";
    }

    /// <summary>A line of letters. In a Razor file the element's name would mean something else.</summary>
    public static RenderFragment Text(string text, double x, double y, string style) => builder =>
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", style);
        builder.AddAttribute(2, "x", N(x));
        builder.AddAttribute(3, "y", N(y));
        builder.AddContent(4, text);
        builder.CloseElement();
    };

    /// <summary>Where the letters of a line of a box stand, from its top.</summary>
    public static double LineY(int line, int lines) => (GraphLayout.BoxHeight / 2) + 3.7 + ((line - ((lines - 1) / 2.0)) * LineHeight);

    /// <summary>The two lines of a box: what a node is called, and what stands beside that.</summary>
    public static IReadOnlyList<string> Lines((string Name, string Beside) node) =>
        [Cut(Visible.Plain(node.Name)), Cut(Visible.Plain(node.Beside))];

    static string Cut(string line)
    {
        if (Width(line) <= MaxLine)
            return line;
        var kept = new StringBuilder();
        foreach (var rune in line.EnumerateRunes())
            if (Width($"{kept}{rune}…") <= MaxLine)
                kept.Append(rune.ToString());
            else
                break;
        return $"{kept}…";
    }

    // No font is at hand here; this is near enough for choosing where to break.
    static double Width(string text) => text.EnumerateRunes().Sum(rune => rune.Value switch
    {
        ' ' or 'i' or 'l' or 'I' or 'j' or 't' or 'f' or '.' or ',' or '-' or '\'' => 0.55,
        'm' or 'w' or 'M' or 'W' => 1.4,
        >= 'A' and <= 'Z' => 1.2,
        >= 0x2E80 => 2,
        _ => 1,
    });
}
