using System.Security.Cryptography;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>The ids of new node executions.</summary>
static class NodeIds
{
    /// <summary>An id for a tool call of a chat, perhaps one that was used before.</summary>
    public static string OfChat(string nodeId) => $"{nodeId}:{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>An id that was never used.</summary>
    public static async Task<string> NewAsync(WriteTransaction tx, string graphExecId, string nodeId, CancellationToken ct)
    {
        if (!RunId.IsChat(graphExecId))
            return Guid.CreateVersion7(tx.Now).ToString();
        while (true)
            if (OfChat(nodeId) is var id && !await IsTakenAsync(tx, id, ct))
                return id;
    }

    /// <summary>
    /// Eight digits are few enough to meet an old id by chance. Node executions are kept by their id alone, so that of all users' reviews
    /// none may have it either: looked for by way of the users, where the key's index serves.
    /// </summary>
    public static Task<bool> IsTakenAsync(WriteTransaction tx, string id, CancellationToken ct) =>
        tx.FirstAsync("""
            SELECT EXISTS (SELECT 1 FROM "AspNetUsers" u JOIN reviews r ON r.user_id = u."Id" AND r.node_exec_id = @id)
                OR EXISTS (SELECT 1 FROM node_executions WHERE id = @id)
            """, r => r.GetBoolean(0), ct, ("id", id));
}
