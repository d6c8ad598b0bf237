using System.Collections.Concurrent;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Copilot;

/// <summary>A block that remembers what it ran on, and does what the test wants meanwhile.</summary>
sealed class ProbeBlock(string id, string name, bool sensitive, bool readsForeignText = false) : Block(id, name, "Says something.",
    """{"type":"object","properties":{"to":{"type":"string"},"text":{"type":"string"},"extra":{}},"required":["to"],"additionalProperties":false}""",
    """{"type":"object","properties":{"said":{}},"additionalProperties":false}""")
{
    public override bool IsSensitiveAction => sensitive;

    public override bool ReadsForeignText => readsForeignText;

    /// <summary>The inputs, to the byte, in the order in which they ran.</summary>
    public ConcurrentQueue<string> Ran { get; } = [];

    /// <summary>What happens after the effect and before it returns.</summary>
    public Func<BlockContext, CancellationToken, Task> Then { get; set; } = (_, _) => Task.CompletedTask;

    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        Ran.Enqueue(input.Text);
        await Then(context, ct);
        return [new("said", input)];
    }
}
