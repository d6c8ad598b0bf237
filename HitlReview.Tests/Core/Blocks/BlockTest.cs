using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;

namespace HitlReview.Tests.Core.Blocks;

/// <summary>What tests of blocks have in common.</summary>
static class BlockTest
{
    public static BlockContext Context { get; } = new("alice", "exec-1", "node-exec-1", new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Runs a block as the engine does: first the check, then the run.</summary>
    public static Task<IReadOnlyList<BlockOutput>> RunAsync(this Block block, string input) =>
        block.RunUntilAsync(input, TestContext.Current.CancellationToken);

    /// <summary>Runs a block as the engine does, until it is stopped.</summary>
    public static async Task<IReadOnlyList<BlockOutput>> RunUntilAsync(this Block block, string input, CancellationToken stop)
    {
        var text = JsonText.Parse(input, "input");
        Assert.Empty(await block.CheckAsync(text, CancellationToken.None));
        var outputs = await block.RunAsync(text, Context, stop);
        Assert.All(outputs, output => Assert.Contains(output.Pin, block.OutputPins));
        Assert.Empty(
            block.OutputSchema.ValidatePart(
                JsonParts.Compose(
                    outputs.DistinctBy(o => o.Pin).Select(o => KeyValuePair.Create(o.Pin, o.Value)), "outputs", new(100, 10_000_000))));
        return outputs;
    }

    /// <summary>The text of the one value on a pin.</summary>
    public static string On(this IEnumerable<BlockOutput> outputs, string pin) =>
        Assert.Single(outputs, output => output.Pin == pin).Value.Text;

    /// <summary>The faults of an input, one per line.</summary>
    public static string Faults(this Block block, string input) =>
        Lines(Wait(block.CheckAsync(JsonText.Parse(input, "input"), TestContext.Current.CancellationToken)));

    /// <summary>The faults of the defaults of a stored node, one per line.</summary>
    public static string DefaultFaults(this Block block, string defaults) =>
        Lines(Wait(block.CheckDefaultsAsync(JsonText.Parse(defaults, "input_default"), TestContext.Current.CancellationToken)));

    // Only templates take more than an instant, and no test has one that takes much.
    static IReadOnlyList<SchemaFault> Wait(ValueTask<IReadOnlyList<SchemaFault>> check) => check.AsTask().GetAwaiter().GetResult();

    static string Lines(IEnumerable<SchemaFault> faults) => string.Join('\n', faults.Select(fault => $"{fault.Path} {fault.Message}"));
}
