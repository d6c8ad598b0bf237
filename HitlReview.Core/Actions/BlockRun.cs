using HitlReview.Core.Blocks;
using HitlReview.Core.Payloads;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Actions;

/// <summary>Runs blocks, and turns whatever comes of it into an end that can be recorded.</summary>
static partial class BlockRun
{
    /// <summary>What is said of a block without side effects that was stopped.</summary>
    public const string Cancelled = "Cancelled while it ran.";

    /// <summary>Runs a block once.</summary>
    /// <param name="block">The block.</param>
    /// <param name="input">What it receives.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="log">Where a fault of the block itself goes.</param>
    /// <param name="stop">Asks it to stop.</param>
    public static async Task<ActionEnd> RunAsync(Block block, JsonText input, BlockContext context, ILogger log, CancellationToken stop)
    {
        IReadOnlyList<BlockOutput> outputs;
        try
        {
            outputs = await block.RunAsync(input, context, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new(null, block.IsSensitiveAction
                ? "Cancelled while it ran: it may or may not have taken effect."
                : Cancelled, Stopped: true);
        }
        catch (BlockFailedException e)
        {
            return new(null, StorableText.Of(e.Message), Stopped: false);
        }
        catch (Exception e)
        {
            BlockBroke(log, context.NodeExecId, block.Name, e);
            return new(null, $"The block failed unexpectedly ({e.GetType().Name}).", Stopped: false);
        }
        // Not above: what goes wrong here is no failure of the block, whose effect has taken place.
        return new(ComposedOutput.Of(outputs), null, Stopped: false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Block {BlockName} broke in {NodeExecId}")]
    static partial void BlockBroke(ILogger log, string nodeExecId, string blockName, Exception cause);
}
