using System.Text.RegularExpressions;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Auth;

public sealed partial class KeysPageTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    TestApp App => shared.App;

    [Fact]
    public async Task A_key_is_shown_once_works_and_stops_when_it_is_revoked()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var made = await rosa.SendFormAsync("/account/keys", "make", ("Input.Name", "<script>alert(1)</script>"));
        var key = Secret().Match(made.Html).Value;
        using var agent = App.Client();
        agent.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
        Assert.DoesNotMatch(Secret(), (await rosa.OpenAsync("/account/keys")).Html);

        var id = (await App.Get<ApiKeys>().ListAsync(Cast.Rosa.Id, TestContext.Current.CancellationToken)).Single(k => k.Name.Contains("script", StringComparison.Ordinal)).Id;
        await rosa.SendFormAsync("/account/keys", "revoke", ("keyId", id));
        Assert.Equal(401, (await agent.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_name_is_shown_as_text()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        await rosa.SendFormAsync("/account/keys", "make", ("Input.Name", "<b>bold</b>"));

        var raw = await rosa.GetStringAsync(new Uri("/account/keys", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("&lt;b&gt;bold&lt;/b&gt;", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold</b>", raw, StringComparison.Ordinal);
    }

    [Fact, Invariant(1)]
    public async Task Another_users_key_cannot_be_revoked_from_the_page()
    {
        using var ben = await App.SignInAsync(Cast.Ben);

        var refused = await ben.SendFormAsync("/account/keys", "revoke", ("keyId", "key-" + Cast.Rosa.Id));

        Assert.Contains("not found", refused.Html, StringComparison.Ordinal);
        using var agent = App.Client(Cast.Rosa);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
    }

    [GeneratedRegex("hitl_[A-Za-z0-9_-]{43}")]
    private static partial Regex Secret();
}
