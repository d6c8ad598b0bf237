using CsCheck;
using HitlReview.Web.Components.Executions;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>Where the nodes and links of a graph are drawn.</summary>
public sealed class GraphLayoutTests
{
    // Up to as many nodes and links as a graph may have; cycles, links to itself and double links included.
    static readonly Gen<(int Nodes, (int From, int To)[] Links)> Graphs = UpTo(500, 2_000), SmallGraphs = UpTo(60, 100);

    static Gen<(int Nodes, (int From, int To)[] Links)> UpTo(int maxNodes, int maxLinks) =>
        from nodes in Gen.Int[1, maxNodes]
        from links in Gen.Select(Gen.Int[0, nodes - 1], Gen.Int[0, nodes - 1]).Array[0, maxLinks]
        select (nodes, links);

    [Fact]
    public void A_chain_is_one_row_of_columns()
    {
        var layout = GraphLayout.Of(3, [(2, 0), (0, 1)]);

        Assert.Equal([1, 2, 0], layout.Boxes.Select(box => box.Layer));
        Assert.Single(layout.Boxes.Select(box => box.Y).Distinct());
        Assert.Equal((3 * GraphLayout.BoxWidth) + (2 * GraphLayout.ColumnGap), layout.Width);
        Assert.Equal(GraphLayout.BoxHeight, layout.Height);
    }

    [Fact]
    public void A_node_stands_after_the_last_that_feeds_it_and_one_that_nothing_feeds_just_before_the_first_it_feeds()
    {
        var layout = GraphLayout.Of(5, [(0, 1), (1, 2), (0, 2), (2, 3), (4, 3)]);

        Assert.Equal([0, 1, 2, 3, 2], layout.Boxes.Select(box => box.Layer));
    }

    [Fact]
    public void A_fork_lies_level_with_the_middle_of_its_branches()
    {
        var layout = GraphLayout.Of(4, [(0, 1), (0, 2), (1, 3), (2, 3)]);

        Assert.Equal(layout.Boxes[0].Y, layout.Boxes[3].Y);
        Assert.Equal(layout.Boxes[0].Y, (layout.Boxes[1].Y + layout.Boxes[2].Y) / 2);
    }

    [Fact]
    public void Branches_are_ordered_so_that_their_links_do_not_cross()
    {
        var layout = GraphLayout.Of(6, [(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5)]);

        Assert.Equal(layout.Boxes[1].Y < layout.Boxes[2].Y, layout.Boxes[4].Y < layout.Boxes[3].Y);
    }

    [Fact]
    public void A_tree_has_no_crossing_and_a_chain_behind_it_is_level()
    {
        // A node in a lower row feeds two others; the last of them goes on alone.
        var tree = Enumerable.Range(1, 14).Select(child => (From: (child - 1) / 2, To: child)).ToList();

        var layout = GraphLayout.Of(18, [.. tree, (13, 15), (15, 16), (16, 17)]);

        foreach (var column in tree.GroupBy(link => layout.Boxes[link.To].Layer))
        {
            var down = column.OrderBy(link => layout.Boxes[link.To].Y).Select(link => layout.Boxes[link.From].Y).ToList();
            Assert.Equal(down.Order(), down);
        }
        Assert.Single(new[] { 13, 15, 16, 17 }.Select(node => layout.Boxes[node].Y).Distinct());
    }

    [Fact]
    public void What_does_not_hang_together_stands_one_below_the_other()
    {
        var layout = GraphLayout.Of(5, [(0, 2), (1, 3), (3, 4)]);

        Assert.Equal([0, 1, 0, 1, 1], layout.Boxes.Select(box => box.Y / (GraphLayout.BoxHeight + GraphLayout.RowGap)));
        Assert.Equal((2 * GraphLayout.BoxHeight) + GraphLayout.RowGap, layout.Height);
    }

