using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>
/// What happens in a turn, one after the other: the events of AG-UI 1.0 (docs.ag-ui.com/concepts/events), whose names and members these
/// have in JSON.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunStarted), "RUN_STARTED")]
[JsonDerivedType(typeof(RunFinished), "RUN_FINISHED")]
[JsonDerivedType(typeof(RunError), "RUN_ERROR")]
[JsonDerivedType(typeof(TextStarted), "TEXT_MESSAGE_START")]
[JsonDerivedType(typeof(TextAdded), "TEXT_MESSAGE_CONTENT")]
[JsonDerivedType(typeof(TextEnded), "TEXT_MESSAGE_END")]
[JsonDerivedType(typeof(ThoughtStarted), "REASONING_MESSAGE_START")]
[JsonDerivedType(typeof(ThoughtAdded), "REASONING_MESSAGE_CONTENT")]
[JsonDerivedType(typeof(ThoughtEnded), "REASONING_MESSAGE_END")]
[JsonDerivedType(typeof(CallStarted), "TOOL_CALL_START")]
[JsonDerivedType(typeof(CallArguments), "TOOL_CALL_ARGS")]
[JsonDerivedType(typeof(CallEnded), "TOOL_CALL_END")]
[JsonDerivedType(typeof(CallAnswered), "TOOL_CALL_RESULT")]
public abstract record TurnEvent
{
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // What reads it takes it for JSON and nothing else.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The event as JSON, on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    internal static TurnEvent Parse(string json) => JsonSerializer.Deserialize<TurnEvent>(json, s_json)!;
}

/// <summary>The turn begins.</summary>
/// <param name="ThreadId">The chat.</param>
/// <param name="RunId">The turn.</param>
public sealed record RunStarted(string ThreadId, string RunId) : TurnEvent;

/// <summary>The turn has ended.</summary>
/// <param name="ThreadId">The chat.</param>
/// <param name="RunId">The turn.</param>
/// <param name="Outcome">Success, or what it is interrupted by: calls that wait for a person.</param>
public sealed record RunFinished(string ThreadId, string RunId, RunOutcome Outcome) : TurnEvent;

/// <summary>How a turn has ended.</summary>
/// <param name="Type"><c>success</c> or <c>interrupt</c>.</param>
/// <param name="Interrupts">What waits for a person; null for nothing.</param>
public sealed record RunOutcome(string Type, IReadOnlyList<RunInterrupt>? Interrupts = null)
{
    /// <summary>The outcome of a turn.</summary>
    /// <param name="waiting">What waits for a person.</param>
    internal static RunOutcome Of(IReadOnlyList<RunInterrupt> waiting) =>
        waiting.Count == 0 ? new("success") : new("interrupt", waiting);
}

/// <summary>A call that waits for a person.</summary>
/// <param name="Id">The review.</param>
/// <param name="Reason">Always <c>tool_call</c>.</param>
/// <param name="ToolCallId">The call.</param>
public sealed record RunInterrupt(string Id, string Reason, string ToolCallId);

/// <summary>The turn has ended before its answer was complete.</summary>
/// <param name="Message">Why, in a sentence.</param>
/// <param name="Code">How: <c>stopped</c>, <c>interrupted</c> or <c>failed</c>.</param>
public sealed record RunError(string Message, string Code) : TurnEvent;

/// <summary>A message of the assistant begins.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Role">Always <c>assistant</c>.</param>
public sealed record TextStarted(string MessageId, string Role = "assistant") : TurnEvent;

/// <summary>The message goes on.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Delta">What is new; never empty.</param>
public sealed record TextAdded(string MessageId, string Delta) : TurnEvent;

/// <summary>The message is complete.</summary>
/// <param name="MessageId">The message.</param>
public sealed record TextEnded(string MessageId) : TurnEvent;

/// <summary>The model's thinking begins, ahead of a message.</summary>
/// <param name="MessageId">The thought, which is no message: that message's id with <c>-thought</c> behind it.</param>
/// <param name="Role">Always <c>reasoning</c>.</param>
public sealed record ThoughtStarted(string MessageId, string Role = "reasoning") : TurnEvent;

/// <summary>The thinking goes on.</summary>
/// <param name="MessageId">The thought.</param>
/// <param name="Delta">What is new; never empty.</param>
public sealed record ThoughtAdded(string MessageId, string Delta) : TurnEvent;

/// <summary>The thinking is complete.</summary>
/// <param name="MessageId">The thought.</param>
public sealed record ThoughtEnded(string MessageId) : TurnEvent;

/// <summary>The assistant calls a tool.</summary>
/// <param name="ToolCallId">The call.</param>
/// <param name="ToolCallName">The tool as the model named it.</param>
public sealed record CallStarted(string ToolCallId, string ToolCallName) : TurnEvent;

/// <summary>The arguments of a call, whole.</summary>
/// <param name="ToolCallId">The call.</param>
/// <param name="Delta">The text of the arguments.</param>
public sealed record CallArguments(string ToolCallId, string Delta) : TurnEvent;

/// <summary>The call is complete, and is done now.</summary>
/// <param name="ToolCallId">The call.</param>
public sealed record CallEnded(string ToolCallId) : TurnEvent;

/// <summary>The call has its answer.</summary>
/// <param name="MessageId">The answer: that call's id with <c>-answer</c> behind it.</param>
/// <param name="ToolCallId">The call.</param>
/// <param name="Content">The answer as JSON text.</param>
/// <param name="Role">Always <c>tool</c>.</param>
public sealed record CallAnswered(string MessageId, string ToolCallId, string Content, string Role = "tool") : TurnEvent;
