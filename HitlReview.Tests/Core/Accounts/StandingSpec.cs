using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Accounts;

public sealed class StandingOnSqlite() : StandingSpec(new SqliteStore());

public sealed class StandingOnPostgres() : StandingSpec(new PostgresStore());

/// <summary>What a caller writes is written only while their sign-in or key stands, whatever was read of it before.</summary>
public abstract class StandingSpec(TestStore store) : CoreSpec(store)
{
    const string Session = "session-of-ada";

    static Caller ByCookie => Ada with { SessionId = Session };

    static Caller ByKey => Ada with { Key = new("key-ada", "tests", KeyMay.ask) };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = Store.Db();
        db.UserSessions.Add(new()
        {
            Id = Session,
            UserId = Ada.UserId,
            Way = SignInWay.password,
            Device = "a browser",
            CreatedAt = TestStore.Start,
            LastSeenAt = TestStore.Start,
            IdleUntil = TestStore.Start.AddHours(1),
            ExpiresAt = TestStore.Start.AddHours(2),
        });
        await db.SaveChangesAsync(Ct);
    }

    [Fact]
    public async Task Whoever_is_signed_in_writes()
    {
        await AskAsync(Request("by-cookie", "one"), ByCookie);
        await AskAsync(Request("by-key", "two"), ByKey);

        Assert.Equal(["by-cookie", "by-key"], (await TrailAsync()).Select(e => e.NodeExecId));
    }

    [Theory, Invariant(10)]
    [InlineData("UPDATE user_sessions SET ended_at = created_at", true, false)]
    [InlineData("UPDATE user_sessions SET idle_until = created_at", true, false)]
    [InlineData("UPDATE user_sessions SET expires_at = created_at", true, false)]
    [InlineData("UPDATE user_sessions SET user_id = 'rosa'", true, false)]
    [InlineData("DELETE FROM user_sessions", true, false)]
    [InlineData("UPDATE api_keys SET revoked_at = created_at", false, true)]
    [InlineData("UPDATE api_keys SET expires_at = created_at", false, true)]
    [InlineData("UPDATE api_keys SET user_id = 'rosa'", false, true)]
    [InlineData("DELETE FROM api_keys", false, true)]
    [InlineData("""DELETE FROM "AspNetUserRoles" """, true, true)]
    public async Task Whose_sign_in_or_key_has_ended_writes_nothing_more(string sql, bool endsCookie, bool endsKey)
    {
        await using (var db = Store.Db())
            await db.Database.ExecuteSqlRawAsync(sql, Ct);

        await TryAsync(ByCookie, endsCookie, "signed out");
        await TryAsync(ByKey, endsKey, "key");

        async Task TryAsync(Caller caller, bool ended, string named)
        {
            if (ended)
                Assert.Contains(named, await RefusedAsync(Refusal.SignedOut, () => AskAsync(Request(named, named), caller)),
                    StringComparison.Ordinal);
            else
                await AskAsync(Request(named, named), caller);
        }
    }

    [Fact, Invariant(10)]
    public async Task A_disabled_account_writes_nothing_more_and_one_that_is_locked_for_a_while_does()
    {
        await LockAsync(Store.Clock.GetUtcNow().AddMinutes(5));
        await AskAsync(Request("by-cookie", "one"), ByCookie);
        await AskAsync(Request("by-key", "two"), ByKey);

        await LockAsync(Store.Clock.GetUtcNow().AddYears(100));
        await RefusedAsync(Refusal.SignedOut, () => AskAsync(Request("late", "one"), ByCookie));
        await RefusedAsync(Refusal.SignedOut, () => AskAsync(Request("late", "two"), ByKey));

        async Task LockAsync(DateTimeOffset until)
        {
            await using var db = Store.Db();
            await db.Users.Where(u => u.Id == Ada.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, until), Ct);
        }
    }
}
