using HitlReview.Core.Executions;
using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Components.Executions;

/// <summary>The addresses of executions.</summary>
static class ExecutionAddress
{
    /// <summary>One execution.</summary>
    public static string Of(string graphExecId) => $"/executions/{Uri.EscapeDataString(graphExecId)}";

    /// <summary>The kind in an address that means "of agents outside".</summary>
    public const string Agents = "agents";

    /// <summary>Those of agents outside.</summary>
    public static string OfAgents(string? text) => QueryHelpers.AddQueryString("/executions", new Dictionary<string, string?>
    {
        ["kind"] = Agents,
        ["q"] = text,
    });

    /// <summary>Those that a filter lets through.</summary>
    public static string List(ExecutionFilter filter) => QueryHelpers.AddQueryString("/executions", new Dictionary<string, string?>
    {
        ["state"] = filter.Standing?.ToString(),
        ["q"] = filter.Text,
        ["graph"] = filter.GraphId,
    });
}
