using System.Globalization;
using HitlReview.Core;
using HitlReview.Core.Executions;
using HitlReview.Web.Components.Live;

namespace HitlReview.Web.Components.Executions;

/// <summary>Where a node execution stands in the time that its execution took, or has taken so far.</summary>
/// <param name="Style">As the styles have it.</param>
/// <param name="Words">In words.</param>
public sealed record NodeTime(string Style, string Words)
{
    /// <summary>The place of a node execution; null where there is nothing to draw yet.</summary>
    /// <param name="node">The node execution.</param>
    /// <param name="execution">Its execution.</param>
    /// <param name="now">When it was read.</param>
    public static NodeTime? Of(NodePart node, GraphExecution execution, DateTimeOffset now)
    {
        var all = ((execution.EndedAt ?? now) - execution.CreatedAt).TotalSeconds;
        if (all <= 0)
            return null;
        var run = node.Run;
        // One that has begun and found that it must ask waits.
        var ran = node.ClaimedAt ?? (run.Status == ExecutionStatus.REVIEW ? null : run.StartedAt);
        var end = run.EndedAt ?? now;
        var from = run.CreatedAt - execution.CreatedAt;
        var waited = (ran ?? end) - run.CreatedAt;
        var took = ran is { } began ? end - began : TimeSpan.Zero;
        var words = (ran, run.EndedAt) switch
        {
            (not null, not null) => Say.With(Texts.NodeTimeRan, Time.Span(from), Time.Span(waited), Time.Span(took)),
            (not null, null) => Say.With(Texts.NodeTimeRuns, Time.Span(from), Time.Span(waited), Time.Span(took)),
            (null, not null) => Say.With(Texts.NodeTimeEnded, Time.Span(from), Time.Span(waited)),
            _ => Say.With(Texts.NodeTimeWaits, Time.Span(from), Time.Span(waited)),
        };
        return new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"--from: {Share(from):0.##}%; --waited: {Share(waited):0.##}%; --ran: {Share(took):0.##}%"),
            words);

        // A clock that was set back must not draw beside the line.
        double Share(TimeSpan part) => Math.Clamp(100 * part.TotalSeconds / all, 0, 100);
    }
}
