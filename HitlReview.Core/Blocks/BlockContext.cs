namespace HitlReview.Core.Blocks;

/// <summary>What a block knows about the run it is part of.</summary>
/// <param name="UserId">On whose behalf it runs.</param>
/// <param name="GraphExecId">The graph execution.</param>
/// <param name="NodeExecId">The node execution; unique for ever, so that it identifies this one effect to the outside.</param>
/// <param name="StartedAt">When the node execution first started, also after a restart.</param>
public sealed record BlockContext(string UserId, string GraphExecId, string NodeExecId, DateTimeOffset StartedAt);
