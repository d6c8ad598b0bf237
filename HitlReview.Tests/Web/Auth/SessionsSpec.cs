using System.Diagnostics;
using System.Security.Claims;
using System.Text.RegularExpressions;
using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HitlReview.Tests.Web.Auth;

/// <summary>What a sign-in is, and what ends with it.</summary>
public abstract partial class SessionsSpec(TestStore store) : AppSpec(store)
{
    [Fact]
    public async Task A_copy_of_the_cookie_is_of_no_use_once_its_person_has_signed_out()
    {
        using var visitor = App.NewVisitor();
        using var thief = Copy(await visitor.SignInAsync(Cast.Rosa.Email, Person.Password));
        Assert.Equal(200, (await thief.CallAsync("/api/review/pending")).Status);

        var gone = await SignOutAsync(visitor);

        Assert.Contains("\"storage\"", gone, StringComparison.Ordinal);
        Assert.Equal(401, (await thief.CallAsync("/api/review/pending")).Status);
        Assert.Equal("/account/login?returnUrl=%2Fexecutions&ended=signed_out", (await thief.OpenAsync("/executions")).Location);
        Assert.Contains("You were signed out.", (await thief.OpenAsync("/account/login?ended=signed_out")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_asked_for_after_the_end_is_told_why_it_ended()
    {
        using var reset = Copy(await App.NewVisitor().SignInAsync(Cast.Rosa.Email, Person.Password));
        using var ended = Copy(await App.NewVisitor().SignInAsync(Cast.Ben.Email, Person.Password));
        var people = App.Get<People>();

        await people.ResetPasswordAsync(null, Cast.Rosa.Id, "another long password", Ct);
        await people.SignOutAsync(null, Cast.Ben.Id, Ct);

        Assert.Equal("/account/login?returnUrl=%2Fgraphs&ended=password_changed", (await reset.OpenAsync("/graphs")).Location);
        Assert.Equal("/account/login?returnUrl=%2Fgraphs&ended=ended", (await ended.OpenAsync("/graphs")).Location);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("4711")]
    public async Task Nobody_is_told_why_where_there_is_no_such_reason(string ended)
    {
        using var visitor = App.NewVisitor();
        var page = await visitor.OpenAsync($"/account/login?ended={ended}");
        Assert.Equal((200, false), (page.Status, page.Html.Contains("sign-in-ended", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_sign_in_is_a_session_of_its_own_and_takes_the_place_of_the_browsers_last()
    {
        using var browser = App.NewVisitor();
        using var first = Copy(await browser.SignInAsync(Cast.Rosa.Email, Person.Password));
        using var second = Copy(await browser.SignInAsync(Cast.Ben.Email, Person.Password));

        Assert.Equal(401, (await first.CallAsync("/api/review/pending")).Status);
        Assert.Equal(200, (await second.CallAsync("/api/review/pending")).Status);
        Assert.Equal(200, (await browser.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_cookie_that_names_no_session_or_anothers_is_nobodys()
    {
        var rosa = new Claim(ClaimTypes.NameIdentifier, Cast.Rosa.Id);
        Claim[][] forged = [[rosa], [rosa, new("hitl:session", "made up")], [rosa, new("hitl:session", Cast.Ben.ToSession().Id)]];
        foreach (var claims in forged)
        {
            using var visitor = App.Client();
            visitor.DefaultRequestHeaders.Add("Cookie", $"hitl-session={Forge(claims)}");
            Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
            Assert.StartsWith("/account/login", (await visitor.OpenAsync("/")).Location, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_has_run_out_is_nobodys(bool idle)
    {
        using var visitor = await SignInAsync();
        await using (var db = App.Db())
            if (idle)
                await db.UserSessions.ExecuteUpdateAsync(set => set.SetProperty(s => s.IdleUntil, DateTimeOffset.UtcNow), Ct);
            else
                await db.UserSessions.ExecuteUpdateAsync(set => set.SetProperty(s => s.ExpiresAt, DateTimeOffset.UtcNow), Ct);

        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.EndsWith("ended=timed_out", (await visitor.OpenAsync("/")).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_is_noted_once_a_minute()
    {
        using var visitor = await SignInAsync();
        var began = DateTimeOffset.UtcNow;
        await using var db = App.Db();
        await db.UserSessions.ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, DateTimeOffset.UtcNow.AddYears(-1)), Ct);

        // A page that only waits for the end of its sign-in is no use of it.
        Assert.Equal("", (await visitor.OpenAsync("/account/stands?person=somebody")).Html);
        Assert.True(await db.UserSessions.AsNoTracking().Where(s => s.Device != "tests").Select(s => s.LastSeenAt).SingleAsync(Ct) < began);

        await visitor.OpenAsync("/account/seen");
        var seen = await db.UserSessions.AsNoTracking().Where(s => s.Device != "tests").Select(s => s.LastSeenAt).SingleAsync(Ct);
        await visitor.OpenAsync("/account/seen");

        Assert.True(seen >= began);
        Assert.Equal(seen, await db.UserSessions.AsNoTracking().Where(s => s.Device != "tests").Select(s => s.LastSeenAt).SingleAsync(Ct));
    }

    [Fact]
    public async Task A_changed_password_gives_this_browser_a_new_session_and_ends_all_others()
    {
        using var here = App.NewVisitor();
        using var copy = Copy(await here.SignInAsync(Cast.Rosa.Email, Person.Password));
        using var elsewhere = await SignInAsync();

        await here.SendFormAsync("/account", "password", ("Input.Current", Person.Password), ("Input.Next", "another long one"));

        Assert.Equal(200, (await here.CallAsync("/api/review/pending")).Status);
        Assert.Equal(401, (await copy.CallAsync("/api/review/pending")).Status);
        Assert.Equal(401, (await elsewhere.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task The_page_of_sessions_shows_ones_own_and_ends_them()
    {
        using var here = await SignInAsync(userAgent: "<b>Evil</b> Firefox/1 Linux");
        using var elsewhere = await SignInAsync();
        using var bens = await SignInAsync(Cast.Ben);
        using var visitor = App.NewVisitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        var page = await visitor.OpenAsync("/account/sessions");
        Assert.Contains("Firefox on Linux", page.Html, StringComparison.Ordinal);
        // Pages are read decoded; it must not have come as markup.
        Assert.DoesNotContain(
            "<b>Evil", await visitor.GetStringAsync(new Uri("/account/sessions", UriKind.Relative), Ct), StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page.Html, "data-testid=\"this-session\""));
        var bensName = await NameAsync(Cast.Ben);
        Assert.DoesNotContain(bensName, page.Html, StringComparison.Ordinal);

        Assert.Contains(
            "ended already", (await visitor.SendFormAsync("/account/sessions", "end", ("name", bensName))).Html, StringComparison.Ordinal);
        Assert.Equal(200, (await bens.CallAsync("/api/review/pending")).Status);

        var name = Regex.Matches(page.Html, "<tr.*?</tr>", RegexOptions.Singleline).Select(m => m.Value)
            .Single(row => row.Contains("Evil", StringComparison.Ordinal));
        await visitor.SendFormAsync("/account/sessions", "end", ("name", Regex.Match(name, "value=\"([0-9a-f]{8})\"").Groups[1].Value));
        Assert.Equal(401, (await here.CallAsync("/api/review/pending")).Status);
        Assert.Equal(200, (await elsewhere.CallAsync("/api/review/pending")).Status);

        await visitor.SendFormAsync("/account/sessions", "end-others");
        Assert.Equal(401, (await elsewhere.CallAsync("/api/review/pending")).Status);
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task Every_call_of_the_api_is_refused_with_a_cookie_that_has_ended()
    {
        using var visitor = App.NewVisitor();
        using var ended = Copy(await visitor.SignInAsync(Cast.Ada.Email, Person.Password));
        await SignOutAsync(visitor);
        var routes = App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText is { } path && path.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(e =>
                (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                    (method, path: Regex.Replace(e.RoutePattern.RawText!, @"\{[^}]+\}", "x"))))
            .ToList();
        Assert.True(routes.Count > 20);

        foreach (var (method, path) in routes)
            Assert.True(
                (await ended.CallAsync(new HttpMethod(method), path, method == "GET" ? null : "{}")).Status == 401,
                $"{method} {path} is let in");
    }

    [Fact]
    public async Task What_people_and_programs_are_told_stays_in_no_cache()
    {
        using var visitor = await SignInAsync();
        using var agent = App.Client(Cast.Rosa);
        (HttpClient, string)[] calls =
        [
            (visitor, "/"), (visitor, "/account/keys"), (visitor, "/api/review/pending"),
            (agent, "/api/review/pending"), (agent, "/api/review/unknown"),
        ];
        foreach (var (client, path) in calls)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Ct);
            Assert.True(answer.Headers.CacheControl?.NoStore, $"{path}: {answer.Headers.CacheControl}");
        }
        var css = Regex.Match((await visitor.OpenAsync("/account/login")).Html, "href=\"(app[^\"]*\\.css)\"").Groups[1].Value;
        using var asset = await visitor.GetAsync(new Uri("/" + css, UriKind.Relative), Ct);
        Assert.False(asset.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_waits_ends_with_its_sign_in(bool beside)
    {
        await AskAsync("a");
        using var visitor = await SignInAsync();
        var waiting = visitor.CallAsync("/api/review/a?wait=60");
        await FollowedAsync(Cast.Rosa);

        var since = Stopwatch.GetTimestamp();
        await EndAllAsync(Cast.Rosa, beside);

        Assert.Equal(401, (await waiting).Status);
        Output($"ended after {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_waits_ends_with_its_key(bool beside)
    {
        await AskAsync("a");
        using var agent = App.Client(Cast.Rosa);
        var waiting = agent.CallAsync("/api/review/a?wait=60");
        await FollowedAsync(Cast.Rosa);

        await using var other = new BesideProcess(Store);
        await (beside ? other.Get<ApiKeys>() : App.Get<ApiKeys>()).RevokeAsync(
            Cast.Rosa.Caller(Surface.Ui), Cast.Rosa.ToApiKeys().First().Id, Ct);

        Assert.Equal(401, (await waiting).Status);
        Assert.Equal(401, (await agent.CallAsync("/api/review/a")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_ends_with_its_sign_in(bool beside)
    {
        var (client, cookies) = await App.SignInWithCookiesAsync(Cast.Rosa);
        client.Dispose();
        var closed = new TaskCompletionSource();
        await using var connection = new HubConnectionBuilder().WithUrl(
            new Uri(App.Address, "hubs/reviews"), options => options.Cookies.Add(cookies)).Build();
        connection.Closed += _ =>
        {
            closed.SetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(Ct);
        await FollowedAsync(Cast.Rosa);

        await EndAllAsync(Cast.Rosa, beside);

        await closed.Task.WaitAsync(Recorded<int>.Patience, Ct);
    }

    [Fact]
    public async Task A_disabled_account_ends_what_goes_on_in_its_name()
    {
        await AskAsync("a");
        using var visitor = await SignInAsync();
        var waiting = visitor.CallAsync("/api/review/a?wait=60");
        await FollowedAsync(Cast.Rosa);

        await using var other = new BesideProcess(Store);
        await other.Get<CommitQueue>().WriteAsync(async tx =>
        {
            await tx.Db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(
                set => set.SetProperty(u => u.LockoutEnd, DateTimeOffset.MaxValue), Ct);
            tx.Record(new("user.disabled", null, Surface.Cli) { OwnerId = Cast.Rosa.Id });
        }, Ct);

        Assert.Equal(401, (await waiting).Status);
    }

    [Fact]
    public async Task What_runs_out_by_itself_ends_too()
    {
        await AskAsync("a");
        using var visitor = await SignInAsync();
        await using (var db = App.Db())
            await db.UserSessions.Where(s => s.Device != "tests").ExecuteUpdateAsync(
                set => set.SetProperty(s => s.IdleUntil, DateTimeOffset.UtcNow.AddSeconds(2)).SetProperty(
                    s => s.LastSeenAt, DateTimeOffset.UtcNow),
                Ct);

        Assert.Equal(401, (await visitor.CallAsync("/api/review/a?wait=60")).Status);
    }

    [Fact]
    public async Task Another_role_ends_all_sign_ins_of_its_person()
    {
        using var ada = await SignInAsync(Cast.Ada);
        Assert.Equal(200, (await ada.CallAsync("/api/admin/executions")).Status);
        await using (var scope = App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<UserAccounts>().SetRoleAsync(
                (await scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>().FindByIdAsync(Cast.Ada.Id))!, Roles.Reviewer,
                Surface.Cli, Ct);

        Assert.Equal(401, (await ada.CallAsync("/api/review/pending")).Status);
        await using var db = App.Db();
        Assert.Contains(
            AuditActions.SignInEnded, await db.AuditEvents.Where(e => e.OwnerId == Cast.Ada.Id).Select(e => e.Action).ToListAsync(Ct));
    }

    static void Output(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    async Task AskAsync(string id)
    {
        using var agent = App.Client(Cast.Rosa);
        await agent.CallAsync("/api/review/request", $$"""{"node_exec_id":"{{id}}","graph_exec_id":"run","node_id":"tool","payload":1}""");
    }

    /// <summary>Waits until something goes on in somebody's name.</summary>
    async Task FollowedAsync(Person who)
    {
        while (!App.Get<HitlReview.Web.Auth.LiveSignIns>().IsFollowed(who.Id))
            await Task.Delay(5, Ct);
    }

    async Task EndAllAsync(Person who, bool beside)
    {
        await using var other = new BesideProcess(Store);
        await (beside ? other.Get<UserSessions>() : App.Get<UserSessions>()).EndOthersAsync(who.Caller(Surface.Ui), Ct);
    }

    async Task<HttpClient> SignInAsync(Person? who = null, string? userAgent = null)
    {
        var visitor = App.NewVisitor();
        if (userAgent is not null)
            visitor.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        Assert.Equal("/", (await visitor.SignInAsync((who ?? Cast.Rosa).Email, Person.Password)).Location);
        return visitor;
    }

    async Task<string> NameAsync(Person who)
    {
        await using var db = App.Db();
        return UserSessions.NameOf(
            await db.UserSessions.Where(s => s.UserId == who.Id && s.Device != "tests").Select(s => s.Id).SingleAsync(Ct));
    }

    HttpClient Copy(Page signedIn)
    {
        var client = App.Client();
        client.DefaultRequestHeaders.Add("Cookie", CookieOf(signedIn));
        return client;
    }

    static string CookieOf(Page signedIn) =>
        Assert.Single(signedIn.SetCookies, c => c.StartsWith("hitl-session=", StringComparison.Ordinal)).Split(';')[0];

    string Forge(IEnumerable<Claim> claims)
    {
        var cookie = App.Get<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        var identity = new ClaimsIdentity([.. claims, new(ClaimTypes.Role, Roles.Reviewer)], IdentityConstants.ApplicationScheme);
        return cookie.TicketDataFormat.Protect(
            new(new(identity), new() { ExpiresUtc = DateTimeOffset.UtcNow.AddDays(1) }, IdentityConstants.ApplicationScheme));
    }

    /// <returns>What the browser is told to forget.</returns>
    static async Task<string> SignOutAsync(HttpClient visitor)
    {
        var page = await visitor.OpenAsync("/account");
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(page.Html).Groups[1].Value)]);
        using var answer = await visitor.PostAsync(new Uri("/account/logout", UriKind.Relative), form, Ct);
        Assert.Equal("/account/login", answer.Headers.Location?.OriginalString);
        return string.Join(' ', answer.Headers.GetValues("Clear-Site-Data"));
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)")]
    private static partial Regex Token();
}

public sealed class SessionsOnSqlite() : SessionsSpec(new SqliteStore());

public sealed class SessionsOnPostgres() : SessionsSpec(new PostgresStore());
