using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Reviews;

partial class Deciding
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Decision on {NodeExecId} written, not yet committed")]
    static partial void DecisionWritten(ILogger log, string nodeExecId);
}
