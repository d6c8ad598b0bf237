using HitlReview.Core;
using HitlReview.Core.Audit;
using HitlReview.Core.Storage;
using HitlReview.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace HitlReview.Tests.Core.Audit;

public abstract class AuditVerifierSpec(TestStore store) : StoreSpec(store)
{
    const int Events = 5;

    [Fact, Invariant(9)]
    public async Task An_untouched_trail_holds_together_to_its_last_event()
    {
        await WriteAsync();

        await using var db = Store.Db();
        Assert.Equal(new(Events, (await db.AuditEvents.OrderBy(e => e.Seq).LastAsync(Ct)).Hash, null, null), await VerifyAsync());
    }

    [Fact]
    public async Task An_empty_trail_holds_together() => Assert.Equal(new(0, AuditChain.Genesis, null, null), await VerifyAsync());

    [Theory, Invariant(9)]
    [InlineData("UPDATE audit_events SET detail = 'nothing' WHERE seq = 3", 3)]
    [InlineData("UPDATE audit_events SET actor_id = NULL WHERE seq = 3", 3)]
    [InlineData("UPDATE audit_events SET at = at + 1 WHERE seq = 5", 5)]
    [InlineData("UPDATE audit_events SET surface = 'Nowhere' WHERE seq = 2", 2)]
    [InlineData("DELETE FROM audit_events WHERE seq = 1", 1)]
    [InlineData("DELETE FROM audit_events WHERE seq = 4", 4)]
    [InlineData("UPDATE audit_events SET seq = 6 WHERE seq = 5", 5)]
    [InlineData(
        "INSERT INTO audit_events SELECT 6, at, actor_id, surface, action, owner_id, graph_exec_id, node_exec_id, payload_hash_before, "
        + "payload_hash_after, detail, prev_hash, hash, key_id, key_name FROM audit_events WHERE seq = 5",
        6)]
    public async Task The_first_event_that_is_missing_or_changed_is_named(string tampering, long broken)
    {
        await WriteAsync();
        await TamperAsync(tampering);

        var verdict = await VerifyAsync();

        Assert.Equal((broken, broken - 1), (verdict.BrokenSeq, verdict.Count));
        Assert.NotNull(verdict.Fault);
    }

    [Fact]
    public async Task A_forged_event_with_a_hash_of_its_own_does_not_follow_from_the_one_before()
    {
        await WriteAsync();
        await using (var db = Store.Db())
        {
            var forged = AuditChain.Link(new(AuditActions.ReviewApproved, "mallory", Surface.Ui), 3, TestStore.Start, AuditChain.Genesis);
            await TamperAsync(
                $"UPDATE audit_events SET at = {UtcMicroseconds.From(forged.At)}, actor_id = 'mallory', surface = 'Ui', "
                + $"action = '{forged.Action}', owner_id = NULL, detail = NULL, prev_hash = '{forged.PrevHash}', "
                + $"hash = '{forged.Hash}' WHERE seq = 3");
        }

        Assert.Equal(3, (await VerifyAsync()).BrokenSeq);
    }

    Task<AuditVerdict> VerifyAsync() => Store.Get<AuditVerifier>().VerifyAsync(Ct);

    async Task WriteAsync()
    {
        for (var i = 1; i <= Events; i++)
        {
            var detail = $"number {i}";
            await Queue.WriteAsync(tx =>
            {
                tx.Record(new(AuditActions.ReviewRequested, Cast.Rosa.Id, Surface.Rest) { OwnerId = Cast.Rosa.Id, Detail = detail });
                return Task.CompletedTask;
            }, Ct);
        }
    }

    /// <summary>As someone with the database in their hands would, past the triggers.</summary>
    async Task TamperAsync(string sql)
    {
        await using var db = Store.Db();
        foreach (var statement in (string[])[.. RemoveTriggers, sql])
            await db.Database.ExecuteSqlRawAsync(statement, Ct);
    }

    protected abstract string[] RemoveTriggers { get; }
}

public sealed class AuditVerifierOnSqlite() : AuditVerifierSpec(new SqliteStore())
{
    protected override string[] RemoveTriggers => ["DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"];
}

public sealed class AuditVerifierOnPostgres() : AuditVerifierSpec(new PostgresStore())
{
    protected override string[] RemoveTriggers => ["DROP TRIGGER audit_events_append_only ON audit_events"];
}
