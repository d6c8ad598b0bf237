using System.Data.Common;
using HitlReview.Core.Storage;
using Npgsql;

namespace HitlReview.Tests.Support;

/// <summary>A PostgreSQL database of one test's own, cloned from one made once per run.</summary>
public sealed class PostgresStore : TestStore
{
    const string TemplateName = "template_hitlreview";
    static readonly Lazy<Task> Template = new(MakeTemplateAsync);
    readonly string _database = "test_" + Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public override DatabaseProvider Provider => DatabaseProvider.Postgres;

    /// <inheritdoc/>
    public override async Task CreateAsync(bool empty = false)
    {
        var server = await PostgresServer.GetAsync();
        if (!empty)
            await Template.Value;
        await server.ExecuteAsync($"CREATE DATABASE {_database} TEMPLATE {(empty ? "template0" : TemplateName)}");
        ConnectionString = server.ConnectionString(_database);
    }

    /// <inheritdoc/>
    protected override void ClearPool(DbConnection any) => NpgsqlConnection.ClearPool((NpgsqlConnection)any);

    /// <inheritdoc/>
    protected override async Task DropAsync() =>
        await (await PostgresServer.GetAsync()).ExecuteAsync($"DROP DATABASE {_database} WITH (FORCE)");

    static async Task MakeTemplateAsync()
    {
        var server = await PostgresServer.GetAsync();
        await server.ExecuteAsync($"CREATE DATABASE {TemplateName}");
        // No pool: a database that anyone is connected to can't be cloned.
        await SeedAsync(new(DatabaseProvider.Postgres, server.ConnectionString(TemplateName) + ";Pooling=false"));
    }
}
