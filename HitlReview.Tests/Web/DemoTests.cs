using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using HitlReview.Web.Cli;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web;

/// <summary>
/// What a newcomer sees after the README's first command. The pictures in docs/ are this test's: run it with HITLREVIEW_PICTURES=docs.
/// </summary>
public sealed class DemoTests : IAsyncLifetime
{
    const string Invitation = "Demo: sign in here, once,";

    readonly SqliteStore _store = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.CreateAsync(empty: true);

    [Fact]
    public async Task The_demo_fills_an_inbox_that_is_worth_a_picture()
    {
        await using var app = await ProcessApp.StartAsync(_store, arguments: "--demo");
        await using var newcomer = await Browser.OpenAsync(app, who: null, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await newcomer.Page.GotoAsync(Link(await app.WaitForLineAsync(Invitation)));
        await newcomer["enter-demo"].ClickAsync();

        // The slowest of its executions asks after a few seconds, while the inbox is open.
        await Assertions.Expect(newcomer["inbox"].GetByText("CHANGELOG.md").First).ToBeVisibleAsync();
        var refund = newcomer["inbox"].GetByRole(AriaRole.Link).Filter(new() { HasText = "refunds" }).Last;
        var id = (await refund.GetAttributeAsync("href"))!.Split('/')[^1];
        await refund.ClickAsync();
        var card = newcomer.Page.Locator($"[data-testid=review-card][data-node-exec-id='{id}']");
        await Assertions.Expect(card.GetByText("A-10").First).ToBeVisibleAsync();
        await Assertions.Expect(card.GetByTestId("approve")).ToBeEnabledAsync();
        var pictures = Pictures();
        await PictureAsync("inbox");

        // An edit, and what it changes.
        await card.GetByTestId("edit-payload").ClickAsync();
        await card.Locator("[data-testid=form-field][data-path='$.body.amount']").FillAsync("99.00");
        await Assertions.Expect(newcomer["payload-diff"]).ToContainTextAsync("99.00");
        await PictureAsync("editing");
        await newcomer["discard-edit"].ClickAsync();

        // All refunds side by side.
        await newcomer["search"].FillAsync("refunds");
        await newcomer["select-found"].ClickAsync();
        await newcomer["compare"].ClickAsync();
        await Assertions.Expect(newcomer["approve-many"]).ToContainTextAsync("Approve 3");
        await newcomer.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await PictureAsync("comparing");

        // The chat in which a call waits; approving it is the whole story.
        await newcomer.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await newcomer.Page.GotoAsync($"{app.Url}/copilot");
        await newcomer["session-row"].GetByRole(AriaRole.Link).ClickAsync();
        var held = newcomer["review-required-card"];
        await Assertions.Expect(held.GetByTestId("approve")).ToBeEnabledAsync();
        await held.Locator("[data-title]").ScrollIntoViewIfNeededAsync();
        await PictureAsync("copilot");
        await held.GetByTestId("approve").ClickAsync();
        await Assertions.Expect(newcomer["entry-outcome"]).ToContainTextAsync("The approved call has run.");

        // How a graph is made.
        await newcomer.Page.GotoAsync($"{app.Url}/graphs");
        await newcomer.Page.GetByRole(AriaRole.Link, new() { Name = "Refunds over 50 €", Exact = true }).ClickAsync();
        await newcomer.Page.Locator("[data-testid=make-node][data-node-id=refund]").ClickAsync();
        await Assertions.Expect(newcomer["node-form"].Locator("h2")).ToHaveTextAsync("HTTP request");
        await Assertions.Expect(newcomer["node-form"].Locator("[data-testid=form-field]").First).ToBeVisibleAsync();
        await PictureAsync("graph");

        // What an admin looks at first, and everybody's executions.
        await newcomer.Page.GotoAsync($"{app.Url}/admin");
        await Assertions.Expect(newcomer["waiting"]).ToBeVisibleAsync();
        await PictureAsync("admin");
        await newcomer.Page.GotoAsync($"{app.Url}/admin/executions");
        await Assertions.Expect(newcomer["execution-row"].First).ToBeVisibleAsync();
        await PictureAsync("executions-of-all");

        async Task PictureAsync(string name) => await newcomer.Page.ScreenshotAsync(
            new() { Path = Path.Combine(pictures, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
    }

    [Fact]
    public async Task The_demo_starts_again_as_often_as_one_likes_and_goes_on_where_it_was()
    {
        await using var app = await ProcessApp.StartAsync(_store, arguments: "--demo");
        Assert.Contains(_store.File, await app.WaitForLineAsync("Demo: all of it is in"), StringComparison.Ordinal);
        using (var visitor = app.NewVisitor())
        {
            await EnterAsync(visitor, Links(app)[0]);
            // Its account has no password, so none is asked for.
            Assert.Matches(
                "hitl_[A-Za-z0-9_-]{43}",
                (await visitor.SendFormAsync("/account/keys", "make", ("Input.Name", "mine"), ("Input.May", "ask"))).Html);
        }
        for (var start = 2; start <= 3; start++)
        {
            await app.KillAsync();
            await app.StartAsync();
            await app.WaitForLineAsync(Invitation, start);
            using var visitor = app.NewVisitor();
            var links = Links(app);

            // The former start's link is of no use, this one's is.
            Assert.Contains("This link doesn't work", (await visitor.OpenAsync(links[^2])).Html, StringComparison.Ordinal);
            Assert.Equal("/", (await EnterAsync(visitor, links[^1])).Location);
            Assert.Equal(5, (await visitor.CallAsync("/api/executions")).Json.GetArrayLength());
        }
        Assert.DoesNotContain(app.Output, line =>
            line.Contains("   at ", StringComparison.Ordinal) || line.Contains("password", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_link_signs_in_once_and_looking_at_it_does_not_use_it_up()
    {
        await using var app = await TestApp.StartAsync(_store);
        var link = await Demo.FillAsync(app.Services, Ct);
        using var first = app.NewVisitor();
        using var second = app.NewVisitor();
        for (var i = 0; i < 3; i++)
            Assert.Contains("Enter the demo", (await first.OpenAsync(link)).Html, StringComparison.Ordinal);
        var (firsts, seconds) = (await first.OpenAsync(link), await second.OpenAsync(link));

        var both = await Task.WhenAll(EnterAsync(first, link, firsts), EnterAsync(second, link, seconds));

        Assert.Single(both, page => page.Location == "/");
        var late = Assert.Single(both, page => page.Location is null);
        Assert.Contains("This link was used already", late.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(late.SetCookies, cookie => cookie.Contains("hitl-session", StringComparison.Ordinal));
        using var third = app.NewVisitor();
        Assert.Contains("This link was used already", (await third.OpenAsync(link)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_nobody_used_in_time_says_so()
    {
        var clock = new FakeTimeProvider(TestStore.Start);
        var link = new DemoLink(clock);
        var token = Token(link.Open("someone"));
        clock.Advance(DemoLink.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(DemoLinkState.Ready, link.StateOf(token));

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((DemoLinkState.Expired, null), (link.StateOf(token), link.Use(token)));
        Assert.Equal(DemoLinkState.Unknown, link.StateOf("another"));
        Assert.Equal(DemoLinkState.Unknown, new DemoLink(clock).StateOf(""));
        Assert.Equal("someone", link.Use(Token(link.Open("someone"))));
        await using var app = await TestApp.StartAsync(_store);
        using var visitor = app.NewVisitor();
        Assert.Contains(
            "start it again with --demo", (await visitor.OpenAsync("/account/demo?token=another")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_cards_say_which_agent_asks()
    {
        await using var app = await TestApp.StartAsync(_store);
        await Demo.FillAsync(app.Services, Ct);
        await Demo.FillAsync(app.Services, Ct);

        await using var db = app.Db();
        var asked = await db.Reviews.Where(r => r.AskedByKeyId != null).OrderBy(r => r.NodeExecId).Select(r => r.AskedBy).ToListAsync(Ct);
        Assert.Equal(["support agent", "support agent", "ops agent"], asked);
        Assert.All(await db.ApiKeys.ToListAsync(Ct), key => Assert.Equal(KeyMay.ask, key.May));
    }

    [Fact]
    public async Task The_demo_keeps_out_of_a_database_that_others_use()
    {
        await using var store = new SqliteStore();
        await using var app = await ProcessApp.StartAsync(store, arguments: "--demo");
        Assert.Equal(1, await app.WaitForEndAsync("end"));
        Assert.Contains(app.Output, line => line.Contains("--demo fills only a database without other accounts", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_no_database_is_named_the_demo_has_its_own()
    {
        var nothing = new ConfigurationBuilder().Build();

        Assert.EndsWith("demo.db", StoreOptions.Read(nothing, Demo.File).ConnectionString, StringComparison.Ordinal);
        Assert.EndsWith("hitlreview.db", StoreOptions.Read(nothing).ConnectionString, StringComparison.Ordinal);
    }

    static string[] Links(ProcessApp app) =>
        [.. app.Output.Where(line => line.Contains(Invitation, StringComparison.Ordinal)).Select(Link)];

    static string Link(string line) => new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]).PathAndQuery;

    static string Token(string link) => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

    static async Task<Page> EnterAsync(HttpClient visitor, string link) => await EnterAsync(visitor, link, await visitor.OpenAsync(link));

    static Task<Page> EnterAsync(HttpClient visitor, string link, Page open) =>
        visitor.SendFormAsync(link, open, "demo", ("Input.Token", Token(link)));

    /// <summary>The folder named on the way in, from the root of the repository; else one that goes with the run.</summary>
    static string Pictures() => Environment.GetEnvironmentVariable("HITLREVIEW_PICTURES") is { Length: > 0 } folder
        ? Path.Combine(Repository.Root, folder)
        : TestFolder.NewFolder();

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();
}
