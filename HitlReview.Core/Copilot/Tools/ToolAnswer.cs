using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Copilot.Tools;

/// <summary>What a tool call of a chat is answered with: one of the kinds below.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">A sentence for the model and its user.</param>
public abstract record ToolAnswer(string SessionId, string Message)
{
    /// <summary>Says, of an answer that strangers have worded, that they have (<see cref="ForeignText.Note"/>).</summary>
    internal const string NoteName = "note";

    /// <summary>The kind, as it is called on the wire.</summary>
    public abstract string Type { get; }

    /// <summary>What a model is answered with: an object of the kind, the message, and what the model can use of the rest.</summary>
    internal JsonText ForModel()
    {
        KeyValuePair<string, JsonText>[] said =
        [
            KeyValuePair.Create("type", JsonText.Of(Type, "type")),
            KeyValuePair.Create("message", JsonText.Of(StorableText.Of(ForeignText.Cut(MessageForModel)), "message")),
        ];
        try
        {
            return JsonParts.Compose([.. said, .. Details()], "The answer of a tool", s_wide);
        }
        catch (RefusedException)
        {
            // What can't be told leaves no doubt about what happened.
            return JsonParts.Compose(said, "The answer of a tool");
        }
    }

    // An output of the largest size and depth fits, with what stands around it.
    static readonly JsonLimits s_wide = new(100, 30_000_000);

    /// <summary>The sentence for a model in a turn, whose calls go on by themselves.</summary>
    private protected virtual string MessageForModel => Message;

    private protected virtual IEnumerable<KeyValuePair<string, JsonText>> Details() => [];

    private protected static JsonText Describe(Block block) => JsonParts.Compose(
        [
            KeyValuePair.Create("id", JsonText.Of(block.Id.ToString(), "id")),
            KeyValuePair.Create("name", JsonText.Of(block.Name, "name")),
            KeyValuePair.Create("description", JsonText.Of(block.Description, "description")),
            KeyValuePair.Create("is_sensitive_action", JsonText.Of(block.IsSensitiveAction)),
            KeyValuePair.Create("inputs", block.InputSchema.Text),
        ],
        "The description of a block");
}

/// <summary>Blocks that were found.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">How many.</param>
/// <param name="Blocks">The blocks, by name.</param>
public sealed record BlockList(string SessionId, string Message, IReadOnlyList<Block> Blocks) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "block_list";

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        [KeyValuePair.Create("blocks", JsonParts.Array(Blocks.Select(Describe), "blocks"))];
}

/// <summary>The call can't be done, or its action failed.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">Why.</param>
public sealed record ToolError(string SessionId, string Message) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "error";

    /// <summary>True where the same call will never be done.</summary>
    internal bool IsFinal { get; init; }

    /// <summary>True where others than we have worded a part of it.</summary>
    internal bool IsForeign { get; init; }

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        IsForeign ? [KeyValuePair.Create(NoteName, JsonText.Of(ForeignText.Note, NoteName))] : [];
}

/// <summary>The input is not what the block takes; nobody was asked and nothing ran.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Block">The block, with the schema to keep to.</param>
/// <param name="UnrecognizedFields">Every field the block doesn't know, sorted; empty where another fault was found.</param>
public sealed record InputValidationError(
    string SessionId, string Message, Block Block, IReadOnlyList<string> UnrecognizedFields) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "input_validation_error";

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        [KeyValuePair.Create("inputs", Block.InputSchema.Text)];
}

/// <summary>Required inputs are missing; this is what the block takes.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">Which inputs are missing.</param>
/// <param name="Block">The block.</param>
public sealed record BlockDetails(string SessionId, string Message, Block Block) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "block_details";

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        [KeyValuePair.Create("block", Describe(Block))];
}

/// <summary>A person must decide first, or has approved and the call can be continued.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">What to do next.</param>
/// <param name="Block">The block that will run.</param>
/// <param name="Review">The review, WAITING or APPROVED.</param>
public sealed record ReviewRequired(string SessionId, string Message, Block Block, Review Review) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "review_required";

    private protected override string MessageForModel => Review.Status == ReviewStatus.WAITING
        ? "The call is held for a person, and nothing has run. What becomes of it follows by itself as a message; don't call it again."
        : "A person has allowed this call before. It runs now by itself; what becomes of it follows as a message.";

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        [
            KeyValuePair.Create("review_id", JsonText.Of(Review.NodeExecId, "review_id")),
            KeyValuePair.Create("status", JsonText.Of(Review.Status.ToString(), "status")),
        ];
}

/// <summary>The block has run.</summary>
/// <param name="SessionId">The chat.</param>
/// <param name="Message">A sentence that says so.</param>
/// <param name="Block">The block.</param>
/// <param name="Outputs">What it emitted: an object of pins and lists of values.</param>
public sealed record BlockRan(string SessionId, string Message, Block Block, JsonText Outputs) : ToolAnswer(SessionId, Message)
{
    /// <inheritdoc/>
    public override string Type => "block_output";

    private protected override IEnumerable<KeyValuePair<string, JsonText>> Details() =>
        Block.ReadsForeignText
            ? [
                KeyValuePair.Create("block_id", JsonText.Of(Block.Id.ToString(), "block_id")),
                KeyValuePair.Create(NoteName, JsonText.Of(ForeignText.Note, NoteName)), ForModel(Outputs),
            ]
            : [ForModel(Outputs)];

    static KeyValuePair<string, JsonText> ForModel(JsonText outputs) => outputs.Text.Length <= ForeignText.MaxOutput
        ? KeyValuePair.Create("outputs", outputs)
        : KeyValuePair.Create("outputs_cut", JsonText.Of(ForeignText.Cut(outputs.Text), "outputs_cut"));
}
