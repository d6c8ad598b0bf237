using HitlReview.Core.Events;
using HitlReview.Core.HostileText;
using HitlReview.Core.Storage;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Audit;

/// <summary>
/// Records changes: one record each, which the trail keeps and the listeners are told of, at one place. The only code that adds to the
/// trail.
/// </summary>
public sealed partial class Trail(ChangeFeeds feeds, ILogger<Trail> log) : IRecorder
{
    // As logs of servers write what isn't there: an operator at the command line, a person without a key.
    const string Nobody = "-";

    static readonly string s_insert = $"INSERT INTO audit_events ({Row<AuditEvent>.Columns}) VALUES ({Row<AuditEvent>.Parameters})";

    /// <inheritdoc/>
    public async Task AppendAsync(WriteTransaction tx, IEnumerable<IRecord> records, CancellationToken ct)
    {
        RecordMark? last = null;
        foreach (var record in records.Cast<TrailRecord>())
        {
            if (record.Entry is not { } entry)
                continue;
            last ??= await LastAsync(tx, ct);
            var linked = AuditChain.Link(entry, last.Seq + 1, tx.Now, last.Hash);
            last = new(linked.Seq, linked.Hash);
            await tx.ExecuteAsync(s_insert, ct, Row<AuditEvent>.ValuesOf(linked));
            record.Tells?.Place = last;
        }
    }

    static async Task<RecordMark> LastAsync(WriteTransaction tx, CancellationToken ct) => await tx.FirstAsync(
        "SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1", r => new RecordMark(r.GetInt64(0), r.GetString(1)), ct)
        ?? new(0, AuditChain.Genesis);

    /// <inheritdoc/>
    public void Tell(IEnumerable<IRecord> records)
    {
        foreach (var record in records.Cast<TrailRecord>())
        {
            if (record.Entry is { } entry)
            {
                if (entry.OwnerId is { } whose && AccessTrail.Concerns(entry.Action))
                    feeds.TellAccess(whose);
                if (AuditActions.IsOfSecurity(entry.Action))
                    LogSecurity(entry);
            }
            if (record.Tells is { } change)
                feeds.Publish(change);
        }
    }

    /// <inheritdoc/>
    public void TellGap() => feeds.PublishGap();

    /// <summary>What the trail says of sign-ins, accounts and keys stands in the log too, where alarms look.</summary>
    void LogSecurity(AuditEntry entry) =>
        SecurityEvent(log, AuditActions.IsSuspicious(entry.Action) ? LogLevel.Warning
            : LogLevel.Information, entry.Action, entry.OwnerId ?? Nobody, entry.ActorId ?? Nobody,
            entry.KeyId ?? Nobody, entry.Surface, entry.Detail is { } detail ? LogText.OneLine(detail) : null);

    [LoggerMessage(Message = "{Action}: account {OwnerId}, by {ActorId} with key {KeyId} over {Surface}: {Detail}")]
    static partial void SecurityEvent(
        ILogger log, LogLevel level, string action, string ownerId, string actorId, string keyId, Surface surface, string? detail);
}
