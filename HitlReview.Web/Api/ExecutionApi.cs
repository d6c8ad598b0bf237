using System.Security.Claims;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>Graph executions: start, read, stop, settle an unknown outcome.</summary>
static class ExecutionApi
{
    // Pins of the full payload size, below the body, the inputs and the node.
    static readonly JsonLimits InputLimits = new(JsonLimits.Payload.MaxDepth + 2, RequestBody.MaxBytes);

    // What one answer may be at most; the rest is on further pages, or read one by one.
    const int MaxNodes = 1_000;
    const long MaxPayloadBytes = 4_000_000;

    public static void MapExecutionApi(this IEndpointRouteBuilder api)
    {
        var executions = api.MapGroup("/api/executions").WithTags("Executions");

        executions.MapPost("", Start)
            .ForKeysThatMay(KeyMay.ask)
            .Describe("Start an execution", """
                Runs the newest version of an own graph. `inputs` are values for pins, by node, on top of the graph's defaults.
                Safe modes that are off are on where the key stored the graph itself, or gives `inputs` and may not `decide`.
                """)
            .Refuses(400, 404, 413, 415, 422)
            .Example(
                """{"graph_id":"019aa3c1-5b1e-7c31-9d0a-3f6d1f0a7b52","inputs":{"ask":{"data":{"to":"everybody"}}}}""",
                """{"graph_exec_id":"019aa3c2-0c4f-7a7e-8a53-0f7e0a4a1c11","status":"QUEUED"}""");

        executions.MapGet("", List)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("List the executions", "The caller's own, newest first, without node executions.")
            .Paged();

        executions.MapGet("/{graph_exec_id}", Get)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("Read an execution", """
                Its status as last observed, and its node executions with inputs, outputs and errors. `outcome` is `unknown` where the
                process ended during an action and nobody has settled it.
                It has at most 1,000 of its `node_execution_count` node executions, besides those whose outcome is to be settled, and 4 MB
                of inputs and outputs. Where something was left out `truncated` is true: `/api/executions/{graph_exec_id}/nodes` pages
                through all, and a node execution of which `input` or `output` was left out says in `whole_at` where it is read whole.
                """)
            .Refuses(404)
            .WithParameter("graph_exec_id", "The execution.");

        executions.MapGet("/{graph_exec_id}/nodes", Nodes)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("List the node executions", """
                Of an execution, in the order in which they came to be. A page has at most 4 MB of inputs and outputs; where one was left
                out, its size and `whole_at` are there.
                """)
            .Refuses(404)
            .Paged()
            .WithParameter("graph_exec_id", "The execution.");

        executions.MapGet("/{graph_exec_id}/nodes/{node_exec_id}", Node)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("Read a node execution", "One of an execution or a chat, with its whole input and output.")
            .Refuses(404)
            .WithParameter("graph_exec_id", "The execution, or `copilot-session-{session_id}`.")
            .WithParameter("node_exec_id", "The node execution.")
            .AnswersLarge();

        executions.MapPost("/{graph_exec_id}/stop", Stop)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("Stop an execution", """
                Terminates it in whatever state, and cancels its reviews. Once this has answered no action of it starts; actions that had
                started are asked to cancel and counted as `in_flight`.
                Stopping a chat (`copilot-session-{session_id}`) cancels its reviews and what it runs; the chat itself goes on. A second
                stop finds nothing left to do.
                """)
            .Refuses(404)
            .WithParameter("graph_exec_id", "The execution, or `copilot-session-{session_id}`.")
            .Example(null, """{"status":"TERMINATED","cancelled_reviews":2,"in_flight":0}""");

        executions.MapPost("/{graph_exec_id}/nodes/{node_exec_id}/settle", Settle)
            .ForKeysThatMay(KeyMay.decide)
            .Describe("Settle an unknown outcome", """
                For an action during which the process ended: `ran` if it took effect, with what it put out as `output` (pin to list of
                values) for the nodes behind it; `ask_again` to have a new review ask for the same action. Answers with the settled node
                execution, or with the new one. Never with the key that started it.
                """)
            .Refuses(400, 404, 409, 413, 415, 422)
            .WithParameter("graph_exec_id", "The execution, or `copilot-session-{session_id}`.")
            .WithParameter("node_exec_id", "The action.")
            .Example("""{"resolution":"ran","output":{"status":[200]}}""", null);
    }

