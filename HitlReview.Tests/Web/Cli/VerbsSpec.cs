using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Payloads;
using HitlReview.Core.Reviews;
using HitlReview.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Web.Cli;

/// <summary>The verbs as a machine runs them: real processes, beside a process that has the database open.</summary>
public abstract class VerbsSpec(TestStore store) : StoreSpec(store)
{
    [Fact]
    public async Task User_add_takes_the_password_from_standard_input()
    {
        var run = await RunAsync("from a pipe\nnot this\n", "user", "add", "eve@example.org", "--role", "reviewer");

        Assert.Equal((0, ""), (run.ExitCode, run.Out));
        Assert.True(await HasPasswordAsync("eve@example.org", "from a pipe"));
    }

    [Fact]
    public async Task User_add_prints_a_password_of_its_own_where_none_comes()
    {
        var run = await RunAsync("", "user", "add", "eve@example.org", "--role", "admin");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Out.Trim().Length >= 20);
        Assert.True(await HasPasswordAsync("eve@example.org", run.Out.Trim()));
    }

    [Fact, Invariant(9)]
    public async Task An_incident_is_dealt_with_at_the_command_line()
    {
        await using (var asking = Store.Db())
        {
            var request = new ReviewRequest("act-1", "run-1", "mail", JsonText.Parse("{}", "payload"));
            await PastTheGate.AddAsync(asking, [request.ToReview(Cast.Rosa.Id, ReviewOrigin.Agent, Store.Clock.GetUtcNow())], Ct);
        }
        var disabled = await RunAsync("", "user", "disable", "ROSA@example.org", "--reason", "left");
        Assert.Equal((0, ""), (disabled.ExitCode, disabled.Out));
        Assert.StartsWith("ROSA@example.org is disabled: 1 sign-in ended, 0 decisions withdrawn, 1 execution stopped.", disabled.Error,
            StringComparison.Ordinal);
        Assert.Equal("rosa@example.org is disabled already.\n", (await RunAsync("", "user", "disable", Cast.Rosa.Email)).Error);

        var list = await RunAsync("", "user", "list", "--search", "rosa");
        Assert.Equal((0, "rosa@example.org\treviewer\tdisabled\tpassword\t0\t-\t2\n", "1 account.\n"),
            (list.ExitCode, list.Out, list.Error));

        var enabled = await RunAsync("", "user", "enable", Cast.Rosa.Email);
        Assert.Equal((0, "rosa@example.org is enabled.\n"), (enabled.ExitCode, enabled.Error));
        var role = await RunAsync("", "user", "role", Cast.Ada.Email, Roles.Reviewer);
        Assert.Equal(0, role.ExitCode);
        Assert.Contains("Warning: no admin is left who can sign in.", role.Error, StringComparison.Ordinal);

        var given = await RunAsync("given on a pipe\n", "user", "reset-password", Cast.Rosa.Email);
        Assert.Equal((0, ""), (given.ExitCode, given.Out));
        Assert.True(await HasPasswordAsync(Cast.Rosa.Email, "given on a pipe"));
        var generated = await RunAsync("", "user", "reset-password", Cast.Rosa.Email);
        Assert.True(await HasPasswordAsync(Cast.Rosa.Email, generated.Out.Trim()));
        Assert.Equal("rosa@example.org is signed out: 0 sign-ins ended.\n",
            (await RunAsync("", "user", "sign-out", Cast.Rosa.Email)).Error);

        await using var db = Store.Db();
        Assert.Equal(
            [AuditActions.UserDisabled, AuditActions.ReviewCancelled, AuditActions.ExecutionMoved, AuditActions.UserEnabled,
                AuditActions.RoleChanged, AuditActions.PasswordReset, AuditActions.PasswordReset, AuditActions.SignedOutEverywhere],
            await db.AuditEvents.Where(e => e.Action != AuditActions.SignInEnded).OrderBy(e => e.Seq).Select(e => e.Action)
                .ToListAsync(Ct));
        Assert.True(await db.AuditEvents.AllAsync(e => e.ActorId == null && e.Surface == HitlReview.Core.Surface.Cli, Ct));
    }

    [Fact]
    public async Task Key_add_prints_the_key_and_nothing_else()
    {
        var run = await RunAsync("", "key", "add", Cast.Rosa.Email, "--name", "deploy agent");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var key = Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Cast.Rosa.Id, (await new ApiKeys(Queue, Store.Store, Store.Clock).FindAsync(key, Ct))?.UserId);
    }

    [Theory]
    [InlineData(KeyMay.ask, null)]
    [InlineData(KeyMay.ask | KeyMay.decide, null, "--may", "ask", "decide")]
    [InlineData(KeyMay.decide | KeyMay.metrics, null, "--may", "decide, metrics")]
    [InlineData(KeyMay.ask | KeyMay.admin, 90 * 24, "--may", "ask", "--may", "admin", "--expires-in", "90d")]
    [InlineData(KeyMay.ask, 12, "--expires-in", "12h")]
    [InlineData(KeyMay.ask, 36, "--expires-in", "1.12:00:00")]
    public async Task Key_add_says_what_the_key_may_and_when_it_ends(KeyMay may, int? hours, params string[] more)
    {
        var run = await RunAsync("", ["key", "add", Cast.Ada.Email, "--name", "made", .. more]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        await using var db = Store.Db();
        var key = await db.ApiKeys.SingleAsync(k => k.Name == "made", Ct);
        Assert.Equal((may, hours), (key.May, key.ExpiresAt is { } end ? (int?)(end - key.CreatedAt).TotalHours : null));
    }

    [Fact]
    public async Task Key_list_says_all_but_the_keys_and_key_revoke_ends_one()
    {
        var made = await RunAsync(
            "", "key", "add", Cast.Rosa.Email, "--name", "deploy\u202eagent", "--may", "ask,decide", "--expires-in", "90d");

        var all = await RunAsync("", "key", "list");
        var rosas = await RunAsync("", "key", "list", Cast.Rosa.Email);

        Assert.Equal((0, ""), (rosas.ExitCode, rosas.Error));
        Assert.DoesNotContain(made.Out.Trim(), all.Out, StringComparison.Ordinal);
        Assert.Contains(Cast.Ben.Email, all.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Cast.Ben.Email, rosas.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", rosas.Out, StringComparison.Ordinal);
        Assert.Equal(["ID", "KEY", "OWNER", "MAY", "MADE", "LAST USED", "ENDS", "NAME"], rosas.Out.Split('\n')[0].Split('\t'));
        var row = rosas.Out.Split('\n').Single(line => line.Contains("deploy", StringComparison.Ordinal)).Split('\t');
        Assert.Equal((made.Out[..9] + "…", Cast.Rosa.Email, "ask,decide", "-"), (row[1], row[2], row[3], row[5]));

        var revoked = await RunAsync("", "key", "revoke", row[0]);
        Assert.Equal((0, ""), (revoked.ExitCode, revoked.Out));
        Assert.Null(await new ApiKeys(Queue, Store.Store, Store.Clock).FindAsync(made.Out.Trim(), Ct));
        await using var db = Store.Db();
        var last = await db.AuditEvents.OrderBy(e => e.Seq).LastAsync(Ct);
        Assert.Equal((AuditActions.KeyRevoked, null, HitlReview.Core.Surface.Cli, Cast.Rosa.Id),
            (last.Action, last.ActorId, last.Surface, last.OwnerId));
    }

    [Fact]
    public async Task Audit_verify_counts_the_events_and_names_the_last_ones_hash()
    {
        await RunAsync("", "key", "add", Cast.Rosa.Email, "--name", "first");
        await RunAsync("", "key", "add", Cast.Rosa.Email, "--name", "second");

        var run = await RunAsync("", "audit", "verify");

        await using var db = Store.Db();
        var head = await db.AuditEvents.SingleAsync(e => e.Seq == 2, Ct);
        Assert.Equal((0, $"2 events hold together; the last one's hash is {head.Hash}.\n"), (run.ExitCode, run.Out));
        Assert.Equal((AuditActions.KeyAdded, HitlReview.Core.Surface.Cli), (head.Action, head.Surface));
    }

    [Fact, Invariant(9)]
    public async Task Audit_verify_ends_with_1_and_names_the_first_broken_event()
    {
        await RunAsync("", "key", "add", Cast.Rosa.Email, "--name", "first");
        await using (var db = Store.Db())
            foreach (var statement in (string[])[.. RemoveTriggers, "UPDATE audit_events SET detail = 'harmless' WHERE seq = 1"])
                await db.Database.ExecuteSqlRawAsync(statement, Ct);

        var run = await RunAsync("", "audit", "verify");

        Assert.Equal(
            (1, "", "The audit trail is broken at event 1: the event was changed. The 0 before it hold together.\n"),
            (run.ExitCode, run.Out, run.Error));
    }

    [Theory]
    [InlineData("rosa@example.org", "user", "add", "rosa@example.org", "--role", "reviewer")]
    [InlineData("every list", "user", "add", "eve@example.org", "--role", "reviewer")]
    [InlineData("every list", "user", "reset-password", "rosa@example.org")]
    [InlineData("nobody@example.org", "user", "disable", "nobody@example.org")]
    [InlineData("'king'", "user", "role", "rosa@example.org", "king")]
    [InlineData("nobody@example.org", "key", "add", "nobody@example.org", "--name", "x")]
    [InlineData("'king'", "user", "add", "eve@example.org", "--role", "king")]
    [InlineData("--name", "key", "add", "rosa@example.org")]
    [InlineData("'none'", "key", "add", "ada@example.org", "--name", "x", "--may", "none")]
    [InlineData("'3'", "key", "add", "ada@example.org", "--name", "x", "--may", "3")]
    [InlineData("'Ask'", "key", "add", "ada@example.org", "--name", "x", "--may", "Ask")]
    [InlineData("''", "key", "add", "ada@example.org", "--name", "x", "--may", "ask,")]
    [InlineData("Only an admin's key", "key", "add", "rosa@example.org", "--name", "x", "--may", "admin")]
    [InlineData("'soon'", "key", "add", "ada@example.org", "--name", "x", "--expires-in", "soon")]
    [InlineData("3650 days", "key", "add", "ada@example.org", "--name", "x", "--expires-in", "3651d")]
    [InlineData("nobody@example.org", "key", "list", "nobody@example.org")]
    [InlineData("not found", "key", "revoke", "unknown")]
    [InlineData("'usr'", "usr", "add")]
    [InlineData("'--urls'", "--urls")]
    public async Task A_refused_command_is_one_line_on_standard_error_and_exit_code_1(string named, params string[] args)
    {
        var run = await RunAsync(named == "every list" ? "Password123" : "a long password", args);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains(named, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    Task<CommandRun> RunAsync(string input, params string[] args) => CommandRun.OfAsync(Store, input, args);

    async Task<bool> HasPasswordAsync(string email, string password)
    {
        await using var db = Store.Db();
        var user = await db.Users.SingleAsync(u => u.Email == email, Ct);
        return new PasswordHasher<HitlUser>()
            .VerifyHashedPassword(user, user.PasswordHash!, password) == PasswordVerificationResult.Success;
    }

    protected abstract string[] RemoveTriggers { get; }
}

public sealed class VerbsOnSqlite() : VerbsSpec(new SqliteStore())
{
    protected override string[] RemoveTriggers => ["DROP TRIGGER audit_events_no_update"];
}

public sealed class VerbsOnPostgres() : VerbsSpec(new PostgresStore())
{
    protected override string[] RemoveTriggers => ["DROP TRIGGER audit_events_append_only ON audit_events"];
}
