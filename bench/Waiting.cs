using HitlReview.Core.Reviews;
using Microsoft.Data.Sqlite;

namespace HitlReview.Bench;

/// <summary>Reviews that wait, written straight into the database: asking for so many would take hours.</summary>
static class Waiting
{
    /// <summary>Statements that count what is there as the gate would have counted it.</summary>
    public const string Recount = $"""
        DELETE FROM waiting_totals;
        INSERT INTO waiting_totals (user_id, reviews, bytes)
        SELECT user_id, count(*), sum({WaitingTotals.Bytes}) FROM reviews WHERE status = 'WAITING' GROUP BY user_id;
        DELETE FROM review_counts;
        INSERT INTO review_counts (user_id, standing, graph_id, node_id, block_id, asked_by_key_id, asked_by, reviews, last_at)
        {ReviewCounts.Recounted}
        """;

    public static void Fill(SqliteConnection connection, string userId, int count)
    {
        using var fill = connection.CreateCommand();
        fill.CommandText = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count)
            INSERT INTO reviews (node_exec_id, user_id, graph_exec_id, node_id, origin, payload, payload_hash, editable, status, was_edited, processed, auto_approved, created_at)
            SELECT printf('review-%07d', i), $user, printf('run-%06d', i / 4), $node, 'Agent', $payload, $hash, 1, 'WAITING', 0, 0, 0, 1790000000000000 + i * 1000 FROM n
            """;
        fill.Parameters.AddWithValue("$count", count);
        fill.Parameters.AddWithValue("$user", userId);
        fill.Parameters.AddWithValue("$node", Trip.NodeId);
        fill.Parameters.AddWithValue("$payload", Trip.Payload);
        fill.Parameters.AddWithValue("$hash", Trip.PayloadHash);
        fill.ExecuteNonQuery();
        using var recount = connection.CreateCommand();
        recount.CommandText = Recount;
        recount.ExecuteNonQuery();
    }
}
