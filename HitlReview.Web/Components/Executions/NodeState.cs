using HitlReview.Core;
using HitlReview.Core.Actions;
using HitlReview.Core.Executions;

namespace HitlReview.Web.Components.Executions;

/// <summary>Where a node of an execution stands, as it is shown.</summary>
public enum NodeState
{
    /// <summary>It has not got any input.</summary>
    NotReached,

    /// <summary>Some of its inputs have arrived.</summary>
    Incomplete,

    /// <summary>It is ready to run.</summary>
    Queued,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It waits for a person.</summary>
    Review,

    /// <summary>It has ended well.</summary>
    Completed,

    /// <summary>It has failed.</summary>
    Failed,

    /// <summary>It has failed because its review was rejected.</summary>
    Rejected,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>It may or may not have run.</summary>
    Unknown,
}

/// <summary>Works out where nodes stand.</summary>
public static class NodeStates
{
    /// <summary>The state of one run.</summary>
    public static NodeState Of(NodeRun run) => run switch
    {
        { Outcome: NodeOutcome.unknown } => NodeState.Unknown,
        { Rejected: true } => NodeState.Rejected,
        { Status: ExecutionStatus.INCOMPLETE } => NodeState.Incomplete,
        { Status: ExecutionStatus.QUEUED } => NodeState.Queued,
        { Status: ExecutionStatus.RUNNING } => NodeState.Running,
        { Status: ExecutionStatus.REVIEW } => NodeState.Review,
        { Status: ExecutionStatus.COMPLETED } => NodeState.Completed,
        { Status: ExecutionStatus.FAILED } => NodeState.Failed,
        _ => NodeState.Stopped,
    };

    /// <summary>
    /// The state of a node by all its runs: what goes on in it, else what came last of it. A run that still collects inputs counts only if
    /// it is the first.
    /// </summary>
    /// <param name="runs">The runs of the node, oldest first.</param>
    public static NodeState Of(IEnumerable<NodeRun> runs)
    {
        var states = runs.Select(Of).ToList();
        if (states.Count == 0)
            return NodeState.NotReached;
        foreach (var pressing in (NodeState[])[NodeState.Unknown, NodeState.Review, NodeState.Running, NodeState.Queued])
            if (states.Contains(pressing))
                return pressing;
        return states.FindLast(state => state != NodeState.Incomplete) is not NodeState.NotReached and var last
            ? last
            : NodeState.Incomplete;
    }
}
