using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;
using HitlReview.Web.Auth;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>For admins: the executions of all users, what is wrong with the stuck ones, and cancelling them.</summary>
static class AdminExecutionApi
{
    const int MaxCancelled = 1_000;

    // Whatever the status.
    const string Stuck = "stuck";

    public static void MapAdminExecutionApi(this IEndpointRouteBuilder api)
    {
        var executions = api.MapGroup("/api/admin/executions").WithTags("Admin").RequireAuthorization(Roles.Admin)
            .ForKeysThatMay(KeyMay.admin);

        executions.MapGet("", List)
            .Describe("List the executions of all users", "Newest first. A stuck one carries its `reason` in words.")
            .Refuses(403)
            .Paged()
            .WithQuery("state", $"`{Stuck}`, or a status such as `REVIEW`; without it all.");

        executions.MapPost("/{graph_exec_id}/cancel", Cancel)
            .Describe(
                "Cancel an execution of any user", "As a stop by its owner, with a reason that its reviews then show. 409 if it has ended.")
            .Refuses(400, 403, 404, 409, 413, 415, 422)
            .WithParameter("graph_exec_id", "The execution, or `copilot-session-{session_id}`.")
            .Example("""{"reason":"Its target is being moved."}""", """{"status":"TERMINATED","cancelled_reviews":1,"in_flight":0}""");

        executions.MapPost("/cancel", CancelMany)
            .Describe(
                "Cancel several executions", "Each by itself: one that can't be cancelled has an `error` and doesn't keep the others.")
            .Refuses(400, 403, 413, 415, 422)
            .Example(
                """{"graph_exec_ids":["release-7"],"reason":"Its target is being moved."}""",
                """{"results":[{"graph_exec_id":"release-7","status":"TERMINATED","error":null}]}""");
    }

    static async Task<Ok<IReadOnlyList<AdminExecutionModel>>> List(
        HttpContext http, ClaimsPrincipal user, AdminExecutions executions, CancellationToken ct)
    {
        var filter = OfState(http.Request.Query["state"]);
        return Pages.Answer(
            http, await executions.ListAsync(CallerOf(user, Surface.Rest), filter, Pages.Asked(http), ct), AdminExecutionModel.Of);
    }

    static AdminExecutionFilter OfState(string? state) => state switch
    {
        null => AdminExecutionFilter.None,
        Stuck => new() { IsStuck = true },
        _ when Enum.TryParse<ExecutionStatus>(state, out var status) && Enum.IsDefined(status) && state == status.ToString() =>
            new() { Status = status },
        _ => throw new RefusedException(Refusal.Invalid,
            $"state must be '{Stuck}' or one of {string.Join(", ", Enum.GetNames<ExecutionStatus>())}; it is '{state}'."),
    };

    static async Task<Ok<StoppedModel>> Cancel(
        string graph_exec_id,
        Body<CancelModel> body,
        ClaimsPrincipal user,
        Stopping stopping,
        CancellationToken ct) =>
        TypedResults.Ok(
            StoppedModel.Of(await stopping.AdminCancelAsync(CallerOf(user, Surface.Rest), graph_exec_id, body.Value.Reason, ct)));

    static async Task<Ok<CancelledModel>> CancelMany(
        Body<CancelManyModel> body, ClaimsPrincipal user, Stopping stopping, CancellationToken ct)
    {
        var ids = body.Value.GraphExecIds;
        if (ids.Count is 0 or > MaxCancelled)
            throw new RefusedException(Refusal.Invalid, $"graph_exec_ids must name 1 to {MaxCancelled} executions; it names {ids.Count}.");
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new RefusedException(Refusal.Invalid, $"graph_exec_ids names '{twice}' more than once.");
        var results = await stopping.AdminCancelAsync(CallerOf(user, Surface.Rest), ids, body.Value.Reason, ct);
        return TypedResults.Ok(new CancelledModel([.. results.Select(r => new CancelledOneModel(r.GraphExecId, r.Status, r.Error))]));
    }

    /// <summary>Why an execution is cancelled.</summary>
    sealed record CancelModel
    {
        public required string Reason { get; init; }
    }

    /// <summary>Which executions are cancelled, and why.</summary>
    sealed record CancelManyModel
    {
        public required IReadOnlyList<string> GraphExecIds { get; init; }
        public required string Reason { get; init; }
    }

    /// <summary>What became of each.</summary>
    sealed record CancelledModel(IReadOnlyList<CancelledOneModel> Results);

    /// <summary>What became of one.</summary>
    sealed record CancelledOneModel(string GraphExecId, ExecutionStatus? Status, string? Error);

    /// <summary>An execution of any user; `reason` says in words why it is stuck, and is null where it isn't.</summary>
    sealed record AdminExecutionModel(
        string GraphExecId,
        string GraphId,
        int GraphVersion,
        string UserId,
        string? UserName,
        ExecutionStatus Status,
        DateTimeOffset CreatedAt,
        DateTimeOffset? StartedAt,
        DateTimeOffset UpdatedAt,
        DateTimeOffset? EndedAt,
        int FailedNodeCount,
        int RejectedNodeCount,
        string? Error,
        int WaitingReviews,
        string? Reason)
    {
        public static AdminExecutionModel Of(AdminExecution row)
        {
            var e = row.Execution;
            return new(e.Id, e.GraphId, e.GraphVersion, e.UserId, row.UserName, e.Status, e.CreatedAt, e.StartedAt, e.UpdatedAt, e.EndedAt,
                e.FailedNodeCount, e.RejectedNodeCount, e.Error, row.WaitingReviews, row.Reason);
        }
    }
}
