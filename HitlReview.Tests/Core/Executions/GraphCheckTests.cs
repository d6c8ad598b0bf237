using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Blocks.Pick;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

/// <summary>A graph or an input that could not run is refused with the name of what is wrong.</summary>
public sealed class GraphCheckTests
{
    const string Pick = "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307";

    static readonly BlockRegistry Blocks = new([new ProbeBlock(new()), new PassBlock(new()), new PickBlock(), new HumanInTheLoopBlock()]);

    static GraphSketch One => new GraphSketch().Pass("a");

    public static TheoryData<string, GraphSketch> Broken => new()
    {
        { "nodes must have 1 to 500 entries; it has 0", new() },
        {
            "nodes must have 1 to 500 entries; it has 501",
            Enumerable.Range(0, 501).Aggregate(new GraphSketch(), (g, i) => g.Pass($"n{i}"))
        },
        {
            "links must have at most 2000 entries",
            Enumerable.Range(0, 2001).Aggregate(One.Pass("b"), (g, _) => g.Link("a.data", "b.data"))
        },
        { "nodes[].id must not be empty", new GraphSketch().Pass(" ") },
        { "nodes[].id contains a control or invisible character", new GraphSketch().Pass("a\u200b") },
        { "nodes[].id must not be \"..\"", new GraphSketch().Pass("..") },
        { "The node id 'a' is used twice", One.Pass("a") },
        {
            "Node 'b' names the unknown block '11111111-1111-1111-1111-111111111111'",
            One.Node("b", "11111111-1111-1111-1111-111111111111")
        },
        { "A link starts at the unknown node 'x'", One.Link("x.data", "a.data") },
        { "A link ends at the unknown node 'x'", One.Link("a.data", "x.data") },
        { "unknown output pin 'nope' of node 'a' (Pass)", One.Pass("b").Link("a.nope", "b.data") },
        { "unknown input pin 'nope' of node 'b' (Pass)", One.Pass("b").Link("a.data", "b.nope") },
        { "The link from 'a.data' to 'b.data' is there twice", One.Pass("b").Link("a.data", "b.data").Link("a.data", "b.data") },
        {
            "A cycle without a source: no input can ever reach node 'a', 'b', 'c'",
            new GraphSketch().Pass("a").Pass("b").Pass("c").Pass("free")
                .Link("a.data", "b.data").Link("b.data", "a.data").Link("b.data", "c.data")
        },
        { "A cycle without a source: no input can ever reach node 'a'", One.Link("a.data", "a.data") },
        {
            "no input can ever reach node 'b', 'c'",
            One.Pass("b").Pass("c").Link("a.data", "b.data").Link("c.data", "b.more").Link("b.data", "c.data")
        },
        { "The input_default of node 'a' is refused at $.hold: must be a string", new GraphSketch().Pass("a", """{"hold":1}""") },
        { "The input_default of node 'a' is refused at $.nope: is unknown", new GraphSketch().Pass("a", """{"nope":1}""") },
        { "The input_default of node 'a' is refused at $: must be an object", new GraphSketch().Pass("a", "[]") },
        { "The input_default of node 'p' is refused at $.path", new GraphSketch().Node("p", Pick, """{"path":"no slash"}""") },
    };

    [Theory, Invariant(10), MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task A_graph_that_could_not_run_is_refused_by_name(string why, GraphSketch graph)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            GraphCheck.CheckAsync(graph.ToDefinition(), Blocks, TestContext.Current.CancellationToken));

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory, Invariant(10)]
    [InlineData("[]", "inputs must be an object")]
    [InlineData("""{"x":{}}""", "inputs names the unknown node 'x'")]
    [InlineData("""{"p":[]}""", "inputs.p must be an object")]
    [InlineData("""{"p":{"path":"","nope":1}}""", "The inputs of node 'p' are refused at $.nope: is unknown")]
    [InlineData("""{"p":{"path":1}}""", "The inputs of node 'p' are refused at $.path: must be a string")]
    [InlineData("""{"p":{"path":"x"}}""", "The inputs of node 'p' are refused at $.path: must be a JSON Pointer")]
    [InlineData("""{"p":{"data":1}}""", "inputs.p.data can't be given: that pin is fed over a link")]
    [InlineData(null, "Node 'p' (Pick from JSON) has no value for its required input 'path'")]
    public async Task Inputs_that_could_not_run_are_refused_by_name(string? inputs, string why)
    {
        var graph = new GraphSketch().Pass("a", """{"data":[]}""").Node("p", Pick).Link("a.data", "p.data").ToDefinition();
        await GraphCheck.CheckAsync(graph, Blocks, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
        {
            var given = JsonText.Parse(inputs ?? "{}", "inputs");
            var merged = GraphCheck.WithInputs(graph, given, Blocks);
            return GraphCheck.CheckInputsAsync(merged, given, Blocks, TestContext.Current.CancellationToken);
        });

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
