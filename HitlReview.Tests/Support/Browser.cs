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
    public static Task<Seat> SignInAsync(string url, Person who, BrowserNewContextOptions? options = null) => SignInAsync(url, who.Email, Person.Password, options);

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

    static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        if (!File.Exists(Chromium))
            throw new InvalidOperationException($"These tests need Chromium at {Chromium}; ./test.sh installs it.");
        Assertions.SetDefaultExpectTimeout((float)Recorded<string>.Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            // The sandbox refuses to run as root; the rest keeps Chromium from calling home in a closed network.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (!FaultsExpected)
            Assert.Empty(_faults);
    }
}
