using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HitlReview.Core.Storage;

namespace HitlReview.Core.Audit;

/// <summary>
/// The hash chain of the audit trail: each event carries the hash of the one before, so that a changed, removed or inserted event breaks
/// the chain.
/// </summary>
public static class AuditChain
{
    /// <summary>What the first event has in place of a predecessor's hash.</summary>
    public static string Genesis { get; } = new('0', 64);

    /// <summary>Makes the next event of the chain.</summary>
    /// <param name="entry">What happened.</param>
    /// <param name="seq">Its position.</param>
    /// <param name="at">When, to the microsecond.</param>
    /// <param name="prevHash">The hash of the event before, or <see cref="Genesis"/>.</param>
    public static AuditEvent Link(AuditEntry entry, long seq, DateTimeOffset at, string prevHash)
    {
        var linked = new AuditEvent
        {
            Seq = seq,
            At = at,
            ActorId = entry.ActorId,
            Surface = entry.Surface,
            Action = entry.Action,
            OwnerId = entry.OwnerId,
            GraphExecId = entry.GraphExecId,
            NodeExecId = entry.NodeExecId,
            PayloadHashBefore = entry.PayloadHashBefore,
            PayloadHashAfter = entry.PayloadHashAfter,
            Detail = entry.Detail,
            KeyId = entry.KeyId,
            KeyName = entry.KeyName,
            PrevHash = prevHash,
            Hash = "",
        };
        linked.Hash = HashOf(linked);
        return linked;
    }

    /// <summary>
    /// The hash of an event over all its other fields. Every field is preceded by its length (-1 for none), so that no two events have the
    /// same form.
    /// </summary>
    public static string HashOf(AuditEvent e)
    {
        using var buffer = new MemoryStream(512);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, e.Seq);
        buffer.Write(number);
        BinaryPrimitives.WriteInt64BigEndian(number, UtcMicroseconds.From(e.At));
        buffer.Write(number);
        string?[] fields =
            [
                e.ActorId, e.Surface.ToString(), e.Action, e.OwnerId, e.GraphExecId, e.NodeExecId, e.PayloadHashBefore, e.PayloadHashAfter,
                e.Detail, e.PrevHash];
        // Trails that were begun before keys were named in them must still hold together.
        foreach (var field in e is { KeyId: null, KeyName: null } ? fields : [.. fields, e.KeyId, e.KeyName])
        {
            var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
            BinaryPrimitives.WriteInt64BigEndian(number, bytes?.Length ?? -1);
            buffer.Write(number);
            buffer.Write(bytes);
        }
        return Convert.ToHexStringLower(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }
}
