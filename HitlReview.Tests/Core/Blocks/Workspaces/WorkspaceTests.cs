using System.Runtime.Versioning;
using HitlReview.Core.Blocks;
using HitlReview.Core.Blocks.ReadFile;
using HitlReview.Core.Blocks.Workspaces;
using HitlReview.Core.Blocks.WriteFile;
using HitlReview.Core.Payloads;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Core.Blocks.Workspaces;

public sealed class WorkspaceTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("hitl-workspace-").FullName;
    readonly WriteFileBlock _write;
    readonly ReadFileBlock _read;

    public WorkspaceTests()
    {
        var workspace = new Workspace(Options.Create(new WorkspaceOptions { Root = _root, MaxFileBytes = 2_000_000 }));
        _write = new(workspace, NullLogger<WriteFileBlock>.Instance);
        _read = new(workspace);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    string Folder => Path.Combine(_root, "user-alice");

    [Fact]
    public async Task What_is_written_is_read_again_to_the_character()
    {
        const string content = "\"a\\u0000b\\r\\n é😀\\ufeff\"";

        var outputs = await _write.RunAsync($$"""{"path":"reports/2026/a b.txt","content":{{content}}}""");

        Assert.Equal("\"reports/2026/a b.txt\"", outputs.On("path"));
        Assert.Equal("15", outputs.On("bytes"));
        Assert.Equal(
            "a\0b\r\n é😀\ufeff"u8.ToArray(),
            await File.ReadAllBytesAsync(Path.Combine(Folder, "reports", "2026", "a b.txt"), TestContext.Current.CancellationToken));
        var read = (await _read.RunAsync("""{"path":"reports/2026/a b.txt"}""")).Single().Value;
        Assert.True(JsonText.SameValue(JsonText.Parse(content, "content"), read));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("append")]
    [UnsupportedOSPlatform("windows")]
    public async Task What_is_written_is_for_the_account_that_runs_the_program_and_no_other(string mode)
    {
        await _write.RunAsync($$"""{"path":"a/b.txt","content":"x","mode":"{{mode}}"}""");

        var file = File.GetUnixFileMode(Path.Combine(Folder, "a", "b.txt"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        foreach (var folder in (string[])[Folder, Path.Combine(Folder, "a")])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task Create_leaves_a_file_that_is_there_and_overwrite_and_append_do_what_they_say()
    {
        await _write.RunAsync("""{"path":"a","content":"1"}""");

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            _write.RunAsync("""{"path":"a","content":"2","mode":"create"}"""));
        Assert.Contains("a is there already", failed.Message, StringComparison.Ordinal);
        Assert.Equal("\"1\"", (await _read.RunAsync("""{"path":"a"}""")).On("content"));

        await _write.RunAsync("""{"path":"a","content":"3","mode":"overwrite"}""");
        await _write.RunAsync("""{"path":"a","content":"4","mode":"append"}""");
        await _write.RunAsync("""{"path":"b","content":"5","mode":"append"}""");
        Assert.Equal("\"34\"", (await _read.RunAsync("""{"path":"a"}""")).On("content"));
        Assert.Equal("\"5\"", (await _read.RunAsync("""{"path":"b"}""")).On("content"));
        Assert.Equal(["a", "b"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../bob/a")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\..\\b")]
    [InlineData("C:a")]
    [InlineData("a:stream")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData(" a")]
    [InlineData("con")]
    [InlineData("x/NUL.txt")]
    [InlineData("Com1.tar.gz")]
    [InlineData("LPT¹")]
    [InlineData(".hitl-x")]
    [InlineData("a*b")]
    public void A_path_that_leaves_the_folder_or_means_something_else_elsewhere_is_refused_before_a_review(string path)
    {
        var text = JsonText.Of(path, "path").Text;

        Assert.StartsWith("$.path must", _write.Faults($$"""{"path":{{text}},"content":""}"""), StringComparison.Ordinal);
        Assert.StartsWith("$.path must", _read.Faults($$"""{"path":{{text}}}"""), StringComparison.Ordinal);
        Assert.StartsWith("$.path must", _write.DefaultFaults($$"""{"path":{{text}}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_too_long_or_too_deep_is_refused()
    {
        Assert.Contains("200 bytes", _read.Faults($$"""{"path":"{{new string('é', 101)}}"}"""), StringComparison.Ordinal);
        Assert.Contains(
            "16 folders", _read.Faults($$"""{"path":"{{string.Join('/', Enumerable.Repeat("a", 17))}}"}"""), StringComparison.Ordinal);
        Assert.Contains("1000 characters", _read.Faults($$"""{"path":"{{new string('a', 1001)}}"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".env")]
    [InlineData("...a")]
    [InlineData("console.txt")]
    [InlineData("Grüße/日本.md")]
    public async Task Other_names_are_fine(string path) => Assert.NotEmpty(await _write.RunAsync($$"""{"path":"{{path}}","content":""}"""));

    [Fact]
    public async Task A_link_is_not_followed()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_root, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "secret", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Folder);
        Directory.CreateSymbolicLink(Path.Combine(Folder, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(Folder, "file"), Path.Combine(outside, "secret"));
        File.CreateSymbolicLink(Path.Combine(Folder, "dangling"), Path.Combine(outside, "new"));

        foreach (var path in (string[])["folder/secret", "file", "dangling"])
        {
            foreach (var mode in (string[])["create", "overwrite", "append"])
                Assert.Contains(
                    "leads over a link", (
                        await Assert.ThrowsAsync<BlockFailedException>(() =>
                            _write.RunAsync($$"""{"path":"{{path}}","content":"x","mode":"{{mode}}"}"""))).Message,
                    StringComparison.Ordinal);
            Assert.Contains(
                "leads over a link",
                (await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync($$"""{"path":"{{path}}"}"""))).Message,
                StringComparison.Ordinal);
        }
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(outside, "secret"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_folder_that_is_a_link_is_not_followed_either()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_root, "outside")).FullName;
        Directory.CreateSymbolicLink(Folder, outside);

        await Assert.ThrowsAsync<BlockFailedException>(() => _write.RunAsync("""{"path":"a","content":"x"}"""));

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task Every_user_has_a_folder_of_their_own_whatever_their_id_holds()
    {
        string[] users = ["alice", "ALICE", "../alice", "a/b", "", "nul", "é", new('a', 65), "a\0b"];
        foreach (var user in users)
            await _write.RunAsync(
                JsonText.Parse("""{"path":"x","content":"mine"}""", "input"), BlockTest.Context with { UserId = user },
                TestContext.Current.CancellationToken);

        Assert.Equal(users.Length, Directory.EnumerateFiles(_root, "x", SearchOption.AllDirectories).Count());
        Assert.Equal(
            users.Length, Directory.EnumerateDirectories(_root).Select(d => Path.GetFileName(d).ToLowerInvariant()).Distinct().Count());
    }

    [Fact]
    public async Task A_file_that_would_become_too_large_is_left_as_it_is()
    {
        var content = new string('x', 900_000);
        await _write.RunAsync($$"""{"path":"a","content":"{{content}}"}""");
        await _write.RunAsync($$"""{"path":"a","content":"{{content}}","mode":"append"}""");

        var failed = await Assert.ThrowsAsync<BlockFailedException>(() =>
            _write.RunAsync($$"""{"path":"a","content":"{{content}}","mode":"append"}"""));

        Assert.Contains("would become larger than 2,000,000 bytes", failed.Message, StringComparison.Ordinal);
        Assert.Equal(1_800_000, new FileInfo(Path.Combine(Folder, "a")).Length);
        var unreadable = await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync("""{"path":"a"}"""));
        Assert.Contains("larger than the 1,000,000 bytes", unreadable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_beyond_the_limit_is_refused_before_a_review()
    {
        var small = new WriteFileBlock(
            new(Options.Create(new WorkspaceOptions { Root = _root, MaxFileBytes = 3 })), NullLogger<WriteFileBlock>.Instance);

        Assert.Equal("", small.Faults("""{"path":"a","content":"abc"}"""));
        Assert.Equal("$.content must not have more than 3 bytes", small.Faults("""{"path":"a","content":"éé"}"""));
    }

    [Fact]
    public async Task A_file_that_is_no_text_or_grows_when_it_is_escaped_is_refused_as_what_it_is()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "bytes"), [0xC3, 0x28], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "controls"), new string('\u0001', 900_000), TestContext.Current.CancellationToken);

        Assert.Contains(
            "bytes is not a text file",
            (await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync("""{"path":"bytes"}"""))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "controls is larger than",
            (await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync("""{"path":"controls"}"""))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "There is no file none/at/all",
            (await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync("""{"path":"none/at/all"}"""))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_not_written_to_or_read_as_a_file()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "a"));

        foreach (var mode in (string[])["create", "overwrite", "append"])
            await Assert.ThrowsAsync<BlockFailedException>(() => _write.RunAsync($$"""{"path":"a","content":"x","mode":"{{mode}}"}"""));
        await Assert.ThrowsAsync<BlockFailedException>(() => _read.RunAsync("""{"path":"a"}"""));
        Assert.Equal(["a"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Settings_that_are_wrong_are_named() =>
        Assert.Equal(
            [
                "Blocks:Workspace:Root must be an absolute path; it is 'files'.",
                "Blocks:Workspace:MaxFileBytes must be between 1 and 1,000,000,000; it is 0."],
            new WorkspaceOptions { Root = "files", MaxFileBytes = 0 }.Faults());
}
