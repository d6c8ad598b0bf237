using System.Net;
using System.Net.Sockets;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>A program that can't start says why in one line each, ends with 1, and shows no stack trace.</summary>
public sealed class RefusedStartTests : IAsyncDisposable
{
    readonly SqliteStore _store = new();

    [Fact]
    public async Task Every_wrong_setting_is_named_at_once()
    {
        var run = await StartAsync(
            "--Accounts:MaxFailedSignIns=0", "--Accounts:LockoutTime=00:00:00",
            "--Accounts:SessionIdle=00:00:30", "--Accounts:SessionMax=00:00:10",
            "--Authentication:Oidc:RecheckEvery=00:00:01", "--Authentication:Oidc:RecheckGrace=-00:00:01",
            "--Authentication:Oidc:Authority=http://login.example.org");

        Assert.Equivalent(new[]
        {
            "Accounts:MaxFailedSignIns must be between 1 and 100; it is 0.",
            "Accounts:LockoutTime must be between 00:00:01 and 1.00:00:00; it is 00:00:00.",
            "Accounts:SessionIdle must be between 00:01:00 and 30.00:00:00; it is 00:00:30.",
            "Accounts:SessionMax must be between Accounts:SessionIdle (00:00:30) and 90.00:00:00; it is 00:00:10.",
            "Authentication:Oidc:RecheckEvery must be 0, or between 00:00:30 and 1.00:00:00; it is 00:00:01.",
            "Authentication:Oidc:RecheckGrace must be between 0 and 7.00:00:00; it is -00:00:01.",
            "Authentication:Oidc:Authority must be an https address (http only on this machine); it is 'http://login.example.org'.",
            "Authentication:Oidc:ClientId must be set when Authentication:Oidc:Authority is.",
        }, Lines(run), strict: true);
    }

    [Theory]
    [InlineData("Accounts:SignInsPerMinute", "--Accounts:SignInsPerMinute=many")]
    [InlineData("Limits:HubConnections", "--Limits:HubConnections=0")]
    [InlineData("Limits:PageBytes", "--Limits:PageBytes=9999")]
    [InlineData("Limits:UnreadAfter", "--Limits:UnreadAfter=00:00:00.5")]
    [InlineData("Executions:MaxExecutionBytes", "--Executions:MaxExecutionBytes=999999")]
    [InlineData("Executions:MaxUnfinished", "--Executions:MaxUnfinished=0")]
    [InlineData("Executions:MaxUnfinishedBytes", "--Executions:MaxUnfinishedBytes=9999999")]
    [InlineData("Accounts:PasskeyDomain", "--Accounts:PasskeyDomain=https://review.example.com")]
    [InlineData("Accounts:PasskeyDomain", "--Accounts:PasskeyDomain=10.0.0.1")]
    [InlineData("Accounts:PasskeyDomain", "--Accounts:PasskeyDomain=Review.example.com")]
    [InlineData("Database:Provider", "--Database:Provider=Oracle")]
    [InlineData("ConnectionStrings:HitlReview", "--ConnectionStrings:HitlReview=Nonsense=1")]
    [InlineData("Serving:PublicOrigin", "--Serving:PublicOrigin=http://review.example.com")]
    [InlineData("Serving:TrustedProxies", "--ForwardedHeaders_Enabled=true")]
    [InlineData("Urls", "--urls=nowhere")]
    [InlineData("Urls", "--urls=http://127.0.0.1:99999")]
    [InlineData("Urls", "--urls=http://192.0.2.1:5000")]
    public async Task A_wrong_setting_is_one_line_that_names_it(string named, string setting) =>
        Assert.Contains(named, Assert.Single(Lines(await StartAsync(setting))), StringComparison.Ordinal);

    [Fact]
    public async Task An_address_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://{taken.LocalEndpoint}";

        var line = Assert.Single(Lines(await StartAsync($"--urls={url}")));

        Assert.Contains(url, line, StringComparison.Ordinal);
        Assert.Contains("already in use", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_another_process_serves_is_named()
    {
        await _store.OpenAsync();

        var line = Assert.Single(Lines(await StartAsync()));

        Assert.Contains("Another HitlReview process", line, StringComparison.Ordinal);
        Assert.Contains(_store.File, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_from_a_newer_version_is_refused_untouched()
    {
        await _store.OpenAsync();
        await using (var db = _store.Db())
            await db.Database.ExecuteSqlRawAsync(
                """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Future', '99.0')""", TestContext.Current.CancellationToken);
        await _store.CloseAsync();
        var before = await File.ReadAllBytesAsync(_store.File, TestContext.Current.CancellationToken);

        var line = Assert.Single(Lines(await StartAsync()));

        Assert.Contains("newer version", line, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_store.File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_untouched()
    {
        var file = TestFolder.NewPath(".txt");
        await File.WriteAllTextAsync(
            file, "Dear diary, this is not a database at all, and it shall stay as it is. " + new string('x', 4096),
            TestContext.Current.CancellationToken);

        var line = Assert.Single(Lines(await StartAsync($"--ConnectionStrings:HitlReview=Data Source={file}")));

        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.StartsWith("Dear diary", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_can_only_be_read_is_named()
    {
        await _store.CreateAsync();

        // Said in the connection string, because whoever runs tests as root may write to any file.
        var line = Assert.Single(Lines(await StartAsync($"--ConnectionStrings:HitlReview={_store.ConnectionString};Mode=ReadOnly")));

        Assert.Contains("read-only", line, StringComparison.Ordinal);
        Assert.Contains(_store.File, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_another_program_keeps_locked_is_named()
    {
        await _store.CreateAsync(empty: true);
        await using var other = new Microsoft.Data.Sqlite.SqliteConnection(_store.ConnectionString + ";Pooling=false");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using (var command = other.CreateCommand())
        {
            command.CommandText = "CREATE TABLE mine (x); BEGIN EXCLUSIVE;";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var line = Assert.Single(Lines(await StartAsync()));

        Assert.Contains("locked", line, StringComparison.Ordinal);
        Assert.Contains(_store.File, line, StringComparison.Ordinal);
    }

    Task<CommandRun> StartAsync(params string[] args) =>
        CommandRun.OfAsync(
            "Sqlite", _store.ConnectionString is { Length: > 0 } made ? made : $"Data Source={_store.File}", "",
            ["--urls=http://127.0.0.1:0", .. args]);

    static string[] Lines(CommandRun run)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("   at ", run.Out + run.Error, StringComparison.Ordinal);
        return run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
