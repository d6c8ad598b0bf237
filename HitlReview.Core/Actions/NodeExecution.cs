namespace HitlReview.Core.Actions;

/// <summary>What is known of an action's effect where its status does not say it.</summary>
public enum NodeOutcome
{
    /// <summary>The process died after the action was claimed and before its end was recorded: it may or may not have run.</summary>
    unknown,
}

/// <summary>One run of a node in a graph execution, or one tool call of a chat.</summary>
public sealed class NodeExecution : IAsked
{
    /// <summary>The <c>node_exec_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The graph execution or the synthetic id of a chat.</summary>
    public required string GraphExecId { get; init; }

    /// <summary>The owner.</summary>
    public required string UserId { get; init; }

    /// <summary>The API key that started its execution or made the tool call; null where a person did.</summary>
    public string? AskedByKeyId { get; init; }

    /// <summary>What that key was called then.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The node.</summary>
    public required string NodeId { get; init; }

    /// <summary>The block.</summary>
    public required string BlockId { get; init; }

    /// <summary>Its place in the order in which node executions of its graph execution came to be, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Where it stands.</summary>
    public required ExecutionStatus Status { get; set; }

    /// <summary>The input as JSON text: while incomplete what has arrived, once claimed exactly what the block received.</summary>
    public required string Input { get; set; }

    /// <summary>The output as JSON text: pin to list of values. Null until it has ended.</summary>
    public string? Output { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; set; }

    /// <summary>Set where its effect is not known.</summary>
    public NodeOutcome? Outcome { get; set; }

    /// <summary>True if it failed because its review was rejected.</summary>
    public bool Rejected { get; set; }

    /// <summary>
    /// Its place, from 1, among the node executions of its graph execution whose outputs are yet to be handed on to the nodes behind
    /// them; null where all is handed on.
    /// </summary>
    public int? DeliveryTurn { get; set; }

    /// <summary>How many steps of its output have been handed on.</summary>
    public int Delivered { get; set; }

    /// <summary>When its first input arrived.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it first ran; a wait counts from here, also after a restart.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When a sensitive action was claimed. From then on it is never started again.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    /// <summary>When it reached a final status.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What an unknown node execution and someone else's are answered with.</summary>
    internal static RefusedException Unknown(string graphExecId, string nodeExecId) =>
        new(Refusal.NotFound,
            $"No node execution '{Identifiers.Shown(nodeExecId)}' was found in execution '{Identifiers.Shown(graphExecId)}'.");
}
