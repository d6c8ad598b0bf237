using System.Text.RegularExpressions;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Web.Auth;

public sealed class SecurityEventsOnSqlite() : SecurityEventsSpec(new SqliteStore());

public sealed class SecurityEventsOnPostgres() : SecurityEventsSpec(new PostgresStore());

/// <summary>What may be an attack stands in the trail and the log, and no flood of it becomes a flood of writes.</summary>
public abstract class SecurityEventsSpec(TestStore store) : StoreSpec(store)
{
    protected override void Configure(IServiceCollection services) => services.AddSingleton<SecurityEvents>();

    SecurityEvents Events => Store.Get<SecurityEvents>();

    [Fact, Invariant(9)]
    public async Task The_first_is_written_at_once_and_what_follows_as_a_count()
    {
        await Events.StartAsync(Ct);
        for (var i = 0; i < 1_000; i++)
            Events.Report(AuditActions.SignInFailed, "192.0.2.1", Cast.Rosa.Id, "password: wrong", $"try {i}");
        await Store.Log.WaitForAsync("SecurityEvent");
        Assert.Equal(["password: wrong, from 192.0.2.1: try 0"], await DetailsAsync());

        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Events.Report(AuditActions.SignInFailed, "192.0.2.1", Cast.Rosa.Id, "password: wrong");
        await Store.Log.WaitForAsync("SecurityEvent", 3);

        Assert.Equal(["password: wrong, from 192.0.2.1: try 0", "password: wrong, from 192.0.2.1: 999 more within a minute",
            "password: wrong, from 192.0.2.1"], await DetailsAsync());
        await Events.StopAsync(Ct);
    }

    [Fact, Invariant(10)]
    public async Task A_flood_from_everywhere_is_bounded_and_its_size_is_known()
    {
        await Events.StartAsync(Ct);
        for (var i = 0; i < 10_000; i++)
            Events.Report(AuditActions.KeyRefused, $"10.0.{i / 256}.{i % 256}", null, "api/review/pending");
        await Events.StopAsync(Ct);

        var details = await DetailsAsync();
        Assert.Equal(SecurityEvents.MaxKinds + 2, details.Count);
        Assert.Equal($"of many kinds, from many addresses: {10_000 - SecurityEvents.MaxKinds - 1} more within a minute", details[^1]);
    }

    [Fact, Invariant(9)]
    public async Task Noise_hides_no_attack_on_an_account()
    {
        await Events.StartAsync(Ct);
        for (var i = 0; i < 1_000; i++)
        {
            Events.Report(AuditActions.KeyRefused, $"10.0.{i / 256}.{i % 256}", null, "api/review/pending");
            Events.Report(AuditActions.SignInFailed, $"10.0.{i / 256}.{i % 256}", null, "password: unknown");
            Events.Report(AuditActions.AccessRefused, "10.0.0.1", Cast.Ben.Id, $"api/{i}");
        }
        Events.Report(AuditActions.SignInFailed, "192.0.2.7", Cast.Rosa.Id, "password: wrong");
        await Events.StopAsync(Ct);

        Assert.Contains("password: wrong, from 192.0.2.7", await DetailsAsync());
    }

    async Task<List<string?>> DetailsAsync()
    {
        await using var db = Store.Db();
        return await db.AuditEvents.OrderBy(e => e.Seq).Select(e => e.Detail).ToListAsync(Ct);
    }
}

