using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Hosting;

public sealed class ServingOnSqlite() : ServingSpec(new SqliteStore());

public sealed class ServingOnPostgres() : ServingSpec(new PostgresStore());

/// <summary>The whole program, as a person and as a program see it first.</summary>
public abstract class ServingSpec(TestStore store) : AppSpec(store)
{
    [Fact]
    public async Task What_an_agent_asks_for_is_told_to_its_user_at_once_and_to_nobody_else()
    {
        await using var rosa = await App.ListenAsync(Cast.Rosa);
        await using var ben = await App.ListenAsync(Cast.Ben);
        using var client = App.Client(Cast.Rosa);
        var asked = await client.CallAsync(
            "/api/review/request", """{"node_exec_id":"n","graph_exec_id":"g","node_id":"x","payload":{"to":"all@example.org"}}""");
        Assert.Equal(201, asked.Status);
        Assert.Equal("n", (await rosa.WaitForAsync("ReviewCreated")).GetProperty("node_exec_id").GetString());
        using var bens = App.Client(Cast.Ben);
        await bens.CallAsync("/api/review/request", """{"node_exec_id":"m","graph_exec_id":"g","node_id":"x","payload":{}}""");
        await ben.WaitForAsync("ReviewCreated");
        Assert.Single(ben.Messages, m => m.Name == "ReviewCreated");
    }

    [Fact]
    public async Task Nobody_without_a_key_or_cookie_gets_anything()
    {
        using var nobody = App.Client();
        Assert.Equal(401, (await nobody.CallAsync("/api/review/pending")).Status);
        using var signedIn = await App.SignInAsync(Cast.Rosa);
        Assert.Equal(200, (await signedIn.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task The_inbox_opens_in_a_browser()
    {
        await using var tab = await Browser.OpenAsync(App, Cast.Rosa);
        await tab.Page.GotoAsync("/");
        await tab["inbox"].WaitForAsync();
        await Assertions.Expect(tab.Page.GetByText("Loading")).ToHaveCountAsync(0); // the circuit has come up
        await tab.ScreenshotAsync($"inbox-{Store.Provider}");
    }
}
