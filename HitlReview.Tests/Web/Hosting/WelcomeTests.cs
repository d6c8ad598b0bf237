using System.Runtime.Versioning;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>What the program says when it starts, in a process of its own, and how it is then reached.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WelcomeTests : IAsyncDisposable
{
    readonly SqliteStore _store = new();

    [Fact]
    public async Task A_place_without_an_admin_says_how_to_get_one()
    {
        await _store.CreateAsync(empty: true);
        Assert.Equal(
            0, (await CommandRun.OfAsync(_store, "a long password\n", "user", "add", "rosa@example.org", "--role", "reviewer")).ExitCode);
        await using var app = await ProcessApp.StartAsync(_store);
        await app.WaitForLineAsync("There is no admin here. Make one with the command: user add EMAIL --role admin");
        await app.KillAsync();

        Assert.Equal(
            0, (await CommandRun.OfAsync(_store, "a long password\n", "user", "add", "ada@example.org", "--role", "admin")).ExitCode);
        await app.StartAsync();

        await app.WaitForLineAsync("Application started", times: 2);
        Assert.Single(app.Output, line => line.Contains("There is no admin here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_links_lead_to_the_public_origin()
    {
        await _store.CreateAsync(empty: true);
        await using var app = await ProcessApp.StartAsync(
            _store, settings: new Dictionary<string, string> { ["Serving__PublicOrigin"] = TlsProxy.Origin });

        Assert.Contains(
            $": {TlsProxy.Origin}/account/setup?token=", await app.WaitForLineAsync("There is no account yet"), StringComparison.Ordinal);
        await app.WaitForLineAsync("no certificate protects the keys");
    }

    [Fact]
    public async Task A_file_that_others_can_read_is_named_with_the_command_that_closes_it()
    {
        await _store.CreateAsync();
        File.SetUnixFileMode(_store.File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await using var app = await ProcessApp.StartAsync(_store);

        Assert.Contains(
            $"chmod go= '{_store.File}'", await app.WaitForLineAsync("Other accounts of this machine can read or change"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_signs_in_and_works_over_https()
    {
        await _store.CreateAsync();
        var certificate = CertificateOnDisk.Make("a password");
        var settings = new Dictionary<string, string>
        {
            ["Kestrel__Certificates__Default__Path"] = certificate.Path,
            ["Kestrel__Certificates__Default__Password"] = certificate.Password,
        };
        await using var app = await ProcessApp.StartAsync(_store, settings: settings, arguments: ["--urls", "https://127.0.0.1:0"]);

        await using var rosa = await Browser.SignInAsync(app.Url, Cast.Rosa, new() { IgnoreHTTPSErrors = true });

        await Assertions.Expect(rosa.Page.GetByText("Loading")).ToHaveCountAsync(0); // the circuit has come up
        var cookies = await rosa.Page.Context.CookiesAsync();
        Assert.Contains(cookies, cookie => cookie.Name == "__Host-hitl-session");
        Assert.All(
            cookies, cookie => Assert.True(cookie.Secure && cookie.Name.StartsWith("__Host-", StringComparison.Ordinal), cookie.Name));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
