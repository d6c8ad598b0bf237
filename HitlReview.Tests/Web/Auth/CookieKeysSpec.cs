using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Auth;

public abstract class CookieKeysSpec(TestStore store) : IAsyncLifetime
{
    readonly CertificateOnDisk _first = CertificateOnDisk.Make("first password");
    readonly CertificateOnDisk _second = CertificateOnDisk.Make("");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await store.CreateAsync();

    [Fact]
    public async Task With_a_certificate_no_key_is_in_the_database_in_the_clear_and_nobody_is_signed_out_for_it()
    {
        string cookie;
        await using (var app = await StartAsync())
        {
            cookie = await SignInAsync(app);
            Assert.Contains("<masterKey", await KeysAsync(app), StringComparison.Ordinal);
        }

        await using (var app = await StartAsync(_first))
        {
            var keys = await KeysAsync(app);
            Assert.DoesNotContain("<masterKey", keys, StringComparison.Ordinal);
            Assert.Contains("<encryptedSecret", keys, StringComparison.Ordinal);
        }

        // Only from here on are the keys read as they are now.
        await using (var app = await StartAsync(_first))
        {
            Assert.Equal(200, await StatusAsync(app, cookie));
            Assert.Equal(200, await StatusAsync(app, await SignInAsync(app)));
        }

        await using (var app = await StartAsync())
            Assert.Equal(401, await StatusAsync(app, cookie));
    }

    [Fact]
    public async Task A_new_certificate_reads_what_the_former_one_protects()
    {
        string cookie;
        await using (var app = await StartAsync(_first))
            cookie = await SignInAsync(app);

        await using (var app = await StartAsync(_second, former: _first))
            Assert.Equal(200, await StatusAsync(app, cookie));

        await using (var app = await StartAsync(_second))
            Assert.Equal(401, await StatusAsync(app, cookie));
    }

    async Task<TestApp> StartAsync(CertificateOnDisk? certificate = null, CertificateOnDisk? former = null)
    {
        var settings = new Dictionary<string, string>();
        if (certificate is not null)
            (settings["DataProtection:Certificate:Path"], settings["DataProtection:Certificate:Password"]) = (
                certificate.Path, certificate.Password);
        if (former is not null)
            (settings["DataProtection:FormerCertificates:0:Path"], settings["DataProtection:FormerCertificates:0:Password"]) = (
                former.Path, former.Password);
        var app = await TestApp.StartAsync(store, settings);
        // As the program does once it serves.
        await CookieKeys.ProtectAllAsync(app.Services, Ct);
        return app;
    }

    static async Task<string> SignInAsync(TestApp app)
    {
        using var visitor = app.NewVisitor();
        var page = await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        return Assert.Single(page.SetCookies, cookie => cookie.StartsWith("hitl-session=", StringComparison.Ordinal)).Split(';')[0];
    }

    static async Task<int> StatusAsync(TestApp app, string cookie)
    {
        using var client = app.Client();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return (await client.CallAsync("/api/review/pending")).Status;
    }

    static async Task<string> KeysAsync(TestApp app)
    {
        await using var db = app.Db();
        return string.Join('\n', await db.DataProtectionKeys.Select(key => key.Xml).ToListAsync(Ct));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class CookieKeysOnSqlite() : CookieKeysSpec(new SqliteStore());

public sealed class CookieKeysOnPostgres() : CookieKeysSpec(new PostgresStore());

/// <summary>A certificate that can't be used is named before anything is served.</summary>
public sealed class CookieKeyOptionsTests
{
    readonly CertificateOnDisk _good = CertificateOnDisk.Make("a password");

    [Fact]
    public void A_good_certificate_and_none_are_accepted()
    {
        Assert.Empty(new CookieKeyOptions().Faults());
        Assert.Empty(new CookieKeyOptions { Certificate = new() { Path = _good.Path, Password = _good.Password } }.Faults());
    }

    [Fact]
    public void A_wrong_one_is_named()
    {
        var notOne = TestFolder.NewPath(".pfx");
        File.WriteAllText(notOne, "no certificate");

        Fails("DataProtection:Certificate:Path must be set", "", "a password");
        Fails("DataProtection:Certificate:Path must name a file; there is none", "/not/there.pfx", "");
        Fails("DataProtection:Certificate:Password must open", _good.Path, "another password");
        Fails("DataProtection:Certificate:Password must open", notOne, "");
        Fails(
            "DataProtection:Certificate:Path must name a certificate with the private key", CertificateOnDisk.Make("", withKey: false).Path,
            "");
        Assert.StartsWith(
            "DataProtection:FormerCertificates:0:Path", Assert.Single(new CookieKeyOptions { FormerCertificates = [new()] }.Faults()),
            StringComparison.Ordinal);

        static void Fails(string how, string path, string password) =>
            Assert.StartsWith(
                how, Assert.Single(new CookieKeyOptions { Certificate = new() { Path = path, Password = password } }.Faults()),
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_does_not_start_with_a_wrong_one()
    {
        await using var store = new SqliteStore();
        await store.CreateAsync();

        var run = await CommandRun.OfAsync(
            store, "", "--urls=http://127.0.0.1:0", $"--DataProtection:Certificate:Path={_good.Path}",
            "--DataProtection:Certificate:Password=wrong");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            "DataProtection:Certificate:Password must open", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }
}
