using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
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

    [Fact]
    public async Task Key_add_prints_the_key_and_nothing_else()
    {
        var run = await RunAsync("", "key", "add", Cast.Rosa.Email, "--name", "deploy agent");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var key = Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Cast.Rosa.Id, (await new ApiKeys(Queue, Store.Store, Store.Clock).FindAsync(key, Ct))?.UserId);
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

        Assert.Equal((1, "", "The audit trail is broken at event 1: the event was changed. The 0 before it hold together.\n"), (run.ExitCode, run.Out, run.Error));
    }

    [Theory]
    [InlineData("rosa@example.org", "user", "add", "rosa@example.org", "--role", "reviewer")]
    [InlineData("nobody@example.org", "key", "add", "nobody@example.org", "--name", "x")]
    [InlineData("'king'", "user", "add", "eve@example.org", "--role", "king")]
    [InlineData("--name", "key", "add", "rosa@example.org")]
    [InlineData("'usr'", "usr", "add")]
    [InlineData("'--urls'", "--urls")]
    public async Task A_refused_command_is_one_line_on_standard_error_and_exit_code_1(string named, params string[] args)
    {
        var run = await RunAsync("a long password", args);

        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains(named, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    Task<CommandRun> RunAsync(string input, params string[] args) => CommandRun.OfAsync(Store, input, args);

    async Task<bool> HasPasswordAsync(string email, string password)
    {
        await using var db = Store.Db();
        var user = await db.Users.SingleAsync(u => u.Email == email, Ct);
        return new PasswordHasher<HitlUser>().VerifyHashedPassword(user, user.PasswordHash!, password) == PasswordVerificationResult.Success;
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
