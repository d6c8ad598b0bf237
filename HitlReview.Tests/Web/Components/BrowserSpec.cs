using System.Globalization;
using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Events;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.Playwright;

namespace HitlReview.Tests.Web.Components;

/// <summary>
/// What people see and do in a real browser. One program serves all tests of a class; each test has a person, and so an inbox, of its own.
/// </summary>
public abstract partial class BrowserSpec(SharedApp<SqliteStore> shared) : IClassFixture<SharedApp<SqliteStore>>, IAsyncLifetime
{
    protected const string AskBlock = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d";

    static int s_people;

    protected TestApp App => shared.App;

    /// <summary>The person of this test.</summary>
    protected Person Me { get; private set; } = null!;

    protected Caller Caller => Me.Caller(Surface.Ui);

    protected OutsideAgents Agents => App.Get<OutsideAgents>();

    protected ReviewService Reviews => App.Get<ReviewService>();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Me = await NewPersonAsync(Roles.Reviewer);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected async Task<Person> NewPersonAsync(string role)
    {
        var name = $"person{Interlocked.Increment(ref s_people).ToString(CultureInfo.InvariantCulture)}";
        var person = new Person(name, $"{name}@example.org", role);
        await using var db = App.Db();
        db.Users.Add(person.ToUser());
        db.ApiKeys.AddRange(person.ToApiKeys());
        db.UserSessions.Add(person.ToSession());
        db.UserRoles.Add(new() { UserId = person.Id, RoleId = role });
        // What isn't about undoing has no time to wait for.
        db.UserPreferences.Add(new() { UserId = person.Id, UndoSeconds = 0 });
        await db.SaveChangesAsync(Ct);
        return person;
    }

    /// <summary>Makes this test's person somebody of another role.</summary>
    protected async Task BecomeAsync(string role) => Me = await NewPersonAsync(role);

    /// <summary>Sits this test's person down at a browser of their own.</summary>
    protected async Task<Seat> OpenAsync(string path, BrowserNewContextOptions? options = null)
    {
        var seat = await Browser.OpenAsync(App, Me, options);
        await seat.Page.GotoAsync(path);
        return seat;
    }

    /// <summary>The id of a review of this test.</summary>
    protected string Id(string name) => $"{Me.Id}-{name}";

    /// <summary>An outside agent asks this test's person.</summary>
    protected async Task<Review> AskAsync(string name, string payload = """{"to":"ann"}""", string? instructions = null) =>
        (await Agents.RequestAsync(
            Caller,
            new(Id(name), Id("run"), "tool", JsonText.Parse(payload, "payload")) { Instructions = instructions },
            Ct)).Review;

    /// <summary>For how long this test's person can undo a decision; until it is set they decide at once.</summary>
    protected async Task SetUndoAsync(int seconds)
    {
        var preferences = await App.Get<Preferences>().GetAsync(Caller, Ct);
        preferences.UndoSeconds = seconds;
        await App.Get<Preferences>().SetAsync(Caller, preferences, Ct);
    }

    /// <summary>Waits until a review is open and a key decides about it.</summary>
    protected Task ReadyAsync(Seat seat, string name) =>
        seat.Page.Locator(
            "html[data-connection=live] .inbox:not([data-guarded]) [data-shown] "
            + $"article[data-testid=review-card][data-node-exec-id='{Id(name)}']").WaitForAsync();

    /// <summary>Waits until a review is decided, and fails if it is decided otherwise.</summary>
    protected async Task WaitAsync(string name, ReviewStatus status)
    {
        using var feed = App.Get<ChangeFeeds>().Open(Me.Id);
        if ((await ReadAsync(name)).Status == status)
            return;
        await foreach (var change in feed.ReadAsync(Ct))
            if (change is ReviewDecided { Review: var review } && review.NodeExecId == Id(name))
                break;
        Assert.Equal(status, (await ReadAsync(name)).Status);
    }

    protected Task<Review> ReadAsync(string name) => Reviews.GetAsync(Caller, Id(name), Ct);

    protected Task<Graph> StoreGraphAsync(string name, string nodes, params GraphLink[] links) =>
        App.Get<Graphs>().StoreAsync(Caller, new(null, name, GraphDefinition.FromJson($$"""{"nodes":{{nodes}},"links":[]}""") with { Links = links }), Ct);

    /// <summary>The card of a review, open.</summary>
    protected ILocator Card(Seat seat, string name) =>
        seat.Page.Locator($"article[data-testid=review-card][data-node-exec-id='{Id(name)}']");

    /// <summary>The row of a review in the list.</summary>
    protected ILocator Row(Seat seat, string name) => seat.Page.Locator($".rows [data-node-exec-id='{Id(name)}']");

    /// <summary>Presses keys that belong together only within a moment, in one, so that no slow machine comes between them.</summary>
    protected static Task PressTogetherAsync(Seat seat, params string[] keys) => seat.Page.EvaluateAsync(
        "keys => keys.forEach(key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))", keys);

    /// <summary>Replaces what stands in the editor by typing, in the text view.</summary>
    protected static async Task TypeInEditorAsync(Seat seat, string text)
    {
        await seat.ShowTextAsync();
        await seat.Page.Locator(".cm-content").ClickAsync();
        await seat.Page.Keyboard.PressAsync("Control+a");
        await seat.Page.Keyboard.InsertTextAsync(text);
    }

    /// <summary>The address of a page's connection.</summary>
    [GeneratedRegex("/_blazor")]
    protected static partial Regex Circuit { get; }

    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
