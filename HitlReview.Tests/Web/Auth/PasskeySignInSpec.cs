using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Auth;

/// <summary>Whoever has a passkey needs it after their password. What a browser would send is sent by hand: it may be anything.</summary>
public abstract partial class PasskeySignInSpec(TestStore store) : AppSpec(store)
{
    const string Step = "/account/passkey";

    readonly ShiftedClock _clock = new();
    readonly Device _phone = new();

    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Accounts:MaxFailedSignIns"] = "3" };

    protected override void Configure(IServiceCollection services) => services.AddSingleton<TimeProvider>(_clock);

    // By its name: browsers have no passkeys under an address of numbers.
    string Origin => $"http://localhost:{App.Address.Port}";

    [Fact]
    public async Task The_password_alone_opens_no_session_and_the_passkey_after_it_does()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();

        var page = await visitor.SignInAsync(Cast.Rosa.Email, Person.Password, "/executions");

        Assert.Equal("/account/passkey?returnUrl=%2Fexecutions", page.Location);
        Assert.DoesNotContain(page.SetCookies, c => c.StartsWith("hitl-session", StringComparison.Ordinal));
        var ticket = Assert.Single(page.SetCookies, c => c.StartsWith(SecondStep.Cookie, StringComparison.Ordinal));
        Assert.Contains("httponly", ticket, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", ticket, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);

        var (options, state) = await QuestionAsync(visitor);
        var entered = await AnswerAsync(visitor, state, _phone.Get(options, Origin), "?returnUrl=%2Fexecutions");

        Assert.Equal("/executions", entered.Location);
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        await using var db = App.Db();
        Assert.Single(await db.UserSessions.Where(s => s.UserId == Cast.Rosa.Id && s.Way == SignInWay.passkey).ToListAsync(Ct));
        Assert.Equal("my phone", (await db.AuditEvents.SingleAsync(e => e.Action == AuditActions.PasskeyAdded, Ct)).Detail);
        Assert.NotNull(Assert.Single(await App.Get<Passkeys>().ListAsync(Cast.Rosa.Id, Ct)).LastUsedAt);
    }

    [Fact]
    public async Task Who_has_none_is_not_asked()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();

