namespace HitlReview.Web.Components.Executions;

/// <summary>A place in the drawing.</summary>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
public readonly record struct GraphPoint(double X, double Y);

/// <summary>Where a node is drawn.</summary>
/// <param name="Layer">Its column, from 0.</param>
/// <param name="X">The left edge.</param>
/// <param name="Y">The top edge.</param>
public readonly record struct GraphBox(int Layer, double X, double Y);

/// <summary>How a link is drawn.</summary>
/// <param name="From">The node it starts at.</param>
/// <param name="To">The node it ends at.</param>
/// <param name="Points">
/// From box to box. It curves between the first two points, runs level through a column between the next two, and so on.
/// </param>
/// <param name="IsBack">True if it closes a cycle: it runs from right to left.</param>
public sealed record GraphWire(int From, int To, IReadOnlyList<GraphPoint> Points, bool IsBack);

/// <summary>
/// The drawing of a graph: its nodes in columns, so that links run from left to right. The same graph always gives the same drawing.
/// </summary>
/// <param name="Boxes">The boxes, by node.</param>
/// <param name="Wires">The links: one for each pair of nodes that is linked, those of a node to itself left out.</param>
/// <param name="Width">The width of the whole.</param>
/// <param name="Height">The height of the whole.</param>
public sealed record GraphLayout(IReadOnlyList<GraphBox> Boxes, IReadOnlyList<GraphWire> Wires, double Width, double Height)
{
    /// <summary>The width of a box.</summary>
    public const double BoxWidth = 94;

    /// <summary>The height of a box.</summary>
    public const double BoxHeight = 36;

    /// <summary>The room between two columns.</summary>
    public const double ColumnGap = 22;

    /// <summary>The room between two boxes of a column.</summary>
    public const double RowGap = 20;

    /// <summary>The room beside a link that runs through a column.</summary>
    public const double LaneGap = 10;

    /// <summary>Lays out a graph.</summary>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="links">The links, by the numbers of their nodes.</param>
    public static GraphLayout Of(int nodes, IEnumerable<(int From, int To)> links)
    {
        var all = links.Where(link => link.From != link.To).Distinct().ToList();
        var (boxes, wires, number) = (new GraphBox[nodes], new List<GraphWire>(), new int[nodes]);
        var (width, height) = (0.0, 0.0);
        var lots = Lots(nodes, all);
        var linksOf = all.ToLookup(link => lots[link.From]);
        foreach (var part in Enumerable.Range(0, nodes).GroupBy(node => lots[node]).Select(part => part.ToList()))
        {
            for (var i = 0; i < part.Count; i++)
                number[part[i]] = i;
            var own = new GraphColumns(part.Count, [.. linksOf[lots[part[0]]].Select(link => (number[link.From], number[link.To]))]);
            var top = height == 0 ? 0 : height + RowGap;
            for (var i = 0; i < part.Count; i++)
                boxes[part[i]] = own.Boxes[i] with { Y = own.Boxes[i].Y + top };
            wires.AddRange(own.Wires.Select(wire => wire with
            {
                From = part[wire.From],
                To = part[wire.To],
                Points = [.. wire.Points.Select(point => point with { Y = point.Y + top })],
            }));
            (width, height) = (Math.Max(width, own.Width), top + own.Height);
        }
        return new(boxes, wires, width, height);
    }

    /// <summary>
    /// Finds which nodes hang together: each gets the number of the first of its lot. Lots are drawn one below the other; nothing is gained
    /// by mixing them.
    /// </summary>
    static int[] Lots(int nodes, List<(int From, int To)> links)
    {
        var first = Enumerable.Range(0, nodes).ToArray();
        foreach (var (from, to) in links)
        {
            var (one, other) = (First(from), First(to));
            first[Math.Max(one, other)] = Math.Min(one, other);
        }
        return [.. Enumerable.Range(0, nodes).Select(First)];

        int First(int node)
        {
            while (first[node] != node)
                node = first[node] = first[first[node]];
            return node;
        }
    }
}
