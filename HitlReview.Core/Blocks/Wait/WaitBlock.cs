using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.Wait;

/// <summary>Lets time pass. The wait counts from when the node execution first started, so that a restart does not begin it anew.</summary>
public sealed class WaitBlock(TimeProvider clock) : Block(
    BlockId,
    "Wait",
    "Passes data on after a time.",
    """
    {
      "type": "object",
      "properties": {
        "seconds": { "title": "Seconds", "description": "How long to wait, up to a day; fractions count.",
          "type": "number", "minimum": 0, "maximum": 86400 },
        "data": { "title": "Data", "description": "What to pass on; any JSON." }
      },
      "required": ["seconds"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "data": { "title": "Data", "description": "The data, unchanged; null if there was none." }
      },
      "additionalProperties": false
    }
    """)
{
    internal const string BlockId = "2e8c6d41-5b3a-4f7e-a0c9-1d7f4b2e9a65";

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        var wait = TimeSpan.FromSeconds(input.Root.GetProperty("seconds").GetDouble());
        var left = context.StartedAt + wait - clock.GetUtcNow();
        if (left > wait)
            left = wait; // the clock was set back since
        if (left > TimeSpan.Zero)
            await Task.Delay(left, clock, ct);
        return [new("data", JsonParts.Member(input, "data") ?? JsonText.Null)];
    }
}
