using HitlReview.Core.Blocks;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>
/// The runs of one kind whose actions HitlReview runs itself, after a person settled one that was lost. All that differs between the kinds:
/// where the output goes, how what is asked again is kept, and what goes on.
/// </summary>
public interface ISettledRuns
{
    /// <summary>The kind.</summary>
    ReviewOrigin Origin { get; }

    /// <summary>Ends an action that took effect.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="node">The action.</param>
    /// <param name="outputs">What it put out, as the person says.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Invalid"/>: that can't be kept.</exception>
    Task RanAsync(WriteTransaction tx, NodeExecution node, IReadOnlyList<BlockOutput> outputs, CancellationToken ct);

    /// <summary>Asks for an action again, and waits for the answer.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="caller">Who settled.</param>
    /// <param name="node">The lost action, which has ended.</param>
    /// <param name="again">The action that is asked for in its stead.</param>
    /// <param name="request">What is asked, but for the graph.</param>
    /// <param name="ct">Cancels the statements.</param>
    /// <exception cref="RefusedException"><see cref="Refusal.Conflict"/>: as many reviews wait as may.</exception>
    Task AskAgainAsync(
        WriteTransaction tx, Caller caller, NodeExecution node, NodeExecution again, ReviewRequest request, CancellationToken ct);

    /// <summary>Lets the run go on after either.</summary>
    /// <param name="tx">The transaction it belongs to.</param>
    /// <param name="caller">Who settled.</param>
    /// <param name="graphExecId">The run.</param>
    /// <param name="ct">Cancels the statements.</param>
    Task GoOnAsync(WriteTransaction tx, Caller caller, string graphExecId, CancellationToken ct);
}
