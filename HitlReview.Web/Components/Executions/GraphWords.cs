namespace HitlReview.Web.Components.Executions;

/// <summary>The words of a drawn graph and of what stands around a node of it.</summary>
public static class GraphWords
{
    /// <summary>What a node is called wherever it is shown: by its own id, or by its block where that is only a number.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="block">The name of its block.</param>
    public static (string Name, string Beside) Named(string nodeId, string block) =>
        Guid.TryParse(nodeId, out _) ? (block, nodeId) : (nodeId, block);

    /// <summary>A state in words.</summary>
    public static string Of(NodeState state) => state switch
    {
        NodeState.NotReached => Texts.StateNotReached,
        NodeState.Incomplete => Texts.StateMissesInputs,
        NodeState.Queued => Texts.StateQueued,
        NodeState.Running => Texts.StateRunning,
        NodeState.Review => Texts.StateReview,
        NodeState.Completed => Texts.StateCompleted,
        NodeState.Failed => Texts.StateFailed,
        NodeState.Rejected => Texts.StateRejected,
        NodeState.Stopped => Texts.StateStopped,
        _ => Ending.Unknown,
    };
}
