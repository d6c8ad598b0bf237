namespace HitlReview.Web.Components.Executions;

/// <summary>The address of an execution's page.</summary>
static class ExecutionAddress
{
    public static string Of(string graphExecId) => $"/executions/{Uri.EscapeDataString(graphExecId)}";
}
