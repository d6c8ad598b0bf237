using System.Text.RegularExpressions;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web;

/// <summary>What a newcomer sees after the README's first command. The pictures in docs/ are this test's: run it with HITLREVIEW_PICTURES=docs.</summary>
public sealed partial class DemoTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();

    public async ValueTask InitializeAsync() => await _store.CreateAsync(empty: true);

    [Fact]
    public async Task The_demo_fills_an_inbox_that_is_worth_a_picture()
    {
        await using var app = await ProcessApp.StartAsync(_store, arguments: "--demo");
        var told = SignIn().Match(await app.WaitForLineAsync("Demo: sign in as"));
        await using var newcomer = await Browser.SignInAsync(app.Url, told.Groups["email"].Value, told.Groups["password"].Value, new() { ViewportSize = new() { Width = 1440, Height = 900 } });

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

        async Task PictureAsync(string name) => await newcomer.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
    }

    [Fact]
    public async Task The_demo_keeps_out_of_a_database_that_others_use()
    {
        await using var store = new SqliteStore();
        await using var app = await ProcessApp.StartAsync(store, arguments: "--demo");
        Assert.Equal(1, await app.WaitForEndAsync("end"));
        Assert.Contains(app.Output, line => line.Contains("--demo fills only a database without other accounts", StringComparison.Ordinal));
    }

    [GeneratedRegex("sign in as (?<email>[^ ]+) with the password (?<password>[^ ]+)")]
    private static partial Regex SignIn();

    /// <summary>The folder named on the way in, from the root of the repository; else one that goes with the run.</summary>
    static string Pictures() => Environment.GetEnvironmentVariable("HITLREVIEW_PICTURES") is { Length: > 0 } folder ? Path.Combine(Repository.Root, folder) : TestFolder.NewFolder();

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();
}
