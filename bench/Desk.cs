using System.Net.Http.Headers;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace HitlReview.Bench;

/// <summary>The program with one account, and a real Chromium in which that account is signed in.</summary>
sealed class Desk : IAsyncDisposable
{
    /// <summary>What there is once an inbox can be worked in: rows, the first review's card, and a connection.</summary>
    public const string Ready = "html[data-connection=live]:has([data-row]) [data-shown] [data-card]";

    const string Chromium = "/usr/bin/chromium";
    const string Email = "reviewer@example.com";
    const string Password = "a-long-Passphrase-1";

    readonly Served _program;
    readonly IPlaywright _playwright;
    readonly IBrowser _browser;
    readonly HttpClient _client;
    string? _signedIn;

    Desk(Served program, string key, IPlaywright playwright, IBrowser browser)
    {
        (_program, Key, _playwright, _browser) = (program, key, playwright, browser);
        _client = Rest.Client(program.Address);
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The program.</summary>
    public Served Program => _program;

    /// <summary>The account's API key.</summary>
    public string Key { get; }

    /// <summary>Milliseconds by the clock that the browser's pages have too.</summary>
    public static double Now => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;

    /// <summary>Starts both.</summary>
    /// <param name="file">The database.</param>
    /// <param name="waiting">How many reviews wait already.</param>
    /// <param name="prepare">Fills the database of the account, by its id; null for nothing more.</param>
    /// <param name="arguments">More for the program's command line.</param>
    public static async Task<Desk> OpenAsync(
        string file, int waiting, Action<SqliteConnection, string>? prepare = null, params string[] arguments)
    {
        // An admin, who may read /metrics; the inbox is that of a reviewer.
        await Served.VerbAsync(file, Password, "user", "add", Email, "--role", "admin");
        var key = await Served.VerbAsync(file, "", "key", "add", Email, "--name", "bench", "--may", "ask", "decide", "metrics");
        using (var connection = new SqliteConnection($"Data Source={file}"))
        {
            await connection.OpenAsync();
            using var find = connection.CreateCommand();
            find.CommandText = "SELECT Id FROM AspNetUsers";
            var userId = (string)(await find.ExecuteScalarAsync())!;
            Waiting.Fill(connection, userId, waiting);
            prepare?.Invoke(connection, userId);
        }
        var program = await Served.ProgramAsync(file, arguments);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            ChromiumSandbox = Environment.UserName != "root", // It refuses to run as root.
            Args = [
                "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync"],
        });
        var desk = new Desk(program, key, playwright, browser);
        await desk.SignInAsync();
        return desk;
    }

    async Task SignInAsync()
    {
        var context = await _browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(_program.Address, "/account/login").ToString());
        await page.GetByTestId("email").FillAsync(Email);
        await page.GetByTestId("password").FillAsync(Password);
        await page.GetByTestId("sign-in").ClickAsync();
        await page.Locator(Ready).WaitForAsync();
        _signedIn = await context.StorageStateAsync();
        await context.DisposeAsync();
    }

    /// <summary>A browser that has been here before only to sign in: it has nothing in its cache.</summary>
    public Task<IBrowserContext> BrowserAsync() => _browser.NewContextAsync(new() { StorageState = _signedIn });

    /// <summary>Opens the inbox and waits until it can be worked in.</summary>
    /// <param name="context">The browser.</param>
    /// <param name="script">What runs in the page from its start.</param>
    /// <param name="address">Where the program is reached, if not directly.</param>
    public async Task<IPage> InboxAsync(IBrowserContext context, string? script = null, Uri? address = null)
    {
        var page = await context.NewPageAsync();
        if (script is not null)
            await page.AddInitScriptAsync(script);
        await page.GotoAsync((address ?? _program.Address).ToString());
        await page.Locator(Ready).WaitForAsync();
        return page;
    }

    /// <summary>Asks the person.</summary>
    /// <returns>The review.</returns>
    public async Task<string> AskAsync(string payload = Trip.Payload)
    {
        var trip = Trip.Next();
        await Rest.AskAsync(_client, Key, trip, payload);
        return trip.NodeExecId;
    }

    /// <summary>What the program says of itself, for Prometheus.</summary>
    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _client.Dispose();
        await _program.DisposeAsync();
    }
}
