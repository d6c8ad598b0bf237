using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Components.Admin;

/// <summary>The admin's pages of people, as a browser without scripts uses them.</summary>
public sealed partial class PeoplePageTests() : AppSpec(new SqliteStore())
{
    [Fact]
    public async Task An_admin_finds_somebody_disables_them_and_they_are_out_at_once()
    {
        using var ada = await App.SignInAsync(Cast.Ada);
        using var rosa = await App.SignInAsync(Cast.Rosa);
        using var agent = App.Client(Cast.Rosa);
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);

        Assert.Contains("/admin/people\"", (await ada.OpenAsync("/")).Html, StringComparison.Ordinal);
        var list = await ada.OpenAsync("/admin/people?q=rosa");
        Assert.Equal("/admin/people/rosa", Row().Match(list.Html).Groups[1].Value);
        Assert.DoesNotContain(Cast.Ben.Email, list.Html, StringComparison.Ordinal);
        var page = await ActAsync(ada, "rosa", "disable", ("reason", "<b>gone</b>"));

        Assert.Contains("and 0 of their executions were stopped", Said().Match(page.Html).Groups[1].Value, StringComparison.Ordinal);
        Assert.Contains("enable-confirm", page.Html, StringComparison.Ordinal);
        Assert.Equal(401, (await rosa.CallAsync("/api/review/pending")).Status);
        Assert.Equal(401, (await agent.CallAsync("/api/review/pending")).Status);
        var disabled = await EventAsync(AuditActions.UserDisabled);
        Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id, "<b>gone</b>"), (disabled.ActorId, disabled.OwnerId, disabled.Detail));

        await ActAsync(ada, "rosa", "enable");
        Assert.Equal(200, (await agent.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_reset_password_is_shown_once_and_lets_its_person_in()
    {
        using var ada = await App.SignInAsync(Cast.Ada);

        var page = await ActAsync(ada, "rosa", "reset");

        var password = NewPassword().Match(page.Html).Groups[1].Value;
        Assert.Equal(24, password.Length);
        Assert.DoesNotContain(password, (await ada.OpenAsync("/admin/people/rosa")).Html, StringComparison.Ordinal);
        using var rosa = App.NewVisitor();
        Assert.Equal("/", (await rosa.SignInAsync(Cast.Rosa.Email, password)).Location);
    }

    [Fact]
    public async Task A_key_is_revoked_and_a_role_changed_in_the_admins_name()
    {
        using var ada = await App.SignInAsync(Cast.Ada);

        await ActAsync(ada, "rosa", "revoke key-rosa");
        await ActAsync(ada, "rosa", Roles.Admin);

        using var agent = App.ClientWithKey(Cast.Rosa.Key);
        Assert.Equal(401, (await agent.CallAsync("/api/review/pending")).Status);
        Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id), await ByAsync(AuditActions.KeyRevoked));
        Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id), await ByAsync(AuditActions.RoleChanged));
    }

    [Fact]
    public async Task Somebody_who_has_lost_their_passkeys_gets_in_with_the_password_again()
    {
        using var phone = new Device();
        await App.Get<Passkeys>().AddAsync(Cast.Rosa.Caller(Surface.Ui), phone.Info, "<b>my phone</b>", Ct);
        using var ada = await App.SignInAsync(Cast.Ada);
        using var visitor = App.NewVisitor();
        var asked = await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        Assert.StartsWith("/account/passkey?", asked.Location, StringComparison.Ordinal);
        Assert.Contains("<b>my phone</b>", (await ada.OpenAsync("/admin/people/rosa")).Html, StringComparison.Ordinal);
        Assert.Contains("password and passkey", (await ada.OpenAsync("/admin/people?q=rosa")).Html, StringComparison.Ordinal);

        await ActAsync(ada, "rosa", "passkeys");

        Assert.Equal("/", (await visitor.SignInAsync(Cast.Rosa.Email, Person.Password)).Location);
        Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id), await ByAsync(AuditActions.PasskeyRemoved));
    }

    [Fact]
    public async Task An_admin_does_not_disable_themselves_by_a_slip()
    {
        using var ada = await App.SignInAsync(Cast.Ada);

        var refused = await ActAsync(ada, "ada", "disable");

        Assert.Equal(409, refused.Status);
        Assert.Contains("Another admin can do that", refused.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("disable-confirm", refused.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await ada.OpenAsync("/admin/people")).Status);
    }

    [Theory]
    [InlineData("/admin/people")]
    [InlineData("/admin/people/ben")]
    public async Task Who_is_no_admin_sees_nobody(string path)
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        using var key = App.ClientWithKey(Cast.Ada.Key);

        Assert.Equal(403, (await rosa.OpenAsync(path)).Status);
        Assert.Equal(403, (await key.OpenAsync(path)).Status);
        Assert.DoesNotContain("/admin/people", (await rosa.OpenAsync("/")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_unknown_is_not_found()
    {
        using var ada = await App.SignInAsync(Cast.Ada);
        Assert.Equal(404, (await ada.OpenAsync("/admin/people/nobody")).Status);
    }

    [Fact]
    public async Task What_is_gone_already_is_said_on_the_page_of_the_person()
    {
        using var ada = await App.SignInAsync(Cast.Ada);

        var page = await ActAsync(ada, "rosa", "revoke nothing");

        Assert.Equal(409, page.Status);
        Assert.Contains("rosa@example.org", page.Html, StringComparison.Ordinal);
        Assert.Contains("revoked already", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_says_how_people_are_added_and_what_each_time_of_a_person_is()
    {
        using var ada = await App.SignInAsync(Cast.Ada);
        using var rosa = await App.SignInAsync(Cast.Rosa);
        await using (var db = App.Db())
            await db.UserSessions.Where(s => s.UserId == "rosa").ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Device, "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"), Ct);

        Assert.Contains("user add", (await ada.OpenAsync("/admin/people")).Html, StringComparison.Ordinal);
        var person = (await ada.OpenAsync("/admin/people/rosa")).Html;

        Assert.Contains("Chrome on Linux", person, StringComparison.Ordinal);
        foreach (var column in new[] { "Since", "Last seen", "Made" })
        {
            Assert.Matches($"<th scope=\"col\"[^>]*>{column}</th>", person);
            Assert.Matches($"data-label=\"{column}\"[^>]*>\\s*<time-ago", person);
        }
    }

    [Fact]
    public async Task Somebody_disabled_is_sent_to_an_admin_and_not_in_a_circle()
    {
        using var ada = await App.SignInAsync(Cast.Ada);
        using var rosa = await App.SignInAsync(Cast.Rosa);
        await ActAsync(ada, "rosa", "disable");

        var led = await rosa.OpenAsync("/account/keys");
        var page = await rosa.OpenAsync(led.Location!);

        Assert.Contains("Your account was disabled. An admin can let you in again.", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in to go on", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_people_are_shown_in_pages()
    {
        await using (var db = App.Db())
        {
            for (var i = 0; i < 70; i++)
                db.Users.Add(new()
                {
                    UserName = $"p{i:00}@example.org",
                    Email = $"p{i:00}@example.org",
                    NormalizedEmail = $"P{i:00}@EXAMPLE.ORG",
                    NormalizedUserName = $"P{i:00}@EXAMPLE.ORG",
                });
            await db.SaveChangesAsync(Ct);
        }
        using var ada = await App.SignInAsync(Cast.Ada);

        var first = await ada.OpenAsync("/admin/people");
        var second = await ada.OpenAsync("/admin/people?q=&page=2");

        Assert.Contains("/admin/people?q=&page=2", first.Html, StringComparison.Ordinal);
        Assert.Equal((50, 24), (Row().Count(first.Html), Row().Count(second.Html)));
        Assert.Equal(200, (await ada.OpenAsync("/admin/people?page=x")).Status);
    }

    static Task<Page> ActAsync(HttpClient admin, string userId, string act, params (string Name, string Value)[] fields) =>
        admin.SendFormAsync($"/admin/people/{userId}", "person", [("act", act), .. fields]);

    async Task<AuditEvent> EventAsync(string action)
    {
        await using var db = App.Db();
        return await db.AuditEvents.SingleAsync(e => e.Action == action, Ct);
    }

    async Task<(string?, string?)> ByAsync(string action)
    {
        var found = await EventAsync(action);
        return (found.ActorId, found.OwnerId);
    }

    [GeneratedRegex("data-testid=\"person-row\"[^>]*><th[^>]*><a href=\"([^\"]+)\"")]
    private static partial Regex Row();

    [GeneratedRegex("data-testid=\"said\"[^>]*>(?:<[^>]+>)*([^<]+)")]
    private static partial Regex Said();

    [GeneratedRegex("data-testid=\"new-password\">([^<]+)")]
    private static partial Regex NewPassword();
}
