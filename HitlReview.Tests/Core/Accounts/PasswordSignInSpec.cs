using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public sealed class PasswordSignInOnSqlite() : PasswordSignInSpec(new SqliteStore());

public sealed class PasswordSignInOnPostgres() : PasswordSignInSpec(new PostgresStore());

/// <summary>Who may come in with a password, and how often somebody may guess.</summary>
public abstract class PasswordSignInSpec(TestStore store) : StoreSpec(store)
{
    const int Max = 3;

    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection([new("Accounts:MaxFailedSignIns", $"{Max}")]).Build());
        services.AddHitlAccounts();
    }

    [Fact, Invariant(9)]
    public async Task Strangers_who_guess_lock_the_account_to_strangers_for_a_while()
    {
        for (var i = 0; i < Max; i++)
            Assert.Equal(PasswordAnswer.wrong, await TryAsync("wrong password"));
        Assert.Equal(PasswordAnswer.locked, await TryAsync(Person.Password));

        // No attempt lengthens the lock.
        Store.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(PasswordAnswer.locked, await TryAsync("wrong password"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PasswordAnswer.right, await TryAsync(Person.Password));

        await using var db = Store.Db();
        var locked = await db.AuditEvents.SingleAsync(Ct);
        Assert.Equal((AuditActions.UserLocked, Cast.Rosa.Id, "until 2026-03-02T09:05:00Z after 3 wrong passwords"),
            (locked.Action, locked.OwnerId, locked.Detail));
    }

    [Fact]
    public async Task Strangers_do_not_keep_a_person_out_of_the_browser_that_they_use()
    {
        for (var i = 0; i < 2 * Max; i++)
            await TryAsync("wrong password");

        Assert.Equal(PasswordAnswer.locked, await TryAsync(Person.Password));
        Assert.Equal(PasswordAnswer.locked, await TryAsync(Person.Password, browserOf: "ben"));
        Assert.Equal(PasswordAnswer.right, await TryAsync(Person.Password, browserOf: "rosa"));
    }

    [Fact]
    public async Task A_known_browser_does_not_guess_freely_either()
    {
        for (var i = 0; i < Max; i++)
            Assert.Equal(PasswordAnswer.wrong, await TryAsync("wrong password", browserOf: "rosa"));

        Assert.Equal(PasswordAnswer.locked, await TryAsync(Person.Password, browserOf: "rosa"));
        Assert.Equal(PasswordAnswer.right, await TryAsync(Person.Password));
    }

    [Fact]
    public async Task Guesses_at_the_same_time_are_all_counted()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TryAsync("wrong password", source: $"192.0.2.{i}")));

        Assert.Equal(Max, answers.Count(a => a == PasswordAnswer.wrong));
        Assert.Equal(PasswordAnswer.locked, await TryAsync(Person.Password));
    }

    [Fact]
    public async Task A_disabled_account_is_entered_by_nobody_and_never_enabled_by_guessing()
    {
        await SetAsync(set => set.SetProperty(u => u.LockoutEnd, HitlUser.Forever));
        for (var i = 0; i < 2 * Max; i++)
            Assert.Equal(PasswordAnswer.disabled, await TryAsync("wrong password"));

        Assert.Equal(PasswordAnswer.disabled, await TryAsync(Person.Password));
        Assert.Equal(PasswordAnswer.disabled, await TryAsync(Person.Password, browserOf: "rosa"));
    }

    [Fact]
    public async Task Every_refusal_costs_as_much_as_a_wrong_password()
    {
        var wrong = await CostAsync(() => TryAsync("wrong password", Cast.Ben.Email));
        Assert.Equal(CheapPasswords.Iterations, wrong);
        Assert.Equal(wrong, await CostAsync(() => TryAsync("wrong password", "nobody@example.org")));

        await SetAsync(set => set.SetProperty(u => u.PasswordHash, CheapPasswords.Hash(Person.Password, 10)));
        Assert.Equal(wrong, await CostAsync(() => TryAsync("wrong password")));
        await SetAsync(set => set.SetProperty(u => u.LockoutEnd, Store.Clock.GetUtcNow().AddMinutes(5)));
        Assert.Equal(wrong, await CostAsync(() => TryAsync(Person.Password)));
        Assert.Equal(wrong, await CostAsync(() => TryAsync("wrong password")));
        await SetAsync(set => set.SetProperty(u => u.PasswordHash, (string?)null));
        Assert.Equal(wrong, await CostAsync(() => TryAsync("wrong password")));
    }

    [Fact]
    public async Task An_old_hash_is_renewed_when_its_person_signs_in()
    {
        await SetAsync(set => set.SetProperty(u => u.PasswordHash, CheapPasswords.Hash(Person.Password, 50)));

        Assert.Equal(PasswordAnswer.right, await TryAsync(Person.Password));

        var renewed = await HashAsync();
        Assert.Equal(PasswordVerificationResult.Success, CheapPasswords.Hasher()
            .VerifyHashedPassword(new(), renewed, Person.Password));
        Assert.Equal(PasswordAnswer.right, await TryAsync(Person.Password));
        Assert.Equal(renewed, await HashAsync());
    }

    [Fact]
    public async Task A_long_password_counts_to_its_last_character()
    {
        var longOne = string.Concat(Enumerable.Range(0, 150).Select(i => (char)('a' + i * i % 23))) + new string('ä', 100) + "1";
        await using var scope = Store.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UserAccounts>()
            .ChangePasswordAsync(Cast.Rosa.Caller(Surface.Ui), Person.Password, longOne, "192.0.2.1", Ct);

        Assert.Equal(PasswordAnswer.wrong, await TryAsync(longOne[..^1] + "2"));
        Assert.Equal(PasswordAnswer.right, await TryAsync(longOne));
    }

    [Fact]
    public async Task The_form_that_changes_a_password_is_no_place_to_guess_one()
    {
        await using var scope = Store.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserAccounts>();
        async Task<Refusal> ChangeAsync(string current) =>
            (await Assert.ThrowsAsync<RefusedException>(
                () => accounts.ChangePasswordAsync(Cast.Rosa.Caller(Surface.Ui), current, "another long one", "192.0.2.1", Ct))).Refusal;

        for (var i = 0; i < Max; i++)
            Assert.Equal(Refusal.Invalid, await ChangeAsync("wrong password"));
        Assert.Equal(Refusal.TooMany, await ChangeAsync(Person.Password));

        Store.Clock.Advance(TimeSpan.FromMinutes(5));
        await accounts.ChangePasswordAsync(Cast.Rosa.Caller(Surface.Ui), Person.Password, "another long one", "192.0.2.1", Ct);
    }

    async Task<long> CostAsync(Func<Task> act)
    {
        var before = Store.Get<PasswordHashing>().Spent;
        await act();
        return Store.Get<PasswordHashing>().Spent - before;
    }

    async Task<PasswordAnswer> TryAsync(string password, string? email = null, string? browserOf = null, string source = "192.0.2.1")
    {
        await using var scope = Store.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<PasswordSignIn>()
            .TryAsync(email ?? Cast.Rosa.Email, password, userId => userId == browserOf ? "a browser" : null, source, Ct)).Answer;
    }

    async Task SetAsync(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<HitlUser>> change)
    {
        await using var db = Store.Db();
        await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(change, Ct);
    }

    async Task<string> HashAsync()
    {
        await using var db = Store.Db();
        return (await db.Users.Where(u => u.Id == Cast.Rosa.Id).Select(u => u.PasswordHash).SingleAsync(Ct))!;
    }
}
