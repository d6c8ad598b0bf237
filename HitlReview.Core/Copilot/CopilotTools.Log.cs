using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Copilot;

partial class CopilotTools
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} claimed; it runs now")]
    static partial void ActionClaimed(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Action {NodeExecId} returned; its end is not yet recorded")]
    static partial void ActionReturned(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of {NodeExecId} could not be recorded; trying again")]
    static partial void EndNotRecorded(ILogger log, string nodeExecId, Exception cause);
}
