using Bunit;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Executions;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The drawing of a graph and its list, without a browser.</summary>
public sealed class ExecutionGraphTests() : UiSpec(new SqliteStore())
{
    const string Template = "e0f4a7d3-6b18-49c2-8d75-a39c1e5b2f60";

    static GraphDefinition Graph(IEnumerable<string> nodes, params (string From, string To)[] links) =>
        new(
            [.. nodes.Select(id => new GraphNode(
                id, Guid.Parse(id == "gone" ? "00000000-0000-0000-0000-000000000001" : Template), JsonText.EmptyObject))],
            [.. links.Select(link => new GraphLink(link.From, "text", link.To, "template"))]);

    static NodeRun Run(string nodeId, ExecutionStatus status, int ordinal = 0, bool rejected = false, NodeOutcome? outcome = null) =>
        new($"{nodeId}-{ordinal}", nodeId, ordinal, status, outcome, rejected, false, TestStore.Start, null, null);

    IRenderedComponent<ExecutionGraph> Draw(
        GraphDefinition graph, IReadOnlyList<NodeRun>? runs = null, string? nodeId = null, int max = int.MaxValue) =>
        Window().Render<ExecutionGraph>(parameters => parameters
            .Add(g => g.Graph, graph)
            .Add(g => g.Runs, runs ?? [])
            .Add(g => g.NodeId, nodeId)
            .Add(g => g.Max, max)
            .Add(g => g.Address, "/executions/x"));

