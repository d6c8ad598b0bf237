using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public abstract class UserAccountsSpec(TestStore store) : StoreSpec(store)
{
    const string Password = "a long enough one";

    protected override void Configure(IServiceCollection services) => services.AddHitlAccounts();

    [Fact, Invariant(9)]
    public async Task A_new_account_has_its_role_its_password_and_its_place_in_the_trail()
    {
        var user = await DoAsync(accounts => accounts.AddAsync(" Eve@Example.org ", Password, Roles.Admin, Cast.Ada.Id, Surface.Cli, Ct));

        await UseAsync(async users =>
        {
            var stored = await users.FindByEmailAsync("eve@example.org");
            Assert.Equal(user.Id, stored!.Id);
            Assert.Equal([Roles.Admin], await users.GetRolesAsync(stored));
            Assert.True(await users.CheckPasswordAsync(stored, Password));
        });
        await using var db = Store.Db();
        var trail = await db.AuditEvents.SingleAsync(Ct);
        Assert.Equal(
            (AuditActions.UserAdded, Cast.Ada.Id, user.Id, Surface.Cli, "Eve@Example.org as admin"),
            (trail.Action, trail.ActorId, trail.OwnerId, trail.Surface, trail.Detail));
    }

    [Theory]
    [InlineData("ROSA@example.org", Password, Roles.Reviewer, Refusal.Conflict, "ROSA@example.org")]
    [InlineData("not an address", Password, Roles.Reviewer, Refusal.Invalid, "not an address")]
    [InlineData("eve@example.org", "short", Roles.Reviewer, Refusal.Invalid, "8 characters")]
    [InlineData("eve@example.org", Password, "king", Refusal.Invalid, "king")]
    public async Task A_refused_account_leaves_nothing_behind(string email, string password, string role, Refusal refusal, string named)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            DoAsync(accounts => accounts.AddAsync(email, password, role, null, Surface.Cli, Ct)));

        Assert.Equal(refusal, refused.Refusal);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        await using var db = Store.Db();
        Assert.Equal(Cast.All.Count, await db.Users.CountAsync(Ct));
        Assert.Equal(0, await db.AuditEvents.CountAsync(Ct));
    }

    [Fact]
    public async Task Of_many_first_admins_one_is_made()
    {
        await using (var db = Store.Db())
            await db.Users.ExecuteDeleteAsync(Ct);
        var held = new HeldWriter(Queue);
        var racing = Enumerable.Range(0, 8)
            .Select(i => DoAsync(accounts => accounts.AddFirstAdminAsync($"eve{i}@example.org", Password, $"192.0.2.{i}", Ct))).ToList();
        await held.ReleaseAsync();
        await Task.WhenAll(racing.Select(r => r.ContinueWith(_ => { }, TaskScheduler.Default)));

        _ = Assert.Single(racing, r => r.IsCompletedSuccessfully);
        Assert.All(racing.Where(r => r.IsFaulted), r =>
            Assert.Equal(Refusal.Conflict, Assert.IsType<RefusedException>(r.Exception!.InnerException).Refusal));
        await using var after = Store.Db();
        Assert.Equal(1, await after.Users.CountAsync(Ct));
    }

    [Fact]
    public async Task Of_many_accounts_of_one_address_one_is_made()
    {
        var held = new HeldWriter(Queue);
        var racing = Enumerable.Range(0, 8).Select(_ =>
            DoAsync(accounts => accounts.AddAsync("eve@example.org", Password, Roles.Reviewer, null, Surface.Cli, Ct))).ToList();
        await held.ReleaseAsync();
        await Task.WhenAll(racing.Select(r => r.ContinueWith(_ => { }, TaskScheduler.Default)));

        _ = Assert.Single(racing, r => r.IsCompletedSuccessfully);
        Assert.All(racing.Where(r => r.IsFaulted), r =>
            Assert.Equal(Refusal.Conflict, Assert.IsType<RefusedException>(r.Exception!.InnerException).Refusal));
    }

    [Fact, Invariant(9)]
    public async Task A_changed_password_replaces_the_old_one_and_ends_other_sign_ins()
    {
        var stampBefore = await StampAsync();
        await DoAsync(accounts => accounts.ChangePasswordAsync(Cast.Rosa.Caller(Surface.Ui), Person.Password, Password, "192.0.2.1", Ct));

        await UseAsync(async users =>
        {
            var rosa = await users.FindByIdAsync(Cast.Rosa.Id);
            Assert.True(await users.CheckPasswordAsync(rosa!, Password));
            Assert.False(await users.CheckPasswordAsync(rosa!, Person.Password));
        });
        Assert.NotEqual(stampBefore, await StampAsync());
        await using var db = Store.Db();
        Assert.Equal(
            [AuditActions.PasswordChanged, AuditActions.SignInEnded],
            await db.AuditEvents.OrderBy(e => e.Seq).Select(e => e.Action).ToListAsync(Ct));
    }

    [Theory]
    [InlineData("not hers", Password)]
    [InlineData(Person.Password, "short")]
    public async Task A_password_is_not_changed_with_a_wrong_one_or_to_a_weak_one(string current, string next)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => DoAsync(accounts => accounts.ChangePasswordAsync(Cast.Rosa.Caller(), current, next, "192.0.2.1", Ct)));

        Assert.Equal(Refusal.Invalid, refused.Refusal);
        await UseAsync(async users =>
            Assert.True(await users.CheckPasswordAsync((await users.FindByIdAsync(Cast.Rosa.Id))!, Person.Password)));
    }

    [Fact, Invariant(9)]
    public async Task A_new_role_replaces_the_old_one_and_the_same_one_is_no_change()
    {
        var rosa = await DoAsync(async accounts =>
        {
            var user = Cast.Rosa.ToUser();
            await accounts.SetRoleAsync(user, Roles.Admin, Surface.Ui, Ct);
            await accounts.SetRoleAsync(user, Roles.Admin, Surface.Ui, Ct);
            return user;
        });

        await UseAsync(async users => Assert.Equal([Roles.Admin], await users.GetRolesAsync(rosa)));
        await using var db = Store.Db();
        var changed = await db.AuditEvents.SingleAsync(e => e.Action != AuditActions.SignInEnded, Ct);
        Assert.Equal((AuditActions.RoleChanged, Roles.Admin), (changed.Action, changed.Detail));
        Assert.EndsWith(
            ": role_changed", (await db.AuditEvents.SingleAsync(e => e.Action == AuditActions.SignInEnded, Ct)).Detail,
            StringComparison.Ordinal);
    }

    async Task<HitlUser> DoAsync(Func<UserAccounts, Task<HitlUser>> change)
    {
        await using var scope = Store.Services.CreateAsyncScope();
        return await change(scope.ServiceProvider.GetRequiredService<UserAccounts>());
    }

    async Task UseAsync(Func<UserManager<HitlUser>, Task> check)
    {
        await using var scope = Store.Services.CreateAsyncScope();
        await check(scope.ServiceProvider.GetRequiredService<UserManager<HitlUser>>());
    }

    async Task<string?> StampAsync()
    {
        await using var db = Store.Db();
        return await db.Users.Where(u => u.Id == Cast.Rosa.Id).Select(u => u.SecurityStamp).SingleAsync(Ct);
    }
}

public sealed class UserAccountsOnSqlite() : UserAccountsSpec(new SqliteStore());

public sealed class UserAccountsOnPostgres() : UserAccountsSpec(new PostgresStore());
