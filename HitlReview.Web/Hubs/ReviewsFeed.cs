using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace HitlReview.Web.Hubs;

/// <summary>
/// Sends each connection the present state, or what it has missed since the place that it names, and then every change after it, in
/// commit order. Each connection has a feed of its own: a slow one waits, loses changes and is told the state anew, and no other connection
/// and no request notices. One that takes nothing is closed; until then it holds a message of its own and the ids and beginnings of others,
/// and no payloads.
/// </summary>
public sealed partial class ReviewsFeed(
    ChangeFeeds events,
    ReviewService reviews,
    MissedChanges missed,
    FeedCursors cursors,
    BlockRegistry blocks,
    LiveSignIns signIns,
    IHubContext<ReviewsHub, IReviewsClient> hub,
    Quotas quotas,
    Connected connected,
    IOptions<LimitOptions> limits,
    TimeProvider clock,
    ILogger<ReviewsFeed> log)
{
    /// <summary>Serves a connection until it ends.</summary>
    internal async Task ServeAsync(HubCallerContext connection)
    {
        var gone = connection.ConnectionAborted;
        try
        {
            var caller = Callers.CallerOf(connection.User!, Surface.Rest);
            // Who asks for too many is told so before (HubServices); this is for those that were let in at the same moment.
            using var place = quotas.HubConnections.TryTake(caller.UserId);
            if (place is null)
                return;
            using var signIn = signIns.Follow(connection.User!);
            using var end = signIn.Ended.Register(connection.Abort);
            // Listen first, read second: no change falls in between.
            using var feed = events.Open(caller.UserId);
            var client = hub.Clients.Client(connection.ConnectionId);
            var after = connection.GetHttpContext()?.Request.Query["after"].FirstOrDefault();
            var keepsPlace = after is not null;
            var told = 0L;
            if (cursors.Open(caller.UserId, after) is not { } since || !await TellMissedAsync(since))
                await TellAsync(new ChangesLost(""));
            await foreach (var change in feed.ReadAsync(gone))
                if ((change.Place is null || change.Place.Seq > told) && !await TellAsync(change))
                    return;

            // False where the present state must be told. What it has read is let go before the feed goes on, which may be for days.
            async Task<bool> TellMissedAsync(RecordMark place)
            {
                if (await missed.ReadAsync(caller, place, gone) is not var (head, changes))
                    return false;
                told = head.Seq;
                foreach (var change in changes)
                    if (!await TellAsync(change))
                        break;
                return true;
            }

            // False once the sign-in has ended.
            async Task<bool> TellAsync(Change change)
            {
                if (!await signIn.StandsAsync(gone))
                    return false;
                // Before the state is read: what it has beyond is told again, and not left out. What it has is not told again: of an
                // execution that was stopped and asks anew since, the stop alone would come.
                var upTo = change is ChangesLost ? await missed.HeadAsync(gone) : change.Place;
                // What is read for it takes its time; only what the client takes to take it is counted.
                if (await MessageAsync(client, caller, change, gone) is not { } send)
                    return true;
                await TakenAsync(send(), gone);
                connected.Pushed();
                if (change is ChangesLost)
                    told = Math.Max(told, upTo!.Seq);
                if (keepsPlace && upTo is not null)
                    await TakenAsync(client.Cursor(cursors.Seal(caller.UserId, upTo)), gone);
                return true;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
        catch (TimeoutException)
        {
            NotRead(log, connection.ConnectionId, limits.Value.UnreadAfter);
        }
        catch (Exception e)
        {
            FeedBroke(log, connection.ConnectionId, e);
        }
        finally
        {
            // Whatever ended the feed, its client must notice: it connects again, and is told the state, or what it missed.
            connection.Abort();
        }
    }

    /// <summary>Waits until the client has taken a message, as far as what is on its way is bounded by the connection's buffers.</summary>
    /// <exception cref="TimeoutException">It has taken nothing for too long.</exception>
    Task TakenAsync(Task sending, CancellationToken gone) => sending.WaitAsync(limits.Value.UnreadAfter, clock, gone);

    async Task<StateModel> StateAsync(Caller caller, CancellationToken ct)
    {
        var page = await reviews.PendingAsync(caller, new(1, PageRequest.MaxSize), ct, limits.Value.PageBytes / 4);
        return new(
            await page.Items.Select(review => ReviewModel.Of(review, caller, blocks)).ToListAsync(ct),
            page.Total,
            page.Next is { } next ? $"/api/review/pending?page_size={PageRequest.MaxSize}&cursor={next}" : null);
    }

    /// <summary>Reads what a client is told of a change. A review is told as it is now: a feed doesn't keep payloads.</summary>
    /// <returns>What sends it; null where the client is told nothing of it.</returns>
    async Task<Func<Task>?> MessageAsync(IReviewsClient client, Caller caller, Change change, CancellationToken ct)
    {
        if (change is ChangesLost)
            return await PresentAsync(client, caller, ct);
        // A key that may only ask hears of what was asked or started with it, and of nothing else of its user's.
        if (!caller.Sees(change))
            return null;
        return change switch
        {
            ReviewCreated created => await ReviewAsync(client, caller, created.Review, client.ReviewCreated, ct),
            ReviewDecided decided => await ReviewAsync(client, caller, decided.Review, client.ReviewDecided, ct),
            ReviewsCancelled cancelled => () => client.ReviewsCancelled(new(cancelled.GraphExecId, cancelled.Count)),
            ExecutionChanged execution => () => client.ExecutionChanged(new(execution.GraphExecId, execution.Status)),
            _ => null,
        };
    }

    async Task<Func<Task>> PresentAsync(IReviewsClient client, Caller caller, CancellationToken ct)
    {
        var state = await StateAsync(caller, ct);
        return () => client.State(state);
    }

    async Task<Func<Task>> ReviewAsync(
        IReviewsClient client, Caller caller, ReviewSummary changed, Func<ReviewModel, Task> send, CancellationToken ct)
    {
        // Null: a chat has used it, and its record is gone; what the client shows of it must go too.
        if (await reviews.FindAsync(caller, changed.NodeExecId, ct, changed.UserId) is not { } review)
            return await PresentAsync(client, caller, ct);
        var now = ReviewModel.Of(review, caller, blocks);
        return () => send(now);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {ConnectionId} took no message for {Time} and is closed")]
    static partial void NotRead(ILogger log, string connectionId, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The feed of connection {ConnectionId} broke; its client connects again")]
    static partial void FeedBroke(ILogger log, string connectionId, Exception cause);
}
