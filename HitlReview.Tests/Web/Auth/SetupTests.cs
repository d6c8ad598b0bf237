using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Auth;

public sealed class SetupTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();
    TestApp _app = null!;
    string _link = "";

    string Token => _link[(_link.IndexOf('=', StringComparison.Ordinal) + 1)..];

    public async ValueTask InitializeAsync()
    {
        await _store.CreateAsync(empty: true);
        _app = await TestApp.StartAsync(_store);
        // As the program does when it starts; the console's copy is out of reach here.
        _link = (await _app.Get<SetupLink>().PrepareAsync(TestContext.Current.CancellationToken))!;
    }

    [Fact]
    public async Task The_link_makes_the_first_admin_and_signs_them_in()
    {
        using var visitor = _app.NewVisitor();

        var done = await SetUpAsync(visitor, "eve@example.org");

        Assert.Equal("/", done.Location);
        Assert.Equal(200, (await visitor.OpenAsync("/admin/executions")).Status);
        Assert.Equal(200, (await visitor.CallAsync("/api/admin/executions")).Status);
    }

    [Fact]
    public async Task The_link_works_once()
    {
        using var visitor = _app.NewVisitor();
        await SetUpAsync(visitor, "eve@example.org");

        using var late = _app.NewVisitor();
        var told = (await late.OpenAsync(_link)).Html;
        Assert.Contains("This link is no longer needed", told, StringComparison.Ordinal);
        Assert.Contains("ask an admin of this place", told, StringComparison.Ordinal);
        Assert.DoesNotContain("eve@example.org", told, StringComparison.Ordinal);
        Assert.DoesNotContain("no longer needed", (await late.OpenAsync("/account/setup?token=wrong")).Html, StringComparison.Ordinal);
        Assert.Null(await _app.Get<SetupLink>().PrepareAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_form_that_was_opened_in_time_and_sent_too_late_makes_no_second_admin()
    {
        using var visitor = _app.NewVisitor();
        using var late = _app.NewVisitor();
        var both = await Task.WhenAll(SetUpAsync(visitor, "eve@example.org"), SetUpAsync(late, "mallory@example.org"));

        Assert.Single(both, page => page.Location == "/");
        await using var db = _app.Db();
        Assert.Equal(1, await db.Users.CountAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_token_makes_nothing(string token)
    {
        using var visitor = _app.NewVisitor();
        Assert.Contains(
            "This link doesn't work", (await visitor.OpenAsync("/account/setup?token=" + token)).Html, StringComparison.Ordinal);

        // The form of the right link, sent with the wrong token.
        var sent = await visitor.SendFormAsync(
            _link, "setup", ("Input.Token", token), ("Input.Email", "eve@example.org"), ("Input.Password", "long enough"));

        Assert.Null(sent.Location);
        await using var db = _app.Db();
        Assert.False(await db.Users.AnyAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_weak_password_is_refused_and_the_link_goes_on_working()
    {
        using var visitor = _app.NewVisitor();
        var weak = await visitor.SendFormAsync(
            _link, "setup", ("Input.Token", Token), ("Input.Email", "eve@example.org"), ("Input.Password", "short"));
        Assert.Contains("at least 8 characters", weak.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"short\"", weak.Html, StringComparison.Ordinal);

        Assert.Equal("/", (await SetUpAsync(visitor, "eve@example.org")).Location);
    }

    [Fact]
    public async Task An_account_made_on_the_command_line_meanwhile_closes_the_link()
    {
        Assert.Equal(
            0, (await CommandRun.OfAsync(_store, "a long password", "user", "add", "ada@example.org", "--role", Roles.Reviewer)).ExitCode);
        using var visitor = _app.NewVisitor();

        Assert.Contains("This link is no longer needed", (await visitor.OpenAsync(_link)).Html, StringComparison.Ordinal);
        Assert.Null((await SetUpAsync(visitor, "mallory@example.org")).Location);
        await using var db = _app.Db();
        Assert.Equal("ada@example.org", (await db.Users.SingleAsync(TestContext.Current.CancellationToken)).Email);
    }

    Task<Page> SetUpAsync(HttpClient visitor, string email) =>
        visitor.SendFormAsync(_link, "setup", ("Input.Token", Token), ("Input.Email", email), ("Input.Password", "long enough"));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}