        Assert.Equal("/", (await visitor.SignInAsync(Cast.Ben.Email, Person.Password)).Location);
    }

    [Fact]
    public async Task A_ticket_and_an_answer_that_were_used_are_of_no_more_use()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        var ticket = TicketOf(await visitor.SignInAsync(Cast.Rosa.Email, Person.Password));
        var (options, state) = await QuestionAsync(visitor);
        var (later, laterState) = await QuestionAsync(visitor);
        var answer = _phone.Get(options, Origin);
        await AnswerAsync(visitor, state, answer);

        using var thief = Visitor(ticket);
        await RefusedAsync(thief, await AnswerAsync(thief, state, answer));
        // Not even a fresh answer to another question of the same ticket.
        await RefusedAsync(thief, await AnswerAsync(thief, laterState, _phone.Get(later, Origin)));
    }

    [Fact]
    public async Task An_answer_to_an_earlier_question_is_no_answer()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var before = Visitor();
        await before.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(before);
        var old = _phone.Get(options, Origin);
        await AnswerAsync(before, state, old);

        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (_, fresh) = await QuestionAsync(visitor);

        await RefusedAsync(visitor, await AnswerAsync(visitor, fresh, old));
        await RefusedAsync(visitor, await AnswerAsync(visitor, state, old));
    }

    [Fact]
    public async Task Anothers_passkey_is_refused_counted_and_logged()
    {
        using var bens = new Device();
        await AddAsync(Cast.Rosa, _phone);
        await AddAsync(Cast.Ben, bens);
        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(visitor);

        var refused = await AnswerAsync(visitor, state, bens.Get(options, Origin));

        await RefusedAsync(visitor, refused);
        Assert.Contains("not accepted", refused.Html, StringComparison.Ordinal);
        Assert.Contains(Cast.Rosa.Id, (await App.Log.WaitForAsync("PasskeyRefused")).Message, StringComparison.Ordinal);
        var failed = await FailedAsync();
        Assert.Equal(Cast.Rosa.Id, failed.OwnerId);
        Assert.StartsWith("passkey: wrong, from ", failed.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_several_wrong_answers_not_even_the_right_one_counts()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        for (var i = 0; i < 3; i++)
            await RefusedAsync(visitor, await AnswerAsync(visitor, (await QuestionAsync(visitor)).State, "{}"));

        var (options, state) = await QuestionAsync(visitor);
        await RefusedAsync(visitor, await AnswerAsync(visitor, state, _phone.Get(options, Origin)));
    }

    [Fact]
    public async Task Strangers_who_guess_passwords_do_not_close_the_second_step()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(visitor);
        using var stranger = Visitor();
        for (var i = 0; i < 3; i++)
            await stranger.SignInAsync(Cast.Rosa.Email, "wrong password");

        Assert.Equal("/", (await AnswerAsync(visitor, state, _phone.Get(options, Origin))).Location);
    }

    [Fact]
    public async Task Guessing_the_password_on_the_page_of_passkeys_comes_to_an_end()
    {
        using var rosa = await SignedInAsync(Cast.Rosa);
        var (options, state) = await QuestionAsync(rosa, "/account/passkeys");
        var credential = _phone.Create(options, Origin);
        for (var i = 0; i < 3; i++)
            Assert.Equal(422, (await AddAsync(rosa, "wrong password", state, credential)).Status);

        Assert.Equal(429, (await AddAsync(rosa, Person.Password, state, credential)).Status);
        Assert.Empty(await App.Get<Passkeys>().ListAsync(Cast.Rosa.Id, Ct));
    }

    [Fact]
    public async Task An_answer_from_another_page_or_without_a_finger_is_none()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(visitor);

        _phone.Origin = "https://evil.example";
        await RefusedAsync(visitor, await AnswerAsync(visitor, state, _phone.Get(options, Origin)));
        (_phone.Origin, _phone.Verifies) = (null, false);
        await RefusedAsync(visitor, await AnswerAsync(visitor, state, _phone.Get(options, Origin)));
        _phone.Verifies = true;
        Assert.Equal("/", (await AnswerAsync(visitor, state, _phone.Get(options, Origin))).Location);
    }

    [Fact]
    public async Task A_ticket_ends_after_five_minutes()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        var ticket = TicketOf(await visitor.SignInAsync(Cast.Rosa.Email, Person.Password));
        var (options, state) = await QuestionAsync(visitor);

        _clock.Advance(TimeSpan.FromMinutes(5));

        using var late = Visitor(ticket);
        await RefusedAsync(late, await AnswerAsync(late, state, _phone.Get(options, Origin)));
        Assert.Contains("That time is over", (await late.OpenAsync(Step)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_was_tampered_with_is_none()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        var ticket = TicketOf(await visitor.SignInAsync(Cast.Rosa.Email, Person.Password));
        var (options, state) = await QuestionAsync(visitor);
        var answer = _phone.Get(options, Origin);

        foreach (var bad in (string[])[ticket[..^4] + "AAAA", "", "x", state])
        {
            using var thief = Visitor(bad);
            await RefusedAsync(thief, await AnswerAsync(thief, state, answer));
        }
        await RefusedAsync(visitor, await AnswerAsync(visitor, state[..^4] + "AAAA", answer));
        await RefusedAsync(visitor, await AnswerAsync(visitor, ticket, answer));
        Assert.Equal("/", (await AnswerAsync(visitor, state, answer)).Location);
    }

    [Fact]
    public async Task A_ticket_is_of_one_person_and_one_attempt()
    {
        using var bens = new Device();
        await AddAsync(Cast.Rosa, _phone);
        await AddAsync(Cast.Ben, bens);
        using var rosa = Visitor();
        using var ben = Visitor();
        await rosa.SignInAsync(Cast.Rosa.Email, Person.Password);
        await ben.SignInAsync(Cast.Ben.Email, Person.Password);
        var (options, state) = await QuestionAsync(ben);

        // Ben's own, true answer doesn't make him Rosa.
        await RefusedAsync(rosa, await AnswerAsync(rosa, state, bens.Get(options, Origin)));
    }

    [Fact]
    public async Task Another_password_ends_the_ticket()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var visitor = Visitor();
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(visitor);
        await using (var db = App.Db())
            await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "another"), Ct);

        await RefusedAsync(visitor, await AnswerAsync(visitor, state, _phone.Get(options, Origin)));
    }

    [Fact]
    public async Task Nothing_is_added_without_the_password_or_for_another_session()
    {
        using var rosa = await SignedInAsync(Cast.Rosa);
        using var elsewhere = await SignedInAsync(Cast.Rosa);
        var (options, state) = await QuestionAsync(rosa, "/account/passkeys");
        var credential = _phone.Create(options, Origin);

        Says("password is wrong", await AddAsync(rosa, "wrong password", state, credential));
        Assert.StartsWith("change of the passkeys: wrong, from ", (await FailedAsync()).Detail, StringComparison.Ordinal);
        Says("open for too long", await AddAsync(elsewhere, Person.Password, state, credential));
        Says("not accepted", await AddAsync(rosa, Person.Password, state, "{}"));
        Assert.Empty(await App.Get<Passkeys>().ListAsync(Cast.Rosa.Id, Ct));

        Says("is added", await AddAsync(rosa, Person.Password, state, credential));
        Says("not accepted", await AddAsync(rosa, Person.Password, state, credential));
    }

    [Fact]
    public async Task Removing_one_asks_for_the_password_and_then_the_password_alone_does_again()
    {
        await AddAsync(Cast.Rosa, _phone);
        using var rosa = Visitor();
        await rosa.SignInAsync(Cast.Rosa.Email, Person.Password);
        var (options, state) = await QuestionAsync(rosa);
        await AnswerAsync(rosa, state, _phone.Get(options, Origin));
        var id = Assert.Single(await App.Get<Passkeys>().ListAsync(Cast.Rosa.Id, Ct)).Id;

        Says("password is wrong", await RemoveAsync(rosa, id, "wrong password"));
        Assert.Equal(409, (await RemoveAsync(rosa, "another", Person.Password)).Status);
        Assert.Single(await App.Get<Passkeys>().ListAsync(Cast.Rosa.Id, Ct));
        Says("alone signs you in again", await RemoveAsync(rosa, id, Person.Password));

        using var visitor = Visitor();
        Assert.Equal("/", (await visitor.SignInAsync(Cast.Rosa.Email, Person.Password)).Location);
    }

    HttpClient Visitor(string? ticket = null)
    {
        var client = App.NewVisitor();
        client.BaseAddress = new(Origin);
        // As a browser says it, and signs it.
        client.DefaultRequestHeaders.Add("Origin", Origin);
        if (ticket is not null)
            client.DefaultRequestHeaders.Add("Cookie", $"{SecondStep.Cookie}={ticket}");
        return client;
    }

    async Task<HttpClient> SignedInAsync(Person person)
    {
        var client = Visitor();
        Assert.Equal("/", (await client.SignInAsync(person.Email, Person.Password)).Location);
        return client;
    }

    async Task AddAsync(Person person, Device device)
    {
        using var client = await SignedInAsync(person);
        var (options, state) = await QuestionAsync(client, "/account/passkeys");
        Says("is added", await AddAsync(client, Person.Password, state, device.Create(options, Origin)));
    }

    static Task<Page> AddAsync(HttpClient client, string password, string state, string credential)
    {
        (string, string)[] fields = [("name", "my phone"), ("password", password), ("state", state), ("credential", credential)];
        return client.SendFormAsync("/account/passkeys", "add", fields);
    }

    static Task<Page> RemoveAsync(HttpClient client, string id, string password) =>
        client.SendFormAsync("/account/passkeys", "remove", ("passkeyId", id), ("password", password));

    static void Says(string what, Page page) => Assert.Contains(what, page.Html, StringComparison.Ordinal);

    /// <summary>Sends the form as it was when the question was asked, whatever its page says meanwhile.</summary>
    static async Task<Page> AnswerAsync(HttpClient client, string state, string credential, string query = "")
    {
        var login = await client.GetStringAsync(new Uri("/account/login", UriKind.Relative), Ct);
        using var form = new FormUrlEncodedContent(
        [
            new("_handler", "passkey"),
            new("__RequestVerificationToken", WebUtility.HtmlDecode(Token().Match(login).Groups[1].Value)),
            new("state", state),
            new("credential", credential),
        ]);
        using var response = await client.PostAsync(new Uri(Step + query, UriKind.Relative), form, Ct);
        return await Page.OfAsync(response);
    }

    static async Task<(string Options, string State)> QuestionAsync(HttpClient client, string page = Step)
    {
        var html = await client.GetStringAsync(new Uri(page, UriKind.Relative), Ct);
        var options = WebUtility.HtmlDecode(Options().Match(html).Groups[1].Value);
        Assert.NotNull(JsonNode.Parse(options)!["challenge"]);
        return (options, WebUtility.HtmlDecode(State().Match(html).Groups[1].Value));
    }

    /// <summary>The failed sign-in that stands in the trail.</summary>
    async Task<AuditEvent> FailedAsync()
    {
        // Made apart from the request that it tells of; the log has it once it is written.
        await App.Log.WaitForAsync("SecurityEvent", AuditActions.SignInFailed);
        await using var db = App.Db();
        return await db.AuditEvents.SingleAsync(e => e.Action == AuditActions.SignInFailed, Ct);
    }

    static async Task RefusedAsync(HttpClient client, Page page)
    {
        Assert.Equal((200, null), (page.Status, page.Location));
        Assert.DoesNotContain(page.SetCookies, c => c.StartsWith("hitl-session", StringComparison.Ordinal));
        Assert.Equal(401, (await client.CallAsync("/api/review/pending")).Status);
    }

    static string TicketOf(Page page)
    {
        var cookie = Assert.Single(page.SetCookies, c => c.StartsWith(SecondStep.Cookie, StringComparison.Ordinal));
        return cookie.Split(';')[0][(SecondStep.Cookie.Length + 1)..];
    }

    public override async ValueTask DisposeAsync()
    {
        _phone.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [GeneratedRegex("data-passkey-options=\"([^\"]+)\"")]
    private static partial Regex Options();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("name=\"state\" value=\"([^\"]+)\"")]
    private static partial Regex State();
}

public sealed class PasskeySignInOnSqlite() : PasskeySignInSpec(new SqliteStore());

public sealed class PasskeySignInOnPostgres() : PasskeySignInSpec(new PostgresStore());

/// <summary>The domain that passkeys are bound to, where it is set.</summary>
public sealed class PasskeyDomainTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();
    TestApp _app = null!;

    public async ValueTask InitializeAsync() =>
        _app = await TestApp.StartAsync(_store, new Dictionary<string, string> { ["Accounts:PasskeyDomain"] = "review.example.com" });

    [Fact]
    public async Task Passkeys_are_made_for_the_domain_of_the_settings()
    {
        using var rosa = _app.NewVisitor();
        rosa.BaseAddress = new($"http://localhost:{_app.Address.Port}");
        await rosa.SignInAsync(Cast.Rosa.Email, Person.Password);

        var html = (await rosa.OpenAsync("/account/passkeys")).Html;

        Assert.Contains("\"id\":\"review.example.com\"", html, StringComparison.Ordinal);
        Assert.Contains("\"userVerification\":\"required\"", html, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}
