using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using HitlReview.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Components.Live;

/// <summary>Connections of pages that are made and used as no browser does it.</summary>
public sealed class PageConnectionsTests() : AppSpec(new SqliteStore())
{
    const string Secret = "asked-after-the-sign-out";

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Limits:OpenPages"] = "2" };

    async Task AskAsync()
    {
        using var agent = App.Client(Cast.Ada);
        var asked = await agent.CallAsync(
            "/api/review/request", $$"""{"node_exec_id":"a","graph_exec_id":"run","node_id":"tool","payload":"{{Secret}}"}""");
        Assert.Equal(201, asked.Status);
    }

    /// <summary>By another process, of which the program hears a moment later.</summary>
    async Task OperateAsync(Func<People, Task> act)
    {
        await using var beside = new BesideProcess(Store, services => services.AddHitlAccounts());
        await using var scope = beside.Get<IServiceScopeFactory>().CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<People>());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("signed out")]
    [InlineData("disabled")]
    [InlineData("demoted")]
    public async Task A_connection_of_before_shows_nothing_of_after(string what)
    {
        var (browser, cookies) = await App.SignInWithCookiesAsync(Cast.Ada);
        using var _ = browser;
        var page = (await browser.OpenAsync("/")).Html;
        await using var early = await CircuitClient.ConnectAsync(App, cookies);

        await AskAsync();
        if (what == "signed out")
            await OperateAsync(people => people.SignOutAsync(null, Cast.Ada.Id, Ct));
        else if (what == "disabled")
            await OperateAsync(people => people.DisableAsync(null, Cast.Ada.Id, null, Ct));
        else if (what == "demoted")
            await OperateAsync(people => people.SetRoleAsync(null, Cast.Ada.Id, Roles.Reviewer, Ct));
        await early!.ShowAsync(page);

        Assert.Equal(what == "nothing", early.Received.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_shows_no_page_ends_with_its_sign_in()
    {
        var (browser, cookies) = await App.SignInWithCookiesAsync(Cast.Ada);
        browser.Dispose();
        await using var empty = await CircuitClient.ConnectAsync(App, cookies);

        await OperateAsync(people => people.SignOutAsync(null, Cast.Ada.Id, Ct));

        await empty!.ClosedAsync();

        // The place is given back when the server has noticed too, which it tells nobody.
        while (App.Get<Quotas>().OpenPages.Count(Cast.Ada.Id) > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task No_more_pages_open_than_may_be_however_early_they_connect()
    {
        await AskAsync();
        var (browser, cookies) = await App.SignInWithCookiesAsync(Cast.Ada);
        using var _ = browser;
        var page = (await browser.OpenAsync("/")).Html;
        var pages = App.Get<Quotas>().OpenPages;

        var all = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => CircuitClient.ConnectAsync(App, cookies)));
        var connections = all.OfType<CircuitClient>().ToList();
        Assert.InRange(pages.Count(Cast.Ada.Id), 1, 4);
        await Task.WhenAll(connections.Select(connection => connection.ShowAsync(page)));

        Assert.Equal(4, connections.Count(connection => connection.Received.Contains(Secret, StringComparison.Ordinal)));
        Assert.Equal(4, pages.Count(Cast.Ada.Id));
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }
}
