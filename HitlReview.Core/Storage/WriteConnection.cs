using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Core.Storage;

/// <summary>The writer's one connection, with its prepared statements.</summary>
sealed class WriteConnection(DbConnection connection, Func<DbConnection, HitlDbContext> contextOn) : IAsyncDisposable
{
    readonly Dictionary<string, DbCommand> _commands = [];
    HitlDbContext? _db;
    DbTransaction? _transaction;

    public HitlDbContext Db
    {
        get
        {
            if (_db is null)
            {
                _db = contextOn(connection);
                _db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                _db.Database.UseTransaction(_transaction);
            }
            return _db;
        }
    }

    /// <summary>False once it was lost.</summary>
    public bool IsOpen => connection.State == ConnectionState.Open;

    public async Task BeginAsync(CancellationToken ct) => _transaction = await connection.BeginTransactionAsync(ct);

    public async Task CommitAsync(CancellationToken ct)
    {
        await _transaction!.CommitAsync(ct);
        await EndAsync();
    }

    public async Task RollbackAsync()
    {
        if (_transaction is not null)
            await _transaction.RollbackAsync(CancellationToken.None);
        await EndAsync();
    }

    async Task EndAsync()
    {
        if (_db is not null)
            await _db.DisposeAsync();
        _db = null;
        if (_transaction is not null)
            await _transaction.DisposeAsync();
        _transaction = null;
    }

    /// <summary>What a failed piece of work leaves in the change tracker must not reach the next one.</summary>
    public void ForgetTracked() => _db?.ChangeTracker.Clear();

    public DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
            _commands[sql] = command;
        }
        command.Transaction = _transaction;
        for (var i = 0; i < parameters.Length; i++)
        {
            StorableText.Check(parameters[i].Value);
            command.Parameters[i].Value = parameters[i].Value switch
            {
                null => DBNull.Value,
                DateTimeOffset time => UtcMicroseconds.From(time),
                Enum named => named.ToString(),
                var value => value,
            };
        }
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var command in _commands.Values)
                await command.DisposeAsync();
            await EndAsync();
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
