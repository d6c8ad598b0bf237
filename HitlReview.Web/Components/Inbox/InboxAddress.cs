using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.WebUtilities;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the inbox shows: which list, narrowed to what, in which order, put together by what.</summary>
/// <param name="Filter">Which half, and what it is narrowed to.</param>
/// <param name="OldestFirst">The order.</param>
/// <param name="Grouping">What the reviews are put together by.</param>
public sealed record InboxView(ReviewFilter Filter, bool OldestFirst = false, Grouping Grouping = Grouping.none)
{
    /// <summary>Which half.</summary>
    public ReviewTab Tab => Filter.Tab;
}

/// <summary>How long ago a review was asked for, as a choice.</summary>
/// <param name="Name">How it is written in an address.</param>
/// <param name="Span">The time.</param>
/// <param name="IsOlder">True for "at least so long ago", false for "at most".</param>
public sealed record AgeChoice(string Name, TimeSpan Span, bool IsOlder)
{
    /// <summary>All choices.</summary>
    public static IReadOnlyList<AgeChoice> All { get; } =
    [
        new("under-1h", TimeSpan.FromHours(1), false), new("under-1d", TimeSpan.FromDays(1), false),
        new("over-1h", TimeSpan.FromHours(1), true), new("over-1d", TimeSpan.FromDays(1), true), new("over-7d", TimeSpan.FromDays(7), true),
    ];

    /// <summary>The choice that a filter has made; null if none.</summary>
    public static AgeChoice? Of(ReviewFilter filter) =>
        All.FirstOrDefault(age => age.IsOlder ? filter.OlderThan == age.Span : filter.NewerThan == age.Span);

    /// <summary>The filter with another choice; null for none.</summary>
    public static ReviewFilter Set(ReviewFilter filter, AgeChoice? age) =>
        filter with { OlderThan = age is { IsOlder: true } ? age.Span : null, NewerThan = age is { IsOlder: false } ? age.Span : null };
}

/// <summary>
/// The view of the inbox as an address that can be bookmarked and shared. What an address says wrongly is left out, not an error.
/// </summary>
public static class InboxAddress
{
    /// <summary>The address of the auto-approvals, the inbox's third list.</summary>
    public const string AutoApprovals = "/auto-approvals";

    /// <summary>The address of what is put aside.</summary>
    public static string Snoozed { get; } = Of(new(ReviewFilter.None with { Text = "is:snoozed" }));

    /// <summary>True for an address that the inbox's page answers.</summary>
    /// <param name="uri">The whole address.</param>
    public static bool IsInbox(Uri uri) =>
        uri.AbsolutePath is "/" or "/decided"
        || uri.AbsolutePath.StartsWith("/review/", StringComparison.Ordinal)
        || uri.AbsolutePath.StartsWith("/decided/", StringComparison.Ordinal);

    /// <summary>
    /// The review that an address names; null for none. The router would take an id that has "%2F" in it for one with a slash.
    /// </summary>
    /// <param name="uri">The whole address.</param>
    public static string? OpenId(Uri uri) =>
        IsInbox(uri) && uri.AbsolutePath.Split('/') is ["", _, { Length: > 0 } id] ? Uri.UnescapeDataString(id) : null;

    /// <summary>The view that an address names.</summary>
    /// <param name="uri">The whole address.</param>
    public static InboxView Parse(Uri uri)
    {
        var query = QueryHelpers.ParseQuery(uri.Query);
        var tab = uri.AbsolutePath.StartsWith("/decided", StringComparison.OrdinalIgnoreCase) ? ReviewTab.Decided : ReviewTab.Waiting;
        var filter = new ReviewFilter
        {
            Tab = tab,
            Text = Given("q", ReviewFilter.MaxText),
            BlockId = Given("block"),
            AskedByKeyId = Given("agent"),
            GraphId = Given("graph"),
            GraphExecId = Given("execution"),
            NodeId = Given("node"),
            Editable = Given("editable") switch { "yes" => true, "no" => false, _ => null },
            HasWarnings = Given("warnings") == "yes",
            DecidedAs = tab == ReviewTab.Decided ? Named<DecidedAs>(Given("decided")) : null,
        };
        return new(
            AgeChoice.Set(filter, AgeChoice.All.FirstOrDefault(age => age.Name == Given("age"))),
            Given("sort") == "oldest",
            Named<Grouping>(Given("group")) ?? Grouping.none);

        // What no review can have is not searched for.
        string? Given(string name, int max = 0) =>
            query.TryGetValue(name, out var values) ? SearchText.Of(values.FirstOrDefault(), max) : null;
    }

    static T? Named<T>(string? name) where T : struct, Enum =>
        name is not null && Enum.GetNames<T>().Contains(name) ? Enum.Parse<T>(name) : null;

    /// <summary>The address of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="openId">The review that is open in it; null for none.</param>
    public static string Of(InboxView view, string? openId = null)
    {
        var filter = view.Filter;
        var path = (filter.Tab, openId) switch
        {
            (ReviewTab.Waiting, null) => "/",
            (ReviewTab.Waiting, _) => ReviewAddress.Of(openId),
            (_, null) => "/decided",
            _ => $"/decided/{Uri.EscapeDataString(openId)}",
        };
        var query = new (string Name, string? Value)[]
        {
            ("q", string.IsNullOrWhiteSpace(filter.Text) ? null : filter.Text),
            ("block", filter.BlockId),
            ("agent", filter.AskedByKeyId),
            ("graph", filter.GraphId),
            ("execution", filter.GraphExecId),
            ("node", filter.NodeId),
            ("age", AgeChoice.Of(filter)?.Name),
            ("editable", filter.Editable switch { true => "yes", false => "no", null => null }),
            ("warnings", filter.HasWarnings ? "yes" : null),
            ("decided", filter.Tab == ReviewTab.Decided ? filter.DecidedAs?.ToString() : null),
            ("sort", view.OldestFirst ? "oldest" : null),
            ("group", view.Grouping == Grouping.none ? null : view.Grouping.ToString()),
        };
        return QueryHelpers.AddQueryString(path, query.Where(q => q.Value is not null).Select(q => KeyValuePair.Create(q.Name, q.Value)));
    }
}