    static async Task<Created<StartedModel>> Start(
        Body<StartModel> body, ClaimsPrincipal user, ExecutionService executions, CancellationToken ct)
    {
        var inputs = body.Value.Inputs.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? null
            : JsonText.FromElement(body.Value.Inputs, "inputs", InputLimits);
        var execution = await executions.StartAsync(CallerOf(user, Surface.Rest), body.Value.GraphId, inputs, ct);
        return TypedResults.Created($"/api/executions/{execution.Id}", new StartedModel(execution.Id, execution.Status));
    }

    static async Task<Ok<IReadOnlyList<ExecutionSummary>>> List(
        HttpContext http, ClaimsPrincipal user, ExecutionService executions, CancellationToken ct) =>
        Pages.Answer(http, await executions.ListAsync(CallerOf(user, Surface.Rest), Pages.Asked(http), ct), ExecutionSummary.Of);

    static async Task<Ok<ExecutionModel>> Get(
        string graph_exec_id, ClaimsPrincipal user, ExecutionService executions, CancellationToken ct) =>
        TypedResults.Ok(ExecutionModel.Of(
            await executions.GetAsync(CallerOf(user, Surface.Rest), graph_exec_id, MaxNodes, MaxPayloadBytes, ct)));

    static async Task<Ok<IReadOnlyList<NodeExecutionModel>>> Nodes(string graph_exec_id, HttpContext http, ClaimsPrincipal user,
        ExecutionService executions, CancellationToken ct) =>
        Pages.Answer(http, await executions.NodesAsync(CallerOf(user, Surface.Rest), graph_exec_id, Pages.Asked(http), MaxPayloadBytes,
            ct), n => NodeExecutionModel.Of(graph_exec_id, n));

    static async Task<Ok<NodeExecutionModel>> Node(string graph_exec_id, string node_exec_id, ClaimsPrincipal user,
        ExecutionService executions, CancellationToken ct) =>
        TypedResults.Ok(NodeExecutionModel.Of(graph_exec_id,
            await executions.GetNodeAsync(CallerOf(user, Surface.Rest), graph_exec_id, node_exec_id, ct)));

    static async Task<Ok<StoppedModel>> Stop(string graph_exec_id, ClaimsPrincipal user, Stopping stopping, CancellationToken ct) =>
        TypedResults.Ok(StoppedModel.Of(await stopping.StopAsync(CallerOf(user, Surface.Rest), graph_exec_id, ct)));

    static async Task<Ok<NodeExecutionModel>> Settle(
        string graph_exec_id,
        string node_exec_id,
        Body<SettleModel> body,
        ClaimsPrincipal user,
        Settling settling,
        CancellationToken ct)
    {
        var output = body.Value.Output.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? null
            : JsonText.FromElement(body.Value.Output, "output", InputLimits);
        var settled = await settling.SettleAsync(CallerOf(user, Surface.Rest), graph_exec_id, node_exec_id, body.Value.Resolution, output,
            ct);
        return TypedResults.Ok(NodeExecutionModel.Of(settled));
    }

    /// <summary>What to run.</summary>
    sealed record StartModel
    {
        public required string GraphId { get; init; }
        public JsonElement Inputs { get; init; }
    }

    /// <summary>An execution that was started.</summary>
    sealed record StartedModel(string GraphExecId, ExecutionStatus Status);

    /// <summary>How an unknown outcome is settled.</summary>
    sealed record SettleModel
    {
        public required Resolution Resolution { get; init; }
        public JsonElement Output { get; init; }
    }
}
