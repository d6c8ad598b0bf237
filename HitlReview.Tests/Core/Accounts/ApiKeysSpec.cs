using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public abstract class ApiKeysSpec(TestStore store) : StoreSpec(store)
{
    ApiKeys Keys => Store.Get<ApiKeys>();

    /// <summary>The keys as another process sees them: nothing in common but the database.</summary>
    ApiKeys OtherProcess => new(Store.Queue, Store.Store, Store.Clock);

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ApiKeys>();

    [Fact]
    public async Task A_new_key_is_recognised_as_its_owners()
    {
        var made = await MakeAsync(Cast.Rosa);

        Assert.Equal(
            new KeyOwner(new(made.Key.Id, "agent", KeyMay.ask), Cast.Rosa.Id, Cast.Rosa.Email, IsAdmin: false),
            await Keys.FindAsync(made.Secret, Ct));
        var owner = await Keys.FindAsync(Cast.Ada.Key, Ct);
        Assert.Equal((Cast.Ada.Id, Cast.Ada.Email, true), (owner?.UserId, owner?.Email, owner?.IsAdmin));
        Assert.Equal(new CallerKey("key-ada", "tests", KeyMay.ask | KeyMay.decide | KeyMay.admin | KeyMay.metrics), owner?.Key);
    }

    [Fact]
    public async Task The_key_itself_is_nowhere_in_the_database()
    {
        var made = await MakeAsync(Cast.Rosa);

        await using var db = Store.Db();
        var stored = await db.ApiKeys.SingleAsync(k => k.Id == made.Key.Id, Ct);
        var trail = await db.AuditEvents.OrderBy(e => e.Seq).LastAsync(Ct);
        Assert.DoesNotContain(
            made.Secret[9..], $"{stored.Id} {stored.Hash} {stored.Prefix} {stored.Name} {trail.Detail}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hitl_unknown")]
    [InlineData("")]
    [InlineData("Bearer hitl_")]
    public async Task A_key_that_nobody_made_is_not_recognised(string key) => Assert.Null(await Keys.FindAsync(key, Ct));

    [Fact]
    public async Task A_revoked_key_stops_at_once()
    {
        var made = await MakeAsync(Cast.Rosa);
        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));

        await Keys.RevokeAsync(Cast.Rosa.Caller(), made.Key.Id, Ct);

        Assert.Null(await Keys.FindAsync(made.Secret, Ct));
        Assert.DoesNotContain(await Keys.ListAsync(Cast.Rosa.Id, Ct), k => k.Id == made.Key.Id);
    }

    [Fact]
    public async Task A_key_that_another_process_revoked_stops_within_ten_seconds()
    {
        var made = await MakeAsync(Cast.Rosa);
        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));
        await OtherProcess.RevokeAsync(Cast.Rosa.Caller(), made.Key.Id, Ct);

        Store.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await Keys.FindAsync(made.Secret, Ct));
    }

    [Fact]
    public async Task A_recognised_key_is_not_looked_up_again_for_a_while()
    {
        var made = await MakeAsync(Cast.Rosa);
        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));
        await using (var db = Store.Db())
            await db.ApiKeys.Where(k => k.Id == made.Key.Id).ExecuteDeleteAsync(Ct);

        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));
    }

    [Fact]
    public async Task The_keys_of_a_disabled_or_deleted_user_stop()
    {
        await using var db = Store.Db();
        await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.LockoutEnd, Store.Clock.GetUtcNow().AddYears(100)), Ct);
        await db.Users.Where(u => u.Id == Cast.Ben.Id).ExecuteDeleteAsync(Ct);

        Assert.Null(await Keys.FindAsync(Cast.Rosa.Key, Ct));
        Assert.Null(await Keys.FindAsync(Cast.Ben.Key, Ct));
    }

    [Fact]
    public async Task A_short_lock_after_wrong_passwords_does_not_cut_off_the_users_agents()
    {
        await using var db = Store.Db();
        await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(
            set => set.SetProperty(u => u.LockoutEnd, Store.Clock.GetUtcNow().AddMinutes(5)), Ct);

        Assert.NotNull(await Keys.FindAsync(Cast.Rosa.Key, Ct));
    }

    [Fact, Invariant(1)]
    public async Task Another_users_key_can_be_neither_listed_nor_revoked()
    {
        var made = await MakeAsync(Cast.Rosa);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Keys.RevokeAsync(Cast.Ada.Caller(), made.Key.Id, Ct));

        Assert.Equal(Refusal.NotFound, refused.Refusal);
        Assert.DoesNotContain(await Keys.ListAsync(Cast.Ada.Id, Ct), k => k.Id == made.Key.Id);
        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\u0000b")]
    public async Task A_name_that_says_nothing_is_refused(string name)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            Keys.CreateAsync(Cast.Rosa.Id, new(name), Cast.Rosa.Caller(Surface.Ui), Ct));
        Assert.Equal(Refusal.Invalid, refused.Refusal);
        Assert.StartsWith("name ", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Invariant(11)]
    public async Task A_key_makes_lists_and_revokes_no_keys()
    {
        var byKey = Cast.Ada.Caller() with { Key = new("key-ada", "tests", KeyMay.ask | KeyMay.decide | KeyMay.admin) };

        await ForbiddenAsync(() => Keys.CreateAsync(Cast.Ada.Id, new("more"), byKey, Ct));
        await ForbiddenAsync(() => Keys.RevokeAsync(byKey, "key-ada", Ct));
        await ForbiddenAsync(() => Keys.RevokeAnyAsync(byKey, "key-rosa", Ct));
        await ForbiddenAsync(() => Keys.ListAllAsync(byKey, null, Ct));
    }

    [Theory]
    [InlineData(KeyMay.none)]
    [InlineData(KeyMay.admin)]
    [InlineData(KeyMay.ask | KeyMay.metrics)]
    public async Task A_key_may_something_and_no_more_than_its_user(KeyMay may)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            Keys.CreateAsync(Cast.Rosa.Id, new("x", may), Cast.Rosa.Caller(Surface.Ui), Ct));

        Assert.Equal(Refusal.Invalid, refused.Refusal);
    }

    [Theory]
    [InlineData(59)]
    [InlineData(-1)]
    [InlineData(3650 * 86_400 + 1)]
    public async Task A_key_that_ends_too_soon_or_too_late_is_refused(int seconds)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            Keys.CreateAsync(Cast.Rosa.Id, new("x") { ExpiresIn = TimeSpan.FromSeconds(seconds) }, Cast.Rosa.Caller(Surface.Ui), Ct));

        Assert.Equal((Refusal.Invalid, "A key works for 1 minute to 3650 days, or without an end."), (refused.Refusal, refused.Message));
    }

    [Fact]
    public async Task A_key_stops_at_its_end_and_is_still_listed()
    {
        var made = await Keys.CreateAsync(Cast.Rosa.Id, new("short") { ExpiresIn = TimeSpan.FromMinutes(1) }, null, Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await Keys.FindAsync(made.Secret, Ct));

        Store.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Keys.FindAsync(made.Secret, Ct));
        Assert.Contains(await Keys.ListAsync(Cast.Rosa.Id, Ct), k => k.Id == made.Key.Id && k.ExpiresAt == TestStore.Start.AddMinutes(1));
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_known_at_once_and_written_once_a_minute_and_not_in_the_trail()
    {
        var made = await MakeAsync(Cast.Rosa);
        Store.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Null((await ListedAsync(Keys)).LastUsedAt);

        for (var i = 0; i < 3; i++)
            await Keys.FindAsync(made.Secret, Ct);

        Assert.Equal(TestStore.Start.AddMinutes(1), (await ListedAsync(Keys)).LastUsedAt);
        Assert.Null((await ListedAsync(OtherProcess)).LastUsedAt);
        await Keys.WriteUsesAsync(Ct);
        Assert.Equal(TestStore.Start.AddMinutes(1), (await ListedAsync(OtherProcess)).LastUsedAt);

        // In the same minute there is nothing more to write.
        Store.Clock.Advance(TimeSpan.FromSeconds(29));
        await Keys.FindAsync(made.Secret, Ct);
        await using (var db = Store.Db())
            await db.ApiKeys.Where(k => k.Id == made.Key.Id).ExecuteUpdateAsync(set =>
                set.SetProperty(k => k.LastUsedAt, (DateTimeOffset?)null), Ct);
        await Keys.WriteUsesAsync(Ct);
        Assert.Null((await ListedAsync(OtherProcess)).LastUsedAt);
        Assert.Single(await TrailAsync());

        async Task<ApiKey> ListedAsync(ApiKeys keys) => (await keys.ListAsync(Cast.Rosa.Id, Ct)).Single(k => k.Id == made.Key.Id);
    }

    [Fact, Invariant(9)]
    public async Task An_admin_and_an_operator_list_and_revoke_the_keys_of_others()
    {
        var first = await MakeAsync(Cast.Rosa);
        var second = await MakeAsync(Cast.Rosa);
        Assert.NotNull(await Keys.FindAsync(first.Secret, Ct));
        await ForbiddenAsync(() => Keys.ListAllAsync(Cast.Ben.Caller(), null, Ct));
        await ForbiddenAsync(() => Keys.RevokeAnyAsync(Cast.Ben.Caller(), first.Key.Id, Ct));

        var all = await Keys.ListAllAsync(Cast.Ada.Caller(), null, Ct);
        Assert.Contains(all, k => k.Key.Id == first.Key.Id && k.Email == Cast.Rosa.Email);
        Assert.Contains(all, k => k.Email == Cast.Ben.Email);
        Assert.All(await Keys.ListAllAsync(null, Cast.Rosa.Id, Ct), k => Assert.Equal(Cast.Rosa.Email, k.Email));

        await Keys.RevokeAnyAsync(Cast.Ada.Caller(Surface.Ui), first.Key.Id, Ct);
        await Keys.RevokeAnyAsync(null, second.Key.Id, Ct);

        Assert.Null(await Keys.FindAsync(first.Secret, Ct));
        Assert.Null(await Keys.FindAsync(second.Secret, Ct));
        Assert.Equal(Refusal.NotFound, (await Assert.ThrowsAsync<RefusedException>(() =>
            Keys.RevokeAnyAsync(null, first.Key.Id, Ct))).Refusal);
        Assert.Equal(
            [("key.revoked", "ada", Surface.Ui, "rosa"), ("key.revoked", null, Surface.Cli, "rosa")],
            (await TrailAsync()).TakeLast(2).Select(e => (e.Action, e.ActorId, e.Surface, e.OwnerId!)));
    }

    [Fact, Invariant(9)]
    public async Task Making_and_revoking_a_key_are_in_the_audit_trail()
    {
        var made = await MakeAsync(Cast.Rosa);
        await Keys.RevokeAsync(Cast.Rosa.Caller(Surface.Rest), made.Key.Id, Ct);

        await using var db = Store.Db();
        var trail = await db.AuditEvents.OrderBy(e => e.Seq).Select(e => new { e.Action, e.ActorId, e.Surface, e.OwnerId, e.Detail })
            .ToListAsync(Ct);
        Assert.Equal(
        [
            new { Action = AuditActions.KeyAdded, ActorId = (string?)Cast.Rosa.Id, Surface = Surface.Ui, OwnerId = (string?)Cast.Rosa.Id,
                Detail = (string?)$"{made.Key.Prefix}… agent: ask" },
            new
            {
                Action = AuditActions.KeyRevoked,
                ActorId = (string?)Cast.Rosa.Id,
                Surface = Surface.Rest,
                OwnerId = (string?)Cast.Rosa.Id,
                Detail = (string?)$"{made.Key.Prefix}… agent",
            },
        ], trail);
    }

    async Task<IReadOnlyList<AuditEvent>> TrailAsync()
    {
        await using var db = Store.Db();
        return await db.AuditEvents.AsNoTracking().OrderBy(e => e.Seq).ToListAsync(Ct);
    }

    static async Task ForbiddenAsync(Func<Task> act) =>
        Assert.Equal(Refusal.Forbidden, (await Assert.ThrowsAsync<RefusedException>(act)).Refusal);

    Task<NewApiKey> MakeAsync(Person person) => Keys.CreateAsync(person.Id, new(" agent "), person.Caller(Surface.Ui), Ct);
}

public sealed class ApiKeysOnSqlite() : ApiKeysSpec(new SqliteStore());

public sealed class ApiKeysOnPostgres() : ApiKeysSpec(new PostgresStore());
