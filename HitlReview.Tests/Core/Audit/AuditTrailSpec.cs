using System.Data.Common;
using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Events;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HitlReview.Tests.Core.Audit;

public sealed class AuditTrailOnSqlite() : AuditTrailSpec(new SqliteStore());

public sealed class AuditTrailOnPostgres() : AuditTrailSpec(new PostgresStore());

public abstract class AuditTrailSpec(TestStore store) : StoreSpec(store)
{
    protected override void Configure(IServiceCollection services) => services.AddSingleton<AuditVerifier>();

    static AuditEntry Entry(string detail) => new(AuditActions.GraphStored, Cast.Rosa.Id, Surface.Rest)
    {
        OwnerId = Cast.Rosa.Id,
        GraphExecId = "exec",
        NodeExecId = "node",
        PayloadHashBefore = "before",
        PayloadHashAfter = "after",
        Detail = detail,
    };

    static Task AppendAsync(CommitQueue queue, string detail) =>
        queue.WriteAsync(tx =>
        {
            tx.Record(Entry(detail));
            return Task.CompletedTask;
        }, Ct);

    async Task<List<AuditEvent>> TrailAsync()
    {
        await using var db = Store.Db();
        return await db.AuditEvents.AsNoTracking().OrderBy(e => e.Seq).ToListAsync(Ct);
    }

    Task<AuditVerdict> VerifyAsync() => Store.Get<AuditVerifier>().VerifyAsync(Ct);

    [Fact, Invariant(9)]
    public async Task An_event_says_who_did_what_when_from_where_to_what()
    {
        await AppendAsync(Queue, "hostile \u0000 text \u202e, with a quote ' and a semicolon; --".Replace("\0", "\u2400"));
        var e = Assert.Single(await TrailAsync());
        Assert.Equal(1, e.Seq);
        Assert.Equal(TestStore.Start, e.At);
        Assert.Equal((Cast.Rosa.Id, Surface.Rest, AuditActions.GraphStored), (e.ActorId, e.Surface, e.Action));
        Assert.Equal((Cast.Rosa.Id, "exec", "node"), (e.OwnerId, e.GraphExecId, e.NodeExecId));
        Assert.Equal(("before", "after"), (e.PayloadHashBefore, e.PayloadHashAfter));
        Assert.Equal("hostile \u2400 text \u202e, with a quote ' and a semicolon; --", e.Detail);
        Assert.Equal(AuditChain.Genesis, e.PrevHash);
        Assert.Equal(AuditChain.HashOf(e), e.Hash);
    }

