using System.Collections.Concurrent;
using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Executions;

/// <summary>One run of a test block.</summary>
/// <param name="NodeExecId">The node execution.</param>
/// <param name="Input">What the block received.</param>
public sealed record ProbeRun(string NodeExecId, string Input)
{
    /// <summary>The execution.</summary>
    public string GraphExecId { get; init; } = "";
}

/// <summary>Steers and records the runs of <see cref="ProbeBlock"/> and <see cref="PassBlock"/>.</summary>
public sealed class Probes
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> _holds = [];

    /// <summary>The actions that took effect, in order.</summary>
    public Recorded<ProbeRun> Effects { get; } = new();

    /// <summary>The runs of blocks without an effect, in order.</summary>
    public Recorded<ProbeRun> Passes { get; } = new();

    /// <summary>Lets all blocks that are told to hold under this name go on.</summary>
    public void Release(string name) => Hold(name).TrySetResult();

    internal Task HoldAsync(JsonText input, CancellationToken ct) =>
        input.Root.TryGetProperty("hold", out var name) ? Hold(name.GetString()!).Task.WaitAsync(ct) : Task.CompletedTask;

    TaskCompletionSource Hold(string name) => _holds.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>A sensitive action whose effects a test can count. It emits its data, if any, or fails if it is told to.</summary>
public sealed class ProbeBlock(Probes probes) : Block(BlockId, "Probe", "Counts what it does.",
    """
    {"type":"object","properties":{"data":{},"hold":{"type":"string"},"fail":{"type":"string"},"count":{"type":"integer"}},"additionalProperties":false}
    """,
    """{"type":"object","properties":{"data":{}},"additionalProperties":false}""")
{
    public const string BlockId = "00000000-0000-4000-8000-0000000000a1";

    public override bool IsSensitiveAction => true;

    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        probes.Effects.Add(new(context.NodeExecId, input.Text) { GraphExecId = context.GraphExecId });
        await probes.HoldAsync(input, ct);
        if (input.Root.TryGetProperty("fail", out var why))
            throw new BlockFailedException(why.GetString()!);
        return JsonParts.Member(input, "data") is { } data ? [new("data", data)] : [];
    }
}

/// <summary>A block without an effect that passes its data on, at once or when the test lets it.</summary>
public sealed class PassBlock(Probes probes) : Block(BlockId, "Pass", "Passes data on.",
    """
    {"type":"object","properties":{"data":{},"more":{},"hold":{"type":"string"},"fail":{"type":"string"}},"additionalProperties":false}
    """,
    """{"type":"object","properties":{"data":{},"more":{},"input":{}},"additionalProperties":false}""")
{
    public const string BlockId = "00000000-0000-4000-8000-0000000000a2";

    public override async Task<IReadOnlyList<BlockOutput>> RunAsync(JsonText input, BlockContext context, CancellationToken ct)
    {
        probes.Passes.Add(new(context.NodeExecId, input.Text) { GraphExecId = context.GraphExecId });
        await probes.HoldAsync(input, ct);
        if (input.Root.TryGetProperty("fail", out var why))
            throw new BlockFailedException(why.GetString()!);
        return
        [
            .. JsonParts.Members(input, "input").Where(m => m.Key is "data" or "more").Select(m => new BlockOutput(m.Key, m.Value)),
            new("input", input),
        ];
    }
}
