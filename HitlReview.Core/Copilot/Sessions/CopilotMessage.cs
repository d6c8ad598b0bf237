using System.Text;
using HitlReview.Core.HostileText;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Copilot.Sessions;

/// <summary>What stands in a chat.</summary>
public enum MessageKind
{
    /// <summary>What a person said.</summary>
    user,

    /// <summary>What the assistant said. Hostile text: a model writes it.</summary>
    assistant,

    /// <summary>A tool that the assistant called, and what it was answered with.</summary>
    tool_call,

    /// <summary>What became of a call that had been held for a person.</summary>
    outcome,

    /// <summary>What HitlReview itself says: why a turn ended before its answer was complete.</summary>
    notice,
}

/// <summary>What became of a call that had been held for a person.</summary>
public enum CallEnd
{
    /// <summary>It was approved, and has run.</summary>
    ran,

    /// <summary>It was approved, and has run or tried to, but failed.</summary>
    failed,

    /// <summary>It was rejected.</summary>
    rejected,

    /// <summary>Its chat was stopped first.</summary>
    cancelled,

    /// <summary>It was approved, but can't run any more.</summary>
    cannot_run,

    /// <summary>It was approved and started; whether it took effect is not known.</summary>
    unknown,

    /// <summary>A person has found out that it took effect.</summary>
    settled,

    /// <summary>A person wants it asked again.</summary>
    asked_again,

    /// <summary>It was decided and used before the chat knew that it was held.</summary>
    elsewhere,
}

/// <summary>What a chat is told of the end of a call.</summary>
/// <param name="End">What became of it.</param>
/// <param name="ForModel">The same in sentences, for the model.</param>
sealed record CallOutcome(CallEnd End, string ForModel)
{
    /// <summary>Its review, where that has had its use and its record is deleted with this.</summary>
    public Review? Used { get; init; }
}

/// <summary>Something that stands in a chat.</summary>
public sealed class CopilotMessage
{
    /// <summary>The chat.</summary>
    public required string SessionId { get; init; }

    /// <summary>Its id, unique in its chat; what a person says has the one that their client made.</summary>
    public required string Id { get; init; }

    /// <summary>Its place in the chat, from 1. No two have the same.</summary>
    public required int Seq { get; init; }

    /// <summary>What it is.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>The turn in which it was said, or which it began; null for an outcome, which comes when it comes.</summary>
    public string? TurnId { get; init; }

    /// <summary>The round of that turn, from 1: what the model said and called in one answer has one; 0 for all else.</summary>
    public int Round { get; init; }

    /// <summary>Its text: markdown of the assistant's; empty while it is being written, and of a call.</summary>
    public required string Text { get; set; }

    /// <summary>Of what was said with a key: what that is called; null for the person themselves.</summary>
    public string? SaidBy { get; init; }

    /// <summary>What the model thought before it, where its provider tells; null for nothing. Hostile text.</summary>
    public string? Reasoning { get; set; }

    /// <summary>Of a call: the tool as the model named it. Hostile text.</summary>
    public string? Tool { get; init; }

    /// <summary>Of a call: the arguments as the model wrote them, JSON where it wrote JSON. Hostile text.</summary>
    public string? Input { get; init; }

    /// <summary>Of a call: what the model was answered with, as JSON text; null while it runs, or if it never got an answer.</summary>
    public string? Output { get; set; }

    /// <summary>Of a call and of an outcome: the review that it is held for; null for none.</summary>
    public string? ReviewId { get; set; }

    /// <summary>Of an outcome: what became of the call.</summary>
    public CallEnd? Outcome { get; init; }

    /// <summary>
    /// Of an outcome: the record of its review where that was deleted with it, as JSON of <see cref="Reviews.Review"/>; so that the chat
    /// can still show who decided what.
    /// </summary>
    public string? UsedReview { get; init; }

    /// <summary>
    /// For a search: <see cref="Text"/>, <see cref="Input"/> and <see cref="Output"/> as they read, folded (<see cref="AsReadOf"/>); null
    /// where they say so themselves.
    /// </summary>
    public string? AsRead { get; set; }

    /// <summary>What <see cref="AsRead"/> is to be: null where all letters are of ASCII and none is written as an escape of JSON.</summary>
    internal static string? AsReadOf(string text, string? input = null, string? output = null)
    {
        var read = $"{text}\n{ReadOf(input)}\n{ReadOf(output)}";
        return Ascii.IsValid(read) && read.Length == text.Length + (input?.Length ?? 0) + (output?.Length ?? 0) + 2
            ? null : Folding.Of(StorableText.Of(read));

        static string? ReadOf(string? json) => json is null ? null : JsonText.AsRead(json) ?? json;
    }

    /// <summary>Of a held call: true as long as the chat has not been told what became of it.</summary>
    public bool IsHeld { get; set; }

    /// <summary>How its turn was cut off in the middle of it; null where it is whole, or still being written.</summary>
    public TurnState? CutOff { get; set; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was complete or cut off; null while it is being written or runs.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
