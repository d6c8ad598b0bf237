using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Storage;

partial class CommitQueue
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Committing {Count} pieces of work again after a passing fault of the database")]
    static partial void RetryingBatch(ILogger log, int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing of {Count} pieces of work was written: the database failed")]
    static partial void BatchFailed(ILogger log, int count, Exception cause);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Whether {Count} pieces of work were written is not known: the database was lost at their commit")]
    static partial void BatchUnknown(ILogger log, int count, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "What should follow a commit failed; the commit stands")]
    static partial void AfterCommitFailed(ILogger log, Exception cause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Closing the broken connection failed too")]
    static partial void ConnectionLost(ILogger log, Exception cause);
}
