using Deque.AxeCore.Playwright;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browser))]

namespace HitlReview.Tests.Support;

/// <summary>One Chromium for the run; each person who sits at it has a profile of their own.</summary>
public sealed class Browser : IAsyncDisposable
{
    const string Chromium = "/usr/bin/chromium";
    static readonly Lazy<Task<(IPlaywright, IBrowser)>> Running = new(StartAsync);

    /// <summary>Sits somebody down at a browser and signs them in.</summary>
    /// <param name="url">Where the program listens.</param>
    /// <param name="who">Who signs in.</param>
    /// <param name="options">The window, the theme and the like.</param>
    public static Task<Seat> SignInAsync(string url, Person who, BrowserNewContextOptions? options = null) =>
        SignInAsync(url, who.Email, Person.Password, options);

    /// <summary>The same for somebody who isn't of the cast.</summary>
    public static async Task<Seat> SignInAsync(string url, string email, string password, BrowserNewContextOptions? options = null)
    {
        var (_, browser) = await Running.Value;
        options ??= new();
        options.BaseURL = url;
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Recorded<string>.Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        var seat = new Seat(context, page);
        await page.GotoAsync("/account/login");
        await page.GetByTestId("email").FillAsync(email);
        await page.GetByTestId("password").FillAsync(password);
        await page.GetByTestId("sign-in").ClickAsync();
        await page.GetByTestId("inbox").WaitForAsync();
        return seat;
    }

    /// <summary>Sits somebody down at a browser; signed in by cookie, which is quicker than by the page.</summary>
    /// <param name="app">The program; relative addresses are its.</param>
    /// <param name="who">Who is signed in; nobody if null.</param>
    /// <param name="options">The window, the theme and the like.</param>
    public static async Task<Seat> OpenAsync(IApp app, Person? who = null, BrowserNewContextOptions? options = null)
    {
        var (_, browser) = await Running.Value;
        options ??= new();
        options.BaseURL = app.Address.ToString();
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Recorded<string>.Patience.TotalMilliseconds);
        if (who is not null)
        {
            var (client, cookies) = await app.SignInWithCookiesAsync(who);
            client.Dispose();
            await context.AddCookiesAsync(
                cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Url = options.BaseURL, HttpOnly = c.HttpOnly }));
        }
        return new(context, await context.NewPageAsync());
    }

    static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        if (!File.Exists(Chromium))
            throw new InvalidOperationException($"These tests need Chromium at {Chromium}; ./test.sh installs it.");
        Assertions.SetDefaultExpectTimeout((float)Recorded<string>.Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            ChromiumSandbox = Environment.UserName != "root", // It refuses to run as root.
            // Chromium must not call home: a closed network refuses it, and it says so on the console.
            Args = [
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync"],
        }));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Running.IsValueCreated || !Running.Value.IsCompletedSuccessfully)
            return;
        var (playwright, browser) = await Running.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>A person at a browser. Faults on the page's console fail the test when they leave.</summary>
public sealed class Seat : IAsyncDisposable
{
    readonly IBrowserContext _context;
    readonly List<string> _faults = [];

    internal Seat(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _faults.Add(message.Text);
        };
        page.PageError += (_, fault) => _faults.Add(fault);
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Set where a test breaks the connection on purpose: what the browser then complains of is no fault.</summary>
    public bool FaultsExpected { get; set; }

    /// <summary>The element with this <c>data-testid</c>.</summary>
    public ILocator this[string testId] => Page.GetByTestId(testId);

    /// <summary>Takes a picture of the whole page for a person to look at: <c>screenshots/NAME.png</c> beside the tests' program.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> ScreenshotAsync(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "screenshots", name + ".png");
        await Page.ScreenshotAsync(new() { Path = path, FullPage = true });
        return path;
    }

    /// <summary>Waits for the editor, and shows its text where it shows a form.</summary>
    public async Task ShowTextAsync()
    {
        await Page.Locator(".cm-content").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        if (await this["editor-json"].CountAsync() > 0)
            await this["editor-json"].ClickAsync();
    }

    /// <summary>Checks the page against WCAG 2.2 AA, as far as a program can.</summary>
    public async Task CheckAccessibilityAsync()
    {
        var faults = await AccessFaultsAsync();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>In what the page breaks WCAG 2.2 AA, as far as a program can see that.</summary>
    /// <param name="except">A rule that says nothing here.</param>
    public async Task<IReadOnlyList<string>> AccessFaultsAsync(string? except = null)
    {
        // Midway from one look to another no colour is the one that is meant.
        await Page.EvaluateAsync(
            "() => Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))");
        var result = await Page.RunAxe(
            new() { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        return [.. result.Violations.Where(v => v.Id != except)
            .Select(v => $"{new Uri(Page.Url).PathAndQuery} {v.Id}: {v.Help}: {string.Join("; ", v.Nodes.Select(n => n.Html))}")];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What the page said so far comes before the answer; what it says of being closed is no fault.
        if (!Page.IsClosed)
            await Page.EvaluateAsync("0");
        string[] faults = FaultsExpected ? [] : [.. _faults];
        await _context.DisposeAsync();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }
}
