using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using HitlReview.Web.Wire;
using Microsoft.AspNetCore.Http.HttpResults;
using static HitlReview.Web.Auth.Callers;

namespace HitlReview.Web.Api;

/// <summary>Chats: the list of them, what stands in one, what is said in it, and the stream of its turn.</summary>
static class ChatApi
{
    const int DefaultPage = 50;

    static readonly TimeSpan s_soon = TimeSpan.FromSeconds(2);

    public static void MapChatApi(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/api/copilot/sessions").WithTags("CoPilot").ForKeysThatMay(KeyMay.ask);

        sessions.MapPost("", Open)
            .Describe(
                "Open a chat session",
                "`graph_exec_id` is the synthetic execution under which its reviews are found, and with which it can be stopped.")
            .Refuses(409);

        sessions.MapGet("", List)
            .Describe("List the chat sessions", "The pinned ones first, then the latest. A key sees those that were opened with it.")
            .Paged()
            .WithQuery("q", "Found in the title, in what was said, or in a call and its answer.");

        sessions.MapGet("/{session_id}", Get)
            .Describe("Read a chat session", "`state` is `idle`, `answering`, `waiting` (for a person) or `interrupted`.")
            .Refuses(404)
            .WithParameter("session_id", "The chat.");

        sessions.MapPatch("/{session_id}", Change)
            .Describe("Rename or pin a chat session", "What is not given stays as it is.")
            .Refuses(400, 404, 413, 415, 422)
            .WithParameter("session_id", "The chat.")
            .Example("""{"title":"Refunds of November","is_pinned":true}""", null);

        sessions.MapDelete("/{session_id}", Delete)
            .Describe("Delete a chat session", "Its turn is stopped and its waiting reviews are cancelled; the audit trail stays.")
            .Refuses(404)
            .WithParameter("session_id", "The chat.");

        sessions.MapGet("/{session_id}/messages", Messages)
            .Describe("Read what stands in a chat", "The latest messages, or those before a place; oldest first.")
            .Refuses(404, 422)
            .WithParameter("session_id", "The chat.")
            .WithQuery("before", "What stands before the message with this `seq`.", 1, int.MaxValue)
            .WithQuery("limit", $"How many messages at most; {DefaultPage} if not given.", 1, Chats.MaxPage);

        sessions.MapPost("/{session_id}/messages", Send)
            .Describe("Say something in a chat", """
                Begins a turn; while one runs, the message waits for its end (`queued`). The client makes a `message_id` for each message:
                sent twice it is one message and one turn. The answer is read from the stream, or as messages.
                """)
            .Refuses(400, 404, 409, 413, 415, 422)
            .WithParameter("session_id", "The chat.")
            .Example("""{"message_id":"0f6f9c1e-6f0a-4f0e-9d2b-6a3b8f0c1d2e","text":"/find file"}""", null);

        sessions.MapGet("/{session_id}/stream", Stream)
            .Describe("Follow the turn of a chat", """
                Server-sent events by the names of AG-UI 1.0, from the start of the turn that runs, then live until its end; 204 where none
                runs. `RUN_FINISHED` names in `outcome` the calls that wait for a person.
                """)
            .Refuses(404)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Produces(StatusCodes.Status204NoContent)
            .WithParameter("session_id", "The chat.")
            .Streams();

        sessions.MapPost("/{session_id}/stop", Stop)
            .Describe("Stop a chat", """
                Stops the turn and cancels the reviews that wait in the chat; the chat goes on, and the same call asks anew. `in_flight`
                counts actions that had been claimed before.
                """)
            .Refuses(404)
            .WithParameter("session_id", "The chat.");

        sessions.MapPost("/{session_id}/retry", Retry)
            .Describe("Try a turn again that was cut off", "204 also where there is nothing to try again.")
            .Refuses(404)
            .WithParameter("session_id", "The chat.");
    }

    static async Task<Created<SessionModel>> Open(ClaimsPrincipal user, CopilotSessions sessions, CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        var session = await sessions.OpenAsync(caller, ct);
        return TypedResults.Created(
            $"/api/copilot/sessions/{session.Id}", SessionModel.Of(await sessions.ReadAsync(caller, session.Id, ct)));
    }

    static async Task<Ok<IReadOnlyList<SessionModel>>> List(
        HttpContext http, ClaimsPrincipal user, CopilotSessions sessions, CancellationToken ct) =>
        Pages.Answer(
            http, await sessions.ListAsync(CallerOf(user, Surface.Rest), http.Request.Query["q"], Pages.Asked(http), ct), SessionModel.Of);

