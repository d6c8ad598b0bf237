using System.Net.Http.Headers;
using System.Text;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Wire;

public sealed class ProblemsTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    TestApp App => shared.App;

    [Theory]
    [InlineData("GET", "/api/review/pending", null, 401, "Bearer")]
    [InlineData("GET", "/api/nowhere", null, 401, "Bearer")]
    [InlineData("POST", "/hubs/reviews/negotiate?negotiateVersion=1", null, 401, "Bearer")]
    [InlineData("GET", "/api/nowhere", "rosa", 404, "/api/nowhere")]
    [InlineData("GET", "/api/admin/executions", "rosa", 403, "needs a key that may 'admin'")]
    [InlineData("DELETE", "/api/review/action", "rosa", 405, "DELETE")]
    public async Task A_program_gets_problem_details_with_a_detail_never_a_page_or_a_redirect(
        string method,
        string path,
        string? person,
        int status,
        string detail)
    {
        using var client = App.Client(Cast.All.SingleOrDefault(p => p.Id == person));

        using var response = await client.SendAsync(
            new(new(method), new Uri(path, UriKind.Relative)), TestContext.Current.CancellationToken);
        var answer = new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers);

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, answer["status"].GetInt32());
        Assert.Contains(detail, answer.Detail, StringComparison.Ordinal);
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Contains(new AuthenticationHeaderValue("Bearer")));
    }

    [Theory]
    [InlineData("Bearer hitl_wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic cm9zYTpyb3Nh")]
    public async Task A_wrong_key_is_refused_even_with_a_good_cookie(string header)
    {
        using var client = await App.SignInAsync(Cast.Rosa);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        Assert.Equal(401, (await client.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_stranger_who_opens_a_page_is_sent_to_sign_in_and_back()
    {
        using var stranger = App.NewVisitor();

        Assert.Equal("/account/login?returnUrl=%2Fexecutions%3Fpage%3D2", (await stranger.OpenAsync("/executions?page=2")).Location);
    }

    [Fact]
    public async Task A_page_that_is_not_there_or_not_for_this_account_is_a_page_that_says_so()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var missing = await rosa.OpenAsync("/nowhere");
        Assert.Equal(404, missing.Status);
        Assert.Contains("Nothing here", missing.Html, StringComparison.Ordinal);
        Assert.Contains("Only admins", (await rosa.OpenAsync("/admin/executions")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_that_is_not_called_json_is_refused(string? contentType)
    {
        using var client = App.Client(Cast.Rosa);
        using var content = new StringContent("""{"reviews":[]}""", Encoding.UTF8);
        content.Headers.ContentType = contentType is null ? null : new(contentType);

        using var response = await client.PostAsync(
            new Uri("/api/review/action", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains(
            "application/json", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_more_than_ten_megabytes_is_refused(bool saysSo)
    {
        using var client = App.Client(Cast.Rosa);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/review/action")
        {
            Content = new StringContent("\"" + new string('x', 10_000_000) + "\"", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = !saysSo;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://localhost:3000", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 422)]
    [InlineData("X-Nothing", "x", 422)]
    public async Task A_page_of_another_origin_changes_nothing_with_the_readers_cookie(string header, string value, int status)
    {
        using var client = await App.SignInAsync(Cast.Rosa);
        client.DefaultRequestHeaders.Add(header, value);

        Assert.Equal(status, (await client.CallAsync("/api/review/action", """{"reviews":[]}""")).Status);
    }

    [Fact]
    public async Task Our_own_origin_is_not_another_one_and_a_key_needs_none()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        rosa.DefaultRequestHeaders.Add("Origin", App.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(422, (await rosa.CallAsync("/api/review/action", """{"reviews":[]}""")).Status);

        using var agent = App.Client(Cast.Rosa);
        agent.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        Assert.Equal(422, (await agent.CallAsync("/api/review/action", """{"reviews":[]}""")).Status);
    }

    [Theory]
    [InlineData("/account/login")]
    [InlineData("/api/nowhere")]
    [InlineData("/app.css")]
    public async Task Every_answer_tells_the_browser_what_not_to_do(string path)
    {
        using var client = App.Client();

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task The_health_of_the_program_is_open_to_everyone()
    {
        using var client = App.Client();
        foreach (var path in (string[])["/healthz/live", "/healthz/ready"])
            Assert.Equal("Healthy", await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_fault_of_the_database_is_told_without_its_details()
    {
        await using var store = new SqliteStore();
        await using var app = await TestApp.StartAsync(store);
        using var client = app.Client(Cast.Rosa);
        Assert.Equal(200, (await client.CallAsync("/api/review/pending")).Status);
        await using (var db = app.Db())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE reviews RENAME TO elsewhere", TestContext.Current.CancellationToken);

        var answer = await client.CallAsync("/api/review/pending");

        Assert.Equal(503, answer.Status);
        Assert.DoesNotContain("reviews", answer.Text, StringComparison.Ordinal);
    }
}
