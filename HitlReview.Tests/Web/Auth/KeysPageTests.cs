using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Auth;

public sealed partial class KeysPageTests(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>
{
    static readonly (string, string) Password = ("Input.Password", Person.Password);

    TestApp App => shared.App;

    [Fact]
    public async Task A_key_is_shown_once_works_and_stops_when_it_is_revoked()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var made = await rosa.SendFormAsync(
            "/account/keys", "make", Password, ("Input.Name", "<script>alert(1)</script>"), ("Input.May", "ask"));
        var key = Secret().Match(made.Html).Value;
        using var agent = App.Client();
        agent.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
        Assert.DoesNotMatch(Secret(), (await rosa.OpenAsync("/account/keys")).Html);

        var id = (await App.Get<ApiKeys>().ListAsync(Cast.Rosa.Id, TestContext.Current.CancellationToken))
            .Single(k => k.Name.Contains("script", StringComparison.Ordinal)).Id;
        await rosa.SendFormAsync("/account/keys", "revoke", ("keyId", id));
        Assert.Equal(401, (await agent.CallAsync("/api/review/pending")).Status);
    }

    [Fact, Invariant(11)]
    public async Task Who_finds_a_page_open_makes_no_key()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var none = await rosa.SendFormAsync(
            "/account/keys", "make", ("Input.Name", "left behind"), ("Input.May", "ask"), ("Input.Ends", "90"));
        var wrong = await rosa.SendFormAsync("/account/keys", "make",
            ("Input.Name", "left behind"), ("Input.May", "decide"), ("Input.Password", "hunter2 hunter2"));

        Assert.Contains("The current password is missing.", none.Html, StringComparison.Ordinal);
        Assert.Contains(UserAccounts.WrongCurrent, wrong.Html, StringComparison.Ordinal);
        foreach (var refused in new[] { none, wrong })
        {
            Assert.Equal(422, refused.Status);
            Assert.Contains("value=\"left behind\"", refused.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", refused.Html, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(
            await App.Get<ApiKeys>().ListAsync(Cast.Rosa.Id, TestContext.Current.CancellationToken), k => k.Name == "left behind");
    }

    [Fact]
    public async Task A_name_is_shown_as_text()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        await rosa.SendFormAsync("/account/keys", "make", Password, ("Input.Name", "<b>bold</b>"), ("Input.May", "ask"));

        var raw = await rosa.GetStringAsync(new Uri("/account/keys", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("&lt;b&gt;bold&lt;/b&gt;", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold</b>", raw, StringComparison.Ordinal);
    }

    [Theory, Invariant(11)]
    [InlineData("api/review/pending", KeyMay.ask, "ask")]
    [InlineData("api/review/pending", KeyMay.ask | KeyMay.decide, "ask", "decide")]
    [InlineData("metrics", KeyMay.metrics, "metrics")]
    [InlineData("api/admin/executions", KeyMay.admin, "admin")]
    public async Task A_key_may_what_was_ticked_and_comes_with_a_line_that_shows_it_works(string address, KeyMay may,
        params string[] ticked)
    {
        using var ada = await App.SignInAsync(Cast.Ada);

        var made = await ada.SendFormAsync("/account/keys", "make",
            [Password, ("Input.Name", "ticked"), .. ticked.Select(right => ("Input.May", right)), ("Input.Ends", "90")]);

        var key = Secret().Match(made.Html).Value;
        Assert.Contains($"curl -H \"Authorization: Bearer {key}\" {App.Address}{address}", made.Html, StringComparison.Ordinal);
        using var program = App.ClientWithKey(key);
        Assert.Equal(200, (int)(await program.GetAsync(new Uri("/" + address, UriKind.Relative),
            TestContext.Current.CancellationToken)).StatusCode);
        var stored = (await App.Get<ApiKeys>().ListAsync(Cast.Ada.Id, TestContext.Current.CancellationToken))
            .First(k => k.Prefix == key[..9]);
        Assert.Equal((may, 90.0), (stored.May, (stored.ExpiresAt!.Value - stored.CreatedAt).TotalDays));
    }

    [Fact]
    public async Task A_key_that_ends_on_a_day_works_through_it()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        var day = DateOnly.FromDateTime(DateTime.UtcNow.AddDays(3));

        await rosa.SendFormAsync("/account/keys", "make", Password, ("Input.Name", "dated"), ("Input.May", "ask"), ("Input.Ends", "date"),
            ("Input.EndsOn", day.ToString("O")));

        var stored = (await App.Get<ApiKeys>().ListAsync(Cast.Rosa.Id, TestContext.Current.CancellationToken))
            .Single(k => k.Name == "dated");
        Assert.InRange((stored.ExpiresAt!.Value - new DateTimeOffset(day.AddDays(1), default, TimeSpan.Zero)).TotalMinutes, -1, 1);
    }

    [Theory]
    [InlineData("at least one", "", "")]
    [InlineData("none", "none", "")]
    [InlineData("'3'", "3", "")]
    [InlineData("Only an admin's key", "admin", "")]
    [InlineData("Only an admin's key", "metrics", "")]
    [InlineData("last day", "ask", "date")]
    [InlineData("3650 days", "ask", "date", "9999-12-31")]
    public async Task What_makes_no_key_says_why(string named, string may, string ends, string on = "")
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var refused = await rosa.SendFormAsync("/account/keys", "make",
            [
                Password, ("Input.Name", "refused"), .. may.Length == 0 ? [] : new[] { ("Input.May", may) }, ("Input.Ends", ends),
                ("Input.EndsOn", on)]);

        Assert.Contains(named, refused.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(await App.Get<ApiKeys>().ListAsync(Cast.Rosa.Id, TestContext.Current.CancellationToken),
            k => k.Name == "refused");
    }

    [Theory]
    [InlineData("/account/keys", "make", 422)]
    [InlineData("/account/keys", "revoke", 409)]
    [InlineData("/account", "password", 200)]
    public async Task A_form_sent_empty_is_refused_and_no_fault_of_ours(string page, string form, int status)
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);

        var refused = await rosa.SendFormAsync(page, form);

        Assert.Equal(status, refused.Status);
        Assert.Matches(
            "<div role=\"alert\"[^>]*>\\s*<div [^>]*data-testid=\"refusal\""
            + "|<ul[^>]*>\\s*<li class=\"validation-message\">The current password is missing",
            refused.Html);
        Assert.DoesNotContain("This page ran into a fault", refused.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_admins_are_offered_what_only_their_keys_may()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        using var ada = await App.SignInAsync(Cast.Ada);

        Assert.DoesNotContain("key-may-admin", (await rosa.OpenAsync("/account/keys")).Html, StringComparison.Ordinal);
        var page = (await ada.OpenAsync("/account/keys")).Html;
        Assert.Contains("key-may-metrics", page, StringComparison.Ordinal);
        Assert.Matches("""<input[^>]*value="ask"[^>]*checked""", page);
        Assert.DoesNotMatch("""<input[^>]*value="decide"[^>]*checked""", page);
    }

    [Fact, Invariant(11)]
    public async Task No_key_makes_another_over_the_page()
    {
        using var program = App.ClientWithKey(Cast.Ada.Key);
        using var ada = await App.SignInAsync(Cast.Ada);
        using var form = new FormUrlEncodedContent(
            [new("_handler", "make"), new("Input.Name", "by key"), new("Input.May", "decide"), new("Input.Password", Person.Password)]);

        using var answer = await program.PostAsync(new Uri("/account/keys", UriKind.Relative), form, TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.DoesNotContain(await App.Get<ApiKeys>().ListAsync(Cast.Ada.Id, TestContext.Current.CancellationToken),
            k => k.Name == "by key");
    }

    [Fact]
    public async Task The_copy_button_copies_and_nothing_inline_runs()
    {
        await using var seat = await Browser.OpenAsync(App, Cast.Rosa);
        await seat.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await seat.Page.GotoAsync("/account/keys");
        await seat["key-name"].FillAsync("copied");
        await seat["key-may-decide"].CheckAsync();
        await Assertions.Expect(seat.Page.Locator(".ask-and-decide")).ToBeVisibleAsync();
        await seat["key-may-decide"].UncheckAsync();
        await Assertions.Expect(seat.Page.Locator(".ask-and-decide")).ToBeHiddenAsync();
        await Assertions.Expect(seat["key-ends-on"]).ToBeHiddenAsync();
        await seat["key-ends"].SelectOptionAsync("date");
        await Assertions.Expect(seat["key-ends-on"]).ToBeVisibleAsync();
        await seat["key-ends"].SelectOptionAsync("365");
        await seat["key-password"].FillAsync(Person.Password);
        await seat.CheckAccessibilityAsync();
        await seat["make-key"].ClickAsync();

        var copy = seat.Page.Locator("copy-text button").First;
        await copy.ClickAsync();
        await Assertions.Expect(copy).ToHaveTextAsync("Copied");

        Assert.Equal(await seat["new-key"].TextContentAsync(), await seat.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await seat.CheckAccessibilityAsync();
    }

    [Fact, Invariant(1)]
    public async Task Another_users_key_cannot_be_revoked_from_the_page()
    {
        using var ben = await App.SignInAsync(Cast.Ben);

        var refused = await ben.SendFormAsync("/account/keys", "revoke", ("keyId", "key-" + Cast.Rosa.Id));

        Assert.Equal(409, refused.Status);
        Assert.Contains("not found", refused.Html, StringComparison.Ordinal);
        using var agent = App.Client(Cast.Rosa);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
    }

    [GeneratedRegex("hitl_[A-Za-z0-9_-]{43}")]
    private static partial Regex Secret();
}
