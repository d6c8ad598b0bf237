using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Executions;

partial class ExecutionGrain
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The database failed {GraphExecId}; it goes on as soon as it can")]
    static partial void DatabaseFailed(ILogger log, string graphExecId, Exception cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{GraphExecId} broke and fails as a whole")]
    static partial void Broke(ILogger log, string graphExecId, Exception cause);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The process ends while an action of {GraphExecId} runs; its outcome will have to be settled")]
    static partial void CutOff(ILogger log, string graphExecId, Exception cause);
}
