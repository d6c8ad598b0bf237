using System.Text;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Components.Payload;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Executions;

/// <summary>The person's graphs: look at one, store a new one or a next version as JSON, run one.</summary>
public sealed partial class GraphsPage
{
    static readonly JsonText Example = JsonText.Trusted("""
        {
          "name": "Ask first",
          "nodes": [
            {
              "id": "ask",
              "block_id": "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d",
              "input_default": { "name": "Say hello?", "data": { "to": "world" } }
            }
          ],
          "links": [],
          "settings": { "human_in_the_loop_safe_mode": true, "sensitive_action_safe_mode": true }
        }
        """);

    List<Graph> _rows = [];
    ListCursor? _after;
    PayloadEditor? _editor;
    JsonText _template = Example;
    string? _next, _refused, _said;
    bool _creating, _busy;

    [Inject]
    Graphs Graphs { get; set; } = null!;

    [Inject]
    BlockRegistry Blocks { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken gone)
    {
        var list = await Listing.ReadAsync(page => Graphs.ListAsync(Caller, page, gone), _rows.Count);
        (_rows, _after) = ([.. list.Items], list.Next);
    }

    // Nothing tells of graphs: they change by their owner's hand only.
    protected override Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone) => Task.FromResult(false);

    async Task MoreAsync()
    {
        var list = await Graphs.ListAsync(Caller, new(1, Listing.Step, _after), Gone);
        _rows.AddRange(list.Items);
        _after = list.Next;
    }

    async Task EditAsync(Graph? graph)
    {
        _template = graph is null ? Example : Draft(await Graphs.GetAsync(Caller, graph.Id, graph.Version, Gone));
        (_creating, _refused, _said, _next) = (true, null, null, graph?.Id);
    }

    /// <summary>A stored graph in the form in which it is given.</summary>
    static JsonText Draft(Graph graph) => JsonParts.Compose(
        [
            new("id", JsonText.Of(graph.Id, "id")),
            new("name", JsonText.Of(graph.Name, "name")),
            .. JsonParts.Members(JsonText.Trusted(graph.Definition), "definition"),
            new("settings", JsonParts.Compose(
                [
                    new("human_in_the_loop_safe_mode", JsonText.Of(graph.HumanInTheLoopSafeMode)),
                    new("sensitive_action_safe_mode", JsonText.Of(graph.SensitiveActionSafeMode)),
                ],
                "settings")),
        ],
        "graph", new(JsonLimits.Envelope.MaxDepth + 10, int.MaxValue));

    async Task StoreAsync()
    {
        (_busy, _refused) = (true, null);
        try
        {
            var draft = await _editor!.ReadAsync(Gone);
            var graph = await Graphs.StoreAsync(
                Caller, JsonBody.Parse<GraphDraftModel>(Encoding.UTF8.GetBytes(draft.Text)).ToDraft(), Gone);
            _creating = false;
            _said = Say.With(Texts.GraphStored, graph.Name, graph.Version);
            await LoadAsync(Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            _refused = Words(e);
        }
        finally
        {
            _busy = false;
        }
    }
}
