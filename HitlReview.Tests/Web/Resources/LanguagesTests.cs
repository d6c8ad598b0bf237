using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Resources;

/// <summary>Which language a reader gets. There are English texts only, so that is what everybody gets.</summary>
public sealed class LanguagesTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    [Theory]
    [InlineData("")]
    [InlineData("en-GB, en;q=0.9")]
    [InlineData("tlh, de-CH;q=0.7")]
    [InlineData("*")]
    [InlineData("-, --, ;;q=x, ../../etc")]
    public async Task A_language_without_texts_is_answered_in_English(string asked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shared.App.Address, "/account/login"));
        request.Headers.TryAddWithoutValidation("Accept-Language", asked);
        using var client = new HttpClient();

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        Assert.Contains(
            "<html lang=\"en\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
