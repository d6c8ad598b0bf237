using System.Net;
using HitlReview.Tests.Support;
using HitlReview.Web.Hosting;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>What strangers say in Host and X-Forwarded-* leads nowhere.</summary>
public sealed class PublicAddressTests : IAsyncDisposable
{
    const string Public = "review.example.com";
    readonly SqliteStore _store = new();
    TestApp? _app;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static (string, string) Origin => ("Serving:PublicOrigin", TlsProxy.Origin);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5000")]
    [InlineData("review.example.com.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.1.2.3")]
    public async Task A_host_that_is_not_ours_gets_nothing(string host)
    {
        foreach (var settings in ((string, string)[][])[[], [Origin]])
        {
            await StartAsync(settings);
            using var page = await GetAsync("/account/login", host);
            Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
            Assert.DoesNotContain("evil", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            using var call = await GetAsync("/api/review/pending", host, ("Authorization", $"Bearer {Cast.Rosa.Key}"));
            Assert.Equal(HttpStatusCode.BadRequest, call.StatusCode);
            using var health = await GetAsync("/healthz/live", host);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("[::1]")]
    [InlineData("agents.internal")]
    [InlineData("a.b.internal")]
    public async Task This_machine_and_what_AllowedHosts_names_are_answered(string host)
    {
        await StartAsync(("AllowedHosts", "agents.internal;*.b.internal;localhost;127.0.0.1;[::1]"));

        using var call = await GetAsync("/api/review/pending", host, ("Authorization", $"Bearer {Cast.Rosa.Key}"));

        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    [Fact]
    public async Task Pages_lead_from_http_to_the_public_origin_and_programs_are_told_to_go_there()
    {
        await StartAsync(Origin);

        foreach (var host in (string[])[Public, "localhost"])
        {
            using var page = await GetAsync("/executions?state=stuck", host);
            Assert.Equal(
                (HttpStatusCode.TemporaryRedirect, "https://review.example.com/executions?state=stuck"),
                (page.StatusCode, page.Headers.Location?.OriginalString));
            Assert.False(page.Headers.Contains("Strict-Transport-Security"));
        }
        using var call = await GetAsync("/api/review/pending", Public, ("Authorization", $"Bearer {Cast.Rosa.Key}"));
        Assert.Equal(HttpStatusCode.BadRequest, call.StatusCode);
        Assert.Contains("Over https only", await call.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var onTheMachine = await GetAsync("/api/review/pending", "localhost", ("Authorization", $"Bearer {Cast.Rosa.Key}"));
        Assert.Equal(HttpStatusCode.OK, onTheMachine.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.9.9.9")]
    public async Task An_address_that_is_not_trusted_says_nothing_about_who_asks_and_how(string trusted)
    {
        await StartAsync(
            [
                Origin, ("Accounts:SignInsPerMinute", "2"),
                .. trusted == "" ? [] : ((string, string)[])[("Serving:TrustedProxies:0", trusted)]]);

        using var page = await GetAsync(
            "/account/login", Public, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", Public), ("X-Forwarded-For", "203.0.113.7"));

        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.False(page.Headers.Contains("Set-Cookie"));
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains("127.0.0.1", (await _app!.Log.WaitForAsync("ProxyUnknown")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_are_not_spread_over_made_up_addresses()
    {
        await StartAsync(("Accounts:SignInsPerMinute", "2"));
        var last = 0;
        for (var i = 0; i < 3; i++)
        {
            using var visitor = _app!.NewVisitor();
            visitor.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i}");
            last = (await visitor.SignInAsync("nobody@example.org", "wrong password")).Status;
        }

        Assert.Equal(429, last);
    }

    [Fact]
    public async Task Where_it_listens_everywhere_and_knows_no_name_redirects_name_no_host_and_pages_are_not_shown_over_http()
    {
        await StartAsync(("Urls", "http://0.0.0.0:5000"));

        using var page = await GetAsync("/account/login", "review.lan:5000");
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
        Assert.Contains("over https", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var call = await GetAsync("/api/review/pending", "review.lan:5000", ("Authorization", $"Bearer {Cast.Rosa.Key}"));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        await _app!.DisposeAsync();

        await StartAsync(("Urls", "http://0.0.0.0:5000"), ("Serving:TrustedProxies:0", "127.0.0.1"));
        using var away = await GetAsync("/executions", "evil.example", ("X-Forwarded-Proto", "https"));
        Assert.Equal("/account/login?returnUrl=%2Fexecutions", away.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task On_this_machine_over_http_all_is_as_browsers_can_take_it()
    {
        await StartAsync();
        using var visitor = _app!.NewVisitor();

        var entered = await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        Assert.Contains(entered.SetCookies, cookie =>
            cookie.StartsWith("hitl-session=", StringComparison.Ordinal) && !cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        using var page = await visitor.GetAsync(new Uri("/account", UriKind.Relative), Ct);
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
        Assert.False(page.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("https://review.example.com", "", 1, null)]
    [InlineData("http://localhost:5000", "", 1, null)]
    [InlineData("", "10.0.0.5", 1, null)]
    [InlineData("", "10.0.0.0/24", 2, null)]
    [InlineData("", "fd00::/8", 1, null)]
    [InlineData("http://review.example.com", "", 1, "Serving:PublicOrigin ")]
    [InlineData("https://review.example.com/", "", 1, "Serving:PublicOrigin ")]
    [InlineData("https://review.example.com/hitl", "", 1, "Serving:PublicOrigin ")]
    [InlineData("review.example.com", "", 1, "Serving:PublicOrigin ")]
    [InlineData("https://bücher.example", "", 1, "Serving:PublicOrigin ")]
    [InlineData("", "proxy.internal", 1, "Serving:TrustedProxies:0 ")]
    [InlineData("", "0.0.0.0/0", 1, "Serving:TrustedProxies:0 ")]
    [InlineData("", "::/0", 1, "Serving:TrustedProxies:0 ")]
    [InlineData("", "", 0, "Serving:ProxyHops ")]
    [InlineData("", "", 11, "Serving:ProxyHops ")]
    public void A_wrong_setting_is_named(string origin, string proxy, int hops, string? named)
    {
        var faults =
            new ServingOptions { PublicOrigin = origin, TrustedProxies = proxy == "" ? [] : [proxy], ProxyHops = hops }.Faults().ToList();

        if (named is null)
            Assert.Empty(faults);
        else
            Assert.StartsWith(named, Assert.Single(faults), StringComparison.Ordinal);
    }

    async Task StartAsync(params (string Name, string Value)[] settings)
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = await TestApp.StartAsync(_store, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
    }

    async Task<HttpResponseMessage> GetAsync(string path, string host, params (string Name, string Value)[] headers)
    {
        using var client =
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _app!.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await client.SendAsync(request, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}
