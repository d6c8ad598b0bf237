using System.Security.Cryptography;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Actions;

/// <summary>The ids of new node executions.</summary>
static class NodeIds
{
    /// <summary>An id for a tool call of a chat, perhaps one that was used before.</summary>
    public static string OfChat(string nodeId) => $"{nodeId}:{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>An id that was never used.</summary>
    public static async Task<string> NewAsync(
        WriteTransaction tx, string userId, string graphExecId, string nodeId, CancellationToken ct)
    {
        if (!RunId.IsChat(graphExecId))
            return Guid.CreateVersion7(tx.Now).ToString();
        while (true)
            if (OfChat(nodeId) is var id && !await IsTakenAsync(tx, userId, id, ct))
                return id;
    }

    /// <summary>Eight digits are few enough to meet an old id by chance.</summary>
    public static Task<bool> IsTakenAsync(WriteTransaction tx, string userId, string id, CancellationToken ct) =>
        tx.FirstAsync("""
            SELECT EXISTS (SELECT 1 FROM reviews WHERE user_id = @user AND node_exec_id = @id)
                OR EXISTS (SELECT 1 FROM node_executions WHERE id = @id)
            """, r => r.GetBoolean(0), ct, ("user", userId), ("id", id));
}
