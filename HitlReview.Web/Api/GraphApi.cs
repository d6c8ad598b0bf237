using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>Graph definitions: store and read.</summary>
static class GraphApi
{
    public static void MapGraphApi(this IEndpointRouteBuilder api)
    {
        var graphs = api.MapGroup("/api/graphs").WithTags("Graphs");

        graphs.MapPost("", Store)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("Store a graph", """
                Checked as a whole: an unknown block or pin, a node id used twice or a cycle that nothing feeds is refused here and not when
                somebody waits for it.
                With the `id` of an own graph this is its next version. Only a person, or a key that may `decide`, switches a safe mode off.
                """)
            .Refuses(400, 404, 413, 415, 422)
            .Example("""
                {"name":"Ask first","nodes":[{"id":"ask","block_id":"8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d",
                 "input_default":{"data":{"to":"world"},"name":"Say hello?"}}],"links":[],
                 "settings":{"human_in_the_loop_safe_mode":true,"sensitive_action_safe_mode":true}}
                """, null);

        graphs.MapGet("", List)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("List the graphs", "The newest version of each of the caller's graphs, newest first, without nodes and links.")
            .Paged();

        graphs.MapGet("/{id}", Get)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("Read a graph", "Nodes and links as they were stored.")
            .Refuses(404, 422)
            .WithParameter("id", "The graph.")
            .WithQuery("version", "A version; without it the newest.", 1, int.MaxValue)
            .AnswersLarge();
    }

    static async Task<Created<GraphModel>> Store(Body<GraphDraftModel> body, ClaimsPrincipal user, Graphs graphs, CancellationToken ct)
    {
        var graph = await graphs.StoreAsync(CallerOf(user, Surface.Rest), body.Value.ToDraft(), ct);
        return TypedResults.Created($"/api/graphs/{graph.Id}", GraphModel.Of(graph));
    }

    static async Task<Ok<IReadOnlyList<GraphSummary>>> List(HttpContext http, ClaimsPrincipal user, Graphs graphs, CancellationToken ct) =>
        Pages.Answer(http, await graphs.ListAsync(CallerOf(user, Surface.Rest), Pages.Asked(http), ct), GraphSummary.Of);

    static async Task<Ok<GraphModel>> Get(string id, HttpContext http, ClaimsPrincipal user, Graphs graphs, CancellationToken ct) =>
        TypedResults.Ok(
            GraphModel.Of(
                await graphs.GetAsync(CallerOf(user, Surface.Rest), id, Pages.Integer(http.Request.Query["version"], "version"), ct)));

    /// <summary>A node of a stored graph.</summary>
    sealed record NodeModel(string Id, string BlockId, JsonText InputDefault);

    /// <summary>
    /// A stored graph without its definition. `graph_id` is its `id` under the name that executions and reviews know it by.
    /// </summary>
    sealed record GraphSummary(string Id, string GraphId, int Version, string Name, SettingsModel Settings, DateTimeOffset CreatedAt)
    {
        public static GraphSummary Of(Graph graph) =>
            new(graph.Id, graph.Id, graph.Version, graph.Name, SettingsModel.Of(graph), graph.CreatedAt);
    }

    /// <summary>A stored graph. `graph_id` is its `id` under the name that executions and reviews know it by.</summary>
    sealed record GraphModel(
        string Id,
        string GraphId,
        int Version,
        string Name,
        IReadOnlyList<NodeModel> Nodes,
        IReadOnlyList<LinkModel> Links,
        SettingsModel Settings,
        DateTimeOffset CreatedAt)
    {
        public static GraphModel Of(Graph graph)
        {
            var definition = GraphDefinition.FromJson(graph.Definition);
            return new(
                graph.Id, graph.Id, graph.Version, graph.Name,
                [.. definition.Nodes.Select(n => new NodeModel(n.Id, n.BlockId.ToString(), n.InputDefault))],
                [.. definition.Links.Select(l => new LinkModel(l.SourceId, l.SourceName, l.SinkId, l.SinkName))],
                SettingsModel.Of(graph), graph.CreatedAt);
        }
    }
}
