using HitlReview.Core.Storage;
using Microsoft.Data.Sqlite;

namespace HitlReview.Bench;

/// <summary>
/// What a careful programmer would write without HitlReview: three prepared statements on Microsoft.Data.Sqlite, each a commit of its own,
/// on the same table with the same indexes, at the same durability; no audit trail, no checks. One caller at a time.
/// </summary>
sealed class BareGate : IDisposable
{
    readonly SqliteConnection _connection;
    readonly SqliteCommand _request, _decide, _consume, _trail;
    long _seq;

    BareGate(SqliteConnection connection)
    {
        _connection = connection;
        _request = Prepare("""
            INSERT INTO reviews (node_exec_id, user_id, graph_exec_id, node_id, origin, payload, payload_hash, editable, status, was_edited, processed, auto_approved, created_at)
            VALUES ($id, $user, $exec, $node, 'Agent', $payload, $hash, 1, 'WAITING', 0, 0, 0, $now)
            """, "$id", "$user", "$exec", "$node", "$payload", "$hash", "$now");
        _decide = Prepare("""
            UPDATE reviews SET status = 'APPROVED', reviewed_at = $now, updated_at = $now, reviewed_by = $user WHERE node_exec_id = $id AND user_id = $user AND status = 'WAITING'
            """, "$id", "$user", "$now");
        _consume = Prepare("""
            UPDATE reviews SET processed = 1, delivered_at = $now, updated_at = $now WHERE node_exec_id = $id AND user_id = $user AND status = 'APPROVED' AND processed = 0 RETURNING payload
            """, "$id", "$user", "$now");
        _trail = Prepare("""
            INSERT INTO audit_events (seq, at, actor_id, surface, action, owner_id, graph_exec_id, node_exec_id, payload_hash_after, prev_hash, hash)
            VALUES ($seq, $now, $user, 'Rest', 'review.requested', $user, $exec, $id, $hash, $hash, $hash)
            """, "$seq", "$now", "$user", "$exec", "$id", "$hash");
    }

    public static async Task<BareGate> OpenAsync(string file)
    {
        await using (var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file}")))
            await store.OpenForServingAsync(CancellationToken.None);
        var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using var durable = connection.CreateCommand();
        durable.CommandText =
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=4000;";
        await durable.ExecuteNonQueryAsync();
        return new(connection);
    }

    public void Request(string nodeExecId, string graphExecId, string payload)
    {
        _request.Parameters[0].Value = nodeExecId;
        _request.Parameters[1].Value = Trip.UserId;
        _request.Parameters[2].Value = graphExecId;
        _request.Parameters[3].Value = Trip.NodeId;
        _request.Parameters[4].Value = payload;
        _request.Parameters[5].Value = Trip.PayloadHash;
        _request.Parameters[6].Value = DateTime.UtcNow.Ticks;
        One(_request.ExecuteNonQuery());
    }

    public void Decide(string nodeExecId)
    {
        Identify(_decide, nodeExecId);
        One(_decide.ExecuteNonQuery());
    }

    public string Consume(string nodeExecId)
    {
        Identify(_consume, nodeExecId);
        using var reader = _consume.ExecuteReader();
        One(reader.Read() ? 1 : 0);
        return reader.GetString(0);
    }

    /// <summary>Adds a row to the trail, as long as one of HitlReview's; its hashes are no chain.</summary>
    public void Trail(string nodeExecId, string graphExecId)
    {
        _trail.Parameters[0].Value = ++_seq;
        _trail.Parameters[1].Value = DateTime.UtcNow.Ticks;
        _trail.Parameters[2].Value = Trip.UserId;
        _trail.Parameters[3].Value = graphExecId;
        _trail.Parameters[4].Value = nodeExecId;
        _trail.Parameters[5].Value = Trip.PayloadHash;
        One(_trail.ExecuteNonQuery());
    }

    /// <summary>Begins what is then committed together.</summary>
    public SqliteTransaction Begin()
    {
        var transaction = _connection.BeginTransaction();
        foreach (var command in (SqliteCommand[])[_request, _decide, _consume, _trail])
            command.Transaction = transaction;
        return transaction;
    }

    static void Identify(SqliteCommand command, string nodeExecId)
    {
        command.Parameters[0].Value = nodeExecId;
        command.Parameters[1].Value = Trip.UserId;
        command.Parameters[2].Value = DateTime.UtcNow.Ticks;
    }

    static void One(int rows)
    {
        if (rows != 1)
            throw new InvalidOperationException($"{rows} rows were changed.");
    }

    SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    public void Dispose()
    {
        _request.Dispose();
        _decide.Dispose();
        _consume.Dispose();
        _trail.Dispose();
        _connection.Dispose();
    }
}