    [Fact]
    public void A_cycle_is_entered_where_it_is_fed_and_its_last_link_runs_back()
    {
        // draft (0) feeds ask (2); what is rejected goes to redraft (1), and back to ask.
        var layout = GraphLayout.Of(3, [(0, 2), (2, 1), (1, 2)]);

        Assert.Equal([0, 2, 1], layout.Boxes.Select(box => box.Layer));
        var back = Assert.Single(layout.Wires, wire => wire.IsBack);
        Assert.Equal((1, 2), (back.From, back.To));
        Assert.True(back.Points[0].X > back.Points[^1].X);
    }

    [Fact]
    public void A_link_to_itself_and_a_link_twice_change_nothing() =>
        Assert.Equal(GraphLayout.Of(2, [(0, 1)]).Boxes, GraphLayout.Of(2, [(0, 0), (0, 1), (1, 1), (0, 1)]).Boxes);

    [Fact]
    public void No_graph_is_no_drawing() =>
        Assert.Equal((0, 0, 0), (GraphLayout.Of(0, []).Boxes.Count, GraphLayout.Of(0, []).Width, GraphLayout.Of(0, []).Height));

    [Fact]
    public void Any_graph_is_drawn_with_no_box_over_another_and_every_link_from_box_to_box()
    {
        Graphs.Sample(
            graph =>
            {
                var layout = GraphLayout.Of(graph.Nodes, graph.Links);

                Assert.Equal(graph.Nodes, layout.Boxes.Count);
                foreach (var column in layout.Boxes.GroupBy(box => box.X))
                {
                    var rows = column.Select(box => box.Y).Order().ToList();
                    Assert.All(
                        rows.Zip(rows.Skip(1)),
                        pair => Assert.True(pair.Second - pair.First >= GraphLayout.BoxHeight + GraphLayout.RowGap - 0.2));
                }
                Assert.All(layout.Boxes, box => Assert.True(
                    box.X >= 0
                    && box.Y >= 0
                    && box.X + GraphLayout.BoxWidth <= layout.Width
                    && box.Y + GraphLayout.BoxHeight <= layout.Height + 0.1));
                Assert.Equal(
                    graph.Links.Where(link => link.From != link.To).Distinct().Order(),
                    layout.Wires.Select(wire => (wire.From, wire.To)).Order());
                foreach (var wire in layout.Wires)
                {
                    var (from, to) = (layout.Boxes[wire.From], layout.Boxes[wire.To]);
                    Assert.Equal(wire.IsBack, from.Layer > to.Layer);
                    Assert.NotEqual(from.Layer, to.Layer);
                    Assert.Equal(
                        (wire.IsBack ? from.X : from.X + GraphLayout.BoxWidth, wire.IsBack ? to.X + GraphLayout.BoxWidth : to.X),
                        (wire.Points[0].X, wire.Points[^1].X));
                }
            },
            iter: 40);
    }

    [Fact]
    public void A_long_link_runs_beside_the_boxes_that_it_passes()
    {
        SmallGraphs.Sample(
            graph =>
            {
                var layout = GraphLayout.Of(graph.Nodes, graph.Links);

                var columns = layout.Boxes.ToLookup(box => box.X);
                foreach (var wire in layout.Wires)
                    for (var i = 1; i < wire.Points.Count - 1; i += 2)
                        Assert.All(
                            columns[Math.Min(wire.Points[i].X, wire.Points[i + 1].X)],
                            box => Assert.False(wire.Points[i].Y > box.Y && wire.Points[i].Y < box.Y + GraphLayout.BoxHeight));
            },
            iter: 40);
    }

    [Fact]
    public void The_same_graph_is_always_drawn_in_the_same_way()
    {
        Graphs.Sample(
            graph =>
            {
                var (one, other) = (GraphLayout.Of(graph.Nodes, graph.Links), GraphLayout.Of(graph.Nodes, graph.Links));

                Assert.Equal(one.Boxes, other.Boxes);
                Assert.Equal(one.Wires.SelectMany(wire => wire.Points), other.Wires.SelectMany(wire => wire.Points));
            },
            iter: 10);
    }
}
