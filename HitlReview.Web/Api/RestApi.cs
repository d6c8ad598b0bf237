namespace HitlReview.Web.Api;

/// <summary>The whole REST API.</summary>
static class RestApi
{
    public static void MapHitlApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("").RequireAuthorization();
        api.MapReviewApi();
        api.MapAutoApprovalApi();
        api.MapBlockApi();
        api.MapGraphApi();
        api.MapExecutionApi();
        api.MapChatApi();
        api.MapCopilotApi();
        api.MapAdminExecutionApi();
    }
}