/// <summary>What a running program tells of attacks.</summary>
public sealed partial class AttackTests() : AppSpec(new SqliteStore())
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string> { ["Accounts:MaxFailedSignIns"] = "2", ["Accounts:SignInsPerMinute"] = "6" };

    [Fact, Invariant(9)]
    public async Task Failed_sign_ins_and_locks_are_in_the_trail_without_what_a_stranger_typed()
    {
        using var visitor = App.NewVisitor();
        await visitor.SignInAsync("my secret typed in the wrong field@example.org", "wrong password");
        await visitor.SignInAsync(Cast.Rosa.Email, "wrong password");
        await visitor.SignInAsync(Cast.Rosa.Email, "wrong password");
        await visitor.SignInAsync(Cast.Rosa.Email, Person.Password);

        await App.Log.WaitForAsync("SecurityEvent", 4);
        await using var db = App.Db();
        var trail = await db.AuditEvents.OrderBy(e => e.Seq).Select(e => $"{e.Action} {e.OwnerId} {e.Detail}").ToListAsync(Ct);
        Assert.Single(trail, e => UnknownAddress().IsMatch(e));
        Assert.Contains("user.sign_in_failed rosa password: wrong, from 127.0.0.1", trail);
        Assert.Contains("user.sign_in_failed rosa password: locked, from 127.0.0.1", trail);
        Assert.Single(trail, e => e.StartsWith("user.locked rosa until ", StringComparison.Ordinal));
        Assert.DoesNotContain(trail, e => e.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain(App.Log.Entries, e => e.Message.Contains("my secret", StringComparison.Ordinal));
    }

    [Fact, Invariant(9)]
    public async Task Bad_keys_refusals_and_limits_are_in_the_trail_by_their_route()
    {
        using var stranger = App.ClientWithKey("hitl_nobody_made_this_one");
        for (var i = 0; i < 20; i++)
            Assert.Equal(401, (await stranger.CallAsync("/api/review/pending")).Status);
        using var rosa = App.ClientWithKey(Cast.Rosa.DecidingKey);
        Assert.Equal(403, (await rosa.CallAsync("/api/admin/executions")).Status);
        using var visitor = App.NewVisitor();
        for (var i = 0; i < 7; i++)
            await visitor.SignInAsync($"nobody{i}@example.org", "wrong password");
        using var nobody = App.Client();
        Assert.Equal(401, (await nobody.CallAsync("/api/review/pending")).Status); // no key: nothing to tell of

        await App.Log.WaitForAsync("SecurityEvent", 4);
        await using var db = App.Db();
        var trail = await db.AuditEvents.Where(e => e.Action != AuditActions.SignInFailed).Select(e => $"{e.Action} {e.OwnerId} {e.Detail}")
            .ToListAsync(Ct);
        Assert.Equal(
            ["access.limited  /account/login, from 127.0.0.1", "access.refused rosa /api/admin/executions/, from 127.0.0.1",
                "key.refused  /api/review/pending, from 127.0.0.1"],
            trail.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whoever_is_signed_in_guesses_no_faster()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        Page last = null!;
        for (var i = 0; i < 6; i++)
            last = await rosa.SignInAsync(Cast.Ada.Email, "wrong password");
        Assert.Equal(429, last.Status);
    }

    [Fact]
    public async Task Wrong_passwords_in_the_form_that_changes_them_are_counted()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        Page last = null!;
        for (var i = 0; i < 3; i++)
            last = await rosa.SendFormAsync(
                "/account", "password", ("Input.Current", "wrong password"), ("Input.Next", "another long one"));

        Assert.Equal(429, last.Status);
        Assert.Contains("2 wrong passwords in a row", last.Html, StringComparison.Ordinal);
        Assert.Contains("wrong passwords in a row",
            (await rosa.SendFormAsync("/account", "password", ("Input.Current", Person.Password), ("Input.Next", "another long one"))).Html,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_do_not_lock_a_person_out_of_their_browser()
    {
        using var rosa = await App.SignInAsync(Cast.Rosa);
        using var stranger = App.NewVisitor();
        for (var i = 0; i < 2; i++)
            await stranger.SignInAsync(Cast.Rosa.Email, "wrong password");

        Assert.Null((await stranger.SignInAsync(Cast.Rosa.Email, Person.Password)).Location);
        Assert.Equal("/", (await rosa.SignInAsync(Cast.Rosa.Email, Person.Password)).Location);
    }

    [Fact]
    public async Task The_docs_list_every_event_of_security()
    {
        var docs = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Ct);
        var section = docs[docs.IndexOf("## Who comes in", StringComparison.Ordinal)..];
        var listed = Listed().Matches(section).Select(m => m.Groups[1].Value).Where(AuditActions.IsOfSecurity)
            .Order(StringComparer.Ordinal);
        var there = typeof(AuditActions).GetFields().Select(f => (string)f.GetRawConstantValue()!).Where(AuditActions.IsOfSecurity)
            .Order(StringComparer.Ordinal);
        Assert.Equal(there, listed);
    }

    [GeneratedRegex(@"^user\.sign_in_failed  password: unknown, from 127\.0\.0\.1: address #[0-9a-f]{8}$")]
    private static partial Regex UnknownAddress();

    [GeneratedRegex(@"^\| `([a-z_]+\.[a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex Listed();
}

public sealed partial class LogTimeTests
{
    [Fact]
    public async Task Every_line_of_the_log_begins_with_its_time()
    {
        await using var store = new SqliteStore();
        await using var app = await ProcessApp.StartAsync(store);

        Assert.Matches(Time(), Assert.Single(
            app.Output, line => line.Contains("info: Microsoft.Hosting.Lifetime[14]", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: ")]
    private static partial Regex Time();
}
