using System.Text;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Storage;

/// <summary>
/// What can be wrong with a database: each is one sentence that names it and what to do, and comes before anything is started that would
/// have to be stopped again.
/// </summary>
public sealed class UnusableDatabaseTests : IAsyncDisposable
{
    readonly SqliteStore _store = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<string> RefusalAsync(string file)
    {
        await using var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file};Default Timeout=1"));
        var refused = await Assert.ThrowsAsync<StoreException>(() => store.ClaimAsync(Ct));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        return refused.Message;
    }

    [Fact]
    public async Task Missing_folders_are_made()
    {
        var file = Path.Combine(TestFolder.NewFolder(), "a", "b", "hitl.db");
        await using var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file};Pooling=false"));
        await store.OpenForServingAsync(Ct);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_link_to_a_database_is_that_database()
    {
        var folder = TestFolder.NewFolder();
        var (file, link) = (Path.Combine(folder, "hitl.db"), Path.Combine(TestFolder.NewFolder(), "other.db"));
        await using var first = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file};Pooling=false"));
        await first.OpenForServingAsync(Ct);
        File.CreateSymbolicLink(link, file);

        await using var second = new Store(new(DatabaseProvider.Sqlite, $"Data Source={link};Pooling=false"));

        Assert.Equal(file, second.Place);
        Assert.Contains(
            "Another HitlReview process", (await Assert.ThrowsAsync<StoreException>(() => second.OpenForServingAsync(Ct))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_that_is_no_database_is_left_alone()
    {
        var file = TestFolder.NewPath(".txt");
        var text = string.Concat(Enumerable.Repeat("Dear diary, this is no database. ", 100));
        await File.WriteAllTextAsync(file, text, Ct);
        Assert.Contains("is not a SQLite database", await RefusalAsync(file), StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(file, Ct));
    }

    [Fact]
    public async Task A_damaged_database_is_said_to_be()
    {
        await _store.CreateAsync();
        await using (var file = File.Open(_store.File, FileMode.Open))
        {
            file.Position = 100; // The header is right; what follows isn't.
            await file.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 8_000)), Ct);
        }
        Assert.Contains("it is damaged", await RefusalAsync(_store.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_no_file()
    {
        var folder = TestFolder.NewFolder();
        Assert.Contains("can't be opened for writing", await RefusalAsync(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_another_program_has_locked_is_said_to_be()
    {
        await _store.CreateAsync(empty: true);
        await using var other = new SqliteConnection($"Data Source={_store.File};Pooling=false");
        await other.OpenAsync(Ct);
        await using var locking = other.CreateCommand();
        locking.CommandText = "CREATE TABLE t (x); BEGIN EXCLUSIVE;";
        await locking.ExecuteNonQueryAsync(Ct);
        Assert.Contains("is locked by another program", await RefusalAsync(_store.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_another_program_writes_to_all_the_time_is_said_to_be_locked()
    {
        await _store.CreateAsync();
        await using var other = new SqliteConnection($"Data Source={_store.File};Pooling=false");
        await other.OpenAsync(Ct);
        await using var writing = await other.BeginTransactionAsync(Ct);
        Assert.Contains("is locked by another program", await RefusalAsync(_store.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_file_is_said_to_be()
    {
        await _store.CreateAsync();
        await using var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={_store.File};Mode=ReadOnly"));
        var refused = await Assert.ThrowsAsync<StoreException>(() => store.ClaimAsync(Ct));
        Assert.Contains($"The database file {_store.File} is read-only", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, "Data Source=x;Nonsense=1")]
    [InlineData(DatabaseProvider.Postgres, "Host=x;Nonsense=1")]
    public void A_connection_string_that_makes_no_sense_is_refused_by_its_setting(DatabaseProvider provider, string connectionString)
    {
        var refused = Assert.Throws<StoreException>(() => new Store(new(provider, connectionString)));
        Assert.StartsWith("ConnectionStrings:HitlReview can't be read", refused.Message, StringComparison.Ordinal);
        Assert.Contains("nonsense", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be()
    {
        await using var store = new Store(new(DatabaseProvider.Postgres, $"Host={TestFolder.NewFolder()};Username=nobody"));
        var refused = await Assert.ThrowsAsync<StoreException>(() => store.ClaimAsync(Ct));
        Assert.StartsWith("The database named in ConnectionStrings:HitlReview can't be used", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_can_only_be_read_is_said_to_be()
    {
        await using var postgres = new PostgresStore();
        await postgres.CreateAsync();
        await using var standby = new Store(
            new(DatabaseProvider.Postgres, postgres.ConnectionString + ";Options=-c default_transaction_read_only=on"));
        var refused = await Assert.ThrowsAsync<StoreException>(() => standby.ClaimAsync(Ct));
        Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answered_write_survives_a_power_cut()
    {
        await _store.OpenAsync();
        await _store.Queue.WriteAsync(async tx =>
        {
            Assert.Equal("wal", await tx.FirstAsync("PRAGMA journal_mode", r => r.GetString(0), Ct));
            Assert.Equal(2, await tx.FirstAsync("PRAGMA synchronous", r => r.GetInt32(0), Ct)); // FULL
        }, Ct);
        await using var db = _store.Db();
        await db.Database.OpenConnectionAsync(Ct);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA synchronous";
        Assert.Equal(2L, await command.ExecuteScalarAsync(Ct));
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();
}
