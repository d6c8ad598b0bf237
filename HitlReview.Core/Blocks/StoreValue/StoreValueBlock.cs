using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.StoreValue;

/// <summary>Keeps a value for every later firing of what it is linked to.</summary>
public sealed class StoreValueBlock() : Block(
    "5c1f7a52-9d1e-4b0a-9a56-3f1f3c2b7e08",
    "Store value",
    "Keeps its last value, so that what is linked to it can use the value again and again.",
    """
    {
      "type": "object",
      "properties": {
        "input": { "title": "Input", "description": "The value to keep; any JSON." }
      },
      "required": ["input"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "output": { "title": "Output", "description": "The value, unchanged." }
      },
      "additionalProperties": false
    }
    """)
{
    /// <inheritdoc/>
    public override bool OutputsStay => true;

    /// <inheritdoc/>
    public override Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<BlockOutput>>([new("output", JsonParts.Part(input.Root.GetProperty("input")))]);
}
