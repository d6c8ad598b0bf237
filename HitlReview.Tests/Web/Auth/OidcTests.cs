using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Auth;

public sealed class OidcTests : IAsyncLifetime
{
    readonly SqliteStore _store = new();
    readonly ShiftedClock _clock = new();
    OidcProvider _provider = null!;
    TestApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.StartAsync();
        _app = await TestApp.StartAsync(_store, new Dictionary<string, string>
        {
            ["Authentication:Oidc:Authority"] = _provider.Authority,
            ["Authentication:Oidc:ClientId"] = OidcProvider.ClientId,
            ["Authentication:Oidc:ClientSecret"] = OidcProvider.ClientSecret,
            ["Authentication:Oidc:DisplayName"] = "Example & Co",
            ["Authentication:Oidc:RoleClaim"] = "groups",
            ["Authentication:Oidc:AdminValue"] = "operators",
            ["Authentication:Oidc:ReviewerValue"] = "staff",
        }, services => services.AddSingleton<TimeProvider>(_clock));
    }

    [Fact]
    public async Task The_sign_in_page_has_a_button_that_leads_to_the_provider_and_back()
    {
        Be("sub-1", "eve@example.org", "staff");
        using var visitor = _app.NewVisitor();
        Assert.Contains("Sign in with Example & Co", (await visitor.OpenAsync("/account/login")).Html, StringComparison.Ordinal);

        Assert.Equal("/executions", await EnterAsync(visitor, "/executions"));

        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(403, (await visitor.CallAsync("/api/admin/executions")).Status);
    }

    [Fact, Invariant(9)]
    public async Task The_first_sign_in_makes_the_account_and_later_ones_find_it()
    {
        Be("sub-1", "eve@example.org", "staff");
        await EnterAsync();
        Be("sub-1", "eve.married@example.org", "staff");
        await EnterAsync();

        await using var db = _app.Db();
        Assert.Equal(Cast.All.Count + 1, await db.Users.CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            [AuditActions.UserAdded, AuditActions.SignInOpened, AuditActions.SignInOpened],
            await db.AuditEvents.OrderBy(e => e.Seq).Select(e => e.Action).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_role_follows_the_providers_groups_at_each_sign_in()
    {
        Be("sub-1", "eve@example.org", "staff", "operators");
        using var admin = _app.NewVisitor();
        await EnterAsync(admin);
        Assert.Equal(200, (await admin.CallAsync("/api/admin/executions")).Status);

        Be("sub-1", "eve@example.org", "staff");
        using var reviewer = _app.NewVisitor();
        await EnterAsync(reviewer);
        Assert.Equal(403, (await reviewer.CallAsync("/api/admin/executions")).Status);
    }

    [Fact]
    public async Task Who_is_in_no_group_of_ours_does_not_come_in()
    {
        Be("sub-1", "eve@example.org", "guests");

        Assert.Equal("/account/login?failed=true", await EnterAsync());

        await using var db = _app.Db();
        Assert.Equal(Cast.All.Count, await db.Users.CountAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true, "/")]
    [InlineData(false, "/account/login?failed=unverified")]
    [InlineData(null, "/account/login?failed=unverified")]
    public async Task An_account_that_is_there_is_entered_by_a_verified_address_only(bool? verified, string there)
    {
        Be("sub-1", Cast.Rosa.Email, "staff");
        Verify(verified);

        Assert.Equal(there, await EnterAsync());

        await using var db = _app.Db();
        Assert.Equal(verified == true, await db.UserLogins.AnyAsync(l => l.UserId == Cast.Rosa.Id, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false), InlineData(null)]
    public async Task An_unverified_address_makes_no_account_for_its_owner_to_find_later(bool? verified)
    {
        Be("mallory", "eve@example.org", "staff");
        Verify(verified);
        Assert.Equal("/account/login?failed=unverified", await EnterAsync());
        await using (var db = _app.Db())
            Assert.Equal(Cast.All.Count, await db.Users.CountAsync(Ct));

        Be("eve", "eve@example.org", "staff");
        Assert.Equal("/", await EnterAsync());

        await using var after = _app.Db();
        Assert.Equal(["eve"], await after.UserLogins.Select(l => l.ProviderKey).ToListAsync(Ct));
    }

    [Fact]
    public async Task What_is_said_of_an_unverified_address_is_the_same_whether_there_is_an_account_or_not()
    {
        using var visitor = _app.NewVisitor();
        Be("mallory", "eve@example.org", "staff");
        Verify(false);
        var unknown = await EnterAsync(visitor);
        Be("mallory", Cast.Rosa.Email, "staff");
        Verify(false);
        Assert.Equal(unknown, await EnterAsync(visitor));

        var page = await visitor.OpenAsync(unknown!);

        Assert.Contains("Example & Co doesn't say that your e-mail address is verified", page.Html, StringComparison.Ordinal);
        var failed = await TrailAsync(AuditActions.SignInFailed);
        Assert.Equal("OpenID Connect: address not verified, from 127.0.0.1", failed.Detail);
        await _app.Log.WaitForAsync("SecurityEvent");
    }

    [Fact]
    public async Task An_account_that_is_one_persons_to_the_provider_is_never_another_ones_too()
    {
        Be("first", "eve@example.org", "staff");
        Assert.Equal("/", await EnterAsync());

        // The provider has given the address to somebody else meanwhile.
        Be("second", "eve@example.org", "staff");
        Assert.Equal("/account/login?failed=true", await EnterAsync());

        await using var db = _app.Db();
        Assert.Equal(["first"], await db.UserLogins.Select(l => l.ProviderKey).ToListAsync(Ct));
    }

    [Fact]
    public async Task Who_is_linked_comes_in_whatever_became_of_the_address()
    {
        Be("sub-1", Cast.Rosa.Email, "staff");
        Assert.Equal("/", await EnterAsync());

        Be("sub-1", Cast.Ben.Email, "staff");
        Verify(false);
        Assert.Equal("/", await EnterAsync());

        await using var db = _app.Db();
        Assert.Equal([Cast.Rosa.Id], await db.UserLogins.Select(l => l.UserId).ToListAsync(Ct));
    }

    [Theory]
    [InlineData("ROSA@EXAMPLE.ORG", "/")]
    [InlineData(" rosa@example.org ", "/")]
    [InlineData("\u212Aim@example.org", "/account/login?failed=true")]
    public async Task An_address_that_only_looks_like_an_accounts_is_not_taken_for_it(string address, string there)
    {
        await using (var db = _app.Db())
        {
            db.Users.Add(new()
            {
                UserName = "kim@example.org",
                NormalizedUserName = "KIM@EXAMPLE.ORG",
                Email = "kim@example.org",
                NormalizedEmail = "KIM@EXAMPLE.ORG",
            });
            await db.SaveChangesAsync(Ct);
        }
        Be("sub-1", address, "staff");

        Assert.Equal(there, await EnterAsync());

        await using var after = _app.Db();
        Assert.Equal(there == "/" ? [Cast.Rosa.Id] : [], await after.UserLogins.Select(l => l.UserId).ToListAsync(Ct));
        Assert.Equal(Cast.All.Count + 1, await after.Users.CountAsync(Ct));
    }

    [Fact]
    public async Task A_disabled_account_does_not_come_in()
    {
        Be("sub-1", "eve@example.org", "staff");
        await EnterAsync();
        await using (var db = _app.Db())
            await db.Users.Where(u => u.Email == "eve@example.org").ExecuteUpdateAsync(
                set => set.SetProperty(u => u.LockoutEnd, DateTimeOffset.UtcNow.AddYears(100)), TestContext.Current.CancellationToken);

        Assert.Equal("/account/login?failed=true", await EnterAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_in_use_is_checked_with_the_provider_and_ends_with_its_refusal(bool refreshes)
    {
        _provider.Refreshes = refreshes;
        Be("sub-1", "eve@example.org", "staff");
        using var visitor = _app.NewVisitor();
        await EnterAsync(visitor);
        await using (var db = _app.Db())
            Assert.DoesNotContain(
                "of use",
                (await db.UserSessions.SingleAsync(s => s.ProviderTokens != null, TestContext.Current.CancellationToken)).ProviderTokens!,
                StringComparison.Ordinal);
        // Twice, because each refresh token counts once.
        for (var i = 0; i < 2; i++)
        {
            await AskedAgoAsync(TimeSpan.FromMinutes(11));
            Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        }
        Assert.Equal(refreshes ? 2 : 0, _provider.Asked);

        _provider.Refuses = true;
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        await AskedAgoAsync(TimeSpan.FromMinutes(11));

        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
        await using var trail = _app.Db();
        Assert.EndsWith(
            ": provider", (await trail.AuditEvents.OrderBy(e => e.Seq).LastAsync(TestContext.Current.CancellationToken)).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_ends_a_session_only_after_a_time()
    {
        _provider.Refreshes = true;
        Be("sub-1", "eve@example.org", "staff");
        using var visitor = _app.NewVisitor();
        using var later = _app.NewVisitor();
        await EnterAsync(later);
        _provider.IsDown = true;

        await AskedAgoAsync(TimeSpan.FromMinutes(69));
        Assert.Equal(200, (await later.CallAsync("/api/review/pending")).Status);

        _provider.IsDown = false;
        await EnterAsync(visitor);
        _provider.IsDown = true;
        await AskedAgoAsync(TimeSpan.FromMinutes(71));
        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    [Fact]
    public async Task A_refresh_token_that_could_not_be_written_is_not_lost()
    {
        _provider.Refreshes = true;
        Be("sub-1", "eve@example.org", "staff");
        using var visitor = _app.NewVisitor();
        await EnterAsync(visitor);
        await AskedAgoAsync(TimeSpan.FromMinutes(11));
        await using var db = _app.Db();
        await FillDiskAsync(db);

        // Asked once, and not at each request.
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(1, _provider.Asked);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(2, _provider.Asked);

        await db.Database.ExecuteSqlAsync($"DROP TRIGGER full", Ct);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        await AskedAgoAsync(TimeSpan.FromMinutes(11));
        Assert.Equal(200, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(4, _provider.Asked);
    }

    [Fact]
    public async Task Nobody_goes_on_because_the_providers_refusal_could_not_be_written()
    {
        _provider.Refreshes = true;
        Be("sub-1", "eve@example.org", "staff");
        using var visitor = _app.NewVisitor();
        await EnterAsync(visitor);
        await AskedAgoAsync(TimeSpan.FromMinutes(11));
        _provider.Refuses = true;
        await using var db = _app.Db();
        await FillDiskAsync(db);

        Assert.Equal(503, (await visitor.CallAsync("/api/review/pending")).Status);
        Assert.Equal(503, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    /// <summary>From now on nothing that the provider gives or says can be written.</summary>
    static async Task FillDiskAsync(HitlDbContext db) => await db.Database.ExecuteSqlAsync($"""
        CREATE TRIGGER full BEFORE UPDATE OF provider_tokens ON user_sessions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
        """, Ct);

    /// <summary>Makes it so long ago that the provider was last asked.</summary>
    async Task AskedAgoAsync(TimeSpan ago)
    {
        await using var db = _app.Db();
        await db.UserSessions.Where(s => s.ProviderTokens != null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.ProviderAskedAt, DateTimeOffset.UtcNow - ago), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_disabled_account_is_linked_to_nobody()
    {
        await using (var db = _app.Db())
            await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(
                set => set.SetProperty(u => u.LockoutEnd, DateTimeOffset.UtcNow.AddYears(100)), Ct);
        Be("sub-1", Cast.Rosa.Email, "staff");

        Assert.Equal("/account/login?failed=true", await EnterAsync());

        await using var after = _app.Db();
        Assert.False(await after.UserLogins.AnyAsync(Ct));
    }

    [Fact]
    public async Task An_answer_that_nobody_here_asked_for_signs_nobody_in()
    {
        using var visitor = _app.NewVisitor();

        Assert.Equal("/account/login?failed=true", (await visitor.OpenAsync("/signin-oidc?code=x&state=y")).Location);

        Assert.Contains("didn't work", (await visitor.OpenAsync("/account/login?failed=true")).Html, StringComparison.Ordinal);
        Assert.Equal(401, (await visitor.CallAsync("/api/review/pending")).Status);
    }

    void Be(string subject, string email, params string[] groups)
    {
        _provider.Claims.Clear();
        _provider.Claims["sub"] = subject;
        _provider.Claims["email"] = email;
        _provider.Claims["email_verified"] = true;
        _provider.Claims["groups"] = groups;
    }

    void Verify(bool? verified)
    {
        if (verified is null)
            _provider.Claims.Remove("email_verified");
        else
            _provider.Claims["email_verified"] = verified;
    }

    /// <summary>The first such event of the trail, once it is there.</summary>
    async Task<AuditEvent> TrailAsync(string action)
    {
        await _app.Log.WaitForAsync("SecurityEvent");
        await using var db = _app.Db();
        return await db.AuditEvents.Where(e => e.Action == action).OrderBy(e => e.Seq).FirstAsync(Ct);
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    async Task<string?> EnterAsync()
    {
        using var visitor = _app.NewVisitor();
        return await EnterAsync(visitor);
    }

    /// <summary>Follows the redirects to the provider and back.</summary>
    /// <returns>Where they end.</returns>
    async Task<string?> EnterAsync(HttpClient visitor, string returnUrl = "/")
    {
        var ct = TestContext.Current.CancellationToken;
        using var away = await visitor.GetAsync(
            new Uri($"/account/oidc?returnUrl={Uri.EscapeDataString(returnUrl)}", UriKind.Relative), ct);
        Assert.StartsWith(_provider.Authority, away.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var back = await visitor.GetAsync(away.Headers.Location, ct);
        using var here = await visitor.GetAsync(back.Headers.Location, ct);
        return here.Headers.Location?.OriginalString;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        await _provider.DisposeAsync();
    }
}
