using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Executions;

partial class ExecutionEngine
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Review for {NodeExecId} inserted, its node not yet moved, nothing committed")]
    static partial void ReviewInserted(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} claimed; it runs now")]
    static partial void ActionClaimed(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} returned; its end is not yet recorded")]
    static partial void ActionReturned(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A portion of what {NodeExecId} put out was handed on; there is more")]
    static partial void PortionDelivered(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of {NodeExecId} could not be recorded; trying again")]
    static partial void EndNotRecorded(ILogger log, string nodeExecId, Exception cause);
}
