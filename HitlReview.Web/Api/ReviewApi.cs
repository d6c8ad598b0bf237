using System.Security.Claims;
using System.Text.Json;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>Reviews: read, decide, and for agents outside ask and consume.</summary>
static class ReviewApi
{
    const int MaxWaitSeconds = 60;

    public static void MapReviewApi(this IEndpointRouteBuilder api)
    {
        var reviews = api.MapGroup("/api/review").WithTags("Reviews");

        reviews.MapGet("/pending", Pending)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe("List the waiting reviews", "The caller's own WAITING reviews, newest first.")
            .Paged();

        reviews.MapGet("/execution/{graph_exec_id}", OfExecution)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe(
                "List the waiting reviews of an execution",
                "Oldest first. A chat or an outside execution without reviews has an empty list.")
            .Refuses(404)
            .Paged()
            .WithParameter("graph_exec_id", "The execution, or `copilot-session-{session_id}`.")
            .WithQuery("user_id", "For an admin: whose, where several users' agents ask under this id; all of them if not given.");

        reviews.MapGet("/{node_exec_id}", Get)
            .ForKeysThatMay(KeyMay.ask | KeyMay.decide)
            .Describe(
                "Read a review, or wait for its decision",
                "The review in whatever status. With `wait` the answer comes as soon as it is decided, "
                + "and when the time is over as it then is.")
            .Refuses(404, 422)
            .WithParameter("node_exec_id", "The review.")
            .WithQuery("user_id", "For an admin: whose, where several users have a review of this id.")
            .WithQuery("wait", $"Seconds to wait for a decision, 0 to {MaxWaitSeconds}.", 0, MaxWaitSeconds)
            .MayWait();

        reviews.MapPost("/action", Decide)
            .ForKeysThatMay(KeyMay.decide)
            .Describe("Decide reviews", """
                Approves or rejects one or more reviews of one execution, all or none. The same decision again is success and changes
                nothing. What was asked or started with a key is never decided with that key (403).
                `reviewed_data` is an edited payload, where null means no edit; `reviewed_json` says it as a string of JSON text, exactly,
                null included. Data sent with a rejection, or with `auto_approve_future`, is ignored. `auto_approve_span` says how long that
                holds: `run`, as long as the execution or chat, which is so if it isn't given, or `turn`, in a chat until somebody writes
                there again.
                """)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Example(
                """
                {"reviews":[{"node_exec_id":"deploy-42","approved":true,"message":"To staging first.",
                 "reviewed_json":"{\"target\":\"staging\"}",
                 "payload_hash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]}
                """,
                """{"approved_count":1,"rejected_count":0,"failed_count":0,"error":null}""");

        reviews.MapPost("/request", Ask)
            .ForKeysThatMay(KeyMay.ask)
            .Describe("Ask for a review", """
                For an agent outside: the action waits until a person has decided. Not in the name of a chat or a graph's node, nor of
                another agent.
                Asking again with the same `node_exec_id` gives the same review (200) and changes nothing. `review_url` is where a person
                reads and decides it.
                Where a standing approval answers, the review is APPROVED at once, with `auto_approved: true` (200).
                """)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Example(
                """
                {"node_exec_id":"deploy-42","graph_exec_id":"release-7","node_id":"deploy",
                 "payload":{"target":"production"},"instructions":"Deploy release 7?"}
                """,
                null);

        reviews.MapPost("/{node_exec_id}/consume", Consume)
            .ForKeysThatMay(KeyMay.ask)
            .Describe(
                "Take an approved payload up",
                "For the agent that asked: the first call after the approval gets the payload to run, every later one 409. While it waits, "
                + "or when it was rejected: 409, with the reviewer's message.")
            .Refuses(404, 409)
            .WithParameter("node_exec_id", "The review.")
            .Example(null, """
                {"payload":{"target":"staging"},"was_edited":true,"original_payload":{"target":"production"},
                 "review_message":"To staging first."}
                """);
    }

    static async Task<Ok<IAsyncEnumerable<ReviewModel>>> Pending(
        HttpContext http, ClaimsPrincipal user, ReviewService reviews, BlockRegistry blocks, CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        return Pages.Answer(
            http, await reviews.PendingAsync(caller, Pages.Asked(http), ct), review => ReviewModel.Of(review, caller, blocks));
    }

    static async Task<Ok<IAsyncEnumerable<ReviewModel>>> OfExecution(
        string graph_exec_id, HttpContext http, ClaimsPrincipal user, ReviewService reviews, BlockRegistry blocks, CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        var page = await reviews.PendingForExecutionAsync(caller, graph_exec_id, Pages.Asked(http), ct, UserId(http));
        return Pages.Answer(http, page, review => ReviewModel.Of(review, caller, blocks));
    }

    static async Task<Ok<ReviewModel>> Get(
        string node_exec_id,
        HttpContext http,
        ClaimsPrincipal user,
        ReviewService reviews,
        BlockRegistry blocks,
        IHostApplicationLifetime host,
        CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        var wait = Pages.Integer(http.Request.Query["wait"], "wait") ?? 0;
        if (wait is < 0 or > MaxWaitSeconds)
            throw new RefusedException(Refusal.Invalid, $"wait must be between 0 and {MaxWaitSeconds} seconds; it is {wait}.");
        var review = await reviews.WaitForDecisionAsync(
            caller, node_exec_id, TimeSpan.FromSeconds(wait), host.ApplicationStopping, ct, UserId(http));
        return TypedResults.Ok(ReviewModel.Of(review, caller, blocks));
    }

