using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Blocks.Http;

partial class HttpBlock
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{NodeExecId}: {Method} to {Host} was answered {Status}")]
    static partial void Answered(ILogger log, string nodeExecId, HttpMethod method, string host, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{NodeExecId}: {Method} to {Host} was not answered; sent: {MayHaveBeenSent}")]
    static partial void NotAnswered(ILogger log, string nodeExecId, HttpMethod method, string host, bool mayHaveBeenSent, Exception cause);
}