    static async Task<Ok<SessionModel>> Get(string session_id, ClaimsPrincipal user, CopilotSessions sessions, CancellationToken ct) =>
        TypedResults.Ok(SessionModel.Of(await sessions.ReadAsync(CallerOf(user, Surface.Rest), session_id, ct)));

    static async Task<Ok<SessionModel>> Change(
        string session_id, Body<ChangeModel> body, ClaimsPrincipal user, CopilotSessions sessions, CancellationToken ct)
    {
        var caller = CallerOf(user, Surface.Rest);
        await sessions.ChangeAsync(caller, session_id, body.Value.Title, body.Value.IsPinned, ct);
        return TypedResults.Ok(SessionModel.Of(await sessions.ReadAsync(caller, session_id, ct)));
    }

    static async Task<NoContent> Delete(string session_id, ClaimsPrincipal user, Chats chats, CancellationToken ct)
    {
        await chats.DeleteAsync(CallerOf(user, Surface.Rest), session_id, ct);
        return TypedResults.NoContent();
    }

    static async Task<Ok<ChatPageModel>> Messages(
        string session_id, HttpContext http, ClaimsPrincipal user, Chats chats, CancellationToken ct) =>
        TypedResults.Ok(ChatPageModel.Of(await chats.ReadAsync(
            CallerOf(user, Surface.Rest), session_id, Pages.Integer(http.Request.Query["before"], "before"),
            Pages.Integer(http.Request.Query["limit"], "limit") ?? DefaultPage, ct)));

    static async Task<Accepted<SentModel>> Send(
        string session_id, Body<SayModel> body, ClaimsPrincipal user, Chats chats, CancellationToken ct)
    {
        var sent = await chats.SendAsync(CallerOf(user, Surface.Rest), session_id, body.Value.MessageId, body.Value.Text, ct);
        return TypedResults.Accepted($"/api/copilot/sessions/{session_id}/stream", new SentModel(sent.MessageId, sent.IsQueued));
    }

    static async Task<Results<ServerSentEventsResult<string>, NoContent>> Stream(
        string session_id, ClaimsPrincipal user, CopilotSessions sessions, LiveTurns live, IHostApplicationLifetime host,
        TimeProvider clock, CancellationToken ct)
    {
        var session = await sessions.GetAsync(CallerOf(user, Surface.Rest), session_id, ct);
        // A turn that has just begun is shown in a moment.
        return session is { TurnState: TurnState.running, TurnId: { } id } && await live.WaitAsync(session_id, id, s_soon, ct) is { } turn
            ? TypedResults.ServerSentEvents(EventsAsync(turn, clock, host.ApplicationStopping, ct))
            : TypedResults.NoContent();
    }

    static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        LiveTurn turn, TimeProvider clock, CancellationToken stopping, [EnumeratorCancellation] CancellationToken ct)
    {
        // A process that ends waits for its requests. The turn ends by itself then, and says so; if not, whoever reads it finds it again.
        using var soon = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, ct);
        await using var end = stopping.Register(() => soon.CancelAfter(s_soon));
        await using var all = turn.ReadAsync(over.Token).GetAsyncEnumerator(over.Token);
        while (await HasMoreAsync())
            foreach (var e in all.Current)
                yield return new(e.ToJson());

        async ValueTask<bool> HasMoreAsync()
        {
            try
            {
                return await all.MoveNextAsync();
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    static async Task<Ok<StoppedModel>> Stop(string session_id, ClaimsPrincipal user, Stopping stopping, CancellationToken ct)
    {
        try
        {
            var stopped = await stopping.StopAsync(CallerOf(user, Surface.Rest), RunId.OfChat(session_id), ct);
            return TypedResults.Ok(new StoppedModel(stopped.CancelledReviews, stopped.InFlight));
        }
        catch (RefusedException e) when (e.Refusal == Refusal.NotFound)
        {
            throw CopilotSessions.Unknown(session_id);
        }
    }

    static async Task<NoContent> Retry(string session_id, ClaimsPrincipal user, Chats chats, CancellationToken ct)
    {
        await chats.RetryAsync(CallerOf(user, Surface.Rest), session_id, ct);
        return TypedResults.NoContent();
    }

    /// <summary>What is to be changed of a chat.</summary>
    sealed record ChangeModel
    {
        public string? Title { get; init; }
        public bool? IsPinned { get; init; }
    }

    /// <summary>What is said.</summary>
    sealed record SayModel
    {
        public required string MessageId { get; init; }
        public required string Text { get; init; }
    }

    /// <summary>What a stop found.</summary>
    sealed record StoppedModel(int CancelledReviews, int InFlight);
}
