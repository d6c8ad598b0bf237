namespace HitlReview.Core;

/// <summary>
/// What the id of a run says: what HitlReview runs for a chat has ids of a form of their own, which nobody else may choose.
/// </summary>
public static class RunId
{
    /// <summary>How the node and node execution ids of chats begin.</summary>
    public const string ChatNodePrefix = "copilot-node-";

    /// <summary>How the synthetic executions of chats begin; the session id follows.</summary>
    public const string ChatPrefix = "copilot-session-";

    /// <summary>The synthetic execution of a chat.</summary>
    public static string OfChat(string sessionId) => ChatPrefix + sessionId;

    /// <summary>The synthetic node of a block in a chat.</summary>
    public static string NodeOfChat(Guid blockId) => $"{ChatNodePrefix}{blockId}";

    /// <summary>True for the synthetic execution of a chat.</summary>
    public static bool IsChat(string graphExecId) => graphExecId.StartsWith(ChatPrefix, StringComparison.Ordinal);

    /// <summary>The chat of a synthetic execution; null for any other.</summary>
    public static string? SessionOf(string graphExecId) => IsChat(graphExecId) ? graphExecId[ChatPrefix.Length..] : null;

    /// <summary>True for a node or node execution that only a chat may have.</summary>
    public static bool IsOfChatNode(string id) => id.StartsWith(ChatNodePrefix, StringComparison.Ordinal);

    /// <summary>What an unknown execution and someone else's are answered with.</summary>
    public static RefusedException Unknown(string graphExecId) =>
        new(Refusal.NotFound, $"No execution '{Identifiers.Shown(graphExecId)}' was found.");
}