    [Fact, Invariant(9)]
    public async Task The_chain_has_no_gap_however_many_write_at_once()
    {
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (i, _) =>
            await AppendAsync(Queue, $"{i}"));
        await AssertWholeAsync(300);
    }

    [Fact, Invariant(9)]
    public async Task The_chain_has_no_gap_when_two_processes_write_at_once()
    {
        // The program, and a verb of its command line beside it.
        await using var other = new Store(Store.Options);
        await other.OpenBesideAsync(Ct);
        await using var otherQueue = new CommitQueue(
            other, new Trail(new ChangeFeeds(), NullLogger<Trail>.Instance), Store.Clock, NullLogger<CommitQueue>.Instance);
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct },
            async (i, _) => await AppendAsync(i % 2 == 0 ? Queue : otherQueue, $"{i}"));
        await AssertWholeAsync(300);
    }

    [Fact, Invariant(9)]
    public async Task The_chain_goes_on_after_a_restart()
    {
        await AppendAsync(Queue, "before");
        await Store.RestartAsync();
        await AppendAsync(Queue, "after");
        await AssertWholeAsync(2);
    }

    [Fact, Invariant(9)]
    public async Task Nothing_is_in_the_trail_of_what_was_not_done()
    {
        await Assert.ThrowsAsync<RefusedException>(() => Queue.WriteAsync(tx =>
        {
            tx.Record(Entry("refused"));
            throw new RefusedException(Refusal.Conflict, "no");
        }, Ct));
        await AppendAsync(Queue, "done");
        Assert.Equal("done", Assert.Single(await TrailAsync()).Detail);
    }

    [Theory, Invariant(9)]
    [InlineData("UPDATE audit_events SET detail = 'changed'")]
    [InlineData("DELETE FROM audit_events")]
    public async Task The_database_refuses_to_change_or_delete_events(string statement)
    {
        await AppendAsync(Queue, "kept");
        await using (var db = Store.Db())
        {
            var refused = await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync(statement, Ct));
            Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal("kept", Assert.Single(await TrailAsync()).Detail);
    }

    public static TheoryData<string> Tampering { get; } =
    [
        "seq = 99",
        "at = at + 1",
        "actor_id = 'ben'",
        "actor_id = NULL",
        "surface = 'Ui'",
        "surface = 'Nowhere'",
        "action = 'graph.changed'",
        "owner_id = 'ben'",
        "graph_exec_id = 'other'",
        "node_exec_id = 'other'",
        "payload_hash_before = 'other'",
        "payload_hash_after = 'other'",
        "payload_hash_after = NULL",
        "detail = ''",
        "detail = NULL",
        "prev_hash = 'other'",
        "hash = 'other'",
        // What one field loses the next one gains: lengths are hashed too.
        "graph_exec_id = 'execn', node_exec_id = 'ode'",
    ];

    [Theory, Invariant(9), MemberData(nameof(Tampering))]
    public async Task A_changed_field_is_found(string change)
    {
        foreach (var detail in (string[])["1", "2", "3"])
            await AppendAsync(Queue, detail);
        Assert.Equal((3, null), await VerifyAsync() is var whole ? (whole.Count, whole.BrokenSeq) : default);

        await TamperAsync($"UPDATE audit_events SET {change} WHERE seq = 2");

        Assert.Equal((1, 2), await VerifyAsync() is var broken ? (broken.Count, broken.BrokenSeq) : default);
    }

    [Fact, Invariant(9)]
    public async Task A_missing_event_is_found()
    {
        foreach (var detail in (string[])["1", "2", "3"])
            await AppendAsync(Queue, detail);
        await TamperAsync("DELETE FROM audit_events WHERE seq = 2");
        Assert.Equal(2, (await VerifyAsync()).BrokenSeq);
    }

    [Fact, Invariant(9)]
    public async Task An_event_made_anew_with_a_hash_of_its_own_is_found_by_the_next_one()
    {
        foreach (var detail in (string[])["1", "2", "3"])
            await AppendAsync(Queue, detail);
        var second = (await TrailAsync())[1];
        var forged = AuditChain.Link(Entry("forged"), 2, second.At, second.PrevHash);
        await TamperAsync($"UPDATE audit_events SET detail = 'forged', hash = '{forged.Hash}' WHERE seq = 2");
        Assert.Equal(3, (await VerifyAsync()).BrokenSeq);
    }

    [Fact, Invariant(9)]
    public async Task An_event_cut_off_the_end_shows_in_the_head_hash()
    {
        foreach (var detail in (string[])["1", "2"])
            await AppendAsync(Queue, detail);
        var before = await VerifyAsync();
        await TamperAsync("DELETE FROM audit_events WHERE seq = 2");
        var after = await VerifyAsync();
        Assert.Null(after.BrokenSeq);
        Assert.Equal((2, 1), (before.Count, after.Count));
        Assert.NotEqual(before.HeadHash, after.HeadHash);
    }

    /// <summary>What someone can do who may change the schema too.</summary>
    async Task TamperAsync(string statement)
    {
        await using var db = Store.Db();
        foreach (var trigger in Store.Provider == DatabaseProvider.Sqlite
            ? (string[])["DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"]
            : ["DROP TRIGGER audit_events_append_only ON audit_events"])
            await db.Database.ExecuteSqlRawAsync(trigger, Ct);
        Assert.Equal(1, await db.Database.ExecuteSqlRawAsync(statement, Ct));
    }

    async Task AssertWholeAsync(int count)
    {
        var trail = await TrailAsync();
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), trail.Select(e => e.Seq));
        Assert.Equal(count, trail.DistinctBy(e => e.Detail).Count());
        var verdict = await VerifyAsync();
        Assert.Equal((count, null), (verdict.Count, verdict.BrokenSeq));
        Assert.Equal(trail[^1].Hash, verdict.HeadHash);
    }
}