    static string? UserId(HttpContext http) => http.Request.Query["user_id"] is [{ Length: > 0 } id] ? id : null;

    static async Task<Ok<DecidedModel>> Decide(Body<DecideModel> body, ClaimsPrincipal user, Deciding deciding, CancellationToken ct)
    {
        var decisions = body.Value.Reviews.Select((item, index) => item.ToDecision($"reviews[{index}]")).ToList();
        var result = await deciding.DecideAsync(CallerOf(user, Surface.Rest), decisions, ct);
        return TypedResults.Ok(new DecidedModel(result.ApprovedCount, result.RejectedCount));
    }

    static async Task<Results<Created<ReviewModel>, Ok<ReviewModel>>> Ask(
        Body<AskModel> body,
        HttpRequest request,
        ClaimsPrincipal user,
        OutsideAgents agents,
        BlockRegistry blocks,
        CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        var (review, created) = await agents.RequestAsync(caller, body.Value.ToRequest(), ct);
        var model = ReviewModel.Of(review, caller, blocks) with
        {
            ReviewUrl = $"{request.Scheme}://{request.Host}{ReviewAddress.Of(review.NodeExecId)}",
        };
        return created && !review.AutoApproved
            ? TypedResults.Created($"/api/review/{Uri.EscapeDataString(review.NodeExecId)}", model)
            : TypedResults.Ok(model);
    }

    static async Task<Ok<ConsumedModel>> Consume(string node_exec_id, ClaimsPrincipal user, OutsideAgents agents, CancellationToken ct)
    {
        var review = await agents.ConsumeAsync(CallerOf(user, Surface.Rest), node_exec_id, ct);
        return TypedResults.Ok(new ConsumedModel(
            JsonText.Trusted(review.Payload), review.WasEdited, review.OriginalPayload is { } original ? JsonText.Trusted(original) : null,
            review.ReviewMessage));
    }

    /// <summary>One or more decisions.</summary>
    sealed record DecideModel
    {
        public required IReadOnlyList<DecisionModel> Reviews { get; init; }
    }

    /// <summary>A decision on one review.</summary>
    sealed record DecisionModel
    {
        public required string NodeExecId { get; init; }
        public required bool Approved { get; init; }
        public string? Message { get; init; }
        public JsonElement ReviewedData { get; init; }
        public string? ReviewedJson { get; init; }
        public bool AutoApproveFuture { get; init; }
        public ApprovalSpan AutoApproveSpan { get; init; } = ApprovalSpan.run;
        public string? PayloadHash { get; init; }

        public Decision ToDecision(string place)
        {
            var hasData = ReviewedData.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
            if (hasData && ReviewedJson is not null)
                throw new RefusedException(Refusal.Invalid, $"{place} has both reviewed_data and reviewed_json; give one.");
            // What is ignored is not looked at either.
            var edit = !Approved || AutoApproveFuture ? null
                : ReviewedJson is not null ? JsonText.Parse(ReviewedJson, $"{place}.reviewed_json")
                : hasData ? JsonText.FromElement(ReviewedData, $"{place}.reviewed_data")
                : null;
            return new(NodeExecId, Approved)
            {
                Message = Message,
                Edit = edit,
                AutoApproveFuture = AutoApproveFuture,
                AutoApproveSpan = AutoApproveSpan,
                PayloadHash = PayloadHash,
            };
        }
    }

    /// <summary>
    /// What came of a request to decide. All of its decisions stand: `failed_count` is 0 and `error` null, and both are there for clients
    /// that look at them.
    /// </summary>
    sealed record DecidedModel(int ApprovedCount, int RejectedCount, int FailedCount = 0, string? Error = null);

    /// <summary>An action that must be approved.</summary>
    sealed record AskModel
    {
        public required string NodeExecId { get; init; }
        public required string GraphExecId { get; init; }
        public string? GraphId { get; init; }
        public int? GraphVersion { get; init; }
        public required string NodeId { get; init; }
        public required JsonElement Payload { get; init; }
        public string? Instructions { get; init; }
        public bool Editable { get; init; } = true;

        // GET answers these with a list, in whatever case they are written.
        static readonly string[] NoAddress = ["pending", "auto-approvals"];

        public ReviewRequest ToRequest() => NoAddress.Contains(NodeExecId, StringComparer.OrdinalIgnoreCase)
            ? throw new RefusedException(Refusal.Invalid, $"node_exec_id must not be '{NodeExecId}': no address could name that review.")
            : new(NodeExecId, GraphExecId, NodeId, JsonText.FromElement(Payload, "payload"))
            {
                GraphId = GraphId,
                GraphVersion = GraphVersion,
                Instructions = Instructions,
                Editable = Editable,
            };
    }

    /// <summary>What an agent may now run.</summary>
    sealed record ConsumedModel(JsonText Payload, bool WasEdited, JsonText? OriginalPayload, string? ReviewMessage);
}
