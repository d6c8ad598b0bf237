using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Blocks.Smtp;

partial class SmtpBlock
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{NodeExecId}: e-mail {MessageId} was accepted for {Recipients} recipients")]
    static partial void Sent(ILogger log, string nodeExecId, string messageId, int recipients);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{NodeExecId}: e-mail {MessageId} failed; accepted: {MayHaveBeenAccepted}")]
    static partial void NotSent(ILogger log, string nodeExecId, string messageId, bool mayHaveBeenAccepted, Exception cause);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The mail server did not say goodbye")]
    static partial void NoGoodbye(ILogger log, Exception cause);
}
