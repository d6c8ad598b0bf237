using HitlReview.Core;
using HitlReview.Core.Reviews;

namespace HitlReview.Web.Components.Inbox;

/// <summary>The decisions of a person that are on their way and can still be undone.</summary>
public sealed class InboxScheduled(ScheduledDecisions scheduledDecisions)
{
    Dictionary<string, ScheduledDecision> _byReview = new(StringComparer.Ordinal);

    /// <summary>All of them, the last first.</summary>
    public IReadOnlyList<ScheduledDecision> All { get; private set; } = [];

    /// <summary>The one that is on its way to a review; null if there is none.</summary>
    public ScheduledDecision? Of(string nodeExecId) => _byReview.GetValueOrDefault(nodeExecId);

    /// <summary>How many decisions were made with the same press and are undone with it.</summary>
    public int With(ScheduledDecision one) => All.Count(d => d.SetId == one.SetId);

    /// <summary>Reads which there are.</summary>
    public async Task LoadAsync(Caller caller, CancellationToken ct)
    {
        All = await scheduledDecisions.ListAsync(caller, ct);
        _byReview = All.ToDictionary(d => d.NodeExecId, StringComparer.Ordinal);
    }

    /// <summary>The review is decided: nothing is on its way to it any more.</summary>
    /// <returns>False if nothing was.</returns>
    public bool Arrive(string nodeExecId)
    {
        if (!_byReview.Remove(nodeExecId))
            return false;
        All = [.. All.Where(d => d.NodeExecId != nodeExecId)];
        return true;
    }
}
