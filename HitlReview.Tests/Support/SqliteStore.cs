using System.Data.Common;
using HitlReview.Core.Storage;
using Microsoft.Data.Sqlite;

namespace HitlReview.Tests.Support;

/// <summary>A SQLite file of one test's own, copied from one made once per run.</summary>
public sealed class SqliteStore : TestStore
{
    static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    /// <inheritdoc/>
    public override DatabaseProvider Provider => DatabaseProvider.Sqlite;

    /// <summary>The file.</summary>
    public string File { get; } = TestFolder.NewPath(".db");

    /// <inheritdoc/>
    public override async Task CreateAsync(bool empty = false)
    {
        if (!empty)
            System.IO.File.Copy(await Template.Value, File);
        ConnectionString = ConnectTo(File);
    }

    /// <inheritdoc/>
    protected override void ClearPool(DbConnection any) => SqliteConnection.ClearPool((SqliteConnection)any);

    /// <inheritdoc/>
    protected override Task DropAsync()
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", ".lock"])
            System.IO.File.Delete(File + suffix);
        return Task.CompletedTask;
    }

    static string ConnectTo(string file) => $"Data Source={file}";

    static async Task<string> MakeTemplateAsync()
    {
        var file = TestFolder.NewPath(".template.db");
        // No pool: the last one to close moves everything from the -wal file to this one.
        await SeedAsync(new(DatabaseProvider.Sqlite, ConnectTo(file) + ";Pooling=false"));
        return file;
    }
}
