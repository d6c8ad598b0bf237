using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components.Account;

/// <summary>An open page whose sign-in ends.</summary>
public sealed class EndedPagesInBrowserTests(SharedApp<SqliteStore> shared) : BrowserSpec(shared)
{
    const string Secret = "for nobody else";
    const string NextPassword = "another long one";

    [Fact]
    public async Task A_password_changed_elsewhere_ends_the_open_inbox_says_so_and_keeps_what_was_typed()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "one");
        await seat["review-message"].FillAsync("half a thou");

        await ChangePasswordAsync();

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("Your password was changed.");
        await NothingIsLeftAsync(seat);
        await seat.CheckAccessibilityAsync();
        // Back to the same place, by the sign-in page.
        var there = new Uri(seat.Page.Url).PathAndQuery;
        await seat["sign-in-again"].ClickAsync();
        await seat["email"].FillAsync(Me.Email);
        await seat["password"].FillAsync(NextPassword);
        await seat["sign-in"].ClickAsync();
        await ReadyAsync(seat, "one");
        Assert.Equal(there, new Uri(seat.Page.Url).PathAndQuery);
        await Expect(seat["review-message"]).ToHaveValueAsync("half a thou");
    }

    [Fact]
    public async Task What_stands_in_the_editor_at_that_moment_is_kept_too()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "one");
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, """{"to":"typed to the last letter"}""");

        await ChangePasswordAsync();

        await Expect(seat["sign-in-ended"]).ToBeVisibleAsync();
        await NothingIsLeftAsync(seat);
        Assert.Equal("""{"to":"typed to the last letter"}""", (await App.Get<Drafts>().FindAsync(Caller, Id("one"), Ct))?.Text);
    }

    [Fact]
    public async Task Over_a_slow_line_it_is_kept_as_well()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        var line = new HeldLine();
        await using var seat = await Browser.OpenAsync(App, Me);
        await seat.Page.RouteWebSocketAsync(Circuit, line.Join);
        await seat.Page.GotoAsync("/");
        await ReadyAsync(seat, "one");
        await seat["edit-payload"].ClickAsync();
        await seat.ShowTextAsync();

        line.Hold();
        await TypeInEditorAsync(seat, """{"to":"typed to the last letter"}""");
        await ChangePasswordAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(600), Ct);
        line.Release();

        await Expect(seat["sign-in-ended"]).ToBeVisibleAsync();
        Assert.Equal("""{"to":"typed to the last letter"}""", (await App.Get<Drafts>().FindAsync(Caller, Id("one"), Ct))?.Text);
    }

    [Fact]
    public async Task Signing_out_in_one_tab_ends_the_other()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        await using var seat = await OpenAsync("/");
        await ReadyAsync(seat, "one");
        await seat["edit-payload"].ClickAsync();
        await TypeInEditorAsync(seat, $$"""{"to":"{{Secret}} either"}""");
        var other = await seat.Page.Context.NewPageAsync();
        await other.GotoAsync("/account");

        await other.GetByTestId("account-menu").ClickAsync();
        await other.GetByTestId("sign-out").ClickAsync();

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("You were signed out.");
        await NothingIsLeftAsync(seat);
        // The next person at this browser.
        var ben = await NewPersonAsync(Roles.Reviewer);
        await other.GetByTestId("email").FillAsync(ben.Email);
        await other.GetByTestId("password").FillAsync(Person.Password);
        await other.GetByTestId("sign-in").ClickAsync();
        await other.GetByTestId("inbox").WaitForAsync();
        await other.GotoAsync($"/review/{Id("one")}");
        await Expect(other.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
        await NothingIsLeftAsync(other);
    }

    [Fact]
    public async Task A_session_ended_from_the_list_ends_its_page()
    {
        await using var seat = await OpenAsync("/executions");
        await Expect(seat.Page.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
        await FollowedAsync();

        await App.Get<UserSessions>().EndOthersAsync(Caller, Ct);

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("This sign-in was ended.");
    }

    [Theory]
    [InlineData("/account/keys")]
    [InlineData("/account")]
    [InlineData("/account/passkeys")]
    [InlineData("/account/sessions")]
    [InlineData("/admin/people")]
    [InlineData("/admin/people/{me}")]
    public async Task A_page_of_forms_is_left_by_itself_when_its_sign_in_ends(string path)
    {
        await BecomeAsync(Roles.Admin);
        await using var seat = await OpenAsync(path.Replace("{me}", Me.Id, StringComparison.Ordinal));
        await FollowedAsync();

        await App.Get<UserSessions>().EndOthersAsync(Caller, Ct);

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("This sign-in was ended.");
        await Expect(seat["password"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_page_of_forms_stays_while_only_the_network_is_gone()
    {
        await using var seat = await Browser.OpenAsync(App, Me);
        seat.FaultsExpected = true;
        var asked = new Recorded<string>();
        await seat.Page.RouteAsync("**/account/stands*", route =>
        {
            asked.Add(route.Request.Url);
            return route.AbortAsync();
        });
        await seat.Page.GotoAsync("/account/keys");
        await asked.WaitAsync(_ => true, 2, "questions that nobody answers");
        await Expect(seat["make-key"]).ToBeVisibleAsync();

        await seat.Page.UnrouteAllAsync();
        await FollowedAsync();
        await using (var scope = App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<People>().DisableAsync(by: null, Me.Id, null, Ct);

        await Expect(seat["sign-in-ended"]).ToHaveTextAsync("Your account was disabled. An admin can let you in again.");
    }

    [Fact]
    public async Task A_key_in_the_clear_goes_with_the_sign_in()
    {
        await using var seat = await OpenAsync("/account/keys");
        await seat["key-name"].FillAsync("mine");
        await seat["key-password"].FillAsync(Person.Password);
        await seat["make-key"].ClickAsync();
        var key = await seat["new-key"].TextContentAsync();
        await FollowedAsync();

        await App.Get<UserSessions>().EndOthersAsync(Caller, Ct);

        await Expect(seat["password"]).ToBeVisibleAsync();
        Assert.DoesNotContain(key!, await seat.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changes_the_password_on_its_page_stays_there()
    {
        await using var seat = await OpenAsync("/account");
        await FollowedAsync();
        await seat["current-password"].FillAsync(Person.Password);
        await seat["new-password"].FillAsync(NextPassword);

        await seat["change-password"].ClickAsync();

        await Expect(seat["said"]).ToBeVisibleAsync();
        await FollowedAsync();
        await seat.Page.ReloadAsync();
        await Expect(seat["change-password"]).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_who_was_disabled_is_promised_nothing()
    {
        await using var seat = await OpenAsync("/executions");
        await Expect(seat.Page.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
        await FollowedAsync();

        await using (var scope = App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<People>().DisableAsync(by: null, Me.Id, null, Ct);

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("An admin can let you in again.");
        await Expect(seat["sign-in-again"]).ToHaveCountAsync(0);
        await seat.CheckAccessibilityAsync();
    }

    [Fact]
    public async Task A_demoted_admin_sees_and_does_nothing_more()
    {
        await BecomeAsync(Roles.Admin);
        await using var seat = await OpenAsync("/admin/executions");
        await Expect(seat.Page.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
        await FollowedAsync();
        await using (var scope = App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<UserAccounts>().SetRoleAsync(
                (await scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>().FindByIdAsync(Me.Id))!,
                Roles.Reviewer,
                Surface.Cli,
                Ct);

        await Expect(seat["sign-in-ended"]).ToContainTextAsync("Your role has changed.");
    }

    [Fact]
    public async Task After_a_lost_connection_nobody_else_gets_the_page()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        var lines = new List<IWebSocketRoute>();
        await using var seat = await OpenCutAsync(lines);
        await ReadyAsync(seat, "one");
        await seat["review-message"].FillAsync(Secret + " to read");

        await BecomeInBrowserAsync(seat, await NewPersonAsync(Roles.Reviewer));
        await CutAsync(lines);

        await Expect(seat.Page.Locator("html[data-connection=live] .inbox-clear")).ToHaveCountAsync(1);
        await NothingIsLeftAsync(seat);
    }

    [Fact]
    public async Task Not_even_if_the_browser_pretends_to_be_the_same()
    {
        await AskAsync("one", $$"""{"to":"{{Secret}}"}""");
        var lines = new List<IWebSocketRoute>();
        await using var seat = await OpenCutAsync(lines);
        await ReadyAsync(seat, "one");
        var mark = await seat.Page.EvaluateAsync<string>("document.documentElement.dataset.person");
        await seat.Page.RouteAsync("**/account/seen", route => route.FulfillAsync(new() { Body = mark }));

        await BecomeInBrowserAsync(seat, await NewPersonAsync(Roles.Reviewer));
        await AskAsync("two", $$"""{"to":"{{Secret}}"}""");
        await CutAsync(lines);

        await Expect(seat.Page.Locator("html[data-connection=live] .inbox-clear")).ToHaveCountAsync(1);
        await NothingIsLeftAsync(seat);
    }

    [Fact]
    public async Task After_a_lost_connection_ones_own_page_comes_back()
    {
        await AskAsync("one");
        var lines = new List<IWebSocketRoute>();
        await using var seat = await OpenCutAsync(lines);
        await ReadyAsync(seat, "one");
        await seat.Page.EvaluateAsync("window.stillTheSame = true");

        await CutAsync(lines);

        await Expect(seat.Page.Locator("html[data-connection=live]")).ToHaveCountAsync(1);
        await AskAsync("two");
        await Expect(Row(seat, "two")).ToBeVisibleAsync();
        Assert.True(await seat.Page.EvaluateAsync<bool>("window.stillTheSame === true"));
    }

    async Task ChangePasswordAsync()
    {
        await FollowedAsync();
        await using var scope = App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UserAccounts>()
            .ChangePasswordAsync(Caller, Person.Password, NextPassword, "here", Ct);
    }

    /// <summary>Waits until the page of this test's person is one that ends with its sign-in.</summary>
    async Task FollowedAsync()
    {
        while (!App.Get<LiveSignIns>().IsFollowed(Me.Id))
            await Task.Delay(5, Ct);
    }

    /// <summary>Opens the inbox over connections that the test can cut.</summary>
    async Task<Seat> OpenCutAsync(List<IWebSocketRoute> lines)
    {
        var seat = await Browser.OpenAsync(App, Me);
        seat.FaultsExpected = true;
        await seat.Page.RouteWebSocketAsync(Circuit, line =>
        {
            line.ConnectToServer();
            lines.Add(line);
        });
        await seat.Page.GotoAsync("/");
        return seat;
    }

    static async Task CutAsync(List<IWebSocketRoute> lines)
    {
        foreach (var line in lines.ToList())
            await line.CloseAsync(new() { Code = 3000 });
    }

    /// <summary>Somebody else has signed in at the browser; what the first person had is not ended by it.</summary>
    async Task BecomeInBrowserAsync(Seat seat, Person who)
    {
        var (client, cookies) = await App.SignInWithCookiesAsync(who);
        client.Dispose();
        await seat.Page.Context.ClearCookiesAsync();
        await seat.Page.Context.AddCookiesAsync(
            cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Url = App.Address.ToString(), HttpOnly = c.HttpOnly }));
    }

    static Task NothingIsLeftAsync(Seat seat) => NothingIsLeftAsync(seat.Page);

    static async Task NothingIsLeftAsync(IPage page)
    {
        Assert.DoesNotContain(Secret, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "hitl-draft-",
            await page.EvaluateAsync<string>("JSON.stringify([Object.keys(localStorage), Object.entries(sessionStorage)])"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(
            Secret,
            await page.EvaluateAsync<string>("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"),
            StringComparison.Ordinal);
    }
}
