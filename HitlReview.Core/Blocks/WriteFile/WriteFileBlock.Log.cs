using Microsoft.Extensions.Logging;

namespace HitlReview.Core.Blocks.WriteFile;

partial class WriteFileBlock
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{NodeExecId}: wrote {Bytes} bytes into the workspace of {UserId} ({Mode})")]
    static partial void Written(ILogger log, string nodeExecId, string userId, int bytes, string mode);
}
