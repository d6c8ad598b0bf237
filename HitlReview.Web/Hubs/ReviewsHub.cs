using HitlReview.Core;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.SignalR;

namespace HitlReview.Web.Hubs;

/// <summary>What a connection is told. Each message is about the user of the connection, and about nobody else.</summary>
public interface IReviewsClient
{
    /// <summary>
    /// The waiting reviews now: replaces whatever the client shows. The first message of a connection that names no place, and sent again
    /// where messages were lost.
    /// </summary>
    Task State(StateModel state);

    /// <summary>A review was asked for.</summary>
    Task ReviewCreated(ReviewModel review);

    /// <summary>A review was decided.</summary>
    Task ReviewDecided(ReviewModel review);

    /// <summary>The waiting reviews of an execution were cancelled.</summary>
    Task ReviewsCancelled(ReviewsCancelledModel cancelled);

    /// <summary>The status of an execution changed.</summary>
    Task ExecutionChanged(ExecutionChangedModel changed);

    /// <summary>
    /// All up to this place has been told: a connection that is opened with it as <c>after</c> gets what came behind it. Only for whoever
    /// names <c>after</c> when they connect.
    /// </summary>
    Task Cursor(string cursor);
}

/// <summary>The present state.</summary>
/// <param name="Reviews">The newest waiting reviews, as on the first page of <c>GET /api/review/pending?page_size=100</c>, but of a
/// quarter of its bytes.</param>
/// <param name="Total">How many wait in all; null where there are more than 10,000.</param>
/// <param name="Next">Where the others are read, at this server; null if these are all.</param>
public sealed record StateModel(IReadOnlyList<ReviewModel> Reviews, int? Total, string? Next);

/// <summary>The waiting reviews of an execution were cancelled.</summary>
public sealed record ReviewsCancelledModel(string GraphExecId, int Count);

/// <summary>The status of an execution changed.</summary>
public sealed record ExecutionChangedModel(string GraphExecId, ExecutionStatus Status);

/// <summary>Tells programs what happens to their user's reviews. It only speaks: what clients have to say they say over REST.</summary>
public sealed class ReviewsHub(ReviewsFeed feed) : Hub<IReviewsClient>
{
    /// <summary>Starts the feed of a connection; it ends with the connection.</summary>
    public override Task OnConnectedAsync()
    {
        _ = feed.ServeAsync(Context);
        return Task.CompletedTask;
    }
}
