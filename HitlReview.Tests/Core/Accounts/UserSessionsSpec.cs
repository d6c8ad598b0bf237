using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HitlReview.Tests.Core.Accounts;

public abstract class UserSessionsSpec(TestStore store) : StoreSpec(store)
{
    UserSessions Sessions => Store.Get<UserSessions>();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<UserSessions>().AddSingleton<Drafts>()
        .AddOptions<UserSessionOptions>()
        .Configure(session => (session.SessionIdle, session.SessionMax) = (TimeSpan.FromHours(1), TimeSpan.FromHours(3)));

    [Fact]
    public async Task A_session_ends_when_nobody_uses_it()
    {
        var rosa = await OpenAsync();
        Store.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Null((await Sessions.LookAsync(rosa, Ct)).End);

        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(SignInEnd.timed_out, (await Sessions.LookAsync(rosa, Ct)).End);
        await RefusedAsync(rosa);
    }

    [Fact]
    public async Task A_session_in_use_goes_on_until_its_absolute_end()
    {
        var rosa = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            Store.Clock.Advance(TimeSpan.FromMinutes(35));
            await Sessions.SeeAsync(rosa.SessionId!, Ct);
            Assert.Null((await Sessions.LookAsync(rosa, Ct)).End);
        }
        Store.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(SignInEnd.timed_out, (await Sessions.LookAsync(rosa, Ct)).End);
        await RefusedAsync(rosa);
    }

    [Fact]
    public async Task One_that_has_ended_is_not_seen_back_to_life()
    {
        var rosa = await OpenAsync();
        Store.Clock.Advance(TimeSpan.FromMinutes(61));
        await Sessions.SeeAsync(rosa.SessionId!, Ct);
        Assert.Equal(SignInEnd.timed_out, (await Sessions.LookAsync(rosa, Ct)).End);
    }

    [Fact, Invariant(9)]
    public async Task Every_beginning_and_end_is_in_the_trail()
    {
        var (first, second, third) = (await OpenAsync(), await OpenAsync(), await OpenAsync());
        await Sessions.SignOutAsync(first, Ct);
        await Sessions.EndAsync(third, second.SessionId!, Ct);
        await Sessions.SignOutAsync(first, Ct);

        await using var db = Store.Db();
        Assert.Equal(
            [
                .. new[] { first, second, third }.Select(c => $"session.opened {Name(c)}: password"),
                $"session.ended {Name(first)}: signed_out", $"session.ended {Name(second)}: ended"],
            (await db.AuditEvents.Where(e => e.OwnerId == Cast.Rosa.Id).OrderBy(e => e.Seq).ToListAsync(Ct))
                .Select(e => $"{e.Action} {e.Detail}"));
        Assert.Equal(third.SessionId, Assert.Single(await OwnAsync()).Id);

        static string Name(Caller caller) => UserSessions.NameOf(caller.SessionId!);
    }

    [Fact]
    public async Task All_others_end_at_once_and_nobody_elses()
    {
        var (here, ben) = (await OpenAsync(), await OpenAsync(Cast.Ben));
        var others = new[] { await OpenAsync(), await OpenAsync() };

        // The one that the tests themselves use is another.
        Assert.Equal(3, await Sessions.EndOthersAsync(here, Ct));

        Assert.Null((await Sessions.LookAsync(here, Ct)).End);
        Assert.Null((await Sessions.LookAsync(ben, Ct)).End);
        foreach (var other in others)
            await RefusedAsync(other);
    }

    [Fact, Invariant(1)]
    public async Task Nobody_ends_anothers_session()
    {
        var (rosa, ben) = (await OpenAsync(), await OpenAsync(Cast.Ben));

        Assert.Equal(
            Refusal.NotFound, (await Assert.ThrowsAsync<RefusedException>(() => Sessions.EndAsync(ben, rosa.SessionId!, Ct))).Refusal);

        Assert.Null((await Sessions.LookAsync(rosa, Ct)).End);
    }

    [Fact, Invariant(11)]
    public async Task A_key_ends_no_session()
    {
        var rosa = await OpenAsync();
        var agent = Cast.Rosa.Caller() with { SessionId = null, Key = new("key-rosa", "tests", KeyMay.ask | KeyMay.decide) };

        Assert.Equal(
            Refusal.Forbidden, (await Assert.ThrowsAsync<RefusedException>(() => Sessions.EndAsync(agent, rosa.SessionId!, Ct))).Refusal);
        Assert.Equal(Refusal.Forbidden, (await Assert.ThrowsAsync<RefusedException>(() => Sessions.EndOthersAsync(agent, Ct))).Refusal);
    }

    [Fact]
    public async Task Signing_in_anew_ends_the_session_that_the_browser_had_whoevers_it_was()
    {
        var ben = await OpenAsync(Cast.Ben);

        var rosa = await Sessions.OpenAsync(new(Cast.Rosa.Id, SignInWay.password, "x") { Replaces = ben.SessionId }, Ct);

        Assert.NotEqual(ben.SessionId, rosa.Id);
        Assert.NotNull((await Sessions.LookAsync(ben, Ct)).End);
    }

    [Fact]
    public async Task A_disabled_account_opens_none_and_has_none_that_stands()
    {
        var rosa = await OpenAsync();
        await using (var db = Store.Db())
            await db.Users.Where(u => u.Id == Cast.Rosa.Id).ExecuteUpdateAsync(
                set => set.SetProperty(u => u.LockoutEnd, DateTimeOffset.MaxValue), Ct);

        Assert.Equal(SignInEnd.disabled, (await Sessions.LookAsync(rosa, Ct)).End);
        Assert.Equal(Refusal.Forbidden, (await Assert.ThrowsAsync<RefusedException>(() => OpenAsync())).Refusal);
    }

    [Fact]
    public async Task A_session_of_another_role_does_not_stand()
    {
        var ada = await OpenAsync(Cast.Ada);
        Assert.Null((await Sessions.LookAsync(ada, Ct)).End);
        Assert.Equal(SignInEnd.role_changed, (await Sessions.LookAsync(ada with { IsAdmin = false }, Ct)).End);
    }

    [Fact]
    public async Task What_a_browser_calls_itself_is_kept_in_part()
    {
        var session = await Sessions.OpenAsync(new(Cast.Rosa.Id, SignInWay.password, new('x', 10_000)), Ct);
        Assert.Equal(UserSessions.MaxDevice, session.Device.Length);
    }

    [Fact]
    public async Task What_was_typed_until_the_end_is_kept_and_nothing_later()
    {
        var rosa = await OpenAsync();
        var drafts = Store.Get<Drafts>();
        await using (var db = Store.Db())
            await PastTheGate.AddAsync(db, [TestReview("a", Cast.Rosa.Id)], Ct);
        await Sessions.SignOutAsync(rosa, Ct);

        await drafts.SaveAsync(rosa, "a", null, "typed before", "hash", 0, Ct);
        Store.Clock.Advance(TimeSpan.FromSeconds(11));
        var late = await Assert.ThrowsAsync<RefusedException>(() => drafts.SaveAsync(rosa, "a", null, "typed later", "hash", 1, Ct));

        Assert.Equal(Refusal.SignedOut, late.Refusal);
        Assert.Equal("typed before", (await drafts.FindAsync(rosa, "a", Ct))?.Message);
        Assert.Null(await drafts.FindAsync(await OpenAsync(Cast.Ben), "a", Ct));
    }

    static Review TestReview(string id, string userId) => new()
    {
        NodeExecId = id,
        UserId = userId,
        GraphExecId = "run",
        NodeId = "tool",
        Payload = "{}",
        PayloadHash = "hash",
        Editable = true,
        Origin = ReviewOrigin.Agent,
        CreatedAt = TestStore.Start,
    };

    async Task<Caller> OpenAsync(Person? who = null)
    {
        who ??= Cast.Rosa;
        var session = await Sessions.OpenAsync(new(who.Id, SignInWay.password, "Mozilla/5.0"), Ct);
        return who.Caller(Surface.Ui) with { SessionId = session.Id };
    }

    async Task<IReadOnlyList<UserSession>> OwnAsync() =>
        [.. (await Sessions.ListAsync(Cast.Rosa.Id, Ct)).Where(s => s.Id != Cast.Rosa.ToSession().Id)];

    async Task RefusedAsync(Caller caller) =>
        Assert.Equal(
            Refusal.SignedOut,
            (await Assert.ThrowsAsync<RefusedException>(() => Store.Queue.WriteAsync(caller, _ => Task.CompletedTask, Ct))).Refusal);
}

public sealed class UserSessionsOnSqlite() : UserSessionsSpec(new SqliteStore());

public sealed class UserSessionsOnPostgres() : UserSessionsSpec(new PostgresStore());
