using System.Data.Common;

namespace HitlReview.Core.Storage;

/// <summary>
/// What one piece of work sees of the database while <see cref="CommitQueue"/> runs it. Valid only until the work returns.
/// </summary>
public sealed class WriteTransaction
{
    readonly WriteConnection _connection;

    internal WriteTransaction(WriteConnection connection, DateTimeOffset now) => (_connection, Now) = (connection, now);

    /// <summary>The time of this write, to the microsecond: what its rows and its audit events carry.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>
    /// EF Core on this connection and transaction. It tracks nothing: use <c>ExecuteUpdateAsync</c> with a condition, or add and save.
    /// </summary>
    public HitlDbContext Db => _connection.Db;

    internal List<IRecord> Records { get; } = [];

    internal List<(IKeptNumber Number, long Change)> Kept { get; } = [];

    internal List<Action> Committed { get; } = [];

    /// <summary>
    /// Runs a statement, prepared once per connection. For the few statements that every gate round trip makes; all else goes through <see
    /// cref="Db"/>.
    /// </summary>
    /// <param name="sql">SQL that both databases understand, with parameters as <c>@name</c>.</param>
    /// <param name="ct">Cancels the statement.</param>
    /// <param name="parameters">Strings, numbers, booleans, times, enums or null.</param>
    /// <returns>The number of rows changed.</returns>
    public Task<int> ExecuteAsync(string sql, CancellationToken ct, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        _connection.Command(sql, parameters).ExecuteNonQueryAsync(ct);

    /// <summary>Runs a query, prepared once per connection.</summary>
    /// <param name="sql">SQL that both databases understand, with parameters as <c>@name</c>.</param>
    /// <param name="read">Makes a result of the reader's current row.</param>
    /// <param name="ct">Cancels the query.</param>
    /// <param name="parameters">Strings, numbers, booleans, times, enums or null.</param>
    /// <returns>The first row's result; default where there is none.</returns>
    public Task<T?> FirstAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken ct, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        return ReadAsync(_connection.Command(sql, parameters));

        async Task<T?> ReadAsync(DbCommand command)
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? read(reader) : default;
        }
    }

    /// <summary>Records something, in this transaction; <see cref="IRecorder"/> writes it and tells of it.</summary>
    public void Add(IRecord record) => Records.Add(record);

    /// <summary>Changes a number that is kept, in this transaction.</summary>
    public void Add(IKeptNumber number, long change) => Kept.Add((number, change));

    /// <summary>Runs once this is committed. Must be quick and may not throw: the change stands whatever happens here.</summary>
    public void AfterCommit(Action action) => Committed.Add(action);
}
