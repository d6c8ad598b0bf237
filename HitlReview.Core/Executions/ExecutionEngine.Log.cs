using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Executions;

partial class ExecutionEngine
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Review for {NodeExecId} inserted, its node not yet moved, nothing committed")]
    static partial void ReviewInserted(ILogger log, string nodeExecId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A portion of what {NodeExecId} put out was handed on; there is more")]
    static partial void PortionDelivered(ILogger log, string nodeExecId);
}
