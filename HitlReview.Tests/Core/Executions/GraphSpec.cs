using HitlReview.Core;
using HitlReview.Core.Blocks.HumanInTheLoop;
using HitlReview.Core.Executions;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

public sealed class GraphOnSqlite() : GraphSpec(new SqliteStore());

public sealed class GraphOnPostgres() : GraphSpec(new PostgresStore());

/// <summary>Graphs are kept as they came, in versions, and one that could not run is refused with the name of what is wrong.</summary>
public abstract class GraphSpec(TestStore store) : CoreSpec(store)
{
    Graphs Graphs => Store.Get<Graphs>();

    Task<Graph> StoreAsync(GraphSketch graph) => Graphs.StoreAsync(Rosa, graph.ToDraft(), Ct);

    static GraphSketch One => new GraphSketch().Pass("a");

    [Fact, Invariant(10)]
    public async Task A_graph_that_could_not_run_is_not_stored()
    {
        await RefusedAsync(Refusal.Invalid, () => StoreAsync(One.Link("a.data", "a.data")));
        await RefusedAsync(Refusal.Invalid, () => Graphs.StoreAsync(Rosa, One.ToDraft() with { Name = " " }, Ct));
        Assert.Empty((await Graphs.ListAsync(Rosa, PageRequest.First, Ct)).Items);
    }

    [Fact]
    public async Task One_is_found_by_its_newest_name_or_its_id_however_many_there_are()
    {
        var first = await Graphs.StoreAsync(Rosa, One.ToDraft() with { Name = "Refunds 100%" }, Ct);
        await Graphs.StoreAsync(Rosa, One.ToDraft() with { Id = first.Id, Name = "Returns 100%" }, Ct);
        await Graphs.StoreAsync(Rosa, One.ToDraft() with { Name = "Newsletter" }, Ct);
        await Graphs.StoreAsync(Ben, One.ToDraft() with { Name = "Returns of Ben" }, Ct);

        Assert.Equal(["Returns 100%"], await FoundAsync("returns"));
        Assert.Equal(["Returns 100%"], await FoundAsync("0%"));
        Assert.Equal(["Returns 100%"], await FoundAsync(first.Id));
        Assert.Empty(await FoundAsync("refunds"));
        await Graphs.StoreAsync(Rosa, One.ToDraft() with { Name = "Übersicht" }, Ct);
        Assert.Equal(["Übersicht"], await FoundAsync("ÜBER"));
        Assert.Equal(3, (await FoundAsync(" ")).Count);

        async Task<IReadOnlyList<string>> FoundAsync(string text) =>
            [.. (await Graphs.ListAsync(Rosa, PageRequest.First, Ct, text)).Items.Select(graph => graph.Name)];
    }

    [Fact]
    public async Task A_cycle_that_is_fed_from_outside_is_allowed()
    {
        var graph = await StoreAsync(new GraphSketch()
            .Pass("draft")
            .Node("ask", HumanInTheLoopBlock.BlockId, """{"name":"ok?"}""")
            .Pass("redraft")
            .Link("draft.data", "ask.data").Link("ask.rejected_data", "redraft.data").Link("redraft.data", "ask.data"));

        Assert.Equal(1, graph.Version);
    }

    [Fact]
    public async Task What_is_stored_comes_back_to_the_byte_and_each_time_as_a_version_of_its_own()
    {
        var defaults = """{ "data": [1.10, 12345678901234567890, "\u0000"] }""";
        var first = await StoreAsync(new GraphSketch().Pass("a", defaults));
        var second = await Graphs.StoreAsync(
            Rosa,
            new GraphSketch { SensitiveActionSafeMode = false }.Pass("b").ToDraft() with { Id = first.Id, Name = "  Renamed " },
            Ct);

        Assert.Equal(
            (first.Id, 2, "Renamed", false, true),
            (second.Id, second.Version, second.Name, second.SensitiveActionSafeMode, second.HumanInTheLoopSafeMode));
        var stored = await Graphs.GetAsync(Rosa, first.Id, 1, Ct);
        Assert.Equal(defaults, Assert.Single(GraphDefinition.FromJson(stored.Definition).Nodes).InputDefault.Text);
        Assert.Equal(2, (await Graphs.GetAsync(Rosa, first.Id, null, Ct)).Version);
        Assert.Equal(2, Assert.Single((await Graphs.ListAsync(Rosa, PageRequest.First, Ct)).Items).Version);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_reads_changes_or_starts_anothers_graph()
    {
        var graph = await StoreAsync(One);

        await RefusedAsync(Refusal.NotFound, () => Graphs.GetAsync(Ben, graph.Id, null, Ct));
        await RefusedAsync(Refusal.NotFound, () => Graphs.StoreAsync(Ben, One.ToDraft() with { Id = graph.Id }, Ct));
        await RefusedAsync(Refusal.NotFound, () => Graphs.StoreAsync(Rosa, One.ToDraft() with { Id = "unknown" }, Ct));
        await RefusedAsync(Refusal.NotFound, () => Executions.StartAsync(Ben, graph.Id, null, Ct));
        await RefusedAsync(Refusal.NotFound, () => Executions.StartAsync(Ada, graph.Id, null, Ct));
        Assert.Empty((await Graphs.ListAsync(Ben, PageRequest.First, Ct)).Items);
    }

    [Fact, Invariant(10)]
    public async Task Inputs_that_could_not_run_start_nothing()
    {
        var graph = await StoreAsync(One);

        await RefusedAsync(Refusal.Invalid, () => Executions.StartAsync(Rosa, graph.Id, Json("""{"a":{"hold":1}}"""), Ct));
        Assert.Empty((await Executions.ListAsync(Rosa, PageRequest.First, Ct)).Items);
    }

    [Fact, Invariant(4)]
    public async Task Inputs_lie_on_top_of_the_defaults_to_the_byte()
    {
        var id = await Engine.StartAsync(Rosa, new GraphSketch().Pass("a", """{"data":1,"more":[1.10]}"""), """{"a":{"data":{"x": 12345678901234567890}}}""");
        await Engine.RunAsync(id);

        Assert.Equal("""{"more":[1.10],"data":{"x": 12345678901234567890}}""", Assert.Single(Probes.Passes.All).Input);
    }
}
