using HitlReview.Core.Events;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Inbox;

/// <summary>What the person has approved ahead, to be looked through and taken back.</summary>
public sealed partial class AutoApprovalsPage
{
    List<AutoApproval> _rows = [];
    ListCursor? _next;
    string? _said, _refused;

    protected override async Task LoadAsync(CancellationToken gone)
    {
        var list = await Listing.ReadAsync(page => AutoApprovals.ListAsync(Caller, page, gone), _rows.Count);
        (_rows, _next) = ([.. list.Items], list.Next);
    }

    protected override async Task<bool> ApplyAsync(IReadOnlyList<Change> changes, CancellationToken gone)
    {
        if (!changes.Any(change => change is AutoApprovalsChanged))
            return false;
        await LoadAsync(gone);
        return true;
    }

    async Task MoreAsync()
    {
        var list = await AutoApprovals.ListAsync(Caller, new(1, Listing.Step, _next), Gone);
        _rows.AddRange(list.Items);
        _next = list.Next;
    }

    async Task RevokeAsync(AutoApproval row)
    {
        try
        {
            await AutoApprovals.RevokeAsync(Caller, row.GraphExecId, row.NodeId, Gone);
            (_said, _refused) = (Say.With(Texts.AutoApprovalRevoked, row.NodeId), null);
            await LoadAsync(Gone);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            (_said, _refused) = (null, Words(e));
        }
    }
}
