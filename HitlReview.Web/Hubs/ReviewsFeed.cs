using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Web.Api;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.SignalR;

namespace HitlReview.Web.Hubs;

/// <summary>
/// Sends each connection the present state and then every change after it, in commit order. Each connection has a feed of its own: a
/// slow one waits, loses changes and is told the state anew, and no other connection and no request notices.
/// </summary>
public sealed partial class ReviewsFeed(
    ReviewEvents events, ReviewService reviews, BlockRegistry blocks, LiveSignIns signIns, IHubContext<ReviewsHub, IReviewsClient> hub, ILogger<ReviewsFeed> log)
{
    /// <summary>Serves a connection until it ends.</summary>
    internal async Task ServeAsync(HubCallerContext connection)
    {
        var gone = connection.ConnectionAborted;
        try
        {
            var caller = Callers.CallerOf(connection.User!, Surface.Rest);
            using var signIn = signIns.Follow(connection.User!);
            using var end = signIn.Ended.Register(connection.Abort);
            // Listen first, read second: no change falls in between.
            using var feed = events.Open(caller.UserId);
            var client = hub.Clients.Client(connection.ConnectionId);
            await client.State(await StateAsync(caller, gone));
            await foreach (var change in feed.ReadAsync(gone))
            {
                if (!await signIn.StandsAsync(gone))
                    break;
                await SendAsync(client, caller, change, gone);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            FeedBroke(log, connection.ConnectionId, e);
        }
        finally
        {
            // Whatever ended the feed, its client must notice: it connects again, and is told the state.
            connection.Abort();
        }
    }

    async Task<StateModel> StateAsync(Caller caller, CancellationToken ct)
    {
        var page = await reviews.PendingAsync(caller, new(1, PageRequest.MaxSize), ct);
        return new([.. page.Items.Select(review => ReviewModel.Of(review, caller, blocks))], page.Total);
    }

    async Task SendAsync(IReviewsClient client, Caller caller, Change change, CancellationToken ct)
    {
        switch (change)
        {
            case ReviewCreated created:
                await client.ReviewCreated(ReviewModel.Of(created.Review, caller, blocks));
                break;
            case ReviewDecided decided:
                await client.ReviewDecided(ReviewModel.Of(decided.Review, caller, blocks));
                break;
            case ReviewsCancelled cancelled:
                await client.ReviewsCancelled(new(cancelled.GraphExecId, cancelled.Count));
                break;
            case ExecutionChanged execution:
                await client.ExecutionChanged(new(execution.GraphExecId, execution.Status));
                break;
            case ChangesLost:
                await client.State(await StateAsync(caller, ct));
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The feed of connection {ConnectionId} broke; its client connects again")]
    static partial void FeedBroke(ILogger log, string connectionId, Exception cause);
}
