using HitlReview.Core;
using HitlReview.Core.Accounts;
using HitlReview.Core.Audit;
using HitlReview.Core.Reviews;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using HitlReview.Web.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HitlReview.Tests.Core.Storage;

/// <summary>
/// A verb of the command line beside the program, at the worst moment: one of them has read, or written, and not yet committed. On SQLite
/// the other can't even begin; on PostgreSQL it is kept from it.
/// </summary>
public sealed class TwoProcessesTests() : CoreSpec(new PostgresStore())
{
    BesideProcess _beside = null!;

    UserSessions Sessions => Store.Get<UserSessions>();

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.AddHitlAccounts();
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _beside = new(Store, services =>
        {
            Configure(services);
            services.AddSingleton<TimeProvider>(Store.Clock);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await _beside.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task No_session_opened_with_the_old_password_outlives_its_reset()
    {
        var held = new HeldWriter(Queue);
        var draft = new SessionDraft(Cast.Rosa.Id, SignInWay.password, "old password") { Stamp = Cast.Rosa.ToUser().SecurityStamp };
        var opening = Sessions.OpenAsync(draft, Ct);
        await using var open = HoldOpen(Queue);
        await held.ReleaseAsync();

        await open.MeanwhileAsync(() => OperateAsync(people => people.ResetPasswordAsync(null, Cast.Rosa.Id, "an altogether new one", Ct)));

        await opening;
        Assert.Empty(await Sessions.ListAsync(Cast.Rosa.Id, Ct));
    }

    [Fact, Invariant(8), Invariant(9)]
    public async Task Nothing_is_given_or_written_in_the_name_of_somebody_after_they_were_disabled()
    {
        var review = await AskAsync();
        await using var open = HoldOpen(Queue, tx => AutoApprovals.GiveAsync(tx, Rosa, review, ApprovalSpan.run, Ct), Rosa);

        await open.MeanwhileAsync(() => OperateAsync(people => people.DisableAsync(null, Cast.Rosa.Id, null, Ct)));

        await using var db = Store.Db();
        Assert.False(await db.AutoApprovals.AnyAsync(a => a.RevokedAt == null, Ct));
        Assert.Equal(
            [AuditActions.AutoApprovalGiven, AuditActions.UserDisabled],
            (await TrailAsync()).Skip(1).Take(2).Select(e => e.Action));
    }

    [Fact, Invariant(8)]
    public async Task A_stop_ends_all_that_stands_also_while_some_of_it_is_being_revoked()
    {
        foreach (var node in (string[])["first", "second", "third"])
        {
            await AskAsync(Request(node, nodeId: node));
            await DecideAsync(Approve(node) with { AutoApproveFuture = true });
        }
        var other = _beside.Get<CommitQueue>();
        var held = new HeldWriter(other);
        var revoking = _beside.Get<AutoApprovals>().RevokeAsync(Rosa, "run-1", "first", Ct);
        await using var open = HoldOpen(other);
        await held.ReleaseAsync();

        await open.MeanwhileAsync(() => Stopping.StopAsync(Rosa, "run-1", Ct));

        await revoking;
        Assert.Empty((await AutoApprovals.ListAsync(Rosa, PageRequest.First, Ct)).Items);
    }

    async Task OperateAsync(Func<People, Task> act)
    {
        await using var scope = _beside.Get<IServiceScopeFactory>().CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<People>());
    }

    /// <summary>Holds a transaction open once all that was asked of it before, and this, has been done in it.</summary>
    OpenTransaction HoldOpen(CommitQueue queue, Func<WriteTransaction, Task>? work = null, Caller? caller = null)
    {
        var (reached, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        return new(this, reached.Task, end, queue.WriteAsync(caller ?? Ada, async tx =>
        {
            await (work?.Invoke(tx) ?? Task.CompletedTask);
            reached.SetResult();
            await end.Task;
        }, Ct));
    }

    sealed class OpenTransaction(TwoProcessesTests test, Task reached, TaskCompletionSource end, Task committed) : IAsyncDisposable
    {
        /// <summary>
        /// Has the other process do something, ends this when that has been done or can't go on because of it, and waits for both.
        /// </summary>
        public async Task MeanwhileAsync(Func<Task> act)
        {
            await reached.WaitAsync(Recorded<int>.Patience, Ct);
            var other = act();
            while (!other.IsCompleted && !await test.SomeoneWaitsAsync())
                await Task.Yield();
            end.SetResult();
            await Task.WhenAll(committed, other);
        }

        public async ValueTask DisposeAsync()
        {
            end.TrySetResult();
            await committed;
        }
    }

    /// <summary>Whether a transaction waits for another one.</summary>
    async Task<bool> SomeoneWaitsAsync()
    {
        await using var connection = new NpgsqlConnection(Store.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')", connection);
        return await command.ExecuteScalarAsync(Ct) is true;
    }
}
