using System.Net;

namespace HitlReview.Tests.Support;

/// <summary>
/// Stands for a browser and the proxy that speaks https for the program: what is asked of the public origin goes to the program with the
/// headers of a proxy.
/// </summary>
public sealed class TlsProxy : DelegatingHandler
{
    /// <summary>Where people open the program.</summary>
    public const string Origin = "https://review.example.com";

    readonly Uri _program;

    TlsProxy(Uri program) : base(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) => _program = program;

    /// <summary>The browser's cookies.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>What the proxy says besides; a name given here replaces what it says by itself, an empty value leaves it out.</summary>
    public Dictionary<string, string> Says { get; } = new() { ["X-Forwarded-For"] = "203.0.113.7", ["X-Forwarded-Proto"] = "https" };

    /// <summary>A browser before the proxy. It does not follow redirects.</summary>
    public static (HttpClient Client, TlsProxy Proxy) Before(IApp app)
    {
        var proxy = new TlsProxy(app.Address);
        return (new(proxy) { BaseAddress = new(Origin) }, proxy);
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        if (asked.GetLeftPart(UriPartial.Authority) != Origin)
            return await base.SendAsync(request, cancellationToken);
        request.RequestUri = new(_program, asked.PathAndQuery);
        request.Headers.Host = Says.GetValueOrDefault("Host", asked.Authority);
        foreach (var (name, value) in Says.Where(said => said.Key != "Host" && said.Value.Length > 0))
            request.Headers.TryAddWithoutValidation(name, value);
        if (Cookies.GetCookieHeader(asked) is { Length: > 0 } cookies)
            request.Headers.Add("Cookie", cookies);
        var response = await base.SendAsync(request, cancellationToken);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            Cookies.SetCookies(asked, cookie);
        return response;
    }
}
