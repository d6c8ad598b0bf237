using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Wire;

/// <summary>Where a review is found.</summary>
static class ReviewAddress
{
    /// <summary>The address of one review.</summary>
    public static string Of(string nodeExecId) => $"/review/{Uri.EscapeDataString(nodeExecId)}";

    /// <summary>The address of all that wait in an execution.</summary>
    public static string OfExecution(string graphExecId) => QueryHelpers.AddQueryString("/", "execution", graphExecId);

    /// <summary>The address of all that were decided in an execution.</summary>
    public static string DecidedOfExecution(string graphExecId) => QueryHelpers.AddQueryString("/decided", "execution", graphExecId);
}
