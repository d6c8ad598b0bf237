using HitlReview.Core.Audit;
using HitlReview.Core.HostileText;
using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Storage;

partial class CommitQueue
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Committing {Count} pieces of work again after a passing fault of the database")]
    static partial void RetryingBatch(ILogger log, int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing of {Count} pieces of work was written: the database failed")]
    static partial void BatchFailed(ILogger log, int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "What should follow a commit failed; the commit stands")]
    static partial void AfterCommitFailed(ILogger log, Exception cause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Closing the broken connection failed too")]
    static partial void ConnectionLost(ILogger log, Exception cause);

    // As logs of servers write what isn't there: an operator at the command line, a person without a key.
    const string Nobody = "-";

    /// <summary>What the trail says of sign-ins, accounts and keys stands in the log too, where alarms look.</summary>
    void LogSecurity(AuditEntry entry) =>
        SecurityEvent(log, AuditActions.IsSuspicious(entry.Action) ? LogLevel.Warning
            : LogLevel.Information, entry.Action, entry.OwnerId ?? Nobody, entry.ActorId ?? Nobody,
            entry.KeyId ?? Nobody, entry.Surface, entry.Detail is { } detail ? LogText.OneLine(detail) : null);

    [LoggerMessage(Message = "{Action}: account {OwnerId}, by {ActorId} with key {KeyId} over {Surface}: {Detail}")]
    static partial void SecurityEvent(
        ILogger log, LogLevel level, string action, string ownerId, string actorId, string keyId, Surface surface, string? detail);
}
