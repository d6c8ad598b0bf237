using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Components.Executions;

/// <summary>The addresses of graphs.</summary>
static class GraphAddress
{
    /// <summary>All graphs.</summary>
    public const string All = "/graphs";

    /// <summary>Where a new one is made.</summary>
    public const string New = "/graphs/new";

    /// <summary>One graph.</summary>
    /// <param name="graphId">The graph.</param>
    /// <param name="view">Which part of its page; null for how it is made.</param>
    /// <param name="from">An execution whose inputs are to be given again.</param>
    public static string Of(string graphId, string? view = null, string? from = null) =>
        QueryHelpers.AddQueryString(
            $"{All}/{Uri.EscapeDataString(graphId)}",
            new Dictionary<string, string?> { ["view"] = view, ["from"] = from }.Where(part => part.Value is not null));
}
