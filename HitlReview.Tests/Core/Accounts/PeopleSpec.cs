using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Actions;
using HitlReview.Core.Audit;
using HitlReview.Core.Copilot.Sessions;
using HitlReview.Core.Copilot.Tools;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Core.Executions;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public sealed class PeopleOnSqlite() : PeopleSpec(new SqliteStore());

public sealed class PeopleOnPostgres() : PeopleSpec(new PostgresStore());

/// <summary>What an admin or operator does about other people's accounts.</summary>
public abstract class PeopleSpec(TestStore store) : CoreSpec(store)
{
    const string Password = "a long enough one";

    ApiKeys Keys => Store.Get<ApiKeys>();

    /// <summary>Ada as she comes to a page: with a sign-in.</summary>
    Caller Admin { get; set; } = Cast.Ada.Caller(Surface.Ui);

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddHitlAccounts();
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Admin = Cast.Ada.Caller(Surface.Ui) with { SessionId = await OpenAsync(Cast.Ada) };
    }

    [Fact, Invariant(9)]
    public async Task Disabling_ends_all_that_somebody_could_still_do()
    {
        var session = await OpenAsync(Cast.Rosa);
        Assert.NotNull(await Keys.FindAsync(Cast.Rosa.Key, Ct)); // and is remembered
        await AskAsync();
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [Approve()], TimeSpan.FromSeconds(60), Ct);
        var stamp = (await UserAsync(Cast.Rosa)).SecurityStamp;

        var done = await DoAsync(people => people.DisableAsync(Admin, Cast.Rosa.Id, " left in anger ", Ct));

        Assert.Equal(new PersonChange(true, SessionsEnded: 2, DecisionsWithdrawn: 1, ExecutionsStopped: 1), done);
        var rosa = await UserAsync(Cast.Rosa);
        Assert.True(rosa.IsDisabled(Store.Clock.GetUtcNow().AddYears(50)));
        Assert.NotEqual(stamp, rosa.SecurityStamp);
        Assert.Null(await Keys.FindAsync(Cast.Rosa.Key, Ct));
        await RefusedAsync(Refusal.SignedOut, () => Agents.RequestAsync(Rosa with { SessionId = session }, Request("act-2"), Ct));
        Store.Clock.Advance(TimeSpan.FromMinutes(5));
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
        var review = await ReadAsync();
        Assert.Equal((ReviewStatus.REJECTED, true, Stopping.OwnerDisabled), (review.Status, review.Processed, review.ReviewMessage));
        Assert.Equal(
            Ordered((AuditActions.UserDisabled, "left in anger"), Ended(session, "disabled"), Ended(Rosa.SessionId!, "disabled"),
                (AuditActions.DecisionWithdrawn, "APPROVED"), (AuditActions.ReviewCancelled, Stopping.OwnerDisabled),
                (AuditActions.ExecutionMoved, $"TERMINATED: {Stopping.OwnerDisabled}")),
            Ordered([.. (await TrailAsync()).TakeLast(6).Select(e => (e.Action, e.Detail))]));
        Assert.All((await TrailAsync())
            .TakeLast(6), e => Assert.Equal((Cast.Ada.Id, Cast.Rosa.Id, Surface.Ui), (e.ActorId, e.OwnerId, e.Surface)));
    }

    [Fact, Invariant(7), Invariant(9)]
    public async Task Disabling_stops_all_that_somebody_has_under_way_and_nothing_of_others()
    {
        var approved = await Engine.StartAsync(Rosa, new GraphSketch().Probe("a", """{"data":1}"""));
        var running = await Engine.StartAsync(Rosa, new GraphSketch { SensitiveActionSafeMode = false }.Probe("a", """{"data":2}"""));
        var bens = await Engine.StartAsync(Ben, new GraphSketch { SensitiveActionSafeMode = false }.Probe("a", """{"data":3}"""));
        await Engine.RunAsync(approved);
        await DecideAsync(Approve((await Engine.NodeAsync(approved, "a")).Id));
        var chat = await Store.Get<CopilotSessions>().OpenAsync(Rosa, Ct);
        var inChat = Assert.IsType<ReviewRequired>(await Store.Get<CopilotTools>()
            .RunBlockAsync(Rosa, chat.Id, ProbeBlock.BlockId, Json("""{"data":4}"""), Ct)).Review.NodeExecId;
        await AskAsync("outside", "run-1");

        Assert.Equal(4, (await DoAsync(people => people.DisableAsync(null, Cast.Rosa.Id, null, Ct))).ExecutionsStopped);

        foreach (var id in new[] { approved, running, bens })
            await Engine.RunAsync(id);
        Assert.Equal(bens, Assert.Single(Probes.Effects.All).GraphExecId);
        foreach (var id in new[] { approved, running })
            Assert.Equal((ExecutionStatus.TERMINATED, Stopping.OwnerDisabled),
                ((await Engine.ReadAsync(id)).Execution.Status, (await Engine.ReadAsync(id)).Execution.Error));
        foreach (var id in new[] { inChat, "outside" })
            Assert.Equal((ReviewStatus.REJECTED, Stopping.OwnerDisabled),
                ((await ReadAsync(id)).Status, (await ReadAsync(id)).ReviewMessage));
        Assert.Equal(new[] { approved, running }.Order(StringComparer.Ordinal), Woken.All.TakeLast(2).Order(StringComparer.Ordinal));
        Assert.All((await TrailAsync()).Where(e => e.Detail == $"TERMINATED: {Stopping.OwnerDisabled}"),
            e => Assert.Equal((null, Cast.Rosa.Id, Surface.Cli), (e.ActorId, e.OwnerId, e.Surface)));

        await DoAsync(people => people.EnableAsync(null, Cast.Rosa.Id, Ct));
        var agent = Rosa with { SessionId = null, Key = (await Keys.FindAsync(Cast.Rosa.Key, Ct))!.Key };
        await RefusedAsync(Refusal.Conflict, () => Agents.RequestAsync(agent, Request("outside-2"), Ct));
    }

    [Theory, Invariant(9)]
    [InlineData("sign-out")]
    [InlineData("end")]
    [InlineData("reset")]
    [InlineData("role")]
    [InlineData("change")]
    [InlineData("end-own")]
    [InlineData("end-others")]
    [InlineData("provider")]
    public async Task Whatever_but_a_plain_sign_out_ends_a_sign_in_takes_back_what_can_still_be_undone(string act)
    {
        var sessions = Store.Get<UserSessions>();
        var other = await OpenAsync(Cast.Rosa);
        await AskAsync("first");
        await Store.Get<ScheduledDecisions>()
            .DecideAsync(Rosa with { SessionId = other }, [Approve("first")], TimeSpan.FromSeconds(60), Ct);

        switch (act)
        {
            case "sign-out":
                Assert.Equal(1, (await DoAsync(people => people.SignOutAsync(Admin, Cast.Rosa.Id, Ct))).DecisionsWithdrawn);
                break;
            case "end":
                await DoAsync(async people =>
                {
                    await people.EndSessionAsync(Admin, Cast.Rosa.Id, other, Ct);
                    return 0;
                });
                break;
            case "reset":
                Assert.Equal(1, (await DoAsync(people => people.ResetPasswordAsync(Admin, Cast.Rosa.Id, Password, Ct))).DecisionsWithdrawn);
                break;
            case "role":
                Assert.Equal(1, (await DoAsync(people => people.SetRoleAsync(Admin, Cast.Rosa.Id, Roles.Admin, Ct))).DecisionsWithdrawn);
                break;
            case "change":
                await using (var scope = Store.Services.CreateAsyncScope())
                    await scope.ServiceProvider.GetRequiredService<UserAccounts>()
                        .ChangePasswordAsync(Rosa, Person.Password, Password, "192.0.2.1", Ct);
                break;
            case "end-own":
                await sessions.EndAsync(Rosa, other, Ct);
                break;
            case "end-others":
                Assert.Equal(1, await sessions.EndOthersAsync(Rosa, Ct));
                break;
            case "provider":
                await sessions.EndAsync(other, SignInEnd.provider, Ct);
                break;
        }

        Store.Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
        Assert.Equal(ReviewStatus.WAITING, (await ReadAsync("first")).Status);
        Assert.Contains(await TrailAsync(), e => e.Action == AuditActions.DecisionWithdrawn && e.NodeExecId == "first");
    }

    [Fact]
    public async Task What_somebody_decided_before_they_sign_out_is_carried_out()
    {
        await AskAsync("first");
        await Store.Get<ScheduledDecisions>().DecideAsync(Rosa, [Approve("first")], TimeSpan.FromSeconds(60), Ct);
        await Store.Get<UserSessions>().SignOutAsync(Rosa, Ct);

        Store.Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Get<ScheduledDecisions>().CommitDueAsync(Ct);
        Assert.Equal(ReviewStatus.APPROVED, (await ReadAsync("first")).Status);
    }

    [Fact]
    public async Task A_key_that_is_on_its_way_while_its_user_is_disabled_writes_nothing()
    {
        var owner = await Keys.FindAsync(Cast.Rosa.Key, Ct);
        await DoAsync(people => people.DisableAsync(null, Cast.Rosa.Id, null, Ct));

        await RefusedAsync(Refusal.SignedOut, () => AskAsync(Request(), Rosa with { Key = owner!.Key }));
    }

    [Fact, Invariant(9)]
    public async Task Enabling_lets_somebody_in_again_and_brings_back_nothing_that_ended()
    {
        await OpenAsync(Cast.Rosa);
        await DoAsync(people => people.DisableAsync(Admin, Cast.Rosa.Id, null, Ct));
        Assert.True((await DoAsync(people => people.EnableAsync(Admin, Cast.Rosa.Id, Ct))).Changed);

        Assert.Null((await UserAsync(Cast.Rosa)).LockoutEnd);
        Assert.NotNull(await Keys.FindAsync(Cast.Rosa.Key, Ct));
        Assert.Equal(0, (await DoAsync(people => people.GetAsync(Admin, Cast.Rosa.Id, Ct))).Row.Sessions);
        Assert.Equal(AuditActions.UserEnabled, (await TrailAsync())[^1].Action);
        Assert.False((await DoAsync(people => people.EnableAsync(Admin, Cast.Rosa.Id, Ct))).Changed);
    }

    [Fact, Invariant(9)]
    public async Task Another_role_ends_the_sign_ins_that_were_made_in_the_old_one()
    {
        var session = await OpenAsync(Cast.Rosa);

        Assert.Equal(new PersonChange(true, SessionsEnded: 2),
            await DoAsync(people => people.SetRoleAsync(Admin, Cast.Rosa.Id, Roles.Admin, Ct)));
        Assert.Equal(new PersonChange(false), await DoAsync(people => people.SetRoleAsync(Admin, Cast.Rosa.Id, Roles.Admin, Ct)));

        await RefusedAsync(Refusal.SignedOut, () => AskAsync(Request(), Rosa with { SessionId = session }));
        Assert.Equal(Roles.Admin, (await DoAsync(people => people.GetAsync(Admin, Cast.Rosa.Id, Ct))).Row.Role);
        Assert.True((await Keys.FindAsync(Cast.Rosa.Key, Ct))!.IsAdmin);
        Assert.Equal([AuditActions.RoleChanged, AuditActions.SignInEnded, AuditActions.SignInEnded],
            (await TrailAsync()).TakeLast(3).Select(e => e.Action));
    }

    [Fact, Invariant(9)]
    public async Task A_reset_password_is_the_only_one_from_then_on()
    {
        await OpenAsync(Cast.Rosa);
        await using (var db = Store.Db())
            await db.Users.Where(u => u.Id == Cast.Rosa.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, Store.Clock.GetUtcNow().AddMinutes(4)), Ct);

        Assert.Equal(new PersonChange(true, SessionsEnded: 2),
            await DoAsync(people => people.ResetPasswordAsync(Admin, Cast.Rosa.Id, Password, Ct)));

        Assert.Equal(PasswordAnswer.right, await TryAsync(Cast.Rosa.Email, Password));
        Assert.Equal(PasswordAnswer.wrong, await TryAsync(Cast.Rosa.Email, Person.Password));
        Assert.Equal(
            [AuditActions.PasswordReset, AuditActions.SignInEnded, AuditActions.SignInEnded], (await TrailAsync()).Select(e => e.Action));
    }

    [Fact]
    public async Task A_reset_password_does_not_enable_a_disabled_account()
    {
        await DoAsync(people => people.DisableAsync(Admin, Cast.Rosa.Id, null, Ct));
        await DoAsync(people => people.ResetPasswordAsync(Admin, Cast.Rosa.Id, Password, Ct));

        Assert.Equal(PasswordAnswer.disabled, await TryAsync(Cast.Rosa.Email, Password));
    }

    [Fact, Invariant(9)]
    public async Task Sign_ins_and_keys_of_another_end_one_by_one_or_all_at_once()
    {
        var (one, two, bens) = (await OpenAsync(Cast.Rosa), await OpenAsync(Cast.Rosa), await OpenAsync(Cast.Ben));

        await DoAsync(async people =>
        {
            await people.EndSessionAsync(Admin, Cast.Rosa.Id, one, Ct);
            await people.RevokeKeyAsync(Admin, Cast.Rosa.Id, "key-rosa", Ct);
            await RefusedAsync(Refusal.NotFound, () => people.EndSessionAsync(Admin, Cast.Rosa.Id, one, Ct));
            await RefusedAsync(Refusal.NotFound, () => people.EndSessionAsync(Admin, Cast.Rosa.Id, bens, Ct));
            return await people.SignOutAsync(Admin, Cast.Rosa.Id, Ct);
        });

        Assert.Null(await Keys.FindAsync(Cast.Rosa.Key, Ct));
        Assert.NotNull(await Keys.FindAsync(Cast.Rosa.DecidingKey, Ct));
        Assert.Equal(
            Ordered(Ended(one, "ended"), (AuditActions.KeyRevoked, "hitl_test… tests"), (AuditActions.SignedOutEverywhere, null),
                Ended(two, "ended"), Ended(Rosa.SessionId!, "ended")),
            Ordered([.. (await TrailAsync()).Select(e => (e.Action, e.Detail))]));
        Assert.Equal(2, (await DoAsync(people => people.GetAsync(Admin, Cast.Ben.Id, Ct))).Row.Sessions);
    }

    [Fact]
    public async Task The_last_admin_is_taken_by_an_operator_only_who_is_told()
    {
        await DoAsync(people => people.SetRoleAsync(null, Cast.Rosa.Id, Roles.Admin, Ct));
        var rosa = Cast.Rosa.Caller(Surface.Ui) with { IsAdmin = true, SessionId = await OpenAsync(Cast.Rosa) };
        Assert.False((await DoAsync(people => people.DisableAsync(rosa, Cast.Ada.Id, null, Ct))).LeavesNoAdmin);

        await DoAsync(async people =>
        {
            Assert.Contains("own account", await RefusedAsync(Refusal.Conflict, () => people.DisableAsync(rosa, Cast.Rosa.Id, null, Ct)),
                StringComparison.Ordinal);
            await RefusedAsync(Refusal.Conflict, () => people.SetRoleAsync(rosa, Cast.Rosa.Id, Roles.Reviewer, Ct));
            await RefusedAsync(Refusal.Conflict, () => people.ResetPasswordAsync(rosa, Cast.Rosa.Id, Password, Ct));
            return 0;
        });
        Assert.True((await DoAsync(people => people.SetRoleAsync(null, Cast.Rosa.Id, Roles.Reviewer, Ct))).LeavesNoAdmin);
    }

    [Fact]
    public async Task Of_two_admins_who_disable_each_other_one_wins()
    {
        await DoAsync(people => people.SetRoleAsync(null, Cast.Rosa.Id, Roles.Admin, Ct));
        var rosa = Cast.Rosa.Caller(Surface.Ui) with { IsAdmin = true, SessionId = await OpenAsync(Cast.Rosa) };
        var held = new HeldWriter(Queue);
        Task<PersonChange>[] both =
            [DoAsync(p => p.DisableAsync(rosa, Cast.Ada.Id, null, Ct)), DoAsync(p => p.DisableAsync(Admin, Cast.Rosa.Id, null, Ct))];
        await held.ReleaseAsync();
        await Task.WhenAll(both.Select(b => b.ContinueWith(_ => { }, TaskScheduler.Default)));

        _ = Assert.Single(both, b => b.IsCompletedSuccessfully);
        Assert.Equal(Refusal.SignedOut, Assert.IsType<RefusedException>(both.Single(b => b.IsFaulted).Exception!.InnerException).Refusal);
    }

    [Fact]
    public async Task Only_an_admin_in_person_sees_and_changes_others()
    {
        var key = Ada with { Key = (await Keys.FindAsync(Cast.Ada.Key, Ct))!.Key };
        var demoted = Admin;
        foreach (var caller in (Caller[])[Rosa, key])
            await DoAsync(async people =>
            {
                foreach (var act in Everything(people, caller))
                    await RefusedAsync(Refusal.Forbidden, act);
                return 0;
            });
        await DoAsync(people => people.SetRoleAsync(null, Cast.Ada.Id, Roles.Reviewer, Ct));
        await DoAsync(async people =>
        {
            foreach (var act in Everything(people, demoted).Skip(2)) // What is only read is the page's and the cookie's business.
                await RefusedAsync(Refusal.SignedOut, act);
            return 0;
        });

        static Func<Task>[] Everything(People people, Caller caller) =>
        [
            () => people.ListAsync(caller, null, 1, Ct),
            () => people.GetAsync(caller, Cast.Ben.Id, Ct),
            () => people.DisableAsync(caller, Cast.Ben.Id, null, Ct),
            () => people.EnableAsync(caller, Cast.Ben.Id, Ct),
            () => people.SetRoleAsync(caller, Cast.Ben.Id, Roles.Admin, Ct),
            () => people.ResetPasswordAsync(caller, Cast.Ben.Id, Password, Ct),
            () => people.SignOutAsync(caller, Cast.Ben.Id, Ct),
            () => people.EndSessionAsync(caller, Cast.Ben.Id, "x", Ct),
            () => people.RevokeKeyAsync(caller, Cast.Ben.Id, "key-ben", Ct),
        ];
    }

    [Fact]
    public async Task The_list_says_who_there_is_and_how_they_come_in()
    {
        await OpenAsync(Cast.Rosa);
        await DoAsync(people => people.DisableAsync(Admin, Cast.Ben.Id, null, Ct));

        var all = await DoAsync(people => people.ListAsync(Admin, null, 1, Ct));
        Assert.Equal(["ada@example.org", "ben@example.org", "rosa@example.org", "scout@example.org"], all.Items.Select(p => p.Email));
        Assert.Equal([PersonState.enabled, PersonState.disabled, PersonState.enabled, PersonState.enabled], all.Items.Select(p => p.State));
        var rosa = Assert.Single((await DoAsync(people => people.ListAsync(Admin, " ROSA@", 1, Ct))).Items);
        Assert.Equal((Roles.Reviewer, true, false, 2, 2), (rosa.Role, rosa.HasPassword, rosa.HasOidc, rosa.Sessions, rosa.Keys));
        Assert.Equal(Store.Clock.GetUtcNow(), rosa.LastSeenAt);
        var beyond = await DoAsync(people => people.ListAsync(Admin, null, int.MaxValue, Ct));
        Assert.Equal((0, 4), (beyond.Items.Count, beyond.Total));
    }

    [Fact]
    public async Task What_somebody_typed_is_one_line_in_the_log()
    {
        await DoAsync(people => people.DisableAsync(Admin, Cast.Rosa.Id, "gone\n2026-01-01 all is well\u001b[2J", Ct));

        await Store.Log.WaitForAsync("SecurityEvent", 2);
        var lines = Store.Log.Entries.Where(entry => entry.Event == "SecurityEvent").Select(entry => entry.Message).ToList();
        Assert.Single(lines, line => line.StartsWith("user.disabled: account rosa, by ada ", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
    }

    static (string, string?) Ended(string sessionId, string why) => (AuditActions.SignInEnded, $"{sessionId[..8]}: {why}");

    // In which order sessions that end together are told of doesn't matter.
    static IEnumerable<(string, string?)> Ordered(params (string, string?)[] events) => events.Order();

    async Task<string> OpenAsync(Person person)
    {
        var now = Store.Clock.GetUtcNow();
        var id = Guid.NewGuid().ToString("N");
        await using var db = Store.Db();
        db.UserSessions.Add(new()
        {
            Id = id,
            UserId = person.Id,
            Way = SignInWay.password,
            Device = "tests",
            CreatedAt = now,
            LastSeenAt = now,
            IdleUntil = now.AddHours(1),
            ExpiresAt = now.AddHours(8),
        });
        await db.SaveChangesAsync(Ct);
        return id;
    }

    async Task<HitlUser> UserAsync(Person person)
    {
        await using var db = Store.Db();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == person.Id, Ct);
    }

    async Task<T> DoAsync<T>(Func<People, Task<T>> act)
    {
        await using var scope = Store.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<People>());
    }

    async Task<PasswordAnswer> TryAsync(string email, string password)
    {
        await using var scope = Store.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<PasswordSignIn>()
            .TryAsync(email, password, _ => null, "192.0.2.1", Ct)).Answer;
    }
}
