using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Auth;

public abstract class SignInSpec(TestStore store) : AppSpec(store)
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Accounts:MaxFailedSignIns"] = "3", ["Accounts:SignInsPerMinute"] = "8" };

    [Fact]
    public async Task The_right_password_signs_in_with_a_cookie_that_scripts_and_other_sites_do_not_get()
    {
        using var visitor = App.NewVisitor();

        var page = await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        Assert.Equal("/", page.Location);
        var cookie = Assert.Single(page.SetCookies, c => c.StartsWith("hitl-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        using var visitor = App.NewVisitor();

        var wrong = await visitor.SignInAsync(Cast.Rosa.Email, "wrong password");
        var unknown = await visitor.SignInAsync("nobody@example.org", "wrong password");

        Assert.Contains("wrong", wrong.Html, StringComparison.Ordinal);
        Assert.Equal(Said(wrong), Said(unknown));
        Assert.DoesNotContain("wrong password\"", wrong.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong.SetCookies, c => c.StartsWith("hitl-session", StringComparison.Ordinal));

        static string Said(Page page) => page.Html[page.Html.IndexOf("form-error", StringComparison.Ordinal)..][..150];
    }

    [Fact]
    public async Task Too_many_wrong_passwords_lock_the_account_and_not_its_agents()
    {
        using var visitor = App.NewVisitor();
        for (var i = 0; i < 3; i++)
            await visitor.SignInAsync(Cast.Rosa.Email, "wrong password");

        Assert.Null((await visitor.SignInAsync(Cast.Rosa.Email, Person.Password)).Location);
        using var agent = App.Client(Cast.Rosa);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
        Assert.Equal("/", (await visitor.SignInAsync(Cast.Ben.Email, Person.Password)).Location);
    }

    [Theory]
    [InlineData("/executions?state=stuck", "/executions?state=stuck")]
    [InlineData("https://evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/?q=ü", "/?q=%C3%BC")]
    [InlineData("/?q=\ud83d\ude00 \u007f", "/?q=%F0%9F%98%80%20%7F")]
    public async Task After_signing_in_one_stays_here(string returnUrl, string there)
    {
        using var visitor = App.NewVisitor();
        Assert.Equal(there, (await visitor.SignInAsync(Cast.Rosa.Email, Person.Password, returnUrl)).Location);
    }

    [Theory]
    [InlineData("/account/login?failed=x", 200)]
    [InlineData("/account/login?failed=&failed=1&returnUrl=a&returnUrl=%ff", 200)]
    [InlineData("/account/setup?token=%00&token=ü", 200)]
    [InlineData("/error/x%2Fy", 302)]
    public async Task Whatever_a_link_puts_behind_the_address_of_a_page_does_not_break_it(string link, int status)
    {
        using var visitor = App.NewVisitor();
        Assert.Equal(status, (await visitor.OpenAsync(link)).Status);
    }

    [Theory]
    [InlineData("/account/login%2Fx")]
    [InlineData("/nowhere/x%2Fy")]
    public async Task An_escaped_slash_does_not_break_the_page_that_says_there_is_nothing(string address)
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        var page = await rosa.OpenAsync(address);
        Assert.Equal(404, page.Status);
        Assert.Contains("Nothing here", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_does_nothing()
    {
        using var visitor = App.NewVisitor();
        using var form = new FormUrlEncodedContent(
            [new("_handler", "login"), new("Input.Email", Cast.Rosa.Email), new("Input.Password", Person.Password)]);

        using var answer = await visitor.PostAsync(new Uri("/account/login", UriKind.Relative), form, Ct);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies)
            && cookies.Any(c => c.StartsWith("hitl-session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Only_strangers_are_slowed_down()
    {
        using var stranger = App.NewVisitor();
        Page last = null!;
        for (var i = 0; i < 9; i++)
            last = await stranger.SignInAsync($"nobody{i}@example.org", "wrong password");
        Assert.Equal(429, last.Status);

        using var agent = App.Client(Cast.Rosa);
        var calls = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => agent.CallAsync("/api/review/pending")));
        Assert.All(calls, answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public async Task Signing_out_ends_the_sign_in()
    {
        using var visitor = App.NewVisitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        var page = await visitor.OpenAsync("/account");
        using var form = new FormUrlEncodedContent(
            [
                new(
                    "__RequestVerificationToken",
                    System.Text.RegularExpressions.Regex.Match(page.Html, "__RequestVerificationToken\" value=\"([^\"]+)").Groups[1]
                        .Value)]);
        using var answer = await visitor.PostAsync(new Uri("/account/logout", UriKind.Relative), form, Ct);

        Assert.Equal("/account/login", answer.Headers.Location?.OriginalString);
        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_restart_signs_nobody_out()
    {
        using var visitor = App.NewVisitor();
        var cookie = Assert.Single((await visitor.SignInAsync(Cast.Rosa.Email, Person.Password)).SetCookies, c =>
            c.StartsWith("hitl-session=", StringComparison.Ordinal)).Split(';')[0];

        await RestartAsync();

        using var again = App.Client();
        again.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(200, (await again.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sign_ins()
    {
        using var here = App.NewVisitor();
        using var elsewhere = App.NewVisitor();
        await here.SignInAsync(Cast.Rosa.Email, Person.Password);
        await elsewhere.SignInAsync(Cast.Rosa.Email, Person.Password);

        var changed = await here.SendFormAsync(
            "/account", "password", ("Input.Current", Person.Password), ("Input.Next", "another long one"));

        Assert.Contains("The password is changed", changed.Html, StringComparison.Ordinal);
        Assert.Contains("2 API keys go on working.", changed.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await here.CallAsync("/api/review/pending")).Status);
        Assert.Equal(401, (await elsewhere.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_sign_in_page_of_before_another_tab_signed_in_says_that_it_is_too_old()
    {
        using var visitor = App.NewVisitor();
        var open = await visitor.OpenAsync("/account/login");
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        var late = await visitor.SendFormAsync(
            "/account/login", open, "login", ("Input.Email", Cast.Rosa.Email), ("Input.Password", Person.Password));

        Assert.Equal(400, late.Status);
        Assert.Contains("a page that was open for too long", late.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/\"", late.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/account/login", "login", "Input.Password")]
    [InlineData("/account", "password", "Input.Current")]
    public async Task No_password_is_written_back_into_a_page_of_which_a_field_is_missing(string page, string form, string field)
    {
        using var visitor = page == "/account" ? await App.SignInAsync(Cast.Rosa) : App.NewVisitor();

        var refused = await visitor.SendFormAsync(page, form, (field, "hunter2 hunter2"));

        Assert.Contains("is missing.", refused.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signs_out_and_is_out_already_is_not_led_there_after_signing_in()
    {
        using var here = App.NewVisitor();
        await here.SignInAsync(Cast.Rosa.Email, Person.Password);
        await using (var db = App.Db())
            await db.UserSessions.ExecuteDeleteAsync(Ct);

        using var out_ = await here.PostAsync(new Uri("/account/logout", UriKind.Relative), null, Ct);

        Assert.Equal("/account/login?ended=signed_out", out_.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_deleted_account_is_signed_out()
    {
        using var visitor = App.NewVisitor();
        await visitor.SignInAsync(Cast.Ben.Email, Person.Password);
        await using (var db = App.Db())
            await db.Users.Where(u => u.Id == Cast.Ben.Id).ExecuteDeleteAsync(Ct);

        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.StartsWith("/account/login", (await visitor.OpenAsync("/")).Location, StringComparison.Ordinal);
    }
}

public sealed class SignInOnSqlite() : SignInSpec(new SqliteStore());

public sealed class SignInOnPostgres() : SignInSpec(new PostgresStore());
