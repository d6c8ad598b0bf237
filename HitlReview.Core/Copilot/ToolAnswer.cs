using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;

namespace HitlReview.Core.Copilot;

/// <summary>What a tool call of a chat is answered with: one of the kinds below.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">A sentence for the model and its user.</param>
public abstract record ToolAnswer(string SessionId, string Message);

/// <summary>The call can't be done, or its action failed.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">Why.</param>
public sealed record ToolError(string SessionId, string Message) : ToolAnswer(SessionId, Message);

/// <summary>The input is not what the block takes; nobody was asked and nothing ran.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Block">The block, with the schema to keep to.</param>
/// <param name="UnrecognizedFields">Every field the block doesn't know, sorted; empty where another fault was found.</param>
public sealed record InputValidationError(
    string SessionId, string Message, Block Block, IReadOnlyList<string> UnrecognizedFields) : ToolAnswer(SessionId, Message);

/// <summary>Required inputs are missing; this is what the block takes.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">Which inputs are missing.</param>
/// <param name="Block">The block.</param>
public sealed record BlockDetails(string SessionId, string Message, Block Block) : ToolAnswer(SessionId, Message);

/// <summary>A person must decide first, or has approved and the call can be continued.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">What to do next.</param>
/// <param name="Block">The block that will run.</param>
/// <param name="Review">The review, WAITING or APPROVED.</param>
public sealed record ReviewRequired(string SessionId, string Message, Block Block, Review Review) : ToolAnswer(SessionId, Message);

/// <summary>The block has run.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">A sentence that says so.</param>
/// <param name="Block">The block.</param>
/// <param name="Outputs">What it emitted: an object of pins and lists of values.</param>
public sealed record BlockRan(string SessionId, string Message, Block Block, JsonText Outputs) : ToolAnswer(SessionId, Message);
