using System.Net;
using HitlReview.Tests.Support;
using HitlReview.Web.Hubs;

namespace HitlReview.Tests.Web.Hubs;

/// <summary>A page of an allowed origin gets through, and gets the CORS headers that its browser asks for.</summary>
public sealed class HubOriginsTests() : AppSpec(new SqliteStore())
{
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string> { ["Hub:AllowedOrigins:0"] = "https://console.example.com" };

    [Fact]
    public async Task An_allowed_origin_may_connect_with_a_key_and_others_still_may_not()
    {
        using var client = App.Client();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/hubs/reviews/negotiate")
        {
            Headers =
            {
                { "Origin", "https://console.example.com" },
                { "Access-Control-Request-Method", "POST" },
                { "Access-Control-Request-Headers", "authorization" },
            },
        };
        using var allowed = await client.SendAsync(preflight, Ct);
        Assert.Equal("https://console.example.com", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var answer = await NegotiateAsync(client, "https://console.example.com");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("https://console.example.com", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var other = await NegotiateAsync(client, "https://console.example.com.evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    static async Task<HttpResponseMessage> NegotiateAsync(HttpClient client, string origin)
    {
        using var negotiate = new HttpRequestMessage(HttpMethod.Post, "/hubs/reviews/negotiate?negotiateVersion=1")
        {
            Headers = { { "Origin", origin }, { "Authorization", $"Bearer {Cast.Rosa.Key}" } },
        };
        return await client.SendAsync(negotiate, Ct);
    }
}

/// <summary>Which pages besides our own may connect is a setting.</summary>
public sealed class HubOptionsTests
{
    [Theory]
    [InlineData("https://console.example.com", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("https://console.example.com/", false)]
    [InlineData("https://console.example.com/page", false)]
    [InlineData("console.example.com", false)]
    [InlineData("ftp://example.com", false)]
    [InlineData("*", false)]
    [InlineData("", false)]
    public void Only_origins_are_accepted_and_a_fault_names_the_setting(string origin, bool accepted)
    {
        var faults = new HubOptions { AllowedOrigins = ["https://fine.example", origin] }.Faults().ToList();

        if (accepted)
            Assert.Empty(faults);
        else
            Assert.StartsWith("Hub:AllowedOrigins:1 ", Assert.Single(faults), StringComparison.Ordinal);
    }
}
