using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>What is said of a standing approval.</summary>
static class AutoApprovalWords
{
    /// <summary>How long one holds in a chat.</summary>
    public static string HowLong(ApprovalSpan span) =>
        span == ApprovalSpan.turn ? Texts.AutoApproveForTurn : Texts.AutoApproveForChat;

    /// <summary>How often it was used.</summary>
    public static RenderFragment Uses(AutoApproval approval)
    {
        var times = approval.UseCount == 0 ? Texts.AutoApprovalUnused
            : Say.Count(approval.UseCount, Texts.AutoApprovalUsed_One, Texts.AutoApprovalUsed_Many);
        return approval.LastUsedAt is { } last
            ? Say.Markup("{0}, {1}", Say.Plain(times), Say.Markup(Texts.AutoApprovalLastUsed, Time.Ago(last)))
            : Say.Plain(times);
    }
}
