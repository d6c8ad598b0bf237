using System.Diagnostics;
using HitlReview.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace HitlReview.Tests.Support;

/// <summary>
/// A PostgreSQL server of this test run's own, in a temporary folder, reached by a Unix socket only: no port, nothing global.
/// It starts with the first test that needs it and goes when the run ends, however the run ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    static readonly Lazy<Task<PostgresServer>> Running = new(StartAsync);
    readonly Process? _script;
    readonly string _folder = "";

    /// <summary>Made by the test runner, which disposes it at the end of the run.</summary>
    public PostgresServer()
    {
    }

    PostgresServer(Process script, string folder) => (_script, _folder) = (script, folder);

    /// <summary>The server, started if it wasn't yet.</summary>
    public static Task<PostgresServer> GetAsync() => Running.Value;

    /// <summary>How to reach one of its databases.</summary>
    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _folder, Username = "postgres", Database = database, MaxPoolSize = 20 }.ConnectionString;

    /// <summary>Runs one statement as the server's administrator.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task<PostgresServer> StartAsync()
    {
        // The script stops the server when its input ends, which happens when this process does.
        var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "Support", "postgres.sh")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var faults = script.StandardError.ReadToEndAsync();
        if (await script.StandardOutput.ReadLineAsync() is { } folder)
            return new(script, folder);
        throw new InvalidOperationException($"These tests need PostgreSQL, and it did not start: {(await faults).Trim()}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_script is null)
        {
            if (Running.IsValueCreated && Running.Value.IsCompletedSuccessfully)
                await (await Running.Value).DisposeAsync();
            return;
        }
        NpgsqlConnection.ClearAllPools();
        _script.StandardInput.Close();
        await _script.WaitForExitAsync();
        _script.Dispose();
    }
}
