using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>Standing approvals: what stands, and revoking one.</summary>
static class AutoApprovalApi
{
    public static void MapAutoApprovalApi(this IEndpointRouteBuilder api)
    {
        var approvals = api.MapGroup("/api/review/auto-approvals").WithTags("Auto-approvals");

        approvals.MapGet("", List)
            .ForKeysThatMay(KeyMay.decide)
            .Describe(
                "List the standing approvals",
                "The caller's own, newest first. Each lets later actions of one node in one execution or chat run without review.")
            .Paged();

        approvals.MapDelete("", Revoke)
            .ForKeysThatMay(KeyMay.decide)
            .Describe("Revoke a standing approval", "The next action of that node asks again.")
            .Refuses(404, 422)
            .WithQuery("graph_exec_id", "The execution or chat it is limited to.", required: true)
            .WithQuery("node_id", "The node it is limited to.", required: true);
    }

    static async Task<Ok<IReadOnlyList<AutoApprovalModel>>> List(
        HttpContext http,
        ClaimsPrincipal user,
        AutoApprovals approvals,
        BlockRegistry blocks,
        CancellationToken ct) =>
        Pages.Answer(http, await approvals.ListAsync(CallerOf(user, Surface.Rest), Pages.Asked(http), ct), approval =>
            AutoApprovalModel.Of(approval, blocks));

    static async Task<NoContent> Revoke(HttpContext http, ClaimsPrincipal user, AutoApprovals approvals, CancellationToken ct)
    {
        await approvals.RevokeAsync(CallerOf(user, Surface.Rest), Given("graph_exec_id"), Given("node_id"), ct);
        return TypedResults.NoContent();

        string Given(string field) => http.Request.Query[field] is [{ Length: > 0 } one]
            ? one
            : throw new RefusedException(Refusal.Invalid, $"{field} must be given, once.");
    }

    /// <summary>A standing approval.</summary>
    sealed record AutoApprovalModel(
        string GraphExecId,
        string NodeId,
        string? BlockId,
        string? BlockName,
        string? AskedBy,
        ApprovalSpan Span,
        DateTimeOffset CreatedAt,
        int UseCount,
        DateTimeOffset? LastUsedAt)
    {
        public static AutoApprovalModel Of(AutoApproval approval, BlockRegistry blocks) => new(
            approval.GraphExecId, approval.NodeId, approval.BlockId, blocks.Find(approval.BlockId)?.Name, approval.AskedBy,
            approval.Span, approval.CreatedAt, approval.UseCount, approval.LastUsedAt);
    }
}
