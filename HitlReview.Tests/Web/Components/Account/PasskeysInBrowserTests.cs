using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Account;

/// <summary>Passkeys in a real browser, with a device that the browser plays.</summary>
public sealed class PasskeysInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    // A passkey is bound to a domain, and an address of numbers is none.
    string Site => $"http://localhost:{App.Address.Port}";

    [Fact]
    public async Task Once_there_is_a_passkey_the_password_alone_lets_nobody_in_and_the_passkey_after_it_does()
    {
        await using var seat = await Browser.OpenAsync(App);
        await PlugInAsync(seat);
        await GivePasswordAsync(seat);
        await Expect(seat["inbox"]).ToBeVisibleAsync();
        await AddAsync(seat, "my <b>phone</b>");
        await Expect(seat["passkey"]).ToContainTextAsync("my <b>phone</b>");
        await Expect(seat["passkey"]).ToContainTextAsync("never used");
        await seat.CheckAccessibilityAsync();
        await seat.ScreenshotAsync("passkeys");

        await SignOutAsync(seat);
        await GivePasswordAsync(seat);
        await Expect(seat["use-passkey"]).ToBeVisibleAsync();
        Assert.DoesNotContain(await seat.Page.Context.CookiesAsync([Site]), c => c.Name == "hitl-session");
        Assert.Equal(401, (await seat.Page.APIRequest.GetAsync($"{Site}/api/review/pending")).Status);
        await seat.Page.GotoAsync($"{Site}/");
        await Expect(seat["password"]).ToBeVisibleAsync();
        await seat.Page.GotoAsync($"{Site}/account/passkey");
        await seat.CheckAccessibilityAsync();
        await seat.ScreenshotAsync("passkey-step");

        await seat["use-passkey"].ClickAsync();
        await Expect(seat["inbox"]).ToBeVisibleAsync();
        Assert.Equal(200, (await seat.Page.APIRequest.GetAsync($"{Site}/api/review/pending")).Status);
        Assert.NotNull(Assert.Single(await App.Get<Passkeys>().ListAsync(Me.Id, Ct)).LastUsedAt);
    }

    [Fact]
    public async Task Another_device_does_not_let_one_in_until_the_passkey_is_removed()
    {
        await using var seat = await Browser.OpenAsync(App);
        var (browser, device) = await PlugInAsync(seat);
        await GivePasswordAsync(seat);
        await Expect(seat["inbox"]).ToBeVisibleAsync();
        await AddAsync(seat, "my phone");
        await SignOutAsync(seat);

        await browser.SendAsync("WebAuthn.removeVirtualAuthenticator", new() { ["authenticatorId"] = device });
        await PlugInAsync(seat, browser);
        await GivePasswordAsync(seat);
        await seat["use-passkey"].ClickAsync();
        await Expect(seat.Page.GetByText("The browser showed no passkey.")).ToBeVisibleAsync();
        await Expect(seat["use-passkey"]).ToBeEnabledAsync();
        Assert.Equal(401, (await seat.Page.APIRequest.GetAsync($"{Site}/api/review/pending")).Status);
        await seat.CheckAccessibilityAsync();

        await using (var scope = App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<People>().RemovePasskeysAsync(by: null, Me.Id, Ct);
        await GivePasswordAsync(seat);
        await Expect(seat["inbox"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_passkey_is_removed_with_the_password()
    {
        await using var seat = await Browser.OpenAsync(App);
        await PlugInAsync(seat);
        await GivePasswordAsync(seat);
        await Expect(seat["inbox"]).ToBeVisibleAsync();
        await AddAsync(seat, "my phone");

        await seat["remove-password"].FillAsync(Person.Password);
        await seat["remove-passkey"].ClickAsync();

        await Expect(seat.Page.GetByText("Your last passkey is removed.")).ToBeVisibleAsync();
        await Expect(seat["passkey"]).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_wrong_password_is_said_before_the_device_makes_a_passkey()
    {
        await using var seat = await Browser.OpenAsync(App);
        seat.FaultsExpected = true; // The browser tells of the refusal.
        var (browser, device) = await PlugInAsync(seat);
        await GivePasswordAsync(seat);
        await Expect(seat["inbox"]).ToBeVisibleAsync();
        await seat.Page.GotoAsync($"{Site}/account/passkeys");
        await seat["passkey-name"].FillAsync("my phone");
        await seat["add-password"].FillAsync("wrong, and long enough");

        await seat["add-passkey"].ClickAsync();

        await Expect(seat.Page.GetByText("The current password is wrong.")).ToBeVisibleAsync();
        var made = await browser.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = device });
        Assert.Equal(0, made!.Value.GetProperty("credentials").GetArrayLength());
        await seat.CheckAccessibilityAsync();
        await seat["add-password"].FillAsync(Person.Password);
        await seat["add-passkey"].ClickAsync();
        await Expect(seat["passkey"]).ToContainTextAsync("my phone");
    }

    [Fact]
    public async Task Under_an_address_of_numbers_it_is_said_where_passkeys_work()
    {
        await using var seat = await OpenAsync("/account/passkeys");
        await Expect(seat["passkey-host"]).ToContainTextAsync($"open {Site}");
        await Expect(seat["add-passkey"]).ToHaveCountAsync(0);
        await seat.CheckAccessibilityAsync();
        await seat.ScreenshotAsync("passkey-host");
        using var phone = new Device();
        await App.Get<Passkeys>().AddAsync(Caller, phone.Info, "my phone", Ct);

        await seat.Page.Context.ClearCookiesAsync();
        await seat.Page.GotoAsync("/account/login");
        await seat["email"].FillAsync(Me.Email);
        await seat["password"].FillAsync(Person.Password);
        await seat["sign-in"].ClickAsync();
        await Expect(seat["use-passkey"]).ToHaveCountAsync(0);
        await seat["passkey-host"].Locator("a").ClickAsync();
        await Expect(seat["password"]).ToBeVisibleAsync();
        Assert.StartsWith(Site, seat.Page.Url, StringComparison.Ordinal);
    }

    static async Task<(ICDPSession Browser, string Device)> PlugInAsync(Seat seat, ICDPSession? browser = null)
    {
        if (browser is null)
        {
            browser = await seat.Page.Context.NewCDPSessionAsync(seat.Page);
            await browser.SendAsync("WebAuthn.enable");
        }
        var answer = await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return (browser, answer!.Value.GetProperty("authenticatorId").GetString()!);
    }

    async Task GivePasswordAsync(Seat seat)
    {
        await seat.Page.GotoAsync($"{Site}/account/login");
        await seat["email"].FillAsync(Me.Email);
        await seat["password"].FillAsync(Person.Password);
        await seat["sign-in"].ClickAsync();
    }

    async Task AddAsync(Seat seat, string name)
    {
        await seat.Page.GotoAsync($"{Site}/account/passkeys");
        await seat["passkey-name"].FillAsync(name);
        await seat["add-password"].FillAsync(Person.Password);
        await seat["add-passkey"].ClickAsync();
        await Expect(seat["passkey"]).ToHaveCountAsync(1);
    }

    static async Task SignOutAsync(Seat seat)
    {
        await seat["account-menu"].ClickAsync();
        await seat["sign-out"].ClickAsync();
        await Expect(seat["email"]).ToBeVisibleAsync();
    }
}
