using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.HumanInTheLoop;

/// <summary>
/// Asks a person about a value in the middle of a graph. The gate holds the review; the block says what is asked and what comes out of
/// an answer.
/// </summary>
public sealed class HumanInTheLoopBlock() : Block(
    BlockId,
    "Human In The Loop",
    "Pauses the branch until a person has approved or rejected a value, edited where that is allowed.",
    """
    {
      "type": "object",
      "properties": {
        "data": { "title": "Data", "description": "What the person decides on; any JSON." },
        "name": { "title": "Name", "description": "A short description of the data, shown to the person.",
          "type": "string", "maxLength": 2000 },
        "editable": { "title": "Editable", "description": "Whether the person may change the data before approving it.",
          "type": "boolean", "default": true }
      },
      "required": ["data"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "approved_data": { "title": "Approved data", "description": "The data as approved, with the person's edits." },
        "rejected_data": { "title": "Rejected data", "description": "The data as it was, if it was rejected." },
        "review_message": { "title": "Review message", "description": "What the person wrote, or a standard sentence.", "type": "string" }
      },
      "additionalProperties": false
    }
    """)
{
    /// <summary>The id of this block.</summary>
    public const string BlockId = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d";

    /// <summary>What is said where the safe mode is off and nobody was asked.</summary>
    public const string SafeModeOff = "Auto-approved (safe mode disabled)";

    /// <inheritdoc/>
    public override bool IsGraphOnly => true;

    /// <inheritdoc/>
    public override string ActionInWords => "Pass this data on";

    /// <inheritdoc/>
    public override bool AsksForAnAnswer => true;

    /// <summary>The data alone, with its name.</summary>
    /// <inheritdoc/>
    public override BlockQuestion Question(JsonText input) => new(
        Data(input),
        input.Root.TryGetProperty("name", out var name) ? name.GetString() : null,
        !input.Root.TryGetProperty("editable", out var editable) || editable.GetBoolean());

    /// <inheritdoc/>
    public override IReadOnlyList<BlockOutput> Answered(BlockAnswer answer) =>
    [
        new(answer.Approved ? "approved_data" : "rejected_data", answer.Payload),
        new("review_message", JsonText.Of(
            !string.IsNullOrWhiteSpace(answer.Message) ? answer.Message
            : answer.Approved ? "Approved by the reviewer"
            : "Rejected by the reviewer", "review_message")),
    ];

    static JsonText Data(JsonText input) =>
        JsonParts.Member(input, "data") ?? throw new ArgumentException("The input has no data.", nameof(input));

    /// <summary>Passes the data on without asking. Used only where the safe mode is off.</summary>
    /// <inheritdoc/>
    public override Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct) =>
        Task.FromResult(Answered(new(Approved: true, Data(input), SafeModeOff)));
}
