using HitlReview.Core.Reviews;
using HitlReview.Web.Components.Live;
using Microsoft.AspNetCore.Components;

namespace HitlReview.Web.Components.Reviews;

/// <summary>How often a standing approval was used, in words.</summary>
static class AutoApprovalUses
{
    public static RenderFragment Of(AutoApproval approval)
    {
        var times = approval.UseCount == 0 ? Texts.AutoApprovalUnused
            : Say.Count(approval.UseCount, Texts.AutoApprovalUsed_One, Texts.AutoApprovalUsed_Many);
        return approval.LastUsedAt is { } last
            ? Say.Markup("{0}, {1}", Say.Plain(times), Say.Markup(Texts.AutoApprovalLastUsed, Time.Ago(last)))
            : Say.Plain(times);
    }
}
