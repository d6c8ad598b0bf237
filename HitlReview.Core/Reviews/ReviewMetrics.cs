using System.Diagnostics.Metrics;
using HitlReview.Core.Events;
using Microsoft.Extensions.Hosting;

namespace HitlReview.Core.Reviews;

/// <summary>
/// Counts what happens, for dashboards and alarms. One more listener of <see cref="ChangeFeeds"/>: it can't disturb what it counts.
/// </summary>
public sealed class ReviewMetrics : BackgroundService
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "HitlReview";

    readonly ChangeFeeds _events;
    readonly Counter<long> _requested;
    readonly Counter<long> _decided;
    readonly Counter<long> _cancelled;
    readonly Counter<long> _executions;
    readonly Histogram<double> _decisionTime;

    /// <summary>Makes the instruments.</summary>
    public ReviewMetrics(ChangeFeeds events, ReviewFigures figures, IMeterFactory meters)
    {
        _events = events;
        var meter = meters.Create(MeterName);
        _requested = meter.CreateCounter<long>("hitl.reviews.requested", "{review}", "Reviews asked for.");
        _decided = meter.CreateCounter<long>("hitl.reviews.decided", "{review}", "Reviews decided by a person, by verdict.");
        _cancelled = meter.CreateCounter<long>("hitl.reviews.cancelled", "{review}", "Reviews cancelled by a stop, a failure or an admin.");
        _executions = meter.CreateCounter<long>("hitl.executions.moves", "{move}", "Moves of graph executions, by status reached.");
        _decisionTime = meter.CreateHistogram<double>(
            "hitl.reviews.decision.duration", "s", "From the request of a review to its decision.");
        meter.CreateObservableGauge("hitl.reviews.waiting", figures.Waiting, "{review}", "Reviews that wait for a person now.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var feed = _events.OpenAll(atOnce: true);
        await foreach (var change in feed.ReadAsync(stoppingToken))
            switch (change)
            {
                case ReviewCreated:
                    _requested.Add(1);
                    break;
                case ReviewDecided { Review: var review }:
                    _decided.Add(1, new KeyValuePair<string, object?>("verdict", review.Status.ToString()));
                    if (review.ReviewedAt is { } at)
                        _decisionTime.Record((at - review.CreatedAt).TotalSeconds);
                    break;
                case ReviewsCancelled cancelled:
                    _cancelled.Add(cancelled.Count);
                    break;
                case ExecutionChanged execution:
                    _executions.Add(1, new KeyValuePair<string, object?>("status", execution.Status.ToString()));
                    break;
            }
    }
}
