using HitlReview.Core.Executions;
using HitlReview.Web.Components.Inbox;
using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Components.Admin;

/// <summary>The addresses of admins' pages.</summary>
static class AdminAddress
{
    /// <summary>What admins look at first.</summary>
    public const string Overview = "/admin";

    /// <summary>The accounts.</summary>
    public const string People = "/admin/people";

    /// <summary>One of them.</summary>
    public static string Person(string userId) => $"{People}/{Uri.EscapeDataString(userId)}";

    /// <summary>The state in an address that means "stuck, whatever the status".</summary>
    public const string Stuck = "stuck";

    /// <summary>The ages that executions can be narrowed to.</summary>
    public static IReadOnlyList<AgeChoice> Ages { get; } = [.. AgeChoice.All.Where(age => age.IsOlder)];

    /// <summary>The age that an address names; null for none.</summary>
    public static TimeSpan? AgeOf(string? name) => Ages.FirstOrDefault(age => age.Name == name)?.Span;

    /// <summary>The executions of all users that a filter lets through.</summary>
    public static string Executions(AdminExecutionFilter filter) => QueryHelpers.AddQueryString(
        "/admin/executions", new Dictionary<string, string?>
        {
            ["state"] = filter.IsStuck ? Stuck : filter.Standing?.ToString(),
            ["owner"] = filter.Owner,
            ["graph"] = filter.Graph,
            ["agent"] = filter.Agent,
            ["age"] = Ages.FirstOrDefault(age => age.Span == filter.Age)?.Name,
        });
}