    static string Item(IRenderedComponent<ExecutionGraph> graph, string nodeId) =>
        string.Join(
            ' ', graph.Find($"li[data-node-id='{nodeId}']").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void Every_state_has_a_word_a_shape_and_a_colour_of_its_own_beside_the_name()
    {
        var runs = new[]
        {
            Run("Incomplete", ExecutionStatus.INCOMPLETE),
            Run("Queued", ExecutionStatus.QUEUED),
            Run("Running", ExecutionStatus.RUNNING),
            Run("Review", ExecutionStatus.REVIEW),
            Run("Completed", ExecutionStatus.COMPLETED),
            Run("Failed", ExecutionStatus.FAILED),
            Run("Rejected", ExecutionStatus.FAILED, rejected: true),
            Run("Stopped", ExecutionStatus.TERMINATED),
            Run("Unknown", ExecutionStatus.REVIEW, outcome: NodeOutcome.unknown),
        };
        var states = Enum.GetNames<NodeState>();

        var graph = Draw(Graph(states), runs);

        foreach (var state in Enum.GetValues<NodeState>())
        {
            Assert.Equal($"Template text ({state}): {GraphWords.Of(state)}.", Item(graph, state.ToString()));
            Assert.Equal(
                $"Template text ({state}): {GraphWords.Of(state)}",
                graph.Find($".box-{state.ToString().ToLowerInvariant()} > title").TextContent);
        }
        Assert.Equal(states.Length, graph.FindAll(".box .mark").Select(mark => mark.InnerHtml).Distinct().Count());
        Assert.Equal(
            "1 outcome unknown, 1 stopped, 1 rejected, 1 failed, 1 completed, 1 in review, 1 running, 1 queued, 1 waiting for inputs, "
            + "1 not reached",
            graph.Find("svg[role=img]").GetAttribute("aria-label"));
    }

    [Fact]
    public void The_reviewed_node_is_marked_in_the_drawing_and_in_the_list_and_the_list_says_where_links_lead()
    {
        var graph = Draw(Graph(["a", "b", "c"], ("a", "b"), ("a", "c"), ("b", "b")), [Run("a", ExecutionStatus.REVIEW)], "a");

        Assert.Equal("this one", graph.Find(".box-here .here-name").TextContent);
        Assert.Equal("Template text (a), this one: In review. Leads to b, c", Item(graph, "a"));
        Assert.Equal("Template text (c): Not reached.", Item(graph, "c"));
        Assert.Single(graph.FindAll(".here-name"));
        Assert.Equal(3, graph.FindAll(".wire").Count);
    }

    [Fact]
    public void A_link_that_was_taken_is_drawn_as_such()
    {
        var graph = Draw(
            Graph(["a", "b", "c"], ("a", "b"), ("a", "c")),
            [Run("a", ExecutionStatus.COMPLETED), Run("b", ExecutionStatus.RUNNING, 1)]);

        Assert.Single(graph.FindAll(".wire-taken"));
    }

    [Fact]
    public void What_goes_on_in_a_node_comes_before_what_has_ended_in_it_and_new_inputs_hide_neither()
    {
        var graph = Draw(
            Graph(["a", "b"]),
            [
                Run("a", ExecutionStatus.REVIEW),
                Run("a", ExecutionStatus.COMPLETED, 1),
                Run("b", ExecutionStatus.FAILED, 2),
                Run("b", ExecutionStatus.COMPLETED, 3),
                Run("b", ExecutionStatus.INCOMPLETE, 4),
            ]);

        Assert.Equal("Template text (a): In review.", Item(graph, "a"));
        Assert.Equal("Template text (b): Completed.", Item(graph, "b"));
    }

    [Fact]
    public void Hostile_names_stay_text_and_show_what_hides_in_them()
    {
        const string Hostile = "</title><script>alert(1)</script>\u202Egpj\u200B";

        var graph = Draw(Graph([Hostile, "gone"], (Hostile, "gone")), nodeId: Hostile);

        Assert.Empty(graph.FindAll("script"));
        Assert.Equal(
            "Template text (</title><script>alert(1)</script>[U+202E]gpj[U+200B]): Not reached",
            graph.Find(".box-here > title").TextContent);
        Assert.Contains("</script>U+202Egpj", graph.Find("ol").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", graph.Find("ol").TextContent, StringComparison.Ordinal);
        Assert.Contains("Block that is not installed (gone): Not reached.", Item(graph, "gone"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_other_letters_is_kept_from_reordering_the_words_around_it() =>
        Assert.Contains(
            "(\u2068\u05D0\u05D1\u2069)", Draw(Graph(["\u05D0\u05D1"])).Find(".box > title").TextContent, StringComparison.Ordinal);

    [Fact]
    public void A_large_graph_is_drawn_around_the_reviewed_node_and_says_how_much_is_not_drawn()
    {
        var nodes = Enumerable.Range(0, 100).Select(i => $"n{i}").ToList();

        var graph = Draw(Graph(nodes, [.. nodes.Zip(nodes.Skip(1))]), nodeId: "n50", max: 5);

        Assert.Equal(["n48", "n49", "n50", "n51", "n52"], graph.FindAll("li").Select(item => item.GetAttribute("data-node-id")));
        var more = graph.Find("[data-testid=graph-more]");
        Assert.Equal("+95 not drawn: see the whole execution", more.TextContent);
        Assert.Equal("/executions/x", more.GetAttribute("href"));
    }

    [Theory]
    [InlineData("ask", "Wait", "ask", "Wait")]
    [InlineData("read", "Read workspace file", "read", "Read work…")]
    [InlineData("Donaudampfschifffahrtsgesellschaft", "Wait", "Donaudam…", "Wait")]
    [InlineData("0190a8f2-1111-7abc-8def-1234567890ab", "Send e-mail", "Send e-mail", "0190a8f2-1…")]
    public void A_node_is_called_by_its_id_or_by_its_block_where_that_is_only_a_number(
        string nodeId, string block, string first, string second) =>
        Assert.Equal([first, second], GraphInk.Lines(GraphWords.Named(nodeId, block)));

    [Fact]
    public void A_box_says_what_its_node_is_called_and_the_block_beside()
    {
        var graph = Draw(Graph(["a", "gone", "a\u200Bb"]));

        Assert.Equal(
            ["a", "Template t…", "gone", "Block that …", "a[U+200B]b", "Template t…"],
            graph.FindAll(".box-name").Select(line => line.TextContent));
    }

    [Fact]
    public void A_graph_without_nodes_is_no_drawing() => Assert.Equal("", Draw(Graph([])).Markup.Trim());
}
