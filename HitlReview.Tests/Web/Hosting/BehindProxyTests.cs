using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Hosting;

/// <summary>Behind a proxy that speaks https and is trusted. All requests of the tests come from 127.0.0.1.</summary>
public sealed class BehindProxyTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();
    OidcProvider _provider = null!;
    TestApp _app = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.StartAsync();
        _app = await TestApp.StartAsync(_store, new Dictionary<string, string>
        {
            ["Serving:PublicOrigin"] = TlsProxy.Origin,
            ["Serving:TrustedProxies:0"] = "127.0.0.0/8",
            ["Accounts:SignInsPerMinute"] = "3",
            ["Authentication:Oidc:Authority"] = _provider.Authority,
            ["Authentication:Oidc:ClientId"] = OidcProvider.ClientId,
            ["Authentication:Oidc:ClientSecret"] = OidcProvider.ClientSecret,
        });
    }

    [Fact]
    public async Task Every_cookie_is_for_this_host_and_https_only_and_no_other_is_believed()
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;

        var form = await browser.OpenAsync("/account/login");
        var entered = await browser.SignInAsync(Cast.Rosa.Email, Person.Password);

        Assert.Equal("/", entered.Location);
        Assert.NotEmpty(form.SetCookies);
        Assert.Contains(entered.SetCookies, cookie => cookie.StartsWith("__Host-hitl-session=", StringComparison.Ordinal));
        Assert.All(form.SetCookies.Concat(entered.SetCookies), cookie =>
        {
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Contains("; path=/;", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.Ordinal);
            Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
            Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal(200, (await browser.CallAsync("/api/review/pending")).Status);

        // A neighbour of the host can set cookies for it, but none with the prefix.
        var session = proxy.Cookies.GetCookies(new(TlsProxy.Origin))["__Host-hitl-session"]!.Value;
        var (neighbour, its) = TlsProxy.Before(_app);
        using var __ = neighbour;
        its.Cookies.Add(new Uri(TlsProxy.Origin), new Cookie("hitl-session", session));
        Assert.Equal(401, (await neighbour.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_away()
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;
        await browser.SignInAsync(Cast.Rosa.Email, Person.Password);

        var token = Regex.Match((await browser.OpenAsync("/account")).Html, "__RequestVerificationToken\" value=\"([^\"]+)").Groups[1]
            .Value;
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
        using var answer = await browser.PostAsync(new Uri("/account/logout", UriKind.Relative), form, Ct);

        Assert.Equal("/account/login", answer.Headers.Location?.OriginalString);
        Assert.DoesNotContain(proxy.Cookies.GetCookies(new(TlsProxy.Origin)), cookie => cookie.Name == "__Host-hitl-session");
    }

    [Fact]
    public async Task Browsers_are_told_to_come_over_https_only()
    {
        var (browser, _) = TlsProxy.Before(_app);
        using var __ = browser;

        foreach (var path in (string[])["/account/login", "/api/review/pending", "/nothing/here", "/appearance.js"])
        {
            using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative), Ct);
            Assert.Equal("max-age=31536000; includeSubDomains", answer.Headers.GetValues("Strict-Transport-Security").Single());
        }
    }

    [Theory]
    [InlineData("review.example.com", "")]
    [InlineData("hitlreview:5000", "")]
    [InlineData("hitlreview:5000", "review.example.com")]
    [InlineData("evil.example", "evil.example")]
    public async Task OpenID_Connect_comes_back_to_the_public_origin_whatever_host_is_said(string host, string forwardedHost)
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;
        (proxy.Says["Host"], proxy.Says["X-Forwarded-Host"]) = (host, forwardedHost);
        _provider.Claims["sub"] = "sub-1";
        _provider.Claims["email"] = "eve@example.org";
        _provider.Claims["email_verified"] = true;

        using var away = await browser.GetAsync(new Uri("/account/oidc?returnUrl=/executions", UriKind.Relative), Ct);
        Assert.Contains(
            "redirect_uri=https%3A%2F%2Freview.example.com%2Fsignin-oidc", away.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.All(away.Headers.GetValues("Set-Cookie"), cookie =>
        {
            Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
            Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        });

        using var back = await browser.GetAsync(away.Headers.Location, Ct);
        using var here = await browser.GetAsync(back.Headers.Location, Ct);
        Assert.Equal("/executions", here.Headers.Location?.OriginalString);
        Assert.Equal(200, (await browser.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_redirect_to_the_sign_in_page_names_no_host()
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;
        proxy.Says["X-Forwarded-Host"] = "evil.example";

        using var answer = await browser.GetAsync(new Uri("/executions?state=stuck", UriKind.Relative), Ct);

        Assert.Equal("/account/login?returnUrl=%2Fexecutions%3Fstate%3Dstuck", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task What_came_to_the_proxy_over_http_is_led_to_https()
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;
        proxy.Says["X-Forwarded-Proto"] = "http";

        using var page = await browser.GetAsync(new Uri("/executions?state=stuck&q=%C3%BC", UriKind.Relative), Ct);
        Assert.Equal(
            (HttpStatusCode.TemporaryRedirect, "https://review.example.com/executions?state=stuck&q=%C3%BC"),
            (page.StatusCode, page.Headers.Location?.OriginalString));
        Assert.False(page.Headers.Contains("Set-Cookie"));
        var call = await browser.CallAsync("/api/review/pending");
        Assert.Equal((400, "Over https only: https://review.example.com"), (call.Status, call.Detail));
    }

    [Fact]
    public async Task A_proxy_that_does_not_say_how_a_request_came_is_named_in_the_log_and_nobody_is_sent_in_a_circle()
    {
        var (browser, proxy) = TlsProxy.Before(_app);
        using var _ = browser;
        proxy.Says["X-Forwarded-Proto"] = "";

        Assert.Equal((400, null), ((await browser.OpenAsync("/")).Status, (await browser.OpenAsync("/")).Location));

        Assert.Contains("127.0.0.1", (await _app.Log.WaitForAsync("ProxySaysNothing")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_are_counted_by_the_address_that_the_proxy_saw_and_not_by_what_came_with_it()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(200, await TryAsync($"198.51.100.{i}, 203.0.113.7"));

        Assert.Equal(429, await TryAsync("198.51.100.99, 203.0.113.7"));
        Assert.Equal(200, await TryAsync("203.0.113.7, 203.0.113.8"));

        async Task<int> TryAsync(string from)
        {
            var (browser, proxy) = TlsProxy.Before(_app);
            using var _ = browser;
            proxy.Says["X-Forwarded-For"] = from;
            return (await browser.SignInAsync("nobody@example.org", "wrong password")).Status;
        }
    }

    [Fact]
    public async Task Only_pages_of_the_public_origin_change_anything_or_connect_to_the_hub()
    {
        var (browser, _) = TlsProxy.Before(_app);
        using var __ = browser;
        await browser.SignInAsync(Cast.Rosa.Email, Person.Password);

        (string, int)[] origins =
        [
            (TlsProxy.Origin, 200),
            ("http://review.example.com", 403),
            (_app.Address.GetLeftPart(UriPartial.Authority), 403),
            ("https://evil.example", 403),
        ];
        foreach (var (origin, status) in origins)
        {
            Assert.Equal(status, await PostAsync("/hubs/reviews/negotiate?negotiateVersion=1", origin));
            // Nothing to decide: it is looked at, and refused for that.
            Assert.Equal(status == 200 ? 422 : status, await PostAsync("/api/review/action", origin));
        }

        async Task<int> PostAsync(string path, string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Headers = { { "Origin", origin } },
                Content = new StringContent("""{"reviews":[]}""", Encoding.UTF8, "application/json"),
            };
            using var answer = await browser.SendAsync(request, Ct);
            return (int)answer.StatusCode;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        await _provider.DisposeAsync();
    }
}
