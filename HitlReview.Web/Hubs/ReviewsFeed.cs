using System.Collections.Concurrent;
using System.Data.Common;
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
    ReviewEvents events, ReviewService reviews, BlockRegistry blocks, SignIns signIns, IHubContext<ReviewsHub, IReviewsClient> hub, TimeProvider clock, ILogger<ReviewsFeed> log)
    : BackgroundService
{
    /// <summary>How often idle connections are looked at: a revoked key or a locked account ends its connections after this long, and before anything more is sent to them.</summary>
    public static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<HubCallerContext, SignIn> _open = [];

    /// <summary>Serves a connection until it ends.</summary>
    internal async Task ServeAsync(HubCallerContext connection)
    {
        var gone = connection.ConnectionAborted;
        try
        {
            var signIn = SignIn.Of(connection.GetHttpContext()!);
            var caller = Callers.CallerOf(signIn.User, Surface.Rest);
            // Listen first, read second: no change falls in between.
            using var feed = events.Open(caller.UserId);
            _open[connection] = signIn;
            var client = hub.Clients.Client(connection.ConnectionId);
            await client.State(await StateAsync(caller, gone));
            await foreach (var change in feed.ReadAsync(gone))
            {
                if (!await signIns.StandsAsync(signIn, gone))
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
            _open.TryRemove(connection, out _);
            // Whatever ended the feed, its client must notice: it connects again, and is told the state.
            connection.Abort();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var (connection, signIn) in _open)
                try
                {
                    if (!await signIns.StandsAsync(signIn, stoppingToken))
                        connection.Abort();
                }
                catch (DbException e)
                {
                    CheckFailed(log, connection.ConnectionId, e);
                }
    }

    async Task<StateModel> StateAsync(Caller caller, CancellationToken ct)
    {
        var page = await reviews.PendingAsync(caller, new(1, PageRequest.MaxSize), ct);
        return new([.. page.Items.Select(review => ReviewModel.Of(review, caller, blocks))], page.Total);
    }

    async Task SendAsync(IReviewsClient client, Caller caller, Change change, CancellationToken ct)
    {
        // A key that may only ask hears of what was asked or started with it, and of nothing else of its user's.
        if (change is not ChangesLost && !caller.Sees(change))
            return;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the sign-in of connection {ConnectionId} still stands could not be read")]
    static partial void CheckFailed(ILogger log, string connectionId, Exception cause);
}
