using System.Data.Common;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Reviews;

/// <summary>The reviews table for the few statements written as SQL, because every gate round trip makes them. All else goes through EF Core.</summary>
static class ReviewRow
{
    public const string Columns =
        "node_exec_id, user_id, graph_exec_id, graph_id, graph_version, node_id, block_id, origin, payload, payload_hash, original_payload, payload_key, " +
        "instructions, editable, status, review_message, was_edited, processed, auto_approved, created_at, updated_at, reviewed_at, reviewed_by, delivered_at, " +
        "asked_by_key_id, asked_by, reviewed_with";

    const string Insert = $"""
        INSERT INTO reviews ({Columns})
        VALUES (@node_exec_id, @user_id, @graph_exec_id, @graph_id, @graph_version, @node_id, @block_id, @origin, @payload, @payload_hash, @original_payload, @payload_key,
                @instructions, @editable, @status, @review_message, @was_edited, @processed, @auto_approved, @created_at, @updated_at, @reviewed_at, @reviewed_by, @delivered_at,
                @asked_by_key_id, @asked_by, @reviewed_with)
        ON CONFLICT (user_id, node_exec_id) DO NOTHING
        """;

    /// <returns>False if the user has a review of that id.</returns>
    public static async Task<bool> TryInsertAsync(WriteTransaction tx, Review review, CancellationToken ct) =>
        await tx.ExecuteAsync(Insert, ct,
            ("node_exec_id", review.NodeExecId), ("user_id", review.UserId), ("graph_exec_id", review.GraphExecId), ("graph_id", review.GraphId),
            ("graph_version", review.GraphVersion), ("node_id", review.NodeId), ("block_id", review.BlockId), ("origin", review.Origin),
            ("payload", review.Payload), ("payload_hash", review.PayloadHash), ("original_payload", review.OriginalPayload), ("payload_key", review.PayloadKey),
            ("instructions", review.Instructions), ("editable", review.Editable), ("status", review.Status), ("review_message", review.ReviewMessage),
            ("was_edited", review.WasEdited), ("processed", review.Processed), ("auto_approved", review.AutoApproved), ("created_at", review.CreatedAt),
            ("updated_at", review.UpdatedAt), ("reviewed_at", review.ReviewedAt), ("reviewed_by", review.ReviewedBy), ("delivered_at", review.DeliveredAt),
            ("asked_by_key_id", review.AskedByKeyId), ("asked_by", review.AskedBy), ("reviewed_with", review.ReviewedWith)) == 1;

    public static Task<Review?> FindAsync(WriteTransaction tx, string userId, string nodeExecId, CancellationToken ct) =>
        tx.FirstAsync<Review>(
            $"SELECT {Columns} FROM reviews WHERE user_id = @user AND node_exec_id = @id", Read, ct, ("user", userId), ("id", nodeExecId));

    public static Review Read(DbDataReader row) => new()
    {
        NodeExecId = row.GetString(0),
        UserId = row.GetString(1),
        GraphExecId = row.GetString(2),
        GraphId = Text(row, 3),
        GraphVersion = row.IsDBNull(4) ? null : row.GetInt32(4),
        NodeId = row.GetString(5),
        BlockId = Text(row, 6),
        Origin = Enum.Parse<ReviewOrigin>(row.GetString(7)),
        Payload = row.GetString(8),
        PayloadHash = row.GetString(9),
        OriginalPayload = Text(row, 10),
        PayloadKey = Text(row, 11),
        Instructions = Text(row, 12),
        Editable = row.GetBoolean(13),
        Status = Enum.Parse<ReviewStatus>(row.GetString(14)),
        ReviewMessage = Text(row, 15),
        WasEdited = row.GetBoolean(16),
        Processed = row.GetBoolean(17),
        AutoApproved = row.GetBoolean(18),
        CreatedAt = UtcMicroseconds.To(row.GetInt64(19)),
        UpdatedAt = Time(row, 20),
        ReviewedAt = Time(row, 21),
        ReviewedBy = Text(row, 22),
        DeliveredAt = Time(row, 23),
        AskedByKeyId = Text(row, 24),
        AskedBy = Text(row, 25),
        ReviewedWith = Text(row, 26),
    };

    static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    static DateTimeOffset? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : UtcMicroseconds.To(row.GetInt64(column));
}
