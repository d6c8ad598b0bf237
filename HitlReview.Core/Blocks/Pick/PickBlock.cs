using System.Collections;
using System.Text.Json;
using HitlReview.Core.Payloads;

namespace HitlReview.Core.Blocks.Pick;

/// <summary>Takes a part out of JSON, to the character.</summary>
public sealed class PickBlock() : Block(
    "b1d5a0c4-77f2-4e0e-9d2b-6a4c8e91f307",
    "Pick from JSON",
    "Picks the value at a JSON Pointer (RFC 6901), such as /orders/0/total; with each on, every item of the list that is there.",
    """
    {
      "type": "object",
      "properties": {
        "data": { "title": "Data", "description": "What to pick from; any JSON." },
        "path": { "title": "Path", "type": "string", "description":
          "A JSON Pointer: names and positions, each behind a slash; ~1 is a slash in a name and ~0 a tilde. Empty picks the whole." },
        "each": { "title": "Each", "description": "Whether to emit the items of a list one by one.", "type": "boolean", "default": false }
      },
      "required": ["data", "path"],
      "additionalProperties": false
    }
    """,
    """
    {
      "type": "object",
      "properties": {
        "value": { "title": "Value", "description": "The value, or each item in its turn." },
        "missing": { "title": "Missing", "description": "The path, if there is nothing at it.", "type": "string" }
      },
      "additionalProperties": false
    }
    """)
{
    /// <inheritdoc/>
    protected override IEnumerable<SchemaFault> Inspect(JsonElement input, bool isComplete)
    {
        if (input.TryGetProperty("path", out var path) && !JsonPointer.IsWellFormed(path.GetString()!))
            yield return new("$.path", "must be a JSON Pointer: empty, or parts each behind a slash, with ~ only as ~0 or ~1");
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        var path = input.Root.GetProperty("path").GetString()!;
        if (JsonPointer.Find(input.Root.GetProperty("data"), path) is not { } value)
            return Task.FromResult<IReadOnlyList<BlockOutput>>([new("missing", JsonParts.Part(input.Root.GetProperty("path")))]);
        if (!input.Root.TryGetProperty("each", out var each) || !each.GetBoolean())
            return Task.FromResult<IReadOnlyList<BlockOutput>>([new("value", JsonParts.Part(value))]);
        return value.ValueKind == JsonValueKind.Array
            ? Task.FromResult<IReadOnlyList<BlockOutput>>(new Items(value))
            : throw new BlockFailedException($"What is at {JsonPath.Shorten(path)} is not a list, so it has no items.");
    }

    /// <summary>
    /// The items of a list, each taken out when it is asked for: a list of half a million of them, which fits into a payload, costs no
    /// more than its text.
    /// </summary>
    sealed class Items(JsonElement list) : IReadOnlyList<BlockOutput>
    {
        public int Count => list.GetArrayLength();

        public BlockOutput this[int index] => Of(list[index]);

        public IEnumerator<BlockOutput> GetEnumerator() => list.EnumerateArray().Select(Of).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        static BlockOutput Of(JsonElement item) => new("value", JsonParts.Part(item));
    }
}
