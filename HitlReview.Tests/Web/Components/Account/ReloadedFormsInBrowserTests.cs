using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;

namespace HitlReview.Tests.Web.Components.Account;

/// <summary>The page that says what a form has done, loaded again: it does nothing again, and says it no more.</summary>
public sealed class ReloadedFormsInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    [Fact]
    public async Task A_new_key_stays_one()
    {
        await using var seat = await OpenAsync("/account/keys");
        await seat["key-name"].FillAsync("once");
        await seat["key-password"].FillAsync(Person.Password);
        await seat["make-key"].ClickAsync();
        await Expect(seat["new-key"]).ToBeVisibleAsync();
        await seat.ScreenshotAsync("new-key");

        await seat.Page.ReloadAsync();

        await Expect(seat["new-key"]).ToHaveCountAsync(0);
        Assert.Single(await App.Get<ApiKeys>().ListAsync(Me.Id, Ct), key => key.Name == "once");
        await seat.Page.GoBackAsync();
        await Expect(seat["new-key"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_new_password_stays_the_one_that_was_passed_on()
    {
        var rosa = await NewPersonAsync(Roles.Reviewer);
        await BecomeAsync(Roles.Admin);
        await using var seat = await OpenAsync($"/admin/people/{rosa.Id}");
        await seat.Page.Locator("summary", new() { HasText = "Reset the password" }).ClickAsync();
        await seat["reset-confirm"].ClickAsync();
        var password = await seat["new-password"].TextContentAsync();
        await Expect(seat.Page.Locator("copy-text button")).ToHaveTextAsync("Copy");
        await seat.CheckAccessibilityAsync();
        await seat.ScreenshotAsync("person");

        await seat.Page.ReloadAsync();

        await Expect(seat["new-password"]).ToHaveCountAsync(0);
        using var visitor = App.NewVisitor();
        Assert.Equal("/", (await visitor.SignInAsync(rosa.Email, password!)).Location);
    }

    [Theory]
    [InlineData("/account", "password", "Input.Current", Person.Password, "Input.Next", "another long one")]
    [InlineData("/account/keys", "make", "Input.Name", "once", "Input.May", "ask", "Input.Password", Person.Password)]
    [InlineData("/account/sessions", "end-others")]
    [InlineData("/account/passkeys", "remove", "passkeyId", "", "password", Person.Password)]
    [InlineData("/admin/people/{other}", "person", "act", "sign-out")]
    public async Task Whatever_was_done_is_said_once_on_the_page_itself(string page, string form, params string[] fields)
    {
        var other = await NewPersonAsync(Roles.Reviewer);
        await BecomeAsync(Roles.Admin);
        using var client = await App.SignInAsync(Me);
        using var device = new Device();
        await App.Get<Passkeys>().AddAsync(Caller, device.Info, "mine", Ct);
        page = page.Replace("{other}", other.Id, StringComparison.Ordinal);
        if (fields is ["passkeyId", ..])
            fields[1] = (await App.Get<Passkeys>().ListAsync(Me.Id, Ct))[0].Id;
        var before = await client.OpenAsync(page);

        var said = await client.SendFormAsync(page, form, [.. fields.Chunk(2).Select(field => (field[0], field[1]))]);
        var again = await client.OpenAsync(page);

        const string Done = "data-testid=\"(said|new-key)\"";
        Assert.DoesNotMatch(Done, before.Html);
        Assert.Matches(Done, said.Html);
        Assert.DoesNotMatch(Done, again.Html);
    }
}
