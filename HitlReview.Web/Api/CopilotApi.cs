using System.Security.Claims;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Payloads;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>The tools of a chat, for whatever drives one.</summary>
static class CopilotApi
{
    public static void MapCopilotApi(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/api/copilot/sessions").WithTags("CoPilot tools").ForKeysThatMay(KeyMay.ask);

        sessions.MapPost("/{session_id}/find_block", FindBlock)
            .Describe("Find blocks", "Blocks that a chat can run: `block_list`, with their schemas.")
            .Refuses(400, 404, 413, 415, 422)
            .WithParameter("session_id", "The chat.")
            .Example("""{"query":"send"}""", null);

        sessions.MapPost("/{session_id}/run_block", RunBlock)
            .Describe("Run a block in a chat", """
                A block that changes the world outside, or about which the chat always asks, waits for a person first: `review_required`.
                The same call again, by value, is answered with the same review.
                The other answers are `block_output`, `block_details` where required inputs are missing, `input_validation_error`, and
                `error`; all of them are 200.
                """)
            .Refuses(400, 404, 413, 415, 422)
            .WithParameter("session_id", "The chat.")
            .Example("""{"block_id":"5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08","input_data":{"input":42}}""", null);

        sessions.MapPost("/{session_id}/continue_run_block", ContinueRunBlock)
            .Describe(
                "Run what was approved in a chat",
                "Runs the approved payload, edits included, once: `block_output`. Waiting, rejected, used, unknown: "
                + "an `error` that says which.")
            .Refuses(400, 404, 413, 415, 422)
            .WithParameter("session_id", "The chat.")
            .Example("""{"review_id":"copilot-node-5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08:1f0c9a3e"}""", null);
    }

    static async Task<Ok<ToolAnswerModel>> FindBlock(
        string session_id,
        Body<FindBlockModel> body,
        ClaimsPrincipal user,
        CopilotTools tools,
        CancellationToken ct) =>
        TypedResults.Ok(
            ToolAnswerModel.Of(await tools.FindBlockAsync(CallerOf(user, Surface.Rest), session_id, body.Value.Query, ct)));

    static async Task<Ok<ToolAnswerModel>> RunBlock(
        string session_id,
        Body<RunBlockModel> body,
        HttpContext context,
        CopilotTools tools,
        CancellationToken ct)
    {
        var input = body.Value.InputData.ValueKind == JsonValueKind.Undefined
            ? JsonText.EmptyObject
            : JsonText.FromElement(body.Value.InputData, "input_data");
        var caller = CallerOf(context.User, Surface.Rest);
        var answer = await tools.RunBlockAsync(
            caller, session_id, body.Value.BlockId, input, ct, beforeRun: () => LargeBodies.Leave(context));
        return TypedResults.Ok(ToolAnswerModel.Of(answer));
    }

    static async Task<Ok<ToolAnswerModel>> ContinueRunBlock(
        string session_id,
        Body<ContinueModel> body,
        ClaimsPrincipal user,
        CopilotTools tools,
        CancellationToken ct) =>
        TypedResults.Ok(
            ToolAnswerModel.Of(await tools.ContinueRunBlockAsync(CallerOf(user, Surface.Rest), session_id, body.Value.ReviewId, ct)));

    /// <summary>Words of the blocks to find.</summary>
    sealed record FindBlockModel
    {
        public string? Query { get; init; }
    }

    /// <summary>Which block to run, and on what.</summary>
    sealed record RunBlockModel
    {
        public required string BlockId { get; init; }
        public JsonElement InputData { get; init; }
    }

    /// <summary>Which review to continue.</summary>
    sealed record ContinueModel
    {
        public required string ReviewId { get; init; }
    }
}
