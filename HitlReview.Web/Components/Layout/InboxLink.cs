using HitlReview.Web.Components.Inbox;
using Microsoft.AspNetCore.Components.Routing;

namespace HitlReview.Web.Components.Layout;

/// <summary>The link to the inbox, marked as current on all of the inbox's addresses.</summary>
public sealed class InboxLink : NavLink
{
    /// <inheritdoc/>
    protected override bool ShouldMatch(string uriAbsolute)
    {
        var uri = new Uri(uriAbsolute);
        return InboxAddress.IsInbox(uri) || uri.AbsolutePath == InboxAddress.AutoApprovals;
    }
}
