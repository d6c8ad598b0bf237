namespace HitlReview.Web.Components.Live;

partial class LiveComponent
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Component} could not read or change what it shows")]
    static partial void ReadFailed(ILogger log, string component, Exception cause);
}
