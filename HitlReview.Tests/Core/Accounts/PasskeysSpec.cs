using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public abstract class PasskeysSpec(TestStore store) : StoreSpec(store)
{
    readonly Device _phone = new();
    readonly Device _key = new();

    Passkeys Passkeys => Store.Get<Passkeys>();

    static Caller Rosa => Cast.Rosa.Caller(Surface.Ui);

    static Caller Ben => Cast.Ben.Caller(Surface.Ui);

    protected override void Configure(IServiceCollection services) => services.AddHitlAccounts();

    [Fact, Invariant(9)]
    public async Task Passkeys_come_and_go_and_both_stand_in_the_trail()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, " my phone ", Ct);
        Store.Clock.Advance(TimeSpan.FromHours(1));
        await Passkeys.AddAsync(Rosa, _key.Info, "the key in the safe", Ct);

        var both = await Passkeys.ListAsync(Cast.Rosa.Id, Ct);
        Assert.Equal(
            [("my phone", TestStore.Start), ("the key in the safe", TestStore.Start.AddHours(1))],
            both.Select(p => (p.Name, p.CreatedAt)));
        Assert.All(both, p => Assert.Null(p.LastUsedAt));
        await Passkeys.RemoveAsync(Rosa, both[0].Id, Ct);

        Assert.Equal(both[1], Assert.Single(await Passkeys.ListAsync(Cast.Rosa.Id, Ct)));
        Assert.Empty(await Passkeys.ListAsync(Cast.Ben.Id, Ct));
        Assert.Equal((true, false), (await Passkeys.AreNeededAsync(Cast.Rosa.Id, Ct), await Passkeys.AreNeededAsync(Cast.Ben.Id, Ct)));
        await using var db = Store.Db();
        Assert.Equal(
            [
                (AuditActions.PasskeyAdded, "my phone"),
                (AuditActions.PasskeyAdded, "the key in the safe"),
                (AuditActions.PasskeyRemoved, "my phone"),
            ],
            (await db.AuditEvents.OrderBy(e => e.Seq).ToListAsync(Ct)).Select(e => (e.Action, e.Detail)));
        var actor = (Cast.Rosa.Id, Cast.Rosa.Id, Surface.Ui);
        Assert.All(await db.AuditEvents.ToListAsync(Ct), e => Assert.Equal(actor, (e.ActorId, e.OwnerId, e.Surface)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    public async Task A_passkey_has_a_name_that_can_be_read(string name) =>
        Assert.Equal(Refusal.Invalid, (await RefusedAsync(() => Passkeys.AddAsync(Rosa, _phone.Info, name, Ct))).Refusal);

    [Fact]
    public async Task A_passkey_is_one_persons()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);

        Assert.Equal(Refusal.Conflict, (await RefusedAsync(() => Passkeys.AddAsync(Ben, _phone.Info, "mine", Ct))).Refusal);
        Assert.Empty(await Passkeys.ListAsync(Cast.Ben.Id, Ct));
    }

    [Fact]
    public async Task So_many_and_no_more()
    {
        for (var i = 0; i < Passkeys.MaxCount; i++)
        {
            using var device = new Device();
            await Passkeys.AddAsync(Rosa, device.Info, $"number {i}", Ct);
        }

        Assert.Equal(Refusal.Conflict, (await RefusedAsync(() => Passkeys.AddAsync(Rosa, _phone.Info, "one more", Ct))).Refusal);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_removes_anothers_but_an_admin_all_of_them()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);
        await Passkeys.AddAsync(Rosa, _key.Info, "my key", Ct);
        var id = (await Passkeys.ListAsync(Cast.Rosa.Id, Ct))[0].Id;
        var ada = Cast.Ada.Caller(Surface.Ui);
        var byKey = ada with { SessionId = null, Key = new("key-ada", "tests", KeyMay.admin) };

        Assert.Equal(Refusal.NotFound, (await RefusedAsync(() => Passkeys.RemoveAsync(Ben, id, Ct))).Refusal);
        Assert.Equal(Refusal.NotFound, (await RefusedAsync(() => Passkeys.RemoveAsync(Rosa, "!", Ct))).Refusal);
        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(() => Passkeys.RemoveAsync(byKey, id, Ct))).Refusal);
        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(() => RemoveAllAsync(Ben))).Refusal);
        Assert.Equal(Refusal.Forbidden, (await RefusedAsync(() => RemoveAllAsync(byKey))).Refusal);
        Assert.Equal(2, (await Passkeys.ListAsync(Cast.Rosa.Id, Ct)).Count);

        Assert.True((await RemoveAllAsync(ada)).Changed);
        Assert.False((await RemoveAllAsync(ada)).Changed);
        Assert.False(await Passkeys.AreNeededAsync(Cast.Rosa.Id, Ct));
        await using var db = Store.Db();
        var removed = await db.AuditEvents.Where(e => e.Action == AuditActions.PasskeyRemoved).OrderBy(e => e.Detail).ToListAsync(Ct);
        Assert.Equal(["my key", "my phone"], removed.Select(e => e.Detail));
        Assert.All(removed, e => Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id), (e.ActorId, e.OwnerId)));
    }

    [Fact]
    public async Task An_admin_does_not_do_without_their_own_by_the_page()
    {
        var ada = Cast.Ada.Caller(Surface.Ui);
        await Passkeys.AddAsync(ada, _phone.Info, "my phone", Ct);

        Assert.Equal(Refusal.Conflict, (await RefusedAsync(() => RemoveAllAsync(ada, Cast.Ada))).Refusal);
        Assert.True(await Passkeys.AreNeededAsync(Cast.Ada.Id, Ct));
    }

    [Fact]
    public async Task A_right_to_come_in_is_spent_once_whichever_passkey_spends_it()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);
        await Passkeys.AddAsync(Rosa, _key.Info, "my key", Ct);
        var since = Store.Clock.GetUtcNow();
        Store.Clock.Advance(TimeSpan.FromSeconds(30));

        var spent = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => UseAsync(since, i % 2 == 0 ? _phone : _key)));

        Assert.Single(spent, true);
        Assert.Single(await Passkeys.ListAsync(Cast.Rosa.Id, Ct), p => p.LastUsedAt == TestStore.Start.AddSeconds(30));
        Store.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(await UseAsync(since, _key));
        Assert.True(await UseAsync(Store.Clock.GetUtcNow(), _key));
    }

    [Fact]
    public async Task A_right_to_come_in_ends_with_the_password_and_with_the_passkey()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);
        Assert.False(await Passkeys.UseAsync(Cast.Rosa.Id, "of another password", TestStore.Start, _phone.Info, Ct));
        Assert.False(await UseAsync(TestStore.Start, _key));

        await RemoveAllAsync(null);

        Assert.False(await UseAsync(TestStore.Start, _phone));
    }

    [Fact]
    public async Task What_the_device_counts_is_kept()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);
        var used = _phone.Info;
        used.SignCount = 7;

        Assert.True(await Passkeys.UseAsync(Cast.Rosa.Id, Cast.Rosa.Id, TestStore.Start, used, Ct));

        await using var db = Store.Db();
        var kept = await db.Set<Microsoft.AspNetCore.Identity.IdentityUserPasskey<string>>().AsNoTracking().SingleAsync(Ct);
        Assert.Equal((7u, "my phone"), (kept.Data.SignCount, kept.Data.Name));
        Assert.Equal(used.PublicKey, kept.Data.PublicKey);
    }

    [Fact]
    public async Task An_operator_lets_somebody_in_who_has_lost_theirs()
    {
        await Passkeys.AddAsync(Rosa, _phone.Info, "my phone", Ct);

        var run = await CommandRun.OfAsync(Store, "", "user", "remove-passkeys", Cast.Rosa.Email);

        Assert.Equal((0, "", "rosa@example.org has no passkeys any more.\n"), (run.ExitCode, run.Out, run.Error));
        Assert.False(await Passkeys.AreNeededAsync(Cast.Rosa.Id, Ct));
        await using var db = Store.Db();
        var removed = await db.AuditEvents.SingleAsync(e => e.Action == AuditActions.PasskeyRemoved, Ct);
        Assert.Equal((null, Cast.Rosa.Id, Surface.Cli, "my phone"), (removed.ActorId, removed.OwnerId, removed.Surface, removed.Detail));
    }

    // The security stamp of everybody in the cast is their id.
    Task<bool> UseAsync(DateTimeOffset since, Device device) => Passkeys.UseAsync(Cast.Rosa.Id, Cast.Rosa.Id, since, device.Info, Ct);

    async Task<PersonChange> RemoveAllAsync(Caller? by, Person? whose = null)
    {
        await using var scope = Store.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<People>().RemovePasskeysAsync(by, (whose ?? Cast.Rosa).Id, Ct);
    }

    static async Task<RefusedException> RefusedAsync(Func<Task> act) => await Assert.ThrowsAsync<RefusedException>(act);

    public override async ValueTask DisposeAsync()
    {
        _phone.Dispose();
        _key.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class PasskeysOnSqlite() : PasskeysSpec(new SqliteStore());

public sealed class PasskeysOnPostgres() : PasskeysSpec(new PostgresStore());
