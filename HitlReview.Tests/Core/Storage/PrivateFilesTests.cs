using System.Runtime.Versioning;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Core.Storage;

/// <summary>What the program writes is for the account that runs it, and for no other.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests
{
    const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;
    const UnixFileMode ForAll = OwnFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    readonly string _root = TestFolder.NewFolder();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_database_and_all_files_beside_it_are_made_for_their_account_alone()
    {
        var folder = Path.Combine(_root, "not", "there");
        var file = Path.Combine(folder, "hitl.db");
        await using var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file}"));
        await store.OpenForServingAsync(Ct);
        await using var db = store.CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(Ct); // keeps the -wal and -shm files there

        Assert.Equal(
            ["hitl.db", "hitl.db-shm", "hitl.db-wal", "hitl.db.lock"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(folder), made => Assert.Equal(OwnFile, File.GetUnixFileMode(made)));
        Assert.Equal(OwnFolder, File.GetUnixFileMode(folder));
        Assert.Equal(OwnFolder, File.GetUnixFileMode(Path.GetDirectoryName(folder)!));
        Assert.Empty(store.OpenToOthers());
    }

    [Fact]
    public async Task A_verb_of_the_command_line_makes_it_the_same_way()
    {
        var file = Path.Combine(_root, "hitl.db");

        Assert.Equal(0, (await CommandRun.OfAsync("Sqlite", $"Data Source={file}", "", "audit", "verify")).ExitCode);

        Assert.Equal(OwnFile, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_file_that_is_there_keeps_its_mode_and_its_content_and_is_named()
    {
        var file = Path.Combine(_root, "hitl.db");
        await using (var first = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file};Pooling=false")))
            await first.OpenForServingAsync(Ct);
        File.SetUnixFileMode(file, ForAll);
        File.SetUnixFileMode(_root, OwnFolder | UnixFileMode.OtherWrite);
        var before = await File.ReadAllBytesAsync(file, Ct);

        await using var store = new Store(new(DatabaseProvider.Sqlite, $"Data Source={file};Pooling=false"));
        await store.ClaimAsync(Ct);

        Assert.Equal(ForAll, File.GetUnixFileMode(file));
        Assert.Equal(before, await File.ReadAllBytesAsync(file, Ct));
        Assert.Equal([_root, file], store.OpenToOthers());
    }

    [Fact]
    public async Task Two_that_make_the_same_file_at_once_get_along()
    {
        var file = Path.Combine(_root, "both.db");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => PrivateFiles.CreateFile(file), Ct)));

        Assert.Equal(OwnFile, File.GetUnixFileMode(file));
    }
}
