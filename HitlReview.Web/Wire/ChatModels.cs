using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Payloads;

namespace HitlReview.Web.Wire;

/// <summary>A chat as a row of a list.</summary>
sealed record SessionModel(
    string SessionId,
    string GraphExecId,
    string? Title,
    bool IsPinned,
    SessionState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static SessionModel Of(SessionSummary session) => new(
        session.Id, session.GraphExecId, session.Title, session.IsPinned, session.State, session.CreatedAt, session.UpdatedAt);
}

/// <summary>A message that waits for the end of the turn that runs.</summary>
sealed record QueuedModel(string MessageId, string Text, DateTimeOffset CreatedAt)
{
    public static QueuedModel Of(QueuedMessage message) => new(message.Id, message.Text, message.CreatedAt);
}

/// <summary>
/// Something that stands in a chat: `user`, `assistant`, `tool_call`, `outcome` or `notice`. A call has its tool, its arguments as the
/// model wrote them and its answer; a held one the review, and `is_held` until it is told in an `outcome` what became of it.
/// </summary>
sealed record ChatMessageModel(
    string MessageId,
    int Seq,
    MessageKind Kind,
    string? TurnId,
    string Text,
    string? SaidBy,
    string? Reasoning,
    string? Tool,
    string? Input,
    JsonText? Output,
    string? ReviewId,
    bool IsHeld,
    CallEnd? Outcome,
    TurnState? CutOff,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt)
{
    public static ChatMessageModel Of(CopilotMessage message) => new(
        message.Id, message.Seq, message.Kind, message.TurnId, message.Text, message.SaidBy, message.Reasoning, message.Tool,
        message.Input, message.Output is { } output ? JsonText.Trusted(output) : null, message.ReviewId, message.IsHeld, message.Outcome,
        message.CutOff, message.CreatedAt, message.EndedAt);
}

/// <summary>A part of a chat, oldest first, and what waits to be said.</summary>
sealed record ChatPageModel(
    IReadOnlyList<ChatMessageModel> Messages, bool HasEarlier, IReadOnlyList<QueuedModel> Queue, string? TurnId, TurnState? TurnState)
{
    public static ChatPageModel Of(ChatPage page) => new(
        [.. page.Messages.Select(ChatMessageModel.Of)], page.HasEarlier, [.. page.Queue.Select(QueuedModel.Of)],
        page.Session.TurnId, page.Session.TurnState);
}

/// <summary>What became of a message; `queued` where it waits for the end of the turn that runs.</summary>
sealed record SentModel(string MessageId, bool Queued);
